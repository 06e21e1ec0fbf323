"""Server-sent events: writing them, keeping the connection alive, and ending. `GET /events` and GraphQL use it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from typing import Final

from starlette.responses import StreamingResponse

MEDIA_TYPE: Final = "text/event-stream"

_SILENCE: Final = b": nothing new\n\n"
HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "Vary": "Accept, Authorization",
}
"""The headers of every live stream."""


def written(data: bytes, *, name: str | None = None, id: int | None = None) -> bytes:
    """Return an event with one line of data, this name (None means `message`) and this id."""
    fields = [] if name is None else [b"event: " + name.encode()]
    if id is not None:
        fields.append(b"id: %d" % id)
    return b"\n".join((*fields, b"data: " + data, b"\n"))


def event_stream(
    events: AsyncIterator[bytes],
    *,
    place: AbstractContextManager[None],
    heartbeat_seconds: float,
) -> StreamingResponse:
    """Return a response that streams the events. A comment keeps the connection alive while no events come.

    The stream counts as open from its first event until it ends or the client disconnects.
    """
    stream = _with_heartbeats(events, place, heartbeat_seconds)
    return StreamingResponse(stream, media_type=MEDIA_TYPE, headers=HEADERS)


async def _with_heartbeats(
    events: AsyncIterator[bytes], place: AbstractContextManager[None], seconds: float
) -> AsyncIterator[bytes]:
    with place:
        following = asyncio.ensure_future(_next(events))
        try:
            while True:
                await asyncio.wait([following], timeout=seconds)
                if not following.done():
                    yield _SILENCE
                    continue
                if (event := following.result()) is None:
                    return
                yield event
                following = asyncio.ensure_future(_next(events))
        finally:
            # Do not await this: the caller may be unable to wait. Cancelling closes the events too.
            following.cancel()


async def _next(events: AsyncIterator[bytes]) -> bytes | None:
    """Return the next event, or None at the end: asyncio would log an exception of a future that nobody reads."""
    return await anext(events, None)
