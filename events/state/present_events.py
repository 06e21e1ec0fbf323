"""The events of a stream that stand: without the voided ones, and with corrected ones as they now read.

Folding a history and the rules use it. What voided or corrected an event is in its `Amendments`.
"""

from collections.abc import Sequence

from events.state.folding import fold_history
from events.state.state_view import StateView, amendments_of
from events.state.subjects import State
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream


def present_event(state_view: StateView, event: Event) -> Event:
    """Return a recorded event as it now reads."""
    fields = amendments_of(state_view, event.position).corrected
    return event.corrected(fields) if fields else event


def present_events(state_view: StateView, stream: Stream) -> list[Event]:
    """Return the events of the stream that are not voided, as they now read, oldest first."""
    return [
        present_event(state_view, event)
        for event in state_view.history(stream)
        if amendments_of(state_view, event.position).voided_by is None
    ]


class EarlierState:
    """A `StateView` in which the subjects are as they were before a position, folded from what stands now."""

    def __init__(self, state_view: StateView, position: int) -> None:
        self._state_view = state_view
        self._position = position

    def state(self, stream: Stream) -> State | None:
        """Return the state of the stream before the position, None if there was none."""
        earlier = [
            event
            for event in present_events(self._state_view, stream)
            if event.position < self._position
        ]
        return fold_history(stream, earlier, self._state_view)

    def version(self, stream: Stream) -> int:
        """Return the number of events in the stream now."""
        return self._state_view.version(stream)

    def event(self, position: int) -> Event | None:
        """Return the event at the position, None if there is none before this one."""
        return self._state_view.event(position) if position < self._position else None

    def history(self, stream: Stream) -> Sequence[Event]:
        """Return the events of the stream before the position, oldest first."""
        return [
            event for event in self._state_view.history(stream) if event.position < self._position
        ]
