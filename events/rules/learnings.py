"""Rules about failures, learnings and publications."""

from collections.abc import Iterator

from events.rules.rule import Case, rule
from events.state.state_view import find, subject_in
from events.state.subjects import FailureState, IterationState, PublicationState
from events.vocabulary.faults import Fault
from events.vocabulary.terms import FailureCause, FailureType, Visibility

_NARROW = (Visibility.PRIVATE, Visibility.PAIR)


@rule("failure.not_intelligent", "failure.recorded", "failure.reclassified")
def not_intelligent(case: Case) -> Iterator[Fault]:
    """An intelligent failure is one of an iteration planned with a measure and a criterion."""
    data = case.event.data
    if data.get("failure_type") != FailureType.INTELLIGENT:
        return
    failure = find(case.state_view, FailureState, data["failure"])
    iteration = find(
        case.state_view, IterationState, failure.iteration if failure else data.get("iteration")
    )
    plan = (iteration.measure, iteration.criterion) if iteration else (None, None)
    # 0.1.0 took texts of invisible marks alone for a measure and a criterion.
    if None in plan or (case.is_new and "" in plan):
        yield Fault(
            "failure.not_intelligent",
            "/data/failure_type",
            "`intelligent` only with an iteration planned with a measure and a criterion",
        )


@rule("failure.deviance_private", "failure.recorded", "failure.reclassified", "visibility.changed")
def deviance_private(case: Case) -> Iterator[Fault]:
    """A failure of cause deviance is private, or shown to the pair, when recorded and ever after."""
    event = case.event
    deviant = event.data.get("failure_cause") == FailureCause.DEVIANCE
    fault = Fault(
        "failure.deviance_private",
        "/data/failure_cause",
        "visibility private or pair with cause deviance",
    )
    if event.kind.name == "failure.recorded":
        if deviant and event.visibility is not None and event.visibility not in _NARROW:
            yield fault
    elif event.kind.name == "failure.reclassified":
        failure = find(case.state_view, FailureState, event.data["failure"])
        if deviant and failure and failure.level not in _NARROW:
            yield fault
    elif event.data["visibility"] not in _NARROW and event.subject is not None:
        subject = subject_in(case.state_view, event.subject)
        if isinstance(subject, FailureState) and subject.cause == FailureCause.DEVIANCE:
            yield Fault(
                "failure.deviance_private",
                "/data/visibility",
                "private or pair for a failure of cause deviance",
            )


@rule(
    "origin.self", "learning.adopted", "learning.challenged", "outcome.substantiated", "help.given"
)
def origin_self(case: Case) -> Iterator[Fault]:
    """Adopting, challenging, substantiating and giving help are for others than the origin."""
    subject = subject_in(case.state_view, case.event.subject) if case.event.subject else None
    if subject and subject.organisation == case.event.data["organisation"]:
        yield Fault(
            "origin.self", "/data/organisation", "another organisation than the one it comes from"
        )


@rule("publication.cites_private", "publication.released")
def cites_private(case: Case) -> Iterator[Fault]:
    """Everything a publication cites is public by then."""
    for mention in case.event.mentions:
        subject = subject_in(case.state_view, mention.stream) if mention.field == "cites" else None
        if subject and subject.level is not Visibility.PUBLIC:
            yield Fault("publication.cites_private", mention.pointer, "something that is public")


@rule("publication.withdrawn", "publication.withdrawn")
def publication_withdrawn(case: Case) -> Iterator[Fault]:
    """A publication is withdrawn once."""
    publication = find(case.state_view, PublicationState, case.event.data["publication"])
    if publication and publication.withdrawn:
        yield Fault(
            "publication.withdrawn", "/data/publication", "a publication that is not withdrawn"
        )
