"""The asynchronous client: the same methods as the synchronous one, for asyncio and trio."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, overload

import httpx

from events.lines.recorded import Receipt
from events.vocabulary.stream import Kind
from events.vocabulary.terms import Visibility
from events.vocabulary.types import EventType
from service.client.async_driver import AsyncDriver
from service.client.connection import described, options
from service.client.new_event import Sendable, Sendables, is_one
from service.client.plans import following, querying, reading, recording
from service.client.plans.reading import Chosen
from service.client.plans.recording import Attributes
from service.client.plans.retries import Retries
from service.client.plans.setup import Setup
from service.client.results import BatchResult, Validated
from service.replay.event import ReplayedEvent


class AsyncClient:
    """A client of a server for asyncio and trio, with the methods of `Client`. Close it at the end.

    It is an asynchronous context manager. Several tasks may use it.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        source: str | None = None,
        retries: Retries | None = None,
        timeout_seconds: float = 60.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Make a client of the server at `url`; the arguments are those of `Client`."""
        self._setup = Setup(source, retries or Retries())
        self._http = httpx.AsyncClient(**options(url, key, timeout_seconds), transport=transport)
        self._driver = AsyncDriver(self._http)

    def __repr__(self) -> str:
        return f"AsyncClient({described(self._http, self._setup)})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    @overload
    async def record(
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
    async def record(
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

    async def record(
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
        """Do what `Client.record` does."""
        attributes = Attributes(source, id, time, visibility, actor)
        if is_one(events) and not lenient:
            return await self._driver.result(
                recording.one(self._setup, events, attributes, expected)
            )
        return await self._driver.result(
            recording.several(self._setup, events, attributes, expected, lenient=lenient)
        )

    def record_batches(
        self, events: Iterable[Sendable], *, source: str | None = None, lenient: bool = False
    ) -> AsyncIterator[BatchResult]:
        """Yield what `Client.record_batches` yields."""
        attributes = Attributes(source)
        return self._driver.each(
            recording.in_batches(self._setup, events, attributes, lenient=lenient)
        )

    async def validate(
        self,
        events: Sendables,
        *,
        source: str | None = None,
        time: datetime | str | None = None,
        visibility: Visibility | None = None,
        expected: Mapping[str, int] | None = None,
    ) -> tuple[Validated, ...]:
        """Do what `Client.validate` does."""
        attributes = Attributes(source, None, time, visibility)
        plan = recording.checked(self._setup, events, attributes, expected)
        return tuple([entry async for found in self._driver.each(plan) for entry in found])

    async def event(self, position: int, *, min_position: int | None = None) -> ReplayedEvent:
        """Do what `Client.event` does."""
        return await self._driver.result(reading.event(self._setup, position, min_position))

    async def find(
        self, source: str, id: str, *, min_position: int | None = None
    ) -> ReplayedEvent | None:
        """Do what `Client.find` does."""
        return await self._driver.result(
            reading.event_with_id(self._setup, source, id, min_position)
        )

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
    ) -> AsyncIterator[ReplayedEvent]:
        """Yield what `Client.events` yields."""
        chosen = Chosen(types, streams, from_, to)
        return self._driver.each(reading.pages(self._setup, chosen, after, limit, min_position))

    def follow(
        self,
        after: int = 0,
        *,
        types: Sequence[str | type[EventType]] = (),
        streams: Sequence[str] = (),
    ) -> AsyncGenerator[ReplayedEvent, None]:
        """Yield what `Client.follow` yields."""
        return self._driver.each(following.follow(self._setup, Chosen(types, streams), after))

    async def stream_version(self, kind: Kind, key: str, *, min_position: int | None = None) -> int:
        """Do what `Client.stream_version` does."""
        return await self._driver.result(
            reading.stream_version(self._setup, kind, key, min_position)
        )

    async def query(
        self,
        text: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation: str | None = None,
        min_position: int | None = None,
    ) -> Mapping[str, Any]:
        """Do what `Client.query` does."""
        return await self._driver.result(
            querying.query(self._setup, text, variables, operation, min_position)
        )
