"""How events change the state of failures and learnings."""

from dataclasses import replace

from events.state.folds.creation import created
from events.state.folds.declared import FOLDS
from events.state.state_view import StateView
from events.state.subjects import (
    FailureState,
    LearningState,
)
from events.vocabulary.event import Event
from events.vocabulary.types.learnings import (
    FailureReclassified,
    FailureRecorded,
    LearningCaptured,
    LearningRevised,
)


@FOLDS.add
def _failure_recorded(
    state: None, event: Event[FailureRecorded], state_view: StateView
) -> FailureState:
    return FailureState(
        **created(event, state_view),
        iteration=event.model.iteration,
        cause=event.model.failure_cause,
    )


@FOLDS.add
def _reclassified(
    state: FailureState, event: Event[FailureReclassified], state_view: StateView
) -> FailureState:
    return replace(state, cause=event.model.failure_cause or state.cause, moved_us=event.time_us)


@FOLDS.add
def _captured(state: None, event: Event[LearningCaptured], state_view: StateView) -> LearningState:
    return LearningState(**created(event, state_view))


@FOLDS.add
def _moved(
    state: LearningState, event: Event[LearningRevised], state_view: StateView
) -> LearningState:
    return replace(state, moved_us=event.time_us)
