"""How each event changes the state of the subjects it names: one function per event type and kind of subject.

A fold takes the state before (None where the subject does not exist) and the event, and returns the state after. A type
and kind without a fold changes nothing. Folds look only at data and at what never changes in other subjects (whose
question it is, in which cohort), so that folding a subject's own stream again gives the same state.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

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
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, kind_of
from events.vocabulary.terms import Visibility
from events.vocabulary.text_folding import folded, trimmed

Fold = Callable[[Any, Event, StateView], State | None]

_FOLDS: Final[dict[tuple[str, str], Fold]] = {}


def _folds(*names: str, kind: type[SubjectState]) -> Callable[[Fold], Fold]:
    def register(fold: Fold) -> Fold:
        for name in names:
            _FOLDS[name, kind.kind] = fold
        return fold

    return register


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
        if event.kind.name == "event.voided":
            mark = replace(mark, voided_by=event.position)
        else:
            mark = replace(mark, level=Visibility(event.data["visibility"]))
    return mark


def _created(event: Event, state_view: StateView, **more: Any) -> dict[str, Any]:
    """Return the fields that every created subject has."""
    return {
        "position": event.position,
        "moved_us": event.time_us,
        "level": event.visibility or event.default_level,
        "organisation": event.organisation,
        "cohort": event_cohort(event, state_view.state),
    } | more


def _text(value: str | None) -> str | None:
    """Return an optional text; a blank one is absence, and one of invisible marks alone, which 0.1.0 took, is empty."""
    if value is None or trimmed(value):
        return value
    return "" if value.strip() else None


def _revised_text(before: str | None, value: str | None) -> str | None:
    """Return an optional text after a revision that may leave it as it was."""
    after = _text(value)
    return after if after or before is None else before


@_folds("cohort.formed", kind=CohortState)
def _cohort_formed(state: None, event: Event, state_view: StateView) -> SubjectState:
    return CohortState(**_created(event, state_view))


@_folds("cohort.closed", kind=CohortState)
def _cohort_closed(state: CohortState, event: Event, state_view: StateView) -> SubjectState:
    return replace(state, closed_us=event.time_us, moved_us=event.time_us)


@_folds("organisation.joined", kind=CohortState)
def _cohort_joined(state: CohortState, event: Event, state_view: StateView) -> SubjectState:
    organisation = event.data["organisation"]
    ever = state.ever if organisation in state.ever else (*state.ever, organisation)
    return replace(state, present=(*state.present, organisation), ever=ever)


@_folds("organisation.left", kind=CohortState)
def _cohort_left(state: CohortState, event: Event, state_view: StateView) -> SubjectState:
    return replace(
        state, present=tuple(key for key in state.present if key != event.data["organisation"])
    )


@_folds("organisation.registered", kind=OrganisationState)
def _registered(state: None, event: Event, state_view: StateView) -> SubjectState:
    return OrganisationState(**_created(event, state_view))


@_folds("organisation.joined", kind=OrganisationState)
def _joined(state: OrganisationState, event: Event, state_view: StateView) -> SubjectState:
    stay = Presence(cohort=event.data["cohort"], joined_us=event.time_us, joined_at=event.position)
    return replace(state, presences=(*state.presences, stay))


@_folds("organisation.left", kind=OrganisationState)
def _left(state: OrganisationState, event: Event, state_view: StateView) -> SubjectState:
    return replace(
        state,
        presences=tuple(
            replace(stay, left_us=event.time_us, left_at=event.position)
            if stay.cohort == event.data["cohort"] and stay.left_at is None
            else stay
            for stay in state.presences
        ),
    )


@_folds("organisations.paired", kind=OrganisationState)
def _organisation_paired(
    state: OrganisationState, event: Event, state_view: StateView
) -> SubjectState:
    return replace(state, pairings=(*state.pairings, event.data["pairing"]))


@_folds("organisations.paired", kind=PairingState)
def _paired(state: None, event: Event, state_view: StateView) -> SubjectState:
    return PairingState(
        **_created(event, state_view), organisations=tuple(event.data["organisations"])
    )


@_folds("pairing.ended", kind=PairingState)
def _pairing_ended(state: PairingState, event: Event, state_view: StateView) -> SubjectState:
    return replace(state, ended_us=event.time_us, moved_us=event.time_us)


@_folds("cohort.formed", kind=QuestionState)
def _shared_question(state: None, event: Event, state_view: StateView) -> SubjectState:
    return QuestionState(**_created(event, state_view), text=event.data["text"])


@_folds("question.framed", kind=QuestionState)
def _question_framed(state: None, event: Event, state_view: StateView) -> SubjectState:
    return QuestionState(**_created(event, state_view), text=event.data["text"])


@_folds("question.reframed", kind=QuestionState)
def _question_reframed(state: QuestionState, event: Event, state_view: StateView) -> SubjectState:
    return replace(state, text=event.data["text"], moved_us=event.time_us)


@_folds("question.closed", kind=QuestionState)
def _question_closed(state: QuestionState, event: Event, state_view: StateView) -> SubjectState:
    return replace(state, closed=True, moved_us=event.time_us)


@_folds("iteration.planned", kind=IterationState)
def _planned(state: None, event: Event, state_view: StateView) -> SubjectState:
    data = event.data
    return IterationState(
        **_created(event, state_view),
        question=data["question"],
        measure=_text(data.get("measure")),
        criterion=_text(data.get("criterion")),
    )


@_folds("iteration.revised", kind=IterationState)
def _revised(state: IterationState, event: Event, state_view: StateView) -> SubjectState:
    return replace(
        state,
        measure=_revised_text(state.measure, event.data.get("measure")),
        criterion=_revised_text(state.criterion, event.data.get("criterion")),
        moved_us=event.time_us,
    )


@_folds("iteration.started", kind=IterationState)
def _started(state: IterationState, event: Event, state_view: StateView) -> SubjectState:
    return replace(state, started=True, moved_us=event.time_us)


@_folds("observation.recorded", kind=IterationState)
def _observed(state: IterationState, event: Event, state_view: StateView) -> SubjectState:
    measure = _text(event.data.get("measure"))
    planned = measure and state.measure and folded(measure) == folded(state.measure)
    measured = state.measured or bool(planned)
    return (
        state
        if state.observed and state.measured == measured
        else replace(state, observed=True, measured=measured)
    )


@_folds("iteration.concluded", kind=IterationState)
def _concluded(state: IterationState, event: Event, state_view: StateView) -> SubjectState:
    return replace(state, concluded_us=event.time_us, moved_us=event.time_us)


@_folds("failure.recorded", kind=FailureState)
def _failure_recorded(state: None, event: Event, state_view: StateView) -> SubjectState:
    return FailureState(
        **_created(event, state_view),
        iteration=event.data.get("iteration"),
        cause=event.data.get("failure_cause"),
    )


@_folds("failure.reclassified", kind=FailureState)
def _reclassified(state: FailureState, event: Event, state_view: StateView) -> SubjectState:
    return replace(
        state, cause=event.data.get("failure_cause") or state.cause, moved_us=event.time_us
    )


@_folds("learning.captured", kind=LearningState)
def _captured(state: None, event: Event, state_view: StateView) -> SubjectState:
    return LearningState(**_created(event, state_view))


@_folds("learning.revised", kind=LearningState)
def _moved(state: SubjectState, event: Event, state_view: StateView) -> SubjectState:
    return replace(state, moved_us=event.time_us)


@_folds("help.asked", kind=AskState)
def _asked(state: None, event: Event, state_view: StateView) -> SubjectState:
    return AskState(**_created(event, state_view))


@_folds("inspiration.shared", kind=InspirationState)
def _shared(state: None, event: Event, state_view: StateView) -> SubjectState:
    return InspirationState(**_created(event, state_view))


@_folds("outcome.harvested", kind=OutcomeState)
def _harvested(state: None, event: Event, state_view: StateView) -> SubjectState:
    return OutcomeState(**_created(event, state_view))


@_folds("publication.released", kind=PublicationState)
def _released(state: None, event: Event, state_view: StateView) -> SubjectState:
    return PublicationState(**_created(event, state_view))


@_folds("publication.withdrawn", kind=PublicationState)
def _withdrawn(state: PublicationState, event: Event, state_view: StateView) -> SubjectState:
    return replace(state, withdrawn=True, moved_us=event.time_us)


@_folds("person.introduced", kind=PersonState)
def _introduced(state: None, event: Event, state_view: StateView) -> SubjectState:
    return PersonState(**_created(event, state_view, level=Visibility.PRIVATE))


@_folds("person.forgotten", kind=PersonState)
def _forgotten(state: PersonState, event: Event, state_view: StateView) -> SubjectState:
    return replace(state, forgotten=True, moved_us=event.time_us)


def _relevelled(state: SubjectState, event: Event, state_view: StateView) -> SubjectState:
    return replace(state, level=Visibility(event.data["visibility"]), moved_us=event.time_us)


def _person_relevelled(state: PersonState, event: Event, state_view: StateView) -> SubjectState:
    return replace(state, moved_us=event.time_us)


for _kind in (
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
    _folds("visibility.changed", kind=_kind)(_relevelled)
_folds("visibility.changed", kind=PersonState)(_person_relevelled)
