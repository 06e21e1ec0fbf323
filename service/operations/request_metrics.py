"""Middleware that measures requests: their number, result and duration, and the open live streams."""

import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.operations.metrics import Metrics

_NO_ROUTE: Final = "none"
_LIVE: Final = {b"text/event-stream": "sse", b"multipart/mixed": "multipart"}


class RequestMetrics:
    """Middleware that counts requests and live streams without changing them."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        status: int | None = None
        live: str | None = None
        began = time.perf_counter()

        async def sent(message: Message) -> None:
            nonlocal status, live
            if message["type"] == "http.response.start":
                status = message["status"]
                if (live := _live(message)) is not None:
                    self._metrics.opened(live)
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception:
            # An outer layer answers it.
            status = status or 500
            raise
        finally:
            if live is not None:
                self._metrics.ended(live)
            seconds = None if live is not None else time.perf_counter() - began
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


def _live(message: Message) -> str | None:
    """Return the form of the live stream that begins with the message, or None if none does."""
    types = [value for name, value in message.get("headers", ()) if name.lower() == b"content-type"]
    return next((form for live, form in _LIVE.items() if types and types[0].startswith(live)), None)


def _route(scope: Scope) -> str:
    """Return the template of the route that the request matched, of which there is a bounded number."""
    return str(getattr(scope.get("route"), "path", _NO_ROUTE))
