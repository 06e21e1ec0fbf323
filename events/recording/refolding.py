"""Folding the subjects' states anew, where a release with other folds made them.

It is one transaction under the log's lock: whoever waits to record finds either all states as they were or all as they
are now, and so does everybody after a kill in the middle of it. Only the states of one page of events are held in
memory.
"""

from collections.abc import Sequence

import asyncpg

from events.state.draft import Draft
from events.state.fingerprint import state_fingerprint
from events.state.state_view import NotLoaded
from events.state.subjects import State
from events.store import appending, lookups, reading, states
from events.store.reading import Selection
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.event import Event

PAGE_EVENTS = 1_000


async def refold(connection: asyncpg.Connection, catalogue: Catalogue) -> bool:
    """Fold the states anew unless the folds of this code made them; afterwards they did. Say whether it was needed.

    Raises UnknownType, and then nothing has changed.
    """
    fingerprint = state_fingerprint()
    if await states.noted_folds(connection) == fingerprint:
        return False
    async with connection.transaction():
        await appending.lock(connection)
        # Another process may have been first.
        if await states.noted_folds(connection) == fingerprint:
            return False
        await states.begin(connection)
        await _Refolding(connection, catalogue).run()
        await states.note_folds(connection, fingerprint)
        await states.take_over(connection)
    return True


class _Refolding:
    """The states up to the event that is taken in now, as far as they were looked at; a world to the folds."""

    def __init__(self, connection: asyncpg.Connection, catalogue: Catalogue) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._position = 0
        self._states: dict[str, State | None] = {}
        self._changed: set[str] = set()
        self._events: dict[int, Event | None] = {}
        self._histories: dict[str, list[Event]] = {}

    async def run(self) -> None:
        """Put every subject's state aside, as the whole log gives it."""
        while page := await reading.page(
            self._connection, Selection(), self._position, PAGE_EVENTS
        ):
            events = [recorded.event(self._catalogue) for recorded in page]
            named = {mention.stream for event in events for mention in event.mentions}
            self._states = await states.aside(self._connection, named)
            for event in events:
                await self._take(event)
            changed = {stream: self._states[stream] for stream in self._changed}
            await states.put_aside(self._connection, changed)
            self._changed.clear()

    async def _take(self, event: Event) -> None:
        after = await self._changed_by(event)
        self._states.update(after)
        self._changed.update(after)
        self._position = event.position
        self._events.clear()
        self._histories.clear()

    async def _changed_by(self, event: Event) -> dict[str, State | None]:
        while True:
            try:
                return Draft(self).changed_by(event)
            except NotLoaded as missing:
                await self._fetch(missing)

    async def _fetch(self, missing: NotLoaded) -> None:
        if missing.streams:
            self._states.update(await states.aside(self._connection, missing.streams))
        if missing.event is not None:
            found = await lookups.event(self._connection, missing.event)
            self._events[missing.event] = found.event(self._catalogue) if found else None
        if missing.history is not None:
            rows = await lookups.history(self._connection, missing.history)
            self._histories[missing.history] = [
                recorded.event(self._catalogue)
                for recorded, _ in rows
                if recorded.position <= self._position
            ]

    # What folds look at

    def state(self, stream: str) -> State | None:
        """Return the state of the stream's subject. Raises Missing until it is fetched."""
        if stream not in self._states:
            raise NotLoaded(streams=[stream])
        return self._states[stream]

    def version(self, stream: str) -> int:
        """Return 0: versions are no part of a state."""
        return 0

    def event(self, position: int) -> Event | None:
        """Return the event at the position. Raises Missing until it is fetched."""
        if position not in self._events:
            raise NotLoaded(event=position)
        return self._events[position]

    def history(self, stream: str) -> Sequence[Event]:
        """Return the events of the stream up to here. Raises Missing until they are fetched."""
        if stream not in self._histories:
            raise NotLoaded(history=stream)
        return self._histories[stream]
