"""The address at which browsers find the service."""

import pytest
from pydantic import ValidationError

from tests.service.app import settings


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://example.org", "https://example.org"),
        ("HTTPS://Example.ORG/", "https://example.org"),
        ("https://example.org:443", "https://example.org"),
        ("https://example.org:8443/", "https://example.org:8443"),
        ("http://192.168.1.5:80", "http://192.168.1.5"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_public_url_is_written_as_browsers_write_an_origin(given: str, expected: str) -> None:
    assert settings(public_url=given).public_url == expected
    assert settings(public_url=given).address == expected


@pytest.mark.parametrize(
    "given",
    [
        *("example.org", "ftp://example.org", "https://", "https://example.org/howcanwe"),
        *("https://user@example.org", "https://example.org?x=1", "https://example.org#x"),
        *("https://example.org:x", "https://exämple.org", "/", "javascript:alert(1)"),
    ],
)
def test_a_public_url_with_more_than_a_host_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="public_url"):
        settings(public_url=given)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("0.0.0.0", "http://localhost:8000"),
        ("::", "http://localhost:8000"),
        ("howcanwe.lan", "http://howcanwe.lan:8000"),
    ],
)
def test_without_a_public_url_links_begin_with_the_address_that_is_listened_on(
    host: str, expected: str
) -> None:
    assert settings(host=host).address == expected


def test_an_empty_public_url_in_the_environment_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOWCANWE_PUBLIC_URL", "")
    assert settings().public_url is None
