"""What rules and folds read: the states of subjects at one position of the log, and earlier events."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from events.state.subjects import Amendments, State, SubjectState
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, event_reference, stream_of

S = TypeVar("S", bound=SubjectState)


class NotLoaded(Exception):
    """Something that was read has not been loaded yet.

    `events.state.loading` loads it and runs the code again. So rules and folds can be plain functions.
    """

    def __init__(
        self,
        *,
        streams: Sequence[Stream] = (),
        event: int | None = None,
        history: Stream | None = None,
        identity: tuple[str, str] | None = None,
    ) -> None:
        self.streams = tuple(streams)
        self.event = event
        self.history = history
        self.identity = identity
        super().__init__(streams, event, history, identity)


class StateView(Protocol):
    """The record up to a position of the log. Each call may raise `NotLoaded`."""

    def state(self, stream: Stream) -> State | None:
        """Return the state of the stream, None if there is none."""

    def version(self, stream: Stream) -> int:
        """Return the number of events in the stream."""

    def event(self, position: int) -> Event | None:
        """Return the event at the position, None if there is none."""

    def history(self, stream: Stream) -> Sequence[Event]:
        """Return the events of the stream, oldest first, voided ones included."""


def subject_in(state_view: StateView, stream: Stream) -> SubjectState | None:
    """Return the subject, None if it does not exist."""
    state = state_view.state(stream)
    return state if isinstance(state, SubjectState) else None


def find(state_view: StateView, kind: type[S], key: str | None) -> S | None:
    """Return the subject of this kind and key, None if there is none (or no key)."""
    state = state_view.state(stream_of(kind.kind, key)) if key is not None else None
    return state if isinstance(state, kind) else None


def amendments_of(state_view: StateView, position: int) -> Amendments:
    """Return what later events changed about the event at the position."""
    state = state_view.state(event_reference(position))
    return state if isinstance(state, Amendments) else Amendments()


__all__ = ["NotLoaded", "StateView", "amendments_of", "find", "subject_in"]
