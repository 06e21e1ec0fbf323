"""How each event changes the state of the subjects it names: one function per event type and kind of subject.

A fold takes the state before (None where the subject does not exist) and the event, and returns the state after. A type
and kind without a fold changes nothing. Folds look only at data and at what never changes in other subjects (whose
question it is, in which cohort), so that folding a subject's own stream again gives the same state.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

from events.event import Event
from events.folding import folded, trimmed
from events.placement import event_cohort
from events.subjects import (
    Ask,
    Cohort,
    EventMark,
    Failure,
    Inspiration,
    Iteration,
    Learning,
    Organisation,
    Outcome,
    Pairing,
    Person,
    Presence,
    Publication,
    Question,
    State,
    Subject,
)
from events.terms import Visibility
from events.world import World

Fold = Callable[[Any, Event, World], State | None]

_FOLDS: Final[dict[tuple[str, str], Fold]] = {}


def _folds(*names: str, kind: type[Subject]) -> Callable[[Fold], Fold]:
    def register(fold: Fold) -> Fold:
        for name in names:
            _FOLDS[name, kind.kind] = fold
        return fold

    return register


def changes(event: Event) -> list[str]:
    """Return the streams of the subjects whose state the event may change."""
    return [
        mention.stream for mention in event.mentions if _fold_of(event, mention.stream) is not None
    ]


def fold(state: State | None, event: Event, stream: str, world: World) -> State | None:
    """Return the state of the subject `stream` after the event."""
    function = _fold_of(event, stream)
    if function is None:
        return state
    if state is None and not event.creates(stream):
        # Only in a report on refused events: what they build on need not exist.
        return None
    return function(state, event, world)


def _fold_of(event: Event, stream: str) -> Fold | None:
    kind = stream.partition("/")[0]
    # A type that creates a subject may name others of the same kind (a parent, what it follows): these stay as they
    # are.
    if kind in event.kind.creates and not event.creates(stream):
        return None
    return _FOLDS.get((event.kind.name, kind))


def fold_history(stream: str, history: Iterable[Event], world: World) -> State | None:
    """Return the state that these events (voided ones left out) give the subject."""
    state: State | None = None
    for event in history:
        if event.names(stream):
            state = fold(state, event, stream, world)
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


def _created(event: Event, world: World, **more: Any) -> dict[str, Any]:
    """Return the fields that every created subject has."""
    return {
        "position": event.position,
        "moved_us": event.time_us,
        "level": event.visibility or event.default_level,
        "organisation": event.organisation,
        "cohort": event_cohort(event, world.state),
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


@_folds("cohort.formed", kind=Cohort)
def _cohort_formed(state: None, event: Event, world: World) -> Subject:
    return Cohort(**_created(event, world))


@_folds("cohort.closed", kind=Cohort)
def _cohort_closed(state: Cohort, event: Event, world: World) -> Subject:
    return replace(state, closed_us=event.time_us, moved_us=event.time_us)


@_folds("organisation.joined", kind=Cohort)
def _cohort_joined(state: Cohort, event: Event, world: World) -> Subject:
    organisation = event.data["organisation"]
    ever = state.ever if organisation in state.ever else (*state.ever, organisation)
    return replace(state, present=(*state.present, organisation), ever=ever)


@_folds("organisation.left", kind=Cohort)
def _cohort_left(state: Cohort, event: Event, world: World) -> Subject:
    return replace(
        state, present=tuple(key for key in state.present if key != event.data["organisation"])
    )


@_folds("organisation.registered", kind=Organisation)
def _registered(state: None, event: Event, world: World) -> Subject:
    return Organisation(**_created(event, world))


@_folds("organisation.joined", kind=Organisation)
def _joined(state: Organisation, event: Event, world: World) -> Subject:
    stay = Presence(cohort=event.data["cohort"], joined_us=event.time_us, joined_at=event.position)
    return replace(state, presences=(*state.presences, stay))


@_folds("organisation.left", kind=Organisation)
def _left(state: Organisation, event: Event, world: World) -> Subject:
    return replace(
        state,
        presences=tuple(
            replace(stay, left_us=event.time_us, left_at=event.position)
            if stay.cohort == event.data["cohort"] and stay.left_at is None
            else stay
            for stay in state.presences
        ),
    )


@_folds("organisations.paired", kind=Organisation)
def _organisation_paired(state: Organisation, event: Event, world: World) -> Subject:
    return replace(state, pairings=(*state.pairings, event.data["pairing"]))


@_folds("organisations.paired", kind=Pairing)
def _paired(state: None, event: Event, world: World) -> Subject:
    return Pairing(**_created(event, world), organisations=tuple(event.data["organisations"]))


@_folds("pairing.ended", kind=Pairing)
def _pairing_ended(state: Pairing, event: Event, world: World) -> Subject:
    return replace(state, ended_us=event.time_us, moved_us=event.time_us)


@_folds("cohort.formed", kind=Question)
def _shared_question(state: None, event: Event, world: World) -> Subject:
    return Question(**_created(event, world), text=event.data["text"])


@_folds("question.framed", kind=Question)
def _question_framed(state: None, event: Event, world: World) -> Subject:
    return Question(**_created(event, world), text=event.data["text"])


@_folds("question.reframed", kind=Question)
def _question_reframed(state: Question, event: Event, world: World) -> Subject:
    return replace(state, text=event.data["text"], moved_us=event.time_us)


@_folds("question.closed", kind=Question)
def _question_closed(state: Question, event: Event, world: World) -> Subject:
    return replace(state, closed=True, moved_us=event.time_us)


@_folds("iteration.planned", kind=Iteration)
def _planned(state: None, event: Event, world: World) -> Subject:
    data = event.data
    return Iteration(
        **_created(event, world),
        question=data["question"],
        measure=_text(data.get("measure")),
        criterion=_text(data.get("criterion")),
    )


@_folds("iteration.revised", kind=Iteration)
def _revised(state: Iteration, event: Event, world: World) -> Subject:
    return replace(
        state,
        measure=_revised_text(state.measure, event.data.get("measure")),
        criterion=_revised_text(state.criterion, event.data.get("criterion")),
        moved_us=event.time_us,
    )


@_folds("iteration.started", kind=Iteration)
def _started(state: Iteration, event: Event, world: World) -> Subject:
    return replace(state, started=True, moved_us=event.time_us)


@_folds("observation.recorded", kind=Iteration)
def _observed(state: Iteration, event: Event, world: World) -> Subject:
    measure = _text(event.data.get("measure"))
    planned = measure and state.measure and folded(measure) == folded(state.measure)
    measured = state.measured or bool(planned)
    return (
        state
        if state.observed and state.measured == measured
        else replace(state, observed=True, measured=measured)
    )


@_folds("iteration.concluded", kind=Iteration)
def _concluded(state: Iteration, event: Event, world: World) -> Subject:
    return replace(state, concluded_us=event.time_us, moved_us=event.time_us)


@_folds("failure.recorded", kind=Failure)
def _failure_recorded(state: None, event: Event, world: World) -> Subject:
    return Failure(
        **_created(event, world),
        iteration=event.data.get("iteration"),
        cause=event.data.get("failure_cause"),
    )


@_folds("failure.reclassified", kind=Failure)
def _reclassified(state: Failure, event: Event, world: World) -> Subject:
    return replace(
        state, cause=event.data.get("failure_cause") or state.cause, moved_us=event.time_us
    )


@_folds("learning.captured", kind=Learning)
def _captured(state: None, event: Event, world: World) -> Subject:
    return Learning(**_created(event, world))


@_folds("learning.revised", kind=Learning)
def _moved(state: Subject, event: Event, world: World) -> Subject:
    return replace(state, moved_us=event.time_us)


@_folds("help.asked", kind=Ask)
def _asked(state: None, event: Event, world: World) -> Subject:
    return Ask(**_created(event, world))


@_folds("inspiration.shared", kind=Inspiration)
def _shared(state: None, event: Event, world: World) -> Subject:
    return Inspiration(**_created(event, world))


@_folds("outcome.harvested", kind=Outcome)
def _harvested(state: None, event: Event, world: World) -> Subject:
    return Outcome(**_created(event, world))


@_folds("publication.released", kind=Publication)
def _released(state: None, event: Event, world: World) -> Subject:
    return Publication(**_created(event, world))


@_folds("publication.withdrawn", kind=Publication)
def _withdrawn(state: Publication, event: Event, world: World) -> Subject:
    return replace(state, withdrawn=True, moved_us=event.time_us)


@_folds("person.introduced", kind=Person)
def _introduced(state: None, event: Event, world: World) -> Subject:
    return Person(**_created(event, world, level=Visibility.PRIVATE))


@_folds("person.forgotten", kind=Person)
def _forgotten(state: Person, event: Event, world: World) -> Subject:
    return replace(state, forgotten=True, moved_us=event.time_us)


def _relevelled(state: Subject, event: Event, world: World) -> Subject:
    return replace(state, level=Visibility(event.data["visibility"]), moved_us=event.time_us)


def _person_relevelled(state: Person, event: Event, world: World) -> Subject:
    return replace(state, moved_us=event.time_us)


for _kind in (
    Cohort,
    Organisation,
    Question,
    Iteration,
    Failure,
    Learning,
    Ask,
    Outcome,
    Inspiration,
    Pairing,
    Publication,
):
    _folds("visibility.changed", kind=_kind)(_relevelled)
_folds("visibility.changed", kind=Person)(_person_relevelled)
