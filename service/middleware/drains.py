"""Reads and discards the rest of a request's body after the answer, so that the client can read the answer.

Closing a connection that has unread bytes resets it (RFC 9112, 9.6), and a client that sends before it reads would
lose the answer.
"""

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Drains:
    """Reads the rest of a body after its answer: at most `bytes_max` bytes, for at most `seconds_max`."""

    def __init__(self, app: ASGIApp, *, bytes_max: int, seconds_max: float) -> None:
        self._app = app
        self._bytes_max = bytes_max
        self._seconds_max = seconds_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and discard the rest of its body."""
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        is_left = True

        async def received() -> Message:
            nonlocal is_left
            message = await receive()
            is_left = _is_followed(message)
            return message

        async def sent(message: Message) -> None:
            is_last = message["type"] == "http.response.body" and not message.get("more_body")
            if not (is_last and is_left):
                await send(message)
                return
            # Send the answer first; its end, which closes the connection, follows once the body is read.
            await send({**message, "more_body": True})
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds_max):
                    await self._drain(receive)
            await send({"type": "http.response.body"})

        await self._app(scope, received, sent)

    async def _drain(self, receive: Receive) -> None:
        drained = 0
        while drained < self._bytes_max:
            message = await receive()
            drained += len(message.get("body", b""))
            if not _is_followed(message):
                return


def _has_body(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"


def _is_followed(message: Message) -> bool:
    """Return whether more of the body follows this part."""
    return message["type"] == "http.request" and bool(message.get("more_body"))
