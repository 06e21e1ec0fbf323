"""The cohort and the streams of an event. Drafts, the rules and replays use it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from events.state.state_view import StateView
from events.state.subjects import IterationState, PairingState, State, SubjectState
from events.vocabulary.catalogue import EventKind
from events.vocabulary.event import Event
from events.vocabulary.stream import Kind, Stream, stream_of

CohortIn = Callable[[Stream], str | None]
"""Gives the cohort of the subject of a stream, None if it has none."""

INFERRED_FROM: Final[tuple[Kind, ...]] = ("iteration", "question", "session")
"""The fields whose subjects give an event its cohort if it names none, in this order."""


class Naming(NamedTuple):
    """What an event names: its streams follow from this and from the subjects as they are after it.

    `singles` are the subjects in fields with a single value. Without `cohort`, the event has the cohort of the first of
    `cohort_from` that has one.
    """

    subjects: tuple[Stream, ...]
    singles: tuple[Stream, ...]
    cohort: str | None
    cohort_from: tuple[Stream, ...]


def naming(event: Event) -> Naming:
    """Return what an event names."""
    cohort = _named_cohort(event.kind, event.data)
    return Naming(
        event.subjects,
        tuple(mention.stream for mention in event.mentions if mention.single),
        cohort,
        () if cohort else tuple(_cohort_from(event.kind, event.data, event.subject)),
    )


def cohort_from_fields(kind: EventKind, data: Mapping[str, Any], cohort_in: CohortIn) -> str | None:
    """Return the cohort that an event names, else its iteration's, its question's or its session's.

    A subject that the event creates is not looked up: its key may have belonged to another subject, which was voided.
    """
    return cohort_of(kind, data, None, cohort_in)


def cohort_of(
    kind: EventKind, data: Mapping[str, Any], subject: Stream | None, cohort_in: CohortIn
) -> str | None:
    """Return the cohort of an event that is not about another event, None if it belongs to none.

    It is the one that its fields give (see `cohort_from_fields`), else that of `subject`, its first subject, as of the
    event. An event about another event has the cohort of that event.
    """
    return _named_cohort(kind, data) or first_cohort(_cohort_from(kind, data, subject), cohort_in)


def first_cohort(streams: Iterable[Stream], cohort_in: CohortIn) -> str | None:
    """Return the cohort of the first of these subjects that has one, None if there is none."""
    for stream in streams:
        if (found := cohort_in(stream)) is not None:
            return found
    return None


def _named_cohort(kind: EventKind, data: Mapping[str, Any]) -> str | None:
    named: str | None = data.get(kind.cohort_field) if kind.cohort_field is not None else None
    return named or None


def _cohort_from(
    kind: EventKind, data: Mapping[str, Any], subject: Stream | None
) -> Iterator[Stream]:
    for field in INFERRED_FROM:
        key = data.get(field)
        if key and field not in kind.creates:
            yield stream_of(field, key)
    if subject is not None and not kind.creates:
        yield subject


def event_cohort(event: Event, state: Callable[[Stream], State | None]) -> str | None:
    """Return the cohort of an event (see `cohort_of`); `state` gives the subjects as of the event."""
    return cohort_of(event.kind, event.data, event.subject, cohorts_among(state))


def cohorts_among(state: Callable[[Stream], State | None]) -> CohortIn:
    """Return what gives the cohorts of subjects, which `state` gives."""

    def cohort_in(stream: Stream) -> str | None:
        subject = state(stream)
        return subject.cohort if isinstance(subject, SubjectState) else None

    return cohort_in


def streams_of(
    event: Event, state: Callable[[Stream], State | None], state_view: StateView
) -> tuple[Stream, ...]:
    """Return the streams of the event (see `streams_named`); one about another event is in that event's streams.

    `state` gives subjects as they are after the event.
    """
    if event.about_event is not None:
        about = state_view.event(event.about_event)
        return about.streams if about else ()
    return streams_named(naming(event), state)


def streams_named(named: Naming, state: Callable[[Stream], State | None]) -> tuple[Stream, ...]:
    """Return the streams of an event that names this, without repeats.

    They are its first subject's, its cohort's if it has one, then others. This order lets the cohort be read from the
    streams (see `events.vocabulary.stream.cohort_among`). An event is in the stream of every subject that it names. For
    a subject in a field with a single value, it is also in the streams of the subject's organisation and cohort, an
    iteration's question and a pairing's organisations. `state` gives subjects as they are after the event.
    """
    streams = dict.fromkeys(named.subjects[:1])
    cohort = named.cohort or first_cohort(named.cohort_from, cohorts_among(state))
    if cohort is not None:
        streams[stream_of("cohort", cohort)] = None
    streams |= dict.fromkeys(named.subjects)
    for stream in named.singles:
        subject = state(stream)
        if isinstance(subject, PairingState):
            streams |= dict.fromkeys(
                stream_of("organisation", key) for key in subject.organisations
            )
        if isinstance(subject, IterationState):
            streams[stream_of("question", subject.question)] = None
        if isinstance(subject, SubjectState):
            if subject.organisation is not None:
                streams[stream_of("organisation", subject.organisation)] = None
            if subject.cohort is not None:
                streams[stream_of("cohort", subject.cohort)] = None
    return tuple(streams)
