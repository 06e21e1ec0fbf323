"""Watching requests go by: how many, with what result, how long, and what is open."""

import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.operations.metrics import Metrics

_NO_ROUTE: Final = "none"
_LIVE: Final = {b"text/event-stream": "sse", b"multipart/mixed": "multipart"}


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
            # It is answered further out.
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
    """Return the form of a live stream that begins with the message, None where it is none."""
    types = [value for name, value in message.get("headers", ()) if name.lower() == b"content-type"]
    return next((form for live, form in _LIVE.items() if types and types[0].startswith(live)), None)


def _route(scope: Scope) -> str:
    """Return the template of the route that took the request: there are only so many of them."""
    return str(getattr(scope.get("route"), "path", _NO_ROUTE))
