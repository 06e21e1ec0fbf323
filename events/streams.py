"""In which streams an event stands."""

from collections.abc import Callable

from events.event import Event
from events.subjects import Iteration, Pairing, State
from events.world import World


def streams_of(event: Event, state: Callable[[str], State | None], world: World) -> tuple[str, ...]:
    """Return the streams of the event, its first subject's first, without repeats.

    Every subject it names; for those named in single fields also their organisation, their cohort, an iteration's
    question and a pairing's organisations. An event about another event stands in that event's streams. `state` gives
    subjects as they are after the event.
    """
    if event.about_event is not None:
        about = world.event(event.about_event)
        return about.streams if about else ()
    streams = dict.fromkeys(mention.stream for mention in event.mentions)
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
