"""Forms are taken from the service's own pages."""

import pytest

from service.access.signing_in.origins import is_from_own_page
from tests.service.access.signing_in.browser import request

HOST = "https://howcanwe.example.org"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": HOST, "sec_fetch_site": "same-origin"},
        {"origin": HOST},
        {"sec_fetch_site": "same-origin"},
        # As browsers send it from a page with the Referrer-Policy no-referrer.
        {"origin": "null", "sec_fetch_site": "same-origin"},
    ],
)
def test_a_form_of_an_own_page_is_taken(headers: dict[str, str]) -> None:
    assert is_from_own_page(request(HOST, **headers), None)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "null", "sec_fetch_site": "cross-site"},
        {"origin": "https://elsewhere.example.org"},
        {"origin": "https://elsewhere.example.org", "sec_fetch_site": "same-origin"},
        {"origin": HOST, "sec_fetch_site": "cross-site"},
        {"origin": HOST, "sec_fetch_site": "same-site"},
        {"origin": HOST, "sec_fetch_site": "none"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": ""},
        {"origin": ""},
        {"origin": "http://howcanwe.example.org"},
        {"origin": f"{HOST}:8443"},
        {"origin": f"{HOST}.evil.example"},
    ],
)
def test_a_form_of_another_site_or_of_nobody_knows_where_is_refused(
    headers: dict[str, str],
) -> None:
    assert not is_from_own_page(request(HOST, **headers), None)


def test_the_public_url_is_an_own_origin_too_if_the_proxy_names_another_host() -> None:
    asked = request("https://backend:8000", origin=HOST)
    assert is_from_own_page(asked, HOST)
    assert not is_from_own_page(asked, None)
    assert not is_from_own_page(request("https://backend:8000", origin=f"{HOST}:1"), HOST)


def test_a_port_of_this_machine_is_an_origin_of_its_own() -> None:
    assert is_from_own_page(request("http://127.0.0.1:8000", origin="http://127.0.0.1:8000"), None)
    assert not is_from_own_page(
        request("http://127.0.0.1:8000", origin="http://127.0.0.1:3000"), None
    )
    assert not is_from_own_page(
        request("http://127.0.0.1:8000", origin="http://localhost:8000"), None
    )
