"""An index of creations, from which the streams of any event follow. Replays on several machines use it.

Each part of the log is read on its own, in any order, and gives an index of what was created in it. Together they give
the streams of each event, independently of all others.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from operator import attrgetter
from typing import Final, Self

from events.state.folding import fold
from events.state.placement import (
    Naming,
    cohorts_among,
    first_cohort,
    naming,
    streams_named,
)
from events.state.subjects import OrganisationState, State, SubjectState
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, key_of

_POSITION: Final = attrgetter("position")


class CreationIndex:
    """The subjects that events created, and the events about events: the streams of all others follow from these.

    `organisations` numbers the organisations in the order in which they were registered. `about` has the events about
    events, as position and line in the order of the log, and `asked_for` the positions of those that they are about.
    """

    def __init__(self) -> None:
        self._states: dict[Stream, list[SubjectState]] = {}
        self._cohorts_from: dict[tuple[Stream, int], tuple[Stream, ...]] = {}
        self._registered: list[tuple[int, str]] = []
        self.organisations: Mapping[str, int] = {}
        self.about: list[tuple[int, bytes]] = []
        self.asked_for: set[int] = set()

    def learn(self, event: Event, line: bytes) -> None:
        """Add an event of a part of the log. Other parts need not be known."""
        if event.about_event is not None:
            self.about.append((event.position, line))
            self.asked_for.add(event.about_event)
            return
        if not event.kind.creates:
            return
        named = naming(event)
        for stream in event.created:
            state = fold(None, event, stream, _NOTHING)
            if not isinstance(state, SubjectState):
                continue
            self._states.setdefault(stream, []).append(state)
            if state.cohort is None and named.cohort_from:
                self._cohorts_from[stream, state.position] = named.cohort_from
            if isinstance(state, OrganisationState):
                self._registered.append((state.position, key_of(stream)))

    @classmethod
    def of(cls, parts: Iterable["CreationIndex"]) -> Self:
        """Return the index of a whole log, whose parts may overlap. It is only read, and copies of it may be used."""
        whole = cls()
        for part in parts:
            for stream, states in part._states.items():
                whole._states.setdefault(stream, []).extend(states)
            whole._cohorts_from |= part._cohorts_from
            whole._registered += part._registered
            whole.about += part.about
            whole.asked_for |= part.asked_for
        for states in whole._states.values():
            states.sort(key=_POSITION)
        whole.about.sort()
        whole._registered.sort()
        whole.organisations = dict(
            zip(dict.fromkeys(key for _, key in whole._registered), count(), strict=False)
        )
        return whole

    def streams(self, named: Naming, position: int) -> tuple[Stream, ...]:
        """Return the streams of the event at this position, which names this, and is not about another event."""
        return streams_named(named, lambda stream: self.state(stream, position))

    def state(self, stream: Stream, position: int) -> State | None:
        """Return the subject as it was last created at or before this position, None if it was not.

        If a key was used again after a void, the position decides which subject it names.
        """
        states = self._states.get(stream, ())
        found = bisect_right(states, position, key=_POSITION) - 1
        if found < 0:
            return None
        state = states[found]
        sources = self._cohorts_from.get((stream, state.position), ())
        if not sources or state.cohort is not None:
            return state
        # The subjects that it has its cohort from may have been created in another part of the log.
        cohort = first_cohort(sources, cohorts_among(lambda of: self.state(of, state.position)))
        return replace(state, cohort=cohort)


class _Nothing:
    """A `StateView` without subjects."""

    def state(self, stream: Stream) -> State | None:
        return None

    def version(self, stream: Stream) -> int:
        """Return 0: versions are not counted."""
        return 0

    def event(self, position: int) -> Event | None:
        """Return None: lines are not kept."""
        return None

    def history(self, stream: Stream) -> Sequence[Event]:
        """Return nothing: lines are not kept."""
        return ()


_NOTHING: Final = _Nothing()


def streams_about(
    about: Iterable[tuple[int, int]], known: Mapping[int, tuple[Stream, ...]]
) -> dict[int, tuple[Stream, ...]]:
    """Return the streams of events about events, by position.

    `about` has, in the order of the log, each one's position and that of the event that it is about. `known` has the
    streams of those of the latter that are not about another event themselves.
    """
    found: dict[int, tuple[Stream, ...]] = {}
    for position, of in about:
        found[position] = known.get(of) or found.get(of, ())
    return found
