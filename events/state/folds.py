"""How each event changes the state of the subjects it names: one function per event type and kind of subject.

A fold takes the state before the event (None if the subject does not exist) and returns the state after it. A type and
kind without a fold changes nothing. `events.state.folding` applies them.

Folds read only the event's data and what never changes in other subjects (the owner and cohort of a question), so that
folding a subject's own stream again gives the same state.
"""

from dataclasses import replace
from typing import Any, Final, TypeVar

from events.state.declared_folds import Folds
from events.state.placement import event_cohort
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
    Presence,
    PublicationState,
    QuestionState,
    SessionState,
    SubjectState,
)
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.event import Event
from events.vocabulary.terms import Visibility
from events.vocabulary.types.cohorts import (
    CohortClosed,
    CohortFormed,
    CohortRevised,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationRegistered,
    OrganisationRenamed,
    OrganisationsPaired,
    PairingEnded,
)
from events.vocabulary.types.exchange import HelpAsked, InspirationShared
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationRevised,
    IterationStarted,
    ObservationRecorded,
)
from events.vocabulary.types.learnings import (
    FailureReclassified,
    FailureRecorded,
    LearningCaptured,
    LearningRevised,
)
from events.vocabulary.types.questions import QuestionClosed, QuestionFramed, QuestionReframed
from events.vocabulary.types.record import PersonForgotten, PersonIntroduced, VisibilityChanged
from events.vocabulary.types.results import (
    OutcomeHarvested,
    PublicationReleased,
    PublicationWithdrawn,
)
from events.vocabulary.types.sessions import CommitmentMade, CommitmentSettled, SessionHeld
from events.vocabulary.values.text_folding import folded, trimmed

S = TypeVar("S", bound=SubjectState)

_MEASURE: Final = VOCABULARY.of(IterationPlanned).checked("measure")
_CRITERION: Final = VOCABULARY.of(IterationPlanned).checked("criterion")

FOLDS: Final = Folds()


def _created(event: Event, state_view: StateView, **more: Any) -> dict[str, Any]:
    """Return the fields that every new subject has."""
    return {
        "position": event.position,
        "moved_us": event.time_us,
        "level": event.level,
        "organisation": event.organisation,
        "cohort": event_cohort(event, state_view.state),
    } | more


def _text(event: Event, field: str) -> str | None:
    """Return an optional text: None if it is blank, and empty if it has only invisible marks, as 0.1.0 accepted it.

    In the event's model, both are None.
    """
    value: str | None = event.data.get(field)
    if value is None or trimmed(value):
        return value
    return "" if value.strip() else None


def _revised_text(before: str | None, event: Event, field: str) -> str | None:
    """Return an optional text after a revision that may not change it."""
    after = _text(event, field)
    return after if after or before is None else before


@FOLDS.add
def _cohort_formed(state: None, event: Event[CohortFormed], state_view: StateView) -> CohortState:
    hosts = tuple(event.model.hosts)
    return CohortState(
        **_created(event, state_view),
        language=event.model.language,
        hosts=hosts,
        hosts_ever=hosts,
    )


@FOLDS.add
def _cohort_revised(
    state: CohortState, event: Event[CohortRevised], state_view: StateView
) -> CohortState:
    named = event.model.hosts
    hosts = state.hosts if named is None else tuple(named)
    ever = tuple(dict.fromkeys((*state.hosts_ever, *hosts)))
    return replace(state, hosts=hosts, hosts_ever=ever, moved_us=event.time_us)


@FOLDS.add
def _cohort_closed(
    state: CohortState, event: Event[CohortClosed], state_view: StateView
) -> CohortState:
    return replace(state, closed_us=event.time_us, moved_us=event.time_us)


@FOLDS.add
def _cohort_joined(
    state: CohortState, event: Event[OrganisationJoined], state_view: StateView
) -> CohortState:
    organisation = event.model.organisation
    ever = state.ever if organisation in state.ever else (*state.ever, organisation)
    return replace(state, present=(*state.present, organisation), ever=ever)


@FOLDS.add
def _cohort_left(
    state: CohortState, event: Event[OrganisationLeft], state_view: StateView
) -> CohortState:
    return replace(
        state, present=tuple(key for key in state.present if key != event.model.organisation)
    )


@FOLDS.add
def _registered(
    state: None, event: Event[OrganisationRegistered], state_view: StateView
) -> OrganisationState:
    return OrganisationState(**_created(event, state_view), name=event.model.name_)


@FOLDS.add
def _renamed(
    state: OrganisationState, event: Event[OrganisationRenamed], state_view: StateView
) -> OrganisationState:
    return replace(state, name=event.model.name_, moved_us=event.time_us)


@FOLDS.add
def _joined(
    state: OrganisationState, event: Event[OrganisationJoined], state_view: StateView
) -> OrganisationState:
    stay = Presence(cohort=event.model.cohort, joined_us=event.time_us, joined_at=event.position)
    return replace(state, presences=(*state.presences, stay))


@FOLDS.add
def _left(
    state: OrganisationState, event: Event[OrganisationLeft], state_view: StateView
) -> OrganisationState:
    return replace(
        state,
        presences=tuple(
            replace(stay, left_us=event.time_us, left_at=event.position)
            if stay.cohort == event.model.cohort and stay.left_at is None
            else stay
            for stay in state.presences
        ),
    )


@FOLDS.add
def _organisation_paired(
    state: OrganisationState, event: Event[OrganisationsPaired], state_view: StateView
) -> OrganisationState:
    return replace(state, pairings=(*state.pairings, event.model.pairing))


@FOLDS.add
def _paired(state: None, event: Event[OrganisationsPaired], state_view: StateView) -> PairingState:
    return PairingState(
        **_created(event, state_view), organisations=tuple(event.model.organisations)
    )


@FOLDS.add
def _pairing_ended(
    state: PairingState, event: Event[PairingEnded], state_view: StateView
) -> PairingState:
    return replace(state, ended_us=event.time_us, moved_us=event.time_us)


@FOLDS.add
def _shared_question(
    state: None, event: Event[CohortFormed], state_view: StateView
) -> QuestionState:
    return QuestionState(
        **_created(event, state_view), text=event.model.text, language=event.model.language
    )


@FOLDS.add
def _question_framed(
    state: None, event: Event[QuestionFramed], state_view: StateView
) -> QuestionState:
    return QuestionState(
        **_created(event, state_view), text=event.model.text, language=event.model.language
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


@FOLDS.add
def _planned(state: None, event: Event[IterationPlanned], state_view: StateView) -> IterationState:
    return IterationState(
        **_created(event, state_view),
        question=event.model.question,
        measure=_text(event, _MEASURE),
        criterion=_text(event, _CRITERION),
    )


@FOLDS.add
def _revised(
    state: IterationState, event: Event[IterationRevised], state_view: StateView
) -> IterationState:
    return replace(
        state,
        measure=_revised_text(state.measure, event, _MEASURE),
        criterion=_revised_text(state.criterion, event, _CRITERION),
        moved_us=event.time_us,
    )


@FOLDS.add
def _started(
    state: IterationState, event: Event[IterationStarted], state_view: StateView
) -> IterationState:
    return replace(state, started=True, moved_us=event.time_us)


@FOLDS.add
def _observed(
    state: IterationState, event: Event[ObservationRecorded], state_view: StateView
) -> IterationState:
    measure = event.model.measure
    planned = measure and state.measure and folded(measure) == folded(state.measure)
    measured = state.measured or bool(planned)
    return (
        state
        if state.observed and state.measured == measured
        else replace(state, observed=True, measured=measured)
    )


@FOLDS.add
def _concluded(
    state: IterationState, event: Event[IterationConcluded], state_view: StateView
) -> IterationState:
    return replace(state, concluded_us=event.time_us, moved_us=event.time_us)


@FOLDS.add
def _failure_recorded(
    state: None, event: Event[FailureRecorded], state_view: StateView
) -> FailureState:
    return FailureState(
        **_created(event, state_view),
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
    return LearningState(**_created(event, state_view))


@FOLDS.add
def _moved(
    state: LearningState, event: Event[LearningRevised], state_view: StateView
) -> LearningState:
    return replace(state, moved_us=event.time_us)


@FOLDS.add
def _asked(state: None, event: Event[HelpAsked], state_view: StateView) -> AskState:
    return AskState(**_created(event, state_view))


@FOLDS.add
def _shared(
    state: None, event: Event[InspirationShared], state_view: StateView
) -> InspirationState:
    return InspirationState(**_created(event, state_view))


@FOLDS.add
def _harvested(state: None, event: Event[OutcomeHarvested], state_view: StateView) -> OutcomeState:
    return OutcomeState(**_created(event, state_view))


@FOLDS.add
def _released(
    state: None, event: Event[PublicationReleased], state_view: StateView
) -> PublicationState:
    return PublicationState(**_created(event, state_view))


@FOLDS.add
def _withdrawn(
    state: PublicationState, event: Event[PublicationWithdrawn], state_view: StateView
) -> PublicationState:
    return replace(state, withdrawn=True, moved_us=event.time_us)


@FOLDS.add
def _held(state: None, event: Event[SessionHeld], state_view: StateView) -> SessionState:
    return SessionState(**_created(event, state_view))


@FOLDS.add
def _committed(state: None, event: Event[CommitmentMade], state_view: StateView) -> CommitmentState:
    return CommitmentState(**_created(event, state_view))


@FOLDS.add
def _settled(
    state: CommitmentState, event: Event[CommitmentSettled], state_view: StateView
) -> CommitmentState:
    return replace(state, settled=True, moved_us=event.time_us)


@FOLDS.add
def _introduced(state: None, event: Event[PersonIntroduced], state_view: StateView) -> PersonState:
    return PersonState(**_created(event, state_view, level=Visibility.PRIVATE))


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
