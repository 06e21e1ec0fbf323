"""How events change the state of sessions and commitments."""

from dataclasses import replace

from events.state.folds.creation import created
from events.state.folds.declared import FOLDS
from events.state.state_view import StateView
from events.state.subjects import (
    CommitmentState,
    SessionState,
)
from events.vocabulary.event import Event
from events.vocabulary.types.sessions import CommitmentMade, CommitmentSettled, SessionHeld


@FOLDS.add
def _held(state: None, event: Event[SessionHeld], state_view: StateView) -> SessionState:
    return SessionState(**created(event, state_view))


@FOLDS.add
def _committed(state: None, event: Event[CommitmentMade], state_view: StateView) -> CommitmentState:
    return CommitmentState(**created(event, state_view))


@FOLDS.add
def _settled(
    state: CommitmentState, event: Event[CommitmentSettled], state_view: StateView
) -> CommitmentState:
    return replace(state, settled=True, moved_us=event.time_us)
