"""The cookie of a session: its flags and its name, over https and on the machine itself."""

import pytest
from starlette.responses import Response

from service.access.signing_in.cookies import clear_cookie, cookie_of, set_cookie
from tests.service.access.signing_in.browser import request

HTTPS = "https://howcanwe.example.org"
LOCAL = "http://127.0.0.1:8000"
REMOTE = "http://howcanwe.example.org"


def header(url: str, secret: str | None) -> tuple[str, set[str]]:
    """Return name and value of the cookie that is set (None: cleared), and its attributes in lower case."""
    response = Response()
    if secret is None:
        clear_cookie(response, request(url))
    else:
        set_cookie(response, request(url), secret, seconds=3_600)
    first, *attributes = response.headers["set-cookie"].split("; ")
    return first, {attribute.lower() for attribute in attributes}


def test_over_https_the_cookie_is_for_this_host_and_https_alone() -> None:
    assert header(HTTPS, "abc") == (
        "__Host-howcanwe=abc",
        {"secure", "httponly", "samesite=lax", "path=/", "max-age=3600"},
    )


def test_on_a_loopback_host_the_cookie_is_the_same_without_secure() -> None:
    assert header(LOCAL, "abc") == (
        "howcanwe=abc",
        {"httponly", "samesite=lax", "path=/", "max-age=3600"},
    )


def test_elsewhere_no_cookie_is_set() -> None:
    response = Response()
    with pytest.raises(ValueError, match="https"):
        set_cookie(response, request(REMOTE), "abc", seconds=1)
    clear_cookie(response, request(REMOTE))
    assert "set-cookie" not in response.headers


def test_a_cleared_cookie_ends_at_once_with_the_flags_that_it_had() -> None:
    first, attributes = header(HTTPS, None)
    assert first == '__Host-howcanwe=""'
    assert {"secure", "httponly", "samesite=lax", "path=/", "max-age=0"} <= attributes
    assert not any(attribute.startswith("domain") for attribute in attributes)
    assert header(LOCAL, None)[0] == 'howcanwe=""'


def test_a_request_names_its_session_by_the_cookie_of_its_transport_alone() -> None:
    both = "__Host-howcanwe=secure; howcanwe=plain; other=x"
    assert cookie_of(request(HTTPS, cookie=both)) == "secure"
    assert cookie_of(request(LOCAL, cookie=both)) == "plain"
    assert cookie_of(request(REMOTE, cookie=both)) is None
    assert cookie_of(request(HTTPS, cookie="howcanwe=plain")) is None
    assert cookie_of(request(LOCAL, cookie="__Host-howcanwe=secure")) is None
    assert cookie_of(request(HTTPS)) is None
