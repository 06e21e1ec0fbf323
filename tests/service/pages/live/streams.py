"""Live streams of pages, as a browser that has them open receives them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import StreamingResponse

from service.access.signing_in.cookies import LOOPBACK
from service.pages.live.routes import live
from tests.service.app import Api

ARRIVES_SECONDS_MAX = 10


class Open:
    """An open stream: its events, each with its name, its id and its data."""

    def __init__(self, chunks: AsyncGenerator[bytes, None], headers: Mapping[str, str]) -> None:
        self.chunks = chunks
        self.headers = headers

    async def next(self) -> dict[str, Any] | None:
        """Return the next event that is no comment, None at the end."""
        async with asyncio.timeout(ARRIVES_SECONDS_MAX):
            while (chunk := await anext(self.chunks, None)) is not None:
                if not chunk.startswith(b":"):
                    fields = dict(
                        line.split(": ", 1) for line in chunk.decode().splitlines() if line
                    )
                    return {**fields, "data": orjson.loads(fields["data"])}
        return None

    async def until(self, position: int) -> list[dict[str, Any]]:
        """Return the entries up to one with this position."""
        found: list[dict[str, Any]] = []
        while not found or found[-1]["position"] < position:
            event = await self.next()
            assert event is not None
            assert event["id"] == str(event["data"]["position"])
            found.append(event["data"])
        return found


def live_request(
    api: Api,
    who: str | None = None,
    secret: str | None = None,
    *,
    last: int | None = None,
    **query: Any,
) -> Request:
    """Return a request for a stream, with a key or with the cookie of a session."""
    given = api.headers(who, {"host": "127.0.0.1", "accept": "text/event-stream"})
    if secret is not None:
        given["cookie"] = f"{LOOPBACK}={secret}"
    if last is not None:
        given["last-event-id"] = str(last)
    return Request(
        {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/live",
            "app": api.app,
            "route": SimpleNamespace(path="/live"),
            "client": ("127.0.0.1", 1),
            "query_string": urlencode(query).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
    )


@asynccontextmanager
async def opened(
    api: Api, who: str | None = None, secret: str | None = None, **query: Any
) -> AsyncIterator[Open]:
    """Open a stream, as a holder of a key or with a session."""
    answer = await live(live_request(api, who, secret, **query))
    assert isinstance(answer, StreamingResponse)
    chunks = cast(AsyncGenerator[bytes, None], answer.body_iterator)
    async with aclosing(chunks):
        yield Open(chunks, answer.headers)
