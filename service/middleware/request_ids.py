"""The id of each request: its answer has it, and so has every message that is written while it is handled.

A client can send its own as `X-Request-Id`. Of a request with a W3C `traceparent` it is the trace id, and messages have
that, too.
"""

import re
from secrets import token_hex
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

HEADER: Final = "X-Request-Id"
PATTERN: Final = "[A-Za-z0-9.~:-]{1,64}"
"""Ids that a client may give. None of them is a key, of which every one has an underscore."""
TRACEPARENT: Final = "traceparent"

_ID: Final = re.compile(PATTERN)
# A later version may have further parts (W3C Trace Context, 4.3). An id of zeros is invalid.
_TRACEPARENT: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?"
)
_ID_BYTES: Final = 16
_STARTS: Final = frozenset(
    {"http.response.start", "websocket.accept", "websocket.http.response.start"}
)


class RequestIds:
    """Gives every request and every WebSocket an id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add its id to the answer and to the messages."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        trace_id = _trace_id(headers.get(TRACEPARENT, ""))
        own = headers.get(HEADER, "")
        request_id = own if _ID.fullmatch(own) else trace_id or token_hex(_ID_BYTES)

        async def sent(message: Message) -> None:
            if message["type"] in _STARTS:
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        bound = {"request_id": request_id} | ({"trace_id": trace_id} if trace_id else {})
        with bound_contextvars(**bound):
            await self._app(scope, receive, sent)


def _trace_id(traceparent: str) -> str | None:
    """Return the trace id of a `traceparent`, None if it is malformed."""
    found = _TRACEPARENT.fullmatch(traceparent.strip())
    return found.group(1) if found else None
