"""Watching requests go by: how many, with what result, how long, and what is open."""

import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.metrics import Metrics

_NO_ROUTE: Final = "none"
_LIVE: Final = b"text/event-stream"


class Observing:
    """An ASGI application around another, which counts what passes and changes nothing of it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and count."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        status: int | None = None
        is_live = False
        began = time.perf_counter()

        async def sent(message: Message) -> None:
            nonlocal status, is_live
            if message["type"] == "http.response.start":
                status = message["status"]
                if _is_live(message):
                    is_live = True
                    self._metrics.opened("sse")
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception:
            # It is answered further out.
            status = status or 500
            raise
        finally:
            if is_live:
                self._metrics.ended("sse")
            seconds = None if is_live else time.perf_counter() - began
            self._metrics.answered(scope["method"], _route(scope), status, seconds)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = False

        async def sent(message: Message) -> None:
            nonlocal is_open
            if message["type"] == "websocket.accept" and not is_open:
                is_open = True
                self._metrics.opened("websocket")
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            if is_open:
                self._metrics.ended("websocket")


def _is_live(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(_LIVE)
        for name, value in message.get("headers", ())
    )


def _route(scope: Scope) -> str:
    """Return the template of the route that took the request: there are only so many of them."""
    return str(getattr(scope.get("route"), "path", _NO_ROUTE))
