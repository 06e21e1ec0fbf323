"""The part of the log that a viewer may see, by the levels and memberships as they are now. `EventLog` asks it.

A question about one event or subject runs the same statements whether it is hidden or does not exist: the number of
statements depends on the viewer alone. Only a key that was voided and used again takes more.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, Protocol, TypeVar

import asyncpg
from cryptography.exceptions import InvalidTag

from events.access.principal import Principal
from events.access.visibility import sees, sees_event, sees_personal, viewer_of
from events.lines.recorded import Recorded
from events.reading.amendable import NOTHING, Amendable, amendable, amends
from events.recording.vault import Vault, unseal
from events.state.draft import Draft
from events.state.loading import run_loading
from events.state.state_cache import StateCache
from events.state.state_view import subject_in
from events.state.subjects import OrganisationState, PairingState, PersonState, State
from events.store import lookups
from events.store.lookups import Stored
from events.store.table_source import TableSource
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, event_reference, key_of, stream_of

T = TypeVar("T")


class Asking(Protocol):
    """Runs a question on a connection. If the database gives up, the whole question runs again."""

    def __call__(self, ask: Callable[[asyncpg.Connection], Awaitable[T]]) -> Awaitable[T]:
        """Return the answer."""


_ABOUT_ROUNDS: Final = 2
"""An event may be about an event that is about a third one: the void of a change of its level."""


class VisibleLog:
    """Answers questions about what a viewer may see. `asking` lends a connection for one question."""

    def __init__(self, asking: Asking, catalogue: Catalogue, vault: Vault) -> None:
        self._asking = asking
        self._catalogue = catalogue
        self._vault = vault

    async def visible(self, page: Sequence[Recorded], viewer: Principal) -> list[Recorded]:
        """Return the events of the page that the viewer may see."""
        if viewer.facilitates_everything:
            return list(page)
        return await self._asking(lambda connection: self._visible(connection, page, viewer))

    async def event(self, position: int, viewer: Principal) -> Recorded | None:
        """Return the event at the position, None if there is none that the viewer may see."""

        async def ask(connection: asyncpg.Connection) -> Recorded | None:
            found = await lookups.event(connection, position)
            if viewer.facilitates_everything:
                return found
            seen = await self._visible(connection, [found] if found else [], viewer)
            return seen[0] if seen else None

        return await self._asking(ask)

    async def amendable(
        self, positions: Collection[int], viewer: Principal
    ) -> Mapping[int, Amendable]:
        """Return what the viewer may amend of the event at each of these positions."""
        if not amends(viewer):
            return dict.fromkeys(positions, NOTHING)

        async def ask(connection: asyncpg.Connection) -> Mapping[int, Amendable]:
            found = await lookups.all_stored(connection, positions)
            events = [self._sent(stored) for stored in found]
            cache = StateCache()
            for event in events:
                cache.keep_event(event.position, event)
            judged = await self._with_those_they_are_about(connection, cache, events)
            answers: dict[int, Amendable] = {}

            def answer(state_view: Draft) -> Mapping[int, Amendable]:
                # It is asked again whenever something was loaded: what is known by then stays.
                for event in events:
                    if event.position not in answers:
                        answers[event.position] = amendable(event, viewer, state_view)
                return answers

            await self.judged(connection, answer, _named(judged), viewer, cache)
            return {position: answers.get(position, NOTHING) for position in positions}

        return await self._asking(ask)

    async def stream_version(self, stream: Stream, viewer: Principal) -> int:
        """Return how many events the stream has; 0 if there is none whose subject the viewer may see."""

        def version(state_view: Draft) -> int:
            subject = subject_in(state_view, stream)
            if not viewer.facilitates_everything and (
                subject is None or not sees(viewer_of(viewer, state_view), subject)
            ):
                return 0
            return state_view.version(stream)

        return await self._asking(
            lambda connection: self.judged(connection, version, [stream], viewer)
        )

    async def introduction(self, person: str, viewer: Principal) -> Event | None:
        """Return the event that introduced the person; None if there is none that the viewer may see."""
        stream = stream_of("person", person)

        def position(state_view: Draft) -> int:
            found = state_view.state(stream)
            seen = isinstance(found, PersonState) and sees(viewer_of(viewer, state_view), found)
            return found.position if isinstance(found, PersonState) and seen else 0

        async def ask(connection: asyncpg.Connection) -> Recorded | None:
            found = await self.judged(connection, position, [stream], viewer)
            return await lookups.event(connection, found)

        recorded = await self._asking(ask)
        return recorded.event(self._catalogue) if recorded else None

    async def personal(
        self, persons: Iterable[str], viewer: Principal
    ) -> Mapping[str, Mapping[str, str]]:
        """Return the personal fields, in plain text, of those persons (by key) whose names the viewer may see.

        It is read from the database each time, so forgotten persons are left out. Raises NoMasterKey or WrongMasterKey.
        """
        streams = [stream_of("person", person) for person in dict.fromkeys(persons)]

        def positions(state_view: Draft) -> dict[str, int]:
            found = ((stream, state_view.state(stream)) for stream in streams)
            return {
                key_of(stream): person.position
                for stream, person in found
                if isinstance(person, PersonState)
                and not person.forgotten
                and sees_personal(viewer, person, state_view)
            }

        async def ask(
            connection: asyncpg.Connection,
        ) -> tuple[dict[str, int], dict[str, bytes], list[Recorded]]:
            introduced = await self.judged(connection, positions, streams, viewer)
            wrapped = await lookups.person_keys(connection, list(introduced))
            return introduced, wrapped, await lookups.events(connection, introduced.values())

        fields: dict[str, Mapping[str, str]] = {}
        introduced, wrapped, events = await self._asking(ask)
        recorded = {event.position: event for event in events}
        for person, position in introduced.items():
            if position in recorded and person in wrapped:
                key = self._vault.unwrap(person, wrapped[person])
                fields[person] = self._unsealed(person, key, recorded[position])
        return fields

    def _unsealed(self, person: str, key: bytes, recorded: Recorded) -> Mapping[str, str]:
        event = recorded.event(self._catalogue)
        try:
            return {
                name: unseal(key, person, name, event.data[name])
                for name in event.kind.personal
                if event.data.get(name) is not None
            }
        except InvalidTag:
            # The key belongs to an introduction that was voided.
            return {}

    def _sent(self, stored: Stored) -> Event:
        return stored.recorded.event(self._catalogue).sent_by(stored.sender)

    async def _visible(
        self, connection: asyncpg.Connection, page: Sequence[Recorded], viewer: Principal
    ) -> list[Recorded]:
        events = [recorded.event(self._catalogue) for recorded in page]
        cache = StateCache()
        judged = await self._with_those_they_are_about(connection, cache, events)

        def seen(state_view: Draft) -> list[bool]:
            seeing = viewer_of(viewer, state_view)
            return [sees_event(seeing, event, state_view) for event in events]

        answers = await self.judged(connection, seen, _named(judged), viewer, cache)
        return [recorded for recorded, is_seen in zip(page, answers, strict=True) if is_seen]

    async def _with_those_they_are_about(
        self, connection: asyncpg.Connection, cache: StateCache, events: Sequence[Event]
    ) -> list[Event]:
        """Load the events that these are about, since an event is seen by those who see that one; return all."""
        judged, last = list(events), list(events)
        for _ in range(_ABOUT_ROUNDS):
            about = {event.about_event for event in last if event.about_event is not None}
            last = []
            # No event is at 0: the statement runs in any case.
            found = await lookups.all_stored(connection, about or [0])
            last = [self._sent(stored) for stored in found]
            there = {event.position: event for event in last}
            for position in about:
                cache.keep_event(position, there.get(position))
            judged += last
        return judged

    async def judged(
        self,
        connection: asyncpg.Connection,
        question: Callable[[Draft], T],
        named: Sequence[Stream],
        viewer: Principal,
        cache: StateCache | None = None,
    ) -> T:
        """Return the answer to a question about the record as it is now.

        What the `named` streams and the viewer need is fetched first. The question is asked again until everything
        else that it needs is there.
        """
        cache = cache or StateCache()
        await self._prefetch(connection, cache, named, viewer)
        source = TableSource(connection, self._catalogue)
        return await run_loading(lambda: question(Draft(cache)), cache, source)

    async def _prefetch(
        self,
        connection: asyncpg.Connection,
        cache: StateCache,
        named: Sequence[Stream],
        viewer: Principal,
    ) -> None:
        """Load the named streams and the viewer's, then the viewer's pairings, then the members of these.

        Each of the three is one statement, even if there is nothing to load.
        """
        own = [stream_of("organisation", viewer.organisation)] if viewer.organisation else []
        wanted = [*named, *own, *(stream_of("cohort", cohort) for cohort in viewer.cohorts)]
        for related in (_pairings, _members, None):
            found, _ = await lookups.subjects(connection, list(dict.fromkeys(wanted)))
            cache.keep_streams(found)
            if related is not None:
                states = (
                    [cache.state(stream) for stream in own]
                    if related is _pairings
                    else [state for _, state in found.values()]
                )
                wanted = [stream for stream in related(states) if not cache.holds(stream)]


def _named(events: Sequence[Event]) -> list[Stream]:
    """Return the streams that say who sees these events."""
    # What later events changed about an event is kept like a subject's state.
    named = [event_reference(event.position) for event in events]
    return [*named, *(mention.stream for event in events for mention in event.mentions)]


def _pairings(states: Iterable[State | None]) -> list[Stream]:
    """Return the streams of the pairings that the organisations have ever been in."""
    return [
        stream_of("pairing", key)
        for state in states
        if isinstance(state, OrganisationState)
        for key in state.pairings
    ]


def _members(states: Iterable[State | None]) -> list[Stream]:
    """Return the streams of the organisations and cohorts of the pairings."""
    streams = []
    for state in states:
        if isinstance(state, PairingState):
            streams += [stream_of("organisation", key) for key in state.organisations]
            if state.cohort is not None:
                streams.append(stream_of("cohort", state.cohort))
    return streams
