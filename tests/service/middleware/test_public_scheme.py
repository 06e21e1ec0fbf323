"""The scheme of requests is that of the public URL, if this is https."""

from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from service.middleware.public_scheme import PublicScheme


async def scheme(public_url: str | None, kind: str, given: str) -> str:
    """Return the scheme that the application is given."""
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    unused: Any = None
    await PublicScheme(app, public_url)({"type": kind, "scheme": given}, unused, unused)
    [scope] = seen
    return str(scope["scheme"])


@pytest.mark.parametrize(
    ("public_url", "kind", "given", "expected"),
    [
        ("https://example.org", "http", "http", "https"),
        ("https://example.org", "http", "https", "https"),
        ("https://example.org", "websocket", "ws", "wss"),
        ("http://example.org", "http", "http", "http"),
        ("http://example.org", "http", "https", "https"),
        (None, "http", "http", "http"),
        (None, "http", "https", "https"),
        (None, "websocket", "ws", "ws"),
    ],
)
async def test_a_request_is_https_if_the_public_url_is(
    public_url: str | None, kind: str, given: str, expected: str
) -> None:
    assert await scheme(public_url, kind, given) == expected
