"""How events change the state of questions."""

from dataclasses import replace

from events.state.folds.creation import created
from events.state.folds.declared import FOLDS
from events.state.state_view import StateView
from events.state.subjects import (
    QuestionState,
)
from events.vocabulary.event import Event
from events.vocabulary.types.cohorts import (
    CohortFormed,
)
from events.vocabulary.types.questions import QuestionClosed, QuestionFramed, QuestionReframed


@FOLDS.add
def _shared_question(
    state: None, event: Event[CohortFormed], state_view: StateView
) -> QuestionState:
    return QuestionState(
        **created(event, state_view), text=event.model.text, language=event.model.language
    )


@FOLDS.add
def _question_framed(
    state: None, event: Event[QuestionFramed], state_view: StateView
) -> QuestionState:
    return QuestionState(
        **created(event, state_view), text=event.model.text, language=event.model.language
    )


@FOLDS.add
def _question_reframed(
    state: QuestionState, event: Event[QuestionReframed], state_view: StateView
) -> QuestionState:
    return replace(
        state,
        text=event.model.text,
        language=event.model.language or state.language,
        moved_us=event.time_us,
    )


@FOLDS.add
def _question_closed(
    state: QuestionState, event: Event[QuestionClosed], state_view: StateView
) -> QuestionState:
    return replace(state, closed=True, moved_us=event.time_us)
