"""`HEAD` wherever `GET`: the same answer up to its headers, at the cost of no more."""

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Heads:
    """Asks for the headers of a `GET` where `HEAD` is asked, and stops the answer there: a live stream has no end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, a `HEAD` as a `GET`."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        with anyio.CancelScope() as answering:

            async def sent(message: Message) -> None:
                if message["type"] == "http.response.start":
                    await send(message)
                    await send({"type": "http.response.body"})
                    answering.cancel()

            await self._app({**scope, "method": "GET"}, receive, sent)
