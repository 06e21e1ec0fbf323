"""The plans that read: events by position, by id or in pages, and the versions of streams."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from events.vocabulary.types import EventType
from service.client.new_event import time_text
from service.client.plans.answers import check_media_type, content, problem
from service.client.plans.retries import answered
from service.client.plans.setup import Setup
from service.client.plans.steps import Answer, Call, Found, Series, Steps
from service.replay.event import ReplayedEvent, decoded

LINES: Final = "application/x-ndjson"
EVENT: Final = "application/cloudevents+json"
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which events are read: of these types (classes, short or full names) and streams, and with times in between."""

    types: Sequence[str | type[EventType]] = ()
    streams: Sequence[str] = ()
    from_: datetime | str | None = None
    to: datetime | str | None = None

    def query(self, after: int) -> list[tuple[str, str]]:
        """Return the query of events after this position."""
        names = [item if isinstance(item, str) else item.name for item in self.types]
        query = [("after", str(after))]
        query += [("type", name) for name in names]
        query += [("stream", stream) for stream in self.streams]
        times = (("from", self.from_), ("to", self.to))
        return query + [(name, time_text(time)) for name, time in times if time is not None]


def event(setup: Setup, position: int, min_position: int | None) -> Steps[ReplayedEvent]:
    """Return the event at a position. Raises Problem (404) if there is none that the key may see."""
    call = Call("GET", f"/events/{position}", _reached(min_position))
    answer = yield from _ok(setup, call, EVENT)
    [found] = decoded(answer.body)
    return found


def event_with_id(
    setup: Setup, source: str, id_: str, min_position: int | None
) -> Steps[ReplayedEvent | None]:
    """Return the event that a source sent with an id, None if there is none that the key may see."""
    query = [("source", source), ("id", id_), *_reached(min_position)]
    answer = yield from _ok(setup, Call("GET", "/events", query, {"Accept": LINES}), LINES)
    return next(decoded(answer.body), None)


def stream_version(setup: Setup, kind: str, key: str, min_position: int | None) -> Steps[int]:
    """Return a stream's version, 0 if it does not exist or the key may not see it."""
    path = f"/streams/{quote(kind, safe='')}/{quote(key, safe='')}"
    answer = yield from _ok(setup, Call("GET", path, _reached(min_position)), JSON)
    version: int = content(answer, "version")["version"]
    return version


def pages(
    setup: Setup, chosen: Chosen, after: int, limit: int | None, min_position: int | None
) -> Series[ReplayedEvent]:
    """Find the events that there are, oldest first, page by page."""
    found = setup.page_events
    while found == setup.page_events and limit != 0:
        size = setup.page_events if limit is None else min(limit, setup.page_events)
        query = [*chosen.query(after), ("limit", str(size)), *_reached(min_position)]
        answer = yield from _ok(setup, Call("GET", "/events", query, {"Accept": LINES}), LINES)
        found = 0
        for event in decoded(answer.body):
            after, found = event.position, found + 1
            yield Found(event)
        limit = None if limit is None else limit - found
        # What the first page had waited for is there for all others.
        min_position = None


def _ok(setup: Setup, call: Call, media_type: str) -> Steps[Answer]:
    answer = yield from answered(call, setup.retries)
    if answer.status != 200:
        raise problem(answer)
    check_media_type(answer, media_type)
    return answer


def _reached(min_position: int | None) -> list[tuple[str, str]]:
    return [] if min_position is None else [("min_position", str(min_position))]
