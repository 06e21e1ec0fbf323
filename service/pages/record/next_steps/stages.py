"""By which events things have come to where they are now: what usually comes next follows from that."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from events.vocabulary.stream import Stream, kind_of
from events.vocabulary.types.cohorts import (
    CohortClosed,
    CohortFormed,
    CohortRevised,
    OrganisationJoined,
    OrganisationsPaired,
)
from events.vocabulary.types.event_type import EventType
from events.vocabulary.types.exchange import HelpAsked, HelpGiven, InspirationShared
from events.vocabulary.types.iterations import (
    IterationConcluded,
    IterationPlanned,
    IterationStarted,
    ObservationRecorded,
)
from events.vocabulary.types.learnings import (
    FailureRecorded,
    LearningCaptured,
    LearningChallenged,
)
from events.vocabulary.types.questions import QuestionClosed, QuestionFramed, QuestionReframed
from events.vocabulary.types.results import OutcomeHarvested, PublicationReleased
from events.vocabulary.types.sessions import CommitmentMade, CommitmentSettled, SessionHeld
from service.pages.record.next_steps.fitting import Thing


def _always(thing: Thing) -> bool:
    return True


def _in_state(*states: str) -> Callable[[Thing], bool]:
    return lambda thing: thing["state"] in states


def is_running(thing: Thing) -> bool:
    """Return whether the cohort that a thing is, or that it is in, has not closed."""
    return (thing.get("cohort") or thing).get("closedAt") is None


def _has_closed(thing: Thing) -> bool:
    return not is_running(thing)


def _is_doubted(thing: Thing) -> bool:
    return bool(thing["challenges"]["totalCount"])


_STAGES: Final[Mapping[str, Sequence[tuple[type[EventType], Callable[[Thing], bool]]]]] = {
    "cohort": (
        (CohortFormed, is_running),
        (CohortRevised, is_running),
        (OrganisationJoined, is_running),
        (CohortClosed, _has_closed),
    ),
    "organisation": ((CohortClosed, _has_closed),),
    "question": (
        (QuestionFramed, _in_state("OPEN")),
        (QuestionReframed, _in_state("OPEN")),
        (QuestionClosed, _in_state("ANSWERED", "PARKED")),
    ),
    "iteration": (
        (IterationPlanned, _in_state("PLANNED")),
        (ObservationRecorded, _in_state("STARTED")),
        (IterationStarted, _in_state("STARTED")),
        (IterationConcluded, _in_state("CONCLUDED")),
    ),
    "failure": ((FailureRecorded, _always),),
    "learning": ((LearningCaptured, _always), (LearningChallenged, _is_doubted)),
    "inspiration": ((InspirationShared, _always),),
    "ask": ((HelpAsked, _always), (HelpGiven, lambda thing: thing["helps"]["totalCount"] > 0)),
    "outcome": ((OutcomeHarvested, _always),),
    "publication": ((PublicationReleased, _always),),
    "session": ((SessionHeld, _always),),
    "commitment": (
        (CommitmentMade, _always),
        (CommitmentSettled, lambda thing: thing["settledAt"] is not None),
    ),
    "pairing": ((OrganisationsPaired, _always),),
}
"""The stages of things of each kind, by the type of the event that begins one, each with how to know it."""


def stages_of(thing: Thing) -> Iterator[type[EventType]]:
    """Yield the types of the events by which a thing has come to where it is now."""
    for model, is_reached in _STAGES[kind_of(Stream(thing["stream"]))]:
        if is_reached(thing):
            yield model
