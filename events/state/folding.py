"""Folding: computes the states of subjects, and the amendments of events, from events. Drafts use it."""

from collections.abc import Iterable
from dataclasses import replace

from events.state.folds import FOLDS, Fold
from events.state.state_view import StateView
from events.state.subjects import Amendments, State
from events.vocabulary.corrections import latest_fields
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, kind_of
from events.vocabulary.types.record import EventCorrected, VisibilityChanged


def changes(event: Event) -> list[Stream]:
    """Return the streams of the subjects whose state the event may change."""
    return [
        mention.stream for mention in event.mentions if _fold_of(event, mention.stream) is not None
    ]


def fold(state: State | None, event: Event, stream: Stream, state_view: StateView) -> State | None:
    """Return the state of the subject `stream` after the event."""
    function = _fold_of(event, stream)
    if function is None:
        return state
    if state is None and stream not in event.created:
        # This happens only in the judgement of a refused request: a subject that an event names may not exist.
        return None
    return function(state, event, state_view)


def _fold_of(event: Event, stream: Stream) -> Fold | None:
    kind = kind_of(stream)
    # A type that creates a subject may name others of the same kind (a parent, the one it follows), which it does not
    # change.
    if kind in event.kind.creates and stream not in event.created:
        return None
    return FOLDS.find(event.kind.name, kind)


def fold_history(stream: Stream, history: Iterable[Event], state_view: StateView) -> State | None:
    """Return the subject's state after these events, of which none is voided."""
    state: State | None = None
    for event in history:
        if stream in event.subjects:
            state = fold(state, event, stream, state_view)
    return state


def fold_amendments(position: int, history: Iterable[Event]) -> Amendments:
    """Return the amendments of the event at the position after these events, of which none is voided."""
    found = Amendments()
    for event in history:
        if event.about_event != position:
            continue
        match event.model:
            case VisibilityChanged(visibility=level):
                found = replace(found, level=level)
            case EventCorrected(fields=fields):
                corrected = latest_fields([found.corrected or {}, fields])
                found = replace(found, corrected=corrected)
            case _:
                found = replace(found, voided_by=event.position)
    return found
