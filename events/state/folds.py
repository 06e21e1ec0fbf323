"""How each event changes the state of the subjects it names: one function per event type and kind of subject.

A fold takes the state before (None where the subject does not exist) and the event, and returns the state after. Its
annotations say for which types of events and which kind of subject it is. A type and kind without a fold changes
nothing. Folds look only at data and at what never changes in other subjects (whose question it is, in which cohort), so
that folding a subject's own stream again gives the same state.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final, TypeVar, get_type_hints

from events.state.placement import event_cohort
from events.state.state_view import StateView
from events.state.subjects import (
    AskState,
    CohortState,
    EventMark,
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
    State,
    SubjectState,
)
from events.vocabulary.annotations import kinds_of
from events.vocabulary.catalogue import VOCABULARY, CatalogueError
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, kind_of
from events.vocabulary.terms import Visibility
from events.vocabulary.text_folding import folded, trimmed
from events.vocabulary.types.cohorts import (
    CohortClosed,
    CohortFormed,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationRegistered,
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

# Each is given only the states and the events that its annotations name.
Fold = Callable[[Any, Any, StateView], SubjectState]
F = TypeVar("F", bound=Fold)
S = TypeVar("S", bound=SubjectState)

_MEASURE: Final = VOCABULARY.of(IterationPlanned).checked("measure")
_CRITERION: Final = VOCABULARY.of(IterationPlanned).checked("criterion")

_FOLDS: Final[dict[tuple[str, str], Fold]] = {}


def folds(fold: F) -> F:
    """Register a fold for the event types that its `event` names and the kind of state that it returns.

    Raises CatalogueError where there is no such type, or where events of it name no such subject.
    """
    register(fold, get_type_hints(fold)["return"])
    return fold


def register(fold: Fold, state: type[SubjectState]) -> None:
    """Register a fold for the event types that its `event` names and one kind of state. Raises as `folds` does."""
    for kind in kinds_of(fold, "event"):
        if not any(state.kind in reference.kinds for reference in kind.references):
            raise CatalogueError(
                f"{fold.__qualname__} folds nothing: an event of type {kind.name} names no {state.kind}."
            )
        if (kind.name, state.kind) in _FOLDS:
            raise CatalogueError(f"There are two folds of {kind.name} for the kind {state.kind}.")
        _FOLDS[kind.name, state.kind] = fold


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
        # Only in a report on refused events: what they build on need not exist.
        return None
    return function(state, event, state_view)


def _fold_of(event: Event, stream: Stream) -> Fold | None:
    kind = kind_of(stream)
    # A type that creates a subject may name others of the same kind (a parent, what it follows): these stay as they
    # are.
    if kind in event.kind.creates and stream not in event.created:
        return None
    return _FOLDS.get((event.kind.name, kind))


def fold_history(stream: Stream, history: Iterable[Event], state_view: StateView) -> State | None:
    """Return the state that these events (voided ones left out) give the subject."""
    state: State | None = None
    for event in history:
        if stream in event.subjects:
            state = fold(state, event, stream, state_view)
    return state


def fold_mark(position: int, history: Iterable[Event]) -> EventMark:
    """Return what these events (voided ones left out) say of the event at the position."""
    mark = EventMark()
    for event in history:
        if event.about_event != position:
            continue
        if isinstance(event.model, VisibilityChanged):
            mark = replace(mark, level=event.model.visibility)
        else:
            mark = replace(mark, voided_by=event.position)
    return mark


def _created(event: Event, state_view: StateView, **more: Any) -> dict[str, Any]:
    """Return the fields that every created subject has."""
    return {
        "position": event.position,
        "moved_us": event.time_us,
        "level": event.level,
        "organisation": event.organisation,
        "cohort": event_cohort(event, state_view.state),
    } | more


def _text(event: Event, field: str) -> str | None:
    """Return an optional text; a blank one is absence, and one of invisible marks alone, which 0.1.0 took, is empty.

    In the event's model, both are absence.
    """
    value: str | None = event.data.get(field)
    if value is None or trimmed(value):
        return value
    return "" if value.strip() else None


def _revised_text(before: str | None, event: Event, field: str) -> str | None:
    """Return an optional text after a revision that may leave it as it was."""
    after = _text(event, field)
    return after if after or before is None else before


@folds
def _cohort_formed(state: None, event: Event[CohortFormed], state_view: StateView) -> CohortState:
    return CohortState(**_created(event, state_view))


@folds
def _cohort_closed(
    state: CohortState, event: Event[CohortClosed], state_view: StateView
) -> CohortState:
    return replace(state, closed_us=event.time_us, moved_us=event.time_us)


@folds
def _cohort_joined(
    state: CohortState, event: Event[OrganisationJoined], state_view: StateView
) -> CohortState:
    organisation = event.model.organisation
    ever = state.ever if organisation in state.ever else (*state.ever, organisation)
    return replace(state, present=(*state.present, organisation), ever=ever)


@folds
def _cohort_left(
    state: CohortState, event: Event[OrganisationLeft], state_view: StateView
) -> CohortState:
    return replace(
        state, present=tuple(key for key in state.present if key != event.model.organisation)
    )


@folds
def _registered(
    state: None, event: Event[OrganisationRegistered], state_view: StateView
) -> OrganisationState:
    return OrganisationState(**_created(event, state_view))


@folds
def _joined(
    state: OrganisationState, event: Event[OrganisationJoined], state_view: StateView
) -> OrganisationState:
    stay = Presence(cohort=event.model.cohort, joined_us=event.time_us, joined_at=event.position)
    return replace(state, presences=(*state.presences, stay))


@folds
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


@folds
def _organisation_paired(
    state: OrganisationState, event: Event[OrganisationsPaired], state_view: StateView
) -> OrganisationState:
    return replace(state, pairings=(*state.pairings, event.model.pairing))


@folds
def _paired(state: None, event: Event[OrganisationsPaired], state_view: StateView) -> PairingState:
    return PairingState(
        **_created(event, state_view), organisations=tuple(event.model.organisations)
    )


@folds
def _pairing_ended(
    state: PairingState, event: Event[PairingEnded], state_view: StateView
) -> PairingState:
    return replace(state, ended_us=event.time_us, moved_us=event.time_us)


@folds
def _shared_question(
    state: None, event: Event[CohortFormed], state_view: StateView
) -> QuestionState:
    return QuestionState(**_created(event, state_view), text=event.model.text)


@folds
def _question_framed(
    state: None, event: Event[QuestionFramed], state_view: StateView
) -> QuestionState:
    return QuestionState(**_created(event, state_view), text=event.model.text)


@folds
def _question_reframed(
    state: QuestionState, event: Event[QuestionReframed], state_view: StateView
) -> QuestionState:
    return replace(state, text=event.model.text, moved_us=event.time_us)


@folds
def _question_closed(
    state: QuestionState, event: Event[QuestionClosed], state_view: StateView
) -> QuestionState:
    return replace(state, closed=True, moved_us=event.time_us)


@folds
def _planned(state: None, event: Event[IterationPlanned], state_view: StateView) -> IterationState:
    return IterationState(
        **_created(event, state_view),
        question=event.model.question,
        measure=_text(event, _MEASURE),
        criterion=_text(event, _CRITERION),
    )


@folds
def _revised(
    state: IterationState, event: Event[IterationRevised], state_view: StateView
) -> IterationState:
    return replace(
        state,
        measure=_revised_text(state.measure, event, _MEASURE),
        criterion=_revised_text(state.criterion, event, _CRITERION),
        moved_us=event.time_us,
    )


@folds
def _started(
    state: IterationState, event: Event[IterationStarted], state_view: StateView
) -> IterationState:
    return replace(state, started=True, moved_us=event.time_us)


@folds
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


@folds
def _concluded(
    state: IterationState, event: Event[IterationConcluded], state_view: StateView
) -> IterationState:
    return replace(state, concluded_us=event.time_us, moved_us=event.time_us)


@folds
def _failure_recorded(
    state: None, event: Event[FailureRecorded], state_view: StateView
) -> FailureState:
    return FailureState(
        **_created(event, state_view),
        iteration=event.model.iteration,
        cause=event.model.failure_cause,
    )


@folds
def _reclassified(
    state: FailureState, event: Event[FailureReclassified], state_view: StateView
) -> FailureState:
    return replace(state, cause=event.model.failure_cause or state.cause, moved_us=event.time_us)


@folds
def _captured(state: None, event: Event[LearningCaptured], state_view: StateView) -> LearningState:
    return LearningState(**_created(event, state_view))


@folds
def _moved(
    state: LearningState, event: Event[LearningRevised], state_view: StateView
) -> LearningState:
    return replace(state, moved_us=event.time_us)


@folds
def _asked(state: None, event: Event[HelpAsked], state_view: StateView) -> AskState:
    return AskState(**_created(event, state_view))


@folds
def _shared(
    state: None, event: Event[InspirationShared], state_view: StateView
) -> InspirationState:
    return InspirationState(**_created(event, state_view))


@folds
def _harvested(state: None, event: Event[OutcomeHarvested], state_view: StateView) -> OutcomeState:
    return OutcomeState(**_created(event, state_view))


@folds
def _released(
    state: None, event: Event[PublicationReleased], state_view: StateView
) -> PublicationState:
    return PublicationState(**_created(event, state_view))


@folds
def _withdrawn(
    state: PublicationState, event: Event[PublicationWithdrawn], state_view: StateView
) -> PublicationState:
    return replace(state, withdrawn=True, moved_us=event.time_us)


@folds
def _introduced(state: None, event: Event[PersonIntroduced], state_view: StateView) -> PersonState:
    return PersonState(**_created(event, state_view, level=Visibility.PRIVATE))


@folds
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
):
    register(_relevelled, _state)


@folds
def _person_relevelled(
    state: PersonState, event: Event[VisibilityChanged], state_view: StateView
) -> PersonState:
    return replace(state, moved_us=event.time_us)
