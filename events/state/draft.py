"""The record as it would be with some more events. Requests are judged on a draft; replays advance by one."""

from collections.abc import Mapping, Sequence

from events.state.folding import changes, fold, fold_amendments, fold_history
from events.state.placement import streams_of
from events.state.present_events import present_events
from events.state.state_view import StateView
from events.state.subjects import State
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, event_reference
from events.vocabulary.types.record import EventCorrected, VisibilityChanged


class Draft:
    """A `StateView` on top of another one, with events that are not recorded yet.

    Drafts stack: a request's draft is on top of its group's, which is on top of the recorded state. `absorb` takes over
    the events of a draft; a draft that is dropped changes nothing.
    """

    def __init__(self, base: StateView) -> None:
        self._base = base
        self.states: dict[Stream, State | None] = {}
        self.versions: dict[Stream, int] = {}
        self.events: list[Event] = []

    def state(self, stream: Stream) -> State | None:
        """Return the state of the stream, None if there is none."""
        return self.states[stream] if stream in self.states else self._base.state(stream)

    def version(self, stream: Stream) -> int:
        """Return the number of events in the stream."""
        return self.versions[stream] if stream in self.versions else self._base.version(stream)

    def event(self, position: int) -> Event | None:
        """Return the event at the position; a request's own events cannot be named by position."""
        return self._base.event(position)

    def history(self, stream: Stream) -> Sequence[Event]:
        """Return the events of the stream, oldest first."""
        return [
            *self._base.history(stream),
            *(event for event in self.events if stream in event.streams),
        ]

    def add(self, event: Event) -> Event:
        """Add an accepted event (with its position); return it with its streams.

        Nothing has changed if it raises `NotLoaded`.
        """
        after = self.changed_by(event)
        look = _Overlay(after, self)
        streams = streams_of(event, look.state, self)
        versions = {stream: self.version(stream) + 1 for stream in streams}
        recorded = event.at(event.position, streams)
        self.states.update(after)
        self.versions.update(versions)
        self.events.append(recorded)
        return recorded

    def changed_by(self, event: Event) -> dict[Stream, State | None]:
        """Return the states that the event changes, as they are after it."""
        after: dict[Stream, State | None] = {}
        for stream in changes(event):
            before = self.state(stream)
            state = fold(before, event, stream, self)
            # An unchanged state is not written again.
            if state is not before:
                after[stream] = state
        if event.about_event is not None:
            after |= self._after_one_about(event, event.about_event)
        return after

    def absorb(self, other: "Draft") -> None:
        """Take over everything that the other draft added."""
        self.states.update(other.states)
        self.versions.update(other.versions)
        self.events.extend(other.events)

    def _after_one_about(self, event: Event, position: int) -> dict[Stream, State | None]:
        """Return the states after an event about another event.

        Those that a voided or corrected event changed are folded again, from what stands after this event.
        """
        about = self._base.event(position)
        if about is None:
            return {}
        stream = about.streams[0]
        after: dict[Stream, State | None] = {
            event_reference(position): fold_amendments(
                position, [*present_events(self, stream), event]
            )
        }
        if event.is_of(VisibilityChanged):
            return after
        state_view = _Overlay(after, self)
        read_anew: Event | None = about
        if about.about_event is not None:
            # The void undoes a correction of another event, or a change of its level.
            after[event_reference(about.about_event)] = fold_amendments(
                about.about_event, present_events(state_view, stream)
            )
            if about.is_of(EventCorrected):
                read_anew = self._base.event(about.about_event)
        for changed in changes(read_anew) if read_anew is not None else ():
            after[changed] = fold_history(changed, present_events(state_view, changed), self)
        return after


class GroupDraft(Draft):
    """The draft of a group of requests. A request may name the events of earlier requests by position."""

    def event(self, position: int) -> Event | None:
        """Return the event at the position; it may be one of this group."""
        for event in self.events:
            if event.position == position:
                return event
        return super().event(position)


class _Overlay:
    """A `StateView` of the states after an event; everything else is read from the view before it."""

    def __init__(self, after: Mapping[Stream, State | None], state_view: StateView) -> None:
        self._after = after
        self._state_view = state_view

    def state(self, stream: Stream) -> State | None:
        return self._after[stream] if stream in self._after else self._state_view.state(stream)

    def version(self, stream: Stream) -> int:
        return self._state_view.version(stream)

    def event(self, position: int) -> Event | None:
        return self._state_view.event(position)

    def history(self, stream: Stream) -> Sequence[Event]:
        return self._state_view.history(stream)
