"""The plans that record events, or check them without recording."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Generic, TypeVar, cast
from zlib import compressobj

import orjson

from events.lines.recorded import Receipt
from events.vocabulary.terms import Visibility
from events.vocabulary.types import EventType
from service.client.errors import ClientError, Problem, Unreachable
from service.client.new_event import NewEvent, Sendable, Sendables, is_one, line_of
from service.client.plans.answers import recorded, validated
from service.client.plans.retries import answered
from service.client.plans.setup import Setup
from service.client.plans.steps import Answer, Call, Found, Series, Steps
from service.client.results import BatchResult, Validated, joined
from service.event_files import batches, may_be_about_an_event

LINES: Final = "application/x-ndjson"
COMPRESSED_BYTES_MIN: Final = 16 * 1024
"""Smaller bodies are sent as they are."""

_GZIP_BITS: Final = 31
_TOO_LARGE: Final = 413

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes that are given for events beside their data; None where there is none."""

    source: str | None = None
    id: str | None = None
    time: datetime | str | None = None
    visibility: Visibility | None = None
    actor: str | None = None

    def of(self, event: Sendable) -> Sendable:
        """Return the event with its id and these attributes.

        Raises ValueError if they are given for an event that has its own.
        """
        named = ("id", "time", "visibility", "actor")
        given = {name: getattr(self, name) for name in named if getattr(self, name) is not None}
        if isinstance(event, EventType):
            return NewEvent(event, self.source, **given)
        if given:
            raise ValueError(
                f"{', '.join(given)}: only for events that are given by their data; others have their own attributes"
            )
        return event


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An event as it was given, and as the line that is sent."""

    given: Sendable
    line: bytes

    @property
    def content(self) -> object:
        """The CloudEvent, if it may be one about another event."""
        if not may_be_about_an_event(self.line):
            return None
        try:
            return cast(object, orjson.loads(self.line))
        except orjson.JSONDecodeError:
            return None


@dataclass(frozen=True, slots=True)
class _Requests(Generic[T]):
    """The requests in which events are sent: to which path, the versions that streams must have, what answers mean."""

    setup: Setup
    path: str
    judged: Callable[[Answer, int], T]
    expected: Mapping[str, int] | None = None
    lenient: bool = False

    def call(self, batch: Sequence[_Prepared]) -> Call:
        """Return the request with these events. It is the same bytes however often it is sent."""
        body = b"".join(prepared.line + b"\n" for prepared in batch)
        headers = {"Content-Type": LINES}
        if self.expected:
            tags = (f'"{stream}:{version}"' for stream, version in self.expected.items())
            headers["If-Match"] = ", ".join(tags)
        if self.lenient:
            headers["Prefer"] = "handling=lenient"
        if len(body) >= COMPRESSED_BYTES_MIN:
            packing = compressobj(level=6, wbits=_GZIP_BITS)
            body = packing.compress(body) + packing.flush()
            headers["Content-Encoding"] = "gzip"
        return Call("POST", self.path, headers=headers, body=body)

    def batches(
        self, events: Sendables, attributes: Attributes
    ) -> Iterator[tuple[int, list[_Prepared]]]:
        """Yield the events as the server takes them in a request, with the index of the first.

        All are in one request if streams must have certain versions, which change with it.
        """
        source = self.setup.source if attributes.source is None else attributes.source
        prepared = (
            _Prepared(event, line)
            for event in _identified(events, attributes)
            # The server skips blank lines, too, and does not count them.
            if (line := line_of(event, source))
        )
        if self.expected:
            yield 0, list(prepared)
            return
        first = 0
        for batch in batches(
            prepared,
            self.setup.batch_events_max,
            event_of=lambda item: item.content,
            bytes_max=self.setup.body_bytes_max,
            bytes_of=lambda item: len(item.line) + 1,
        ):
            yield first, batch
            first += len(batch)

    def sent(self, batch: Sequence[_Prepared], first: int, results: list[T]) -> Steps[None]:
        """Send a batch, in halves if the server finds it too large; add to `results` what its answers mean.

        Raises Problem and Unreachable.
        """
        if not batch:
            return
        try:
            answer = yield from answered(self.call(batch), self.setup.retries)
        except Unreachable as error:
            error.unconfirmed = tuple(prepared.given for prepared in batch)
            raise
        if answer.status != _TOO_LARGE or len(batch) == 1 or self.expected:
            results.append(self.judged(answer, first))
            return
        half = len(batch) // 2
        yield from self.sent(batch[:half], first, results)
        yield from self.sent(batch[half:], first + half, results)


def one(
    setup: Setup, event: Sendable, attributes: Attributes, expected: Mapping[str, int] | None
) -> Steps[Receipt]:
    """Record an event and return its receipt. Raises Problem and Unreachable."""
    result = yield from several(setup, event, attributes, expected)
    if not result.receipts:
        raise ValueError("the text of the event is blank")
    return result.receipts[0]


def several(
    setup: Setup,
    events: Sendables,
    attributes: Attributes,
    expected: Mapping[str, int] | None = None,
    *,
    lenient: bool = False,
) -> Steps[BatchResult]:
    """Record events and return what came of all. Raises Problem and Unreachable, with the receipts until then."""
    requests = _recording(setup, expected, lenient=lenient)
    results: list[BatchResult] = []
    try:
        for first, batch in requests.batches(events, attributes):
            yield from requests.sent(batch, first, results)
    except (Problem, Unreachable) as error:
        error.receipts = joined(results).receipts
        raise
    return joined(results)


def in_batches(
    setup: Setup, events: Sendables, attributes: Attributes, *, lenient: bool
) -> Series[BatchResult]:
    """Record events request by request, and find what came of each. Raises Problem and Unreachable."""
    yield from _each(_recording(setup, None, lenient=lenient), events, attributes)


def checked(
    setup: Setup,
    events: Sendables,
    attributes: Attributes,
    expected: Mapping[str, int] | None = None,
) -> Series[tuple[Validated, ...]]:
    """Check events request by request, and find what recording them would do. Raises Problem and Unreachable."""
    yield from _each(_Requests(setup, "/events/validate", validated, expected), events, attributes)


def _recording(
    setup: Setup, expected: Mapping[str, int] | None, *, lenient: bool
) -> _Requests[BatchResult]:
    return _Requests(setup, "/events", partial(recorded, lenient=lenient), expected, lenient)


def _each(requests: _Requests[T], events: Sendables, attributes: Attributes) -> Series[T]:
    for first, batch in requests.batches(events, attributes):
        results: list[T] = []
        failure: ClientError | None = None
        try:
            yield from requests.sent(batch, first, results)
        except ClientError as error:
            failure = error
        # A half of the batch may be recorded.
        for result in results:
            yield Found(result)
        if failure is not None:
            raise failure


def _identified(events: Sendables, attributes: Attributes) -> Iterator[Sendable]:
    """Yield the events, each with the id that it keeps over all attempts."""
    if is_one(events):
        yield attributes.of(events)
        return
    if attributes.id is not None:
        raise ValueError("id: several events cannot have the same id")
    for event in cast(Iterable[Sendable], events):
        yield attributes.of(event)
