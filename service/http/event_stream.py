"""Server-sent events, for `GET /events` and for GraphQL: how they are written, kept alive and given up."""

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
"""What every answer without an end carries."""


def written(data: bytes, *, name: str | None = None, id: int | None = None) -> bytes:
    """Return an event with a line of data, of this name (`message` where it is None) and id."""
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
    """Return the answer with these events. A comment keeps the line alive where none comes for so long.

    The place is taken from the first of them until they end, or whoever reads them goes away.
    """
    stream = _beating(events, place, heartbeat_seconds)
    return StreamingResponse(stream, media_type=MEDIA_TYPE, headers=HEADERS)


async def _beating(
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
            # Not waited for: whoever ended this may not let it wait. What is cancelled closes the events, too.
            following.cancel()


async def _next(events: AsyncIterator[bytes]) -> bytes | None:
    """Return the next event, None at the end: a future that ends so is not asked again, and would be logged."""
    return await anext(events, None)
