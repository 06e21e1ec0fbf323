"""How events change the state of persons, and the visibility of all subjects."""

from dataclasses import replace
from typing import TypeVar

from events.state.folds.creation import created
from events.state.folds.declared import FOLDS
from events.state.state_view import StateView
from events.state.subjects import (
    AskState,
    CohortState,
    CommitmentState,
    FailureState,
    InspirationState,
    IterationState,
    LearningState,
    OrganisationState,
    OutcomeState,
    PairingState,
    PersonState,
    PublicationState,
    QuestionState,
    SessionState,
    SubjectState,
)
from events.vocabulary.event import Event
from events.vocabulary.terms import Visibility
from events.vocabulary.types.record import PersonForgotten, PersonIntroduced, VisibilityChanged

S = TypeVar("S", bound=SubjectState)


@FOLDS.add
def _introduced(state: None, event: Event[PersonIntroduced], state_view: StateView) -> PersonState:
    return PersonState(**created(event, state_view, level=Visibility.PRIVATE))


@FOLDS.add
def _forgotten(
    state: PersonState, event: Event[PersonForgotten], state_view: StateView
) -> PersonState:
    return replace(state, forgotten=True, moved_us=event.time_us)


def _relevelled(state: S, event: Event[VisibilityChanged], state_view: StateView) -> S:
    return replace(state, level=event.model.visibility, moved_us=event.time_us)


for _state in (
    CohortState,
    OrganisationState,
    QuestionState,
    IterationState,
    FailureState,
    LearningState,
    AskState,
    OutcomeState,
    InspirationState,
    PairingState,
    PublicationState,
    SessionState,
    CommitmentState,
):
    FOLDS.add_for(_state, _relevelled)


@FOLDS.add
def _person_relevelled(
    state: PersonState, event: Event[VisibilityChanged], state_view: StateView
) -> PersonState:
    return replace(state, moved_us=event.time_us)
