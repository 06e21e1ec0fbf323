"""Where signing in is allowed: over https, and on the machine itself."""

import pytest

from service.access.signing_in.transport import is_https, is_on_this_machine, may_sign_in
from tests.service.access.signing_in.browser import request


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.0.0.1:8000", "127.9.9.9", "[::1]", "[::1]:8000"),
        *("localhost", "LOCALHOST:8000", "howcanwe.localhost"),
    ],
)
def test_over_plain_http_signing_in_is_allowed_on_a_loopback_host(host: str) -> None:
    assert is_on_this_machine(request(f"http://{host}"))
    assert may_sign_in(request(f"http://{host}"))
    assert not is_https(request(f"http://{host}"))


@pytest.mark.parametrize(
    "host",
    [
        *("howcanwe.example.org", "192.168.1.5:8000", "[2001:db8::1]", "10.0.0.1", "0.0.0.0"),
        *("127.0.0.1.example.org", "localhost.example.org", "notlocalhost", "", "[", "127.0.0"),
    ],
)
def test_over_plain_http_signing_in_is_not_allowed_on_another_host(host: str) -> None:
    asked = request("http://x", host=host)
    assert not is_on_this_machine(asked)
    assert not may_sign_in(asked)


def test_over_https_signing_in_is_allowed_on_every_host() -> None:
    assert may_sign_in(request("https://howcanwe.example.org"))
    assert may_sign_in(request("wss://howcanwe.example.org"))
