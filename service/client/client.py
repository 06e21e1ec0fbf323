"""The synchronous client."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, overload

import httpx

from events.lines.recorded import Receipt
from events.vocabulary.stream import Kind
from events.vocabulary.terms import Visibility
from events.vocabulary.types import EventType
from service.client.connection import described, options
from service.client.driver import Driver
from service.client.new_event import Sendable, Sendables, is_one
from service.client.plans import following, querying, reading, recording
from service.client.plans.reading import Chosen
from service.client.plans.recording import Attributes
from service.client.plans.retries import Retries
from service.client.plans.setup import Setup
from service.client.results import BatchResult, Validated
from service.replay.event import ReplayedEvent


class Client:
    """A client of a server. Close it at the end; it is a context manager. Several threads may use it.

    A request is sent again after a broken connection and while the server is busy (see `Retries`); events keep their
    ids, so each is recorded once. Every method raises Problem if the server refuses, and Unreachable if it does not
    answer in time.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        source: str | None = None,
        retries: Retries | None = None,
        timeout_seconds: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Make a client of the server at `url`.

        `key` is by default that of the variable HOWCANWE_KEY, `source` the source of events that have none. The
        timeout is the longest silence of a connection.
        """
        self._setup = Setup(source, retries or Retries())
        self._http = httpx.Client(**options(url, key, timeout_seconds), transport=transport)
        self._driver = Driver(self._http)

    def __repr__(self) -> str:
        return f"Client({described(self._http, self._setup)})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    @overload
    def record(
        self,
        events: Sendable,
        *,
        source: str | None = None,
        id: str | None = None,
        time: datetime | str | None = None,
        visibility: Visibility | None = None,
        actor: str | None = None,
        expected: Mapping[str, int] | None = None,
    ) -> Receipt: ...

    @overload
    def record(
        self,
        events: Iterable[Sendable],
        *,
        source: str | None = None,
        time: datetime | str | None = None,
        visibility: Visibility | None = None,
        actor: str | None = None,
        expected: Mapping[str, int] | None = None,
        lenient: bool = False,
    ) -> BatchResult: ...

    def record(
        self,
        events: Sendables,
        *,
        source: str | None = None,
        id: str | None = None,
        time: datetime | str | None = None,
        visibility: Visibility | None = None,
        actor: str | None = None,
        expected: Mapping[str, int] | None = None,
        lenient: bool = False,
    ) -> Receipt | BatchResult:
        """Record one event and return its receipt, or several and return a BatchResult.

        An event is given by its data, with the attributes beside it, as a NewEvent, or as a whole CloudEvent (a mapping
        or its JSON text as bytes). Without `id` and `time`, it gets a new id and the present time.

        Several events are recorded all or none, if they fit into one request: 2,000 events and 8 MiB, and none before
        an event that is about another event. More are sent in several requests. `expected` are versions that streams
        must have (Problem 412 otherwise). With `lenient`, the valid events are recorded, and the others put into
        quarantine and returned.
        """
        attributes = Attributes(source, id, time, visibility, actor)
        if is_one(events) and not lenient:
            return self._driver.result(recording.one(self._setup, events, attributes, expected))
        return self._driver.result(
            recording.several(self._setup, events, attributes, expected, lenient=lenient)
        )

    def record_batches(
        self, events: Iterable[Sendable], *, source: str | None = None, lenient: bool = False
    ) -> Iterator[BatchResult]:
        """Record events, of which there may be any number, and yield what came of each request.

        The events are taken from the iterable as they are sent. Raises Problem with the first request that is refused.
        """
        attributes = Attributes(source)
        return self._driver.each(
            recording.in_batches(self._setup, events, attributes, lenient=lenient)
        )

    def validate(
        self,
        events: Sendables,
        *,
        source: str | None = None,
        time: datetime | str | None = None,
        visibility: Visibility | None = None,
        expected: Mapping[str, int] | None = None,
    ) -> tuple[Validated, ...]:
        """Return what recording the events would do now, without recording them. Raises Problem with all faults.

        Events of later requests are judged as if those of earlier ones were not recorded; see `record` for what fits
        into a request.
        """
        attributes = Attributes(source, None, time, visibility)
        plan = recording.checked(self._setup, events, attributes, expected)
        return tuple(entry for found in self._driver.each(plan) for entry in found)

    def event(self, position: int, *, min_position: int | None = None) -> ReplayedEvent:
        """Return the event at a position. Raises Problem (404) if the key sees none there."""
        return self._driver.result(reading.event(self._setup, position, min_position))

    def find(
        self, source: str, id: str, *, min_position: int | None = None
    ) -> ReplayedEvent | None:
        """Return the event that a source sent with this id, None if the key sees none."""
        return self._driver.result(reading.event_with_id(self._setup, source, id, min_position))

    def events(
        self,
        after: int = 0,
        *,
        types: Sequence[str | type[EventType]] = (),
        streams: Sequence[str] = (),
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        limit: int | None = None,
        min_position: int | None = None,
    ) -> Iterator[ReplayedEvent]:
        """Yield the events that there are after a position, oldest first. They are read page by page.

        `types` are classes or names, `streams` names such as `organisation/mill-museum`; `from_` and `to` are times of
        events, of which `to` is exclusive. With `min_position`, the position of a receipt, its event is among them.
        """
        chosen = Chosen(types, streams, from_, to)
        return self._driver.each(reading.pages(self._setup, chosen, after, limit, min_position))

    def follow(
        self,
        after: int = 0,
        *,
        types: Sequence[str | type[EventType]] = (),
        streams: Sequence[str] = (),
    ) -> Generator[ReplayedEvent]:
        """Yield the events after a position, then each new one, without end; close the generator to stop.

        A broken connection is made again, and continues after the last event.
        """
        return self._driver.each(following.follow(self._setup, Chosen(types, streams), after))

    def stream_version(self, kind: Kind, key: str, *, min_position: int | None = None) -> int:
        """Return a stream's version, as `expected` takes it; 0 if the key sees no such stream."""
        return self._driver.result(reading.stream_version(self._setup, kind, key, min_position))

    def query(
        self,
        text: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation: str | None = None,
        min_position: int | None = None,
    ) -> Mapping[str, Any]:
        """Return the data of a GraphQL query. Raises QueryFailed if the answer has errors.

        With `min_position`, the position of a receipt, the answer has what was recorded up to there.
        """
        return self._driver.result(
            querying.query(self._setup, text, variables, operation, min_position)
        )
