"""An index of creations, from which the streams of any event follow. Replays on several processes use it.

One pass over the log fills the index with what was created. Then the streams of each event are computed independently.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final

from events.state.folding import fold
from events.state.placement import streams_of
from events.state.subjects import OrganisationState, State
from events.vocabulary.catalogue import VOCABULARY, Catalogue
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, key_of

_POSITION: Final = attrgetter("position")


class CreationIndex:
    """The subjects that events created, and the events about events: the streams of all others follow from these.

    Add them in the order of the log. Afterwards the index is only read, for events in any order, so copies of it can be
    used on many machines. If a key was used again after a void, the event's position decides which subject it names.
    """

    def __init__(self) -> None:
        self._states: dict[Stream, list[State]] = {}
        self.organisations: dict[str, int] = {}
        self.about: list[bytes] = []
        self.asked_for: set[int] = set()

    @staticmethod
    def types(catalogue: Catalogue = VOCABULARY) -> frozenset[str]:
        """Return the short names of the types whose events must be added."""
        return frozenset(
            kind.name for kind in catalogue.kinds if kind.creates or kind.about_field is not None
        )

    def learn(self, event: Event, line: bytes) -> None:
        """Add the next event of one of the `types`."""
        if event.about_event is not None:
            self.about.append(line)
            self.asked_for.add(event.about_event)
            return
        for mention in event.mentions:
            if not mention.creates:
                continue
            state = fold(None, event, mention.stream, _Before(self, event.position))
            if state is None:
                continue
            self._states.setdefault(mention.stream, []).append(state)
            if isinstance(state, OrganisationState):
                key = key_of(mention.stream)
                self.organisations.setdefault(key, len(self.organisations))

    def streams(self, event: Event) -> tuple[Stream, ...]:
        """Return the streams of an event that is not about another event."""
        before = _Before(self, event.position)
        return streams_of(event, before.state, before)

    def state(self, stream: Stream, position: int) -> State | None:
        """Return the subject as it was last created at or before this position, None if it was not."""
        states = self._states.get(stream)
        if states is None:
            return None
        found = bisect_right(states, position, key=_POSITION)
        return states[found - 1] if found else None


class _Before:
    """A `StateView` of the subjects that were created at or before one position."""

    def __init__(self, creations: CreationIndex, position: int) -> None:
        self._creations = creations
        self._position = position

    def state(self, stream: Stream) -> State | None:
        return self._creations.state(stream, self._position)

    def version(self, stream: Stream) -> int:
        """Return 0: versions are not counted."""
        return 0

    def event(self, position: int) -> Event | None:
        """Return None: lines are not kept."""
        return None

    def history(self, stream: Stream) -> Sequence[Event]:
        """Return nothing: lines are not kept."""
        return ()


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
