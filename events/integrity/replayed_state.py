"""What a log has come to, event by event, kept whole: for whoever goes through it from its first event on."""

from collections.abc import Sequence

import asyncpg

from events.state.draft import Draft
from events.state.state_view import NotLoaded
from events.state.subjects import State
from events.store import lookups
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.event import Event


class ReplayedState:
    """Every subject's state, who changed it last, and every stream's version, up to the event that is taken in now.

    A world for drafts. Earlier events are asked for rarely, and fetched from the log's tables where they are.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.states: dict[str, State | None] = {}
        self.versions: dict[str, int] = {}
        self.changed: dict[str, int] = {}
        self._events: dict[int, Event | None] = {}
        self._histories: dict[str, list[Event]] = {}

    def state(self, stream: str) -> State | None:
        """Return the state of the stream's subject, None where there is none."""
        return self.states.get(stream)

    def version(self, stream: str) -> int:
        """Return the number of events in the stream."""
        return self.versions.get(stream, 0)

    def event(self, position: int) -> Event | None:
        """Return the event at the position. Raises Missing until it is fetched."""
        if position not in self._events:
            raise NotLoaded(event=position)
        return self._events[position]

    def history(self, stream: str) -> Sequence[Event]:
        """Return the events of the stream. Raises Missing until they are fetched."""
        if stream not in self._histories:
            raise NotLoaded(history=stream)
        return self._histories[stream]

    async def fetch(self, connection: asyncpg.Connection, missing: NotLoaded, through: int) -> None:
        """Fetch what was missing, as far as it stands at positions up to `through`."""
        if missing.event is not None:
            found = (
                await lookups.event(connection, missing.event) if missing.event <= through else None
            )
            self._events[missing.event] = found.event(self._catalogue) if found else None
        if missing.history is not None:
            rows = await lookups.history(connection, missing.history)
            self._histories[missing.history] = [
                recorded.event(self._catalogue)
                for recorded, _ in rows
                if recorded.position <= through
            ]

    def absorb(self, draft: Draft, position: int) -> None:
        """Take over what the event at the position made; what was fetched for it is forgotten."""
        self.states.update(draft.states)
        self.changed.update(dict.fromkeys(draft.states, position))
        self.versions.update(draft.versions)
        self._events.clear()
        self._histories.clear()
