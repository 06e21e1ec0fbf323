"""`GET /events`, `GET /events/{position}` and `GET /streams/…`: recorded events as lines, pages or a live stream."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from events.access.principal import Principal
from events.lines.recorded import Recorded
from events.log import PAGE_EVENTS
from events.store.connections import Unavailable
from events.store.reading import Selection
from events.vocabulary.stream import KINDS, is_stream
from service.access.open_connections import counted
from service.http.content_coding import HEADER as CONTENT_ENCODING
from service.http.content_coding import coding_for, encoded, encoded_whole
from service.http.event_stream import MEDIA_TYPE as SSE
from service.http.event_stream import event_stream, written
from service.http.openapi import parameters
from service.http.openapi.answers import NEXT, answer, problems
from service.http.openapi.component import schema
from service.http.openapi.events import recorded_event
from service.http.requests.accept import accepted
from service.http.requests.cloudevents import BATCH, LINES, NDJSON, STRUCTURED
from service.http.requests.min_position import only_min_position, reached
from service.http.requests.preconditions import etag
from service.http.requests.selection import check_names, page_size, selected
from service.http.resources.reading.page import following
from service.problems import malformed, problem
from service.replay.amendments import Amendments
from service.replay.cohorts import CohortIndex
from service.replay.formats.arrow import MEDIA_TYPE, Arrow
from service.replay.formats.columns import has_pyarrow
from service.replay.sources.server import HEAD_HEADER
from service.services import Service, service_of

ARROW: Final = MEDIA_TYPE

router = APIRouter(tags=["read"])

_FORMS: Final[dict[str, Any]] = {
    # First, because generated clients take the first.
    BATCH: {"schema": {"type": "array", "items": recorded_event}},
    **{
        media: {
            "schema": {"type": "string", "description": "One event per line, exactly as stored."}
        }
        for media in LINES
    },
    SSE: {
        "schema": {
            "type": "string",
            "description": "A live stream; `id` is the position, `data` the line (see /asyncapi.json).",
        }
    },
    ARROW: {"schema": {"type": "string", "format": "binary", "description": "Typed columns."}},
}
_HEADERS: Final = {
    CONTENT_ENCODING: {
        "description": "Of all but live streams: zstd or gzip, if `Accept-Encoding` has it.",
        "schema": {"type": "string", "enum": ["zstd", "gzip"]},
    },
    **NEXT,
    HEAD_HEADER: {
        "description": "Of lines and columns: the position of the log's last event when they began.",
        "schema": {"type": "integer", "minimum": 0},
    },
}
_STREAM: Final = schema(
    "StreamVersion",
    {
        "type": "object",
        "properties": {
            "stream": {"type": "string"},
            "version": {
                "type": "integer",
                "minimum": 0,
                "description": "0 if it does not exist, or you may not see it.",
            },
        },
        "required": ["stream", "version"],
    },
)
_ETAG: Final = {
    "ETag": {
        "description": "The version in the form that `If-Match` takes.",
        "schema": {"type": "string"},
    }
}


@router.get(
    "/events",
    responses={
        200: {"description": "Events, oldest first", "content": _FORMS, "headers": _HEADERS},
        **problems(400, 406),
    },
    openapi_extra={"parameters": [*parameters.OF_EVENTS, parameters.LAST_EVENT_ID]},
)
async def read_events(request: Request) -> Response:
    """Read the log or a selection of it, as NDJSON, as a live stream (SSE) or in pages."""
    service = service_of(request)
    access = await service.access(request)
    viewer = access.viewer
    form = accepted(
        request.headers.getlist("accept"),
        (NDJSON, BATCH, SSE, *((ARROW,) if has_pyarrow() else ()), *LINES[1:]),
    )
    query = request.query_params
    check_names(query, parameters.names(parameters.OF_EVENTS))
    selection, limit = selected(
        query, request.headers if form == SSE else {}, service.log.catalogue
    )
    # Read before the answer begins, so that the status shows an unavailable database.
    head = await reached(service, service.replayed, query)
    if form == SSE:
        events = _ending(_live(service, viewer, selection, limit))
        return event_stream(
            service.revocations.held(access, events),
            place=service.live_streams.enter(counted(viewer, request)),
            heartbeat_seconds=service.settings.heartbeat_seconds,
        )
    if form == BATCH:
        return await _page(service, viewer, request, selection, limit)
    # The first page is read before the answer begins, for the same reason.
    lines = _lines(service, viewer, selection, limit)
    if form == ARROW:
        lines = _columns(service, viewer, selection, lines)
    first = await anext(lines, b"")
    coding = coding_for(request.headers.getlist("accept-encoding"))
    content = encoded(coding, service.revocations.whole(access, _after(first, lines)))
    headers = {HEAD_HEADER: str(head), **_encoding(coding)}
    return StreamingResponse(content, media_type=form, headers=headers)


def _encoding(coding: str | None) -> dict[str, str]:
    """Return the headers that say how the content is encoded, and by what it was chosen."""
    vary = {"Vary": "Accept, Accept-Encoding, Authorization"}
    return vary if coding is None else {**vary, CONTENT_ENCODING: coding}


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    yield first
    async for chunk in rest:
        yield chunk


async def _lines(
    service: Service, viewer: Principal, selection: Selection, limit: int | None
) -> AsyncIterator[bytes]:
    if selection.is_everything and viewer.facilitates_everything:
        through = None if limit is None else selection.after + limit
        async for chunk in service.replayed.lines(after=selection.after, through=through):
            yield chunk
        return
    async for page in _seen(service, viewer, selection, limit):
        yield b"".join(recorded.line + b"\n" for recorded in page)


async def _columns(
    service: Service, viewer: Principal, selection: Selection, lines: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """Yield the lines as an Arrow stream."""
    cohorts = CohortIndex(service.log.catalogue)
    before = replace(Selection(through=selection.after), types=cohorts.relevant_types)
    if selection.after:
        async for page in _seen(service, viewer, before, None):
            cohorts.learn(b"".join(recorded.line + b"\n" for recorded in page))
    amendments = Amendments(service.log.catalogue)
    async for page in _seen(service, viewer, Selection(types=amendments.types), None):
        amendments.learn(b"".join(recorded.line + b"\n" for recorded in page))
    writer = Arrow(service.log.catalogue, cohorts, amendments)
    yield writer.head()
    held = b""
    async for chunk in lines:
        held += chunk
        if held.count(b"\n") >= PAGE_EVENTS:
            # In a thread, so that other requests are answered meanwhile.
            yield await asyncio.to_thread(writer.page, held)
            held = b""
    if held:
        yield await asyncio.to_thread(writer.page, held)
    for part in writer.tail():
        yield part


async def _seen(
    service: Service, viewer: Principal, selection: Selection, limit: int | None
) -> AsyncIterator[list[Recorded]]:
    """Yield pages of the selection's events that the viewer may see, at most `limit` events."""
    after = selection.after
    left = limit
    while left is None or left > 0:
        page = await service.replayed.page(selection, after=after, limit=PAGE_EVENTS)
        if not page:
            return
        after = page[-1].position
        seen = (await service.replayed.visible(page, viewer))[:left]
        left = None if left is None else left - len(seen)
        yield seen


async def _page(
    service: Service, viewer: Principal, request: Request, selection: Selection, limit: int | None
) -> Response:
    size = page_size(limit, service.settings)
    found: list[Recorded] = []
    # One more than the page, to see whether there is a next one.
    async for page in _seen(service, viewer, selection, size + 1):
        found += page
    page, more = found[:size], len(found) > size
    coding = coding_for(request.headers.getlist("accept-encoding"))
    headers = _encoding(coding)
    if more and page:
        headers |= following(request, after=page[-1].position)
    body = b"[" + b",".join(recorded.line for recorded in page) + b"]"
    return Response(await encoded_whole(coding, body), media_type=BATCH, headers=headers)


async def _live(
    service: Service, viewer: Principal, selection: Selection, limit: int | None
) -> AsyncGenerator[bytes, None]:
    """Yield server-sent events: the events so far, `caught-up` once, then each new event."""
    position = selection.after
    left = limit
    caught_up = False
    while left is None or left > 0:
        head = await service.replayed.head()
        bounded = selection.between(position, head)
        async for page in _seen(service, viewer, bounded, left):
            if page:
                yield b"".join(written(recorded.line, id=recorded.position) for recorded in page)
            left = None if left is None else left - len(page)
        position = max(position, head)
        if not caught_up and left != 0:
            caught_up = True
            yield written(b'{"position":%d}' % position, name="caught-up", id=position)
        if left == 0 or not await _moved(service, position):
            return


async def _ending(events: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield the events; end if the database becomes unavailable: clients reconnect with `Last-Event-ID`."""
    with suppress(Unavailable):
        async for event in events:
            yield event


async def _moved(service: Service, position: int) -> bool:
    """Wait until the log has a later position; return False if the service stops first."""
    waits = [
        asyncio.ensure_future(service.replayed.announcer.wait_beyond(position)),
        asyncio.ensure_future(service.stopping.wait()),
    ]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # A client that disconnects cancels the wait from outside, which does not cancel these.
        for wait in waits:
            wait.cancel()
    return not service.stopping.is_set()


@router.get(
    "/events/{position}",
    responses={
        200: answer("The event, exactly as stored", recorded_event, STRUCTURED),
        **problems(400, 404),
    },
    openapi_extra={"parameters": [parameters.POSITION, parameters.MIN_POSITION]},
)
async def read_event(request: Request, position: str) -> Response:
    """Read one event by its position."""
    service = service_of(request)
    viewer = await service.viewer(request)
    if not position.isascii() or not position.isdigit() or len(position) > 15:
        expected = "a position: 1, 2, 3, …"
        raise malformed("The path does not name a position", "position", expected=expected)
    only_min_position(request.query_params)
    await reached(service, service.log, request.query_params)
    seen = await service.log.visible_event(int(position), viewer)
    if seen is None:
        detail = "There is no event at this position"
        raise problem(404, "event.unknown", detail, expected="the position of an event")
    return Response(seen.line, media_type=STRUCTURED, headers={"Vary": "Authorization"})


@router.get(
    "/streams/{kind}/{key}",
    responses={200: answer("The stream's version", _STREAM, headers=_ETAG), **problems(400)},
    openapi_extra={"parameters": [parameters.KIND, parameters.KEY, parameters.MIN_POSITION]},
)
async def read_stream(request: Request, kind: str, key: str) -> Response:
    """Read a stream's version; 0 if it does not exist or you may not see it. `If-Match` takes the `ETag`."""
    service = service_of(request)
    viewer = await service.viewer(request)
    stream = f"{kind}/{key}"
    if not is_stream(stream):
        expected = f"a stream <kind>/<key>, the kind one of: {', '.join(KINDS)}"
        raise malformed("The path does not name a stream", "stream", expected=expected)
    only_min_position(request.query_params)
    await reached(service, service.log, request.query_params)
    version = await service.log.stream_version(stream, viewer)
    body = b'{"stream":"%s","version":%d}' % (stream.encode(), version)
    headers = {"ETag": etag(stream, version), "Vary": "Authorization"}
    return Response(body, media_type="application/json", headers=headers)
