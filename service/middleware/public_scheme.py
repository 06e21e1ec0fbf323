"""Requests to a service whose public URL is https are https, even if the proxy passes them on over plain http."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

_SECURE: Final = {"http": "https", "websocket": "wss"}


class PublicScheme:
    """Sets the scheme of every request by the public URL; without one, or with http, it stays what it is."""

    def __init__(self, app: ASGIApp, public_url: str | None) -> None:
        self._app = app
        self._is_https = public_url is not None and public_url.startswith("https:")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if self._is_https and scope["type"] in _SECURE:
            scope = {**scope, "scheme": _SECURE[scope["type"]]}
        await self._app(scope, receive, send)
