"""The states of a log that is read from its first event on. Verifying and restoring a log use it."""

from collections.abc import Sequence

from events.state.draft import Draft
from events.state.state_cache import StateCache
from events.state.subjects import State
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream


class ReplayedState:
    """A `StateView` of the log up to one event: all states and versions, and for each state who changed it last.

    Earlier events are rarely needed. They are loaded into `earlier` and forgotten after each event.
    """

    def __init__(self) -> None:
        self.states: dict[Stream, State | None] = {}
        self.versions: dict[Stream, int] = {}
        self.changed: dict[Stream, int] = {}
        """The position of the last event that changed the state of a stream."""
        self.earlier = StateCache()

    def state(self, stream: Stream) -> State | None:
        """Return the state of the stream, None if there is none."""
        return self.states.get(stream)

    def version(self, stream: Stream) -> int:
        """Return the number of events in the stream."""
        return self.versions.get(stream, 0)

    def event(self, position: int) -> Event | None:
        """Return the event at the position, None if there is none."""
        return self.earlier.event(position)

    def history(self, stream: Stream) -> Sequence[Event]:
        """Return the events of the stream, oldest first."""
        return self.earlier.history(stream)

    def absorb(self, draft: Draft, position: int) -> None:
        """Take over what the event at the position changed."""
        self.states.update(draft.states)
        self.changed.update(dict.fromkeys(draft.states, position))
        self.versions.update(draft.versions)
        self.earlier.forget_events()
