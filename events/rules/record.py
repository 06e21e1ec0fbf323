"""Rules about the record itself: times, voids and forgotten persons; and the advice."""

from collections.abc import Iterator
from typing import Final

from events.access.audience import ViewerTokens
from events.access.visibility import sees_event, viewer_of
from events.rules.rule import Case, advice, rule
from events.rules.stages import names_subjects
from events.state.present_events import present_events
from events.state.state_view import StateView, amendments_of, find, subject_in
from events.state.subjects import CohortState, PersonState
from events.vocabulary.event import Event
from events.vocabulary.faults import Advice, Fault
from events.vocabulary.stream import Stream, key_of, kind_of
from events.vocabulary.types import Mark
from events.vocabulary.types.cohorts import (
    CohortClosed,
    CohortFormed,
    CohortRevised,
    NoteAdded,
    OrganisationJoined,
    OrganisationLeft,
)
from events.vocabulary.types.record import EventCorrected, EventVoided, PersonForgotten
from events.vocabulary.values.times import MINUTE_US, as_text

AHEAD_MAX_US: Final = 5 * MINUTE_US
MEMBERS_MIN: Final = 4
MEMBERS_MAX: Final = 6
MONTHS_MIN: Final = 6
MONTHS_MAX: Final = 18


@rule("time.future")
def time_future(case: Case) -> Iterator[Fault]:
    """An event's time is at most 5 minutes ahead of the server."""
    if case.event.time_us > case.now_us + AHEAD_MAX_US:
        yield Fault(
            "time.future",
            "/time",
            f"The time, {case.event.time_text}, is more than 5 minutes ahead of the server's,"
            f" {as_text(case.now_us)}.",
        )


@rule("person.forgotten")
def person_forgotten(case: Case) -> Iterator[Fault]:
    """No event names a forgotten person or has a forgotten person as its actor. No event about one is corrected."""
    event = case.event
    named = [(mention.pointer, mention.stream) for mention in event.mentions]
    if event.is_of(EventCorrected) and event.about_event is not None:
        about = case.state_view.event(event.about_event)
        pointer = f"/data/{event.kind.about_field}"
        named += [(pointer, one.stream) for one in (about.mentions if about is not None else ())]
    if event.acting_person is not None:
        named.append(("/actor", event.acting_person))
    for pointer, stream in named:
        if is_forgotten(stream, case.state_view):
            yield Fault("person.forgotten", pointer, f"The person {key_of(stream)} is forgotten.")


def is_forgotten(stream: Stream, state_view: StateView) -> bool:
    """Return whether the stream is that of a forgotten person."""
    person = state_view.state(stream) if kind_of(stream) == PersonState.kind else None
    return isinstance(person, PersonState) and person.forgotten


@rule("void.dependants")
def void_dependants(case: Case[EventVoided]) -> Iterator[Fault]:
    """An event that creates or moves a subject is voided only while no later event except notes names the subject.

    No event is voided twice. Voids and the forgetting of a person are never voided. An event that only adds can always
    be voided. A correction can be voided while no later correction of the same event stands.
    """
    position = case.event.about_event
    about = case.state_view.event(position) if position is not None else None
    if position is None or about is None:
        return
    viewer = viewer_of(case.sender, case.state_view)
    if (detail := why_not_voided(about, viewer, case.state_view)) is not None:
        yield Fault("void.dependants", "/data/event", detail)


def why_not_voided(about: Event, viewer: ViewerTokens, state_view: StateView) -> str | None:
    """Return why an event cannot be voided now, None if it can.

    The type of a later event that builds on it is named to a viewer who sees that event.
    """
    if about.kind.mark is Mark.VOIDS or about.is_of(PersonForgotten):
        return f"An event of type {about.kind.name} cannot be voided."
    if amendments_of(state_view, about.position).voided_by is not None:
        return "The event is voided already."
    if about.is_of(EventCorrected):
        is_corrected_later = _is_corrected_later(about, state_view)
        return "A later correction of the same event stands." if is_corrected_later else None
    if (later := _dependant(about, state_view)) is not None:
        is_seen = sees_event(viewer, later, state_view)
        of_type = f" of type {later.kind.name}" if is_seen else ""
        return f"The event cannot be voided, for a later one{of_type} builds on it."
    return None


def _is_corrected_later(correction: Event, state_view: StateView) -> bool:
    """Return whether a later correction of the same event stands."""
    return any(
        later.position > correction.position
        and later.is_of(EventCorrected)
        and later.about_event == correction.about_event
        for later in present_events(state_view, correction.streams[0])
    )


def _dependant(about: Event, state_view: StateView) -> Event | None:
    """Return a later event, not voided and no note, that builds on what `about` created or moved."""
    if about.kind.mark is Mark.ADDS or about.about_event is not None:
        return None
    if about.is_of(OrganisationJoined, OrganisationLeft):
        groups = [list(about.subjects)]
    elif about.kind.creates:
        groups = [[stream] for stream in about.created]
    else:
        groups = [list(about.subjects[:1])]
    for streams in groups:
        for later in state_view.history(streams[0]):
            if (
                later.position > about.position
                and not later.is_of(NoteAdded)
                and all(stream in later.subjects for stream in streams)
                and amendments_of(state_view, later.position).voided_by is None
            ):
                return later
    return None


@advice("cohort.size")
def cohort_size(
    case: Case[OrganisationJoined | OrganisationLeft | CohortClosed],
) -> Iterator[Advice]:
    """A cohort usually has four to six organisations, which learn best together."""
    cohort = find(case.state_view, CohortState, case.event.model.cohort)
    if cohort is None:
        return
    size = len(cohort.present)
    match case.event.model:
        case OrganisationJoined() if size + 1 > MEMBERS_MAX:
            yield Advice(
                "cohort.size",
                f"{_organisations(size + 1)} present: more than {MEMBERS_MAX} is a lot for one cohort",
            )
        case OrganisationLeft() if size - 1 < MEMBERS_MIN:
            yield Advice(
                "cohort.size",
                f"{_organisations(size - 1)} left: fewer than {MEMBERS_MIN} is too few for most cohorts",
            )
        case CohortClosed() if not MEMBERS_MIN <= size <= MEMBERS_MAX:
            yield Advice(
                "cohort.size",
                f"{_organisations(size)} at the close: {MEMBERS_MIN} to {MEMBERS_MAX} is usual",
            )


def _organisations(count: int) -> str:
    return f"{count} {'organisation' if count == 1 else 'organisations'}"


@advice("cohort.months")
def cohort_months(case: Case[CohortFormed | CohortRevised | EventCorrected]) -> Iterator[Advice]:
    """A cohort usually needs six to eighteen months."""
    model = case.event.model
    months: object = (
        model.fields.get("planned_months")
        if isinstance(model, EventCorrected)
        else model.planned_months
    )
    # A correction has its numbers as they were sent, and 5.0 is an integer.
    if isinstance(months, int | float) and not MONTHS_MIN <= months <= MONTHS_MAX:
        yield Advice(
            "cohort.months",
            f"{months:.0f} months are planned: {MONTHS_MIN} to {MONTHS_MAX} is usual",
        )


@advice("time.order", among=names_subjects)
def time_order(case: Case) -> Iterator[Advice]:
    """An event's time is usually not before that of the event that created or last moved its subject."""
    named = (mention.stream for mention in case.event.mentions if not mention.creates)
    for stream in dict.fromkeys(named):
        subject = subject_in(case.state_view, stream)
        if subject and case.event.time_us < subject.moved_us:
            yield Advice("time.order", f"the time is before that of the last change of {stream}")
