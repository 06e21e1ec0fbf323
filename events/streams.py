"""In which streams an event stands."""

from collections.abc import Callable, Sequence
from typing import Final

from events.event import Event
from events.subjects import Iteration, Pairing, State
from events.world import World

_COHORT: Final = "cohort/"


def streams_of(event: Event, state: Callable[[str], State | None], world: World) -> tuple[str, ...]:
    """Return the streams of the event, without repeats: its first subject's, its cohort's if it has one, the others.

    So whoever reads an event knows its cohort from its streams (see `own_cohort`). It stands in that of every subject
    it names; for those named in single fields also in those of their organisation, their cohort, an iteration's
    question and a pairing's organisations. An event about another event stands in that event's streams. `state` gives
    subjects as they are after the event.
    """
    if event.about_event is not None:
        about = world.event(event.about_event)
        return about.streams if about else ()
    streams = {mention.stream: None for mention in event.mentions[:1]}
    cohort = _cohort(event, state)
    if cohort is not None:
        streams[f"{_COHORT}{cohort}"] = None
    streams |= dict.fromkeys(mention.stream for mention in event.mentions)
    for mention in event.mentions:
        if not mention.single:
            continue
        subject = state(mention.stream)
        if isinstance(subject, Pairing):
            streams |= dict.fromkeys(f"organisation/{key}" for key in subject.organisations)
        if isinstance(subject, Iteration):
            streams[f"question/{subject.question}"] = None
        if subject is None:
            continue
        for kind, key in (
            ("organisation", getattr(subject, "organisation", None)),
            ("cohort", getattr(subject, "cohort", None)),
        ):
            if key is not None:
                streams[f"{kind}/{key}"] = None
    return tuple(streams)


def own_cohort(streams: Sequence[str]) -> str | None:
    """Return the cohort of the event that stands in these streams, as `streams_of` gives them; None outside any."""
    for stream in streams[:2]:
        if stream.startswith(_COHORT):
            return stream.removeprefix(_COHORT)
    return None


def _cohort(event: Event, state: Callable[[str], State | None]) -> str | None:
    """Return the event's cohort: that of what it creates; else the one it names, its iteration's, or its subject's."""
    subject = event.subject
    if subject is None or event.creates(subject):
        return _cohort_in(state, subject)
    named = event.data.get("cohort")
    if named is not None:
        return str(named)
    iteration = event.data.get("iteration")
    of_iteration = _cohort_in(state, f"iteration/{iteration}" if iteration else None)
    return of_iteration or _cohort_in(state, subject)


def _cohort_in(state: Callable[[str], State | None], stream: str | None) -> str | None:
    subject = state(stream) if stream is not None else None
    return getattr(subject, "cohort", None)
