"""Rules about failures, learnings and publications."""

from collections.abc import Iterator

from events.rules.rule import Case, advice, rule
from events.state.state_view import find, subject_in
from events.state.subjects import FailureState, IterationState, PublicationState
from events.vocabulary.faults import Advice, Fault
from events.vocabulary.stream import Stream
from events.vocabulary.terms import FailureCause, FailureType, Visibility
from events.vocabulary.types.exchange import HelpGiven
from events.vocabulary.types.learnings import (
    FailureReclassified,
    FailureRecorded,
    LearningAdopted,
    LearningCaptured,
    LearningChallenged,
)
from events.vocabulary.types.record import VisibilityChanged
from events.vocabulary.types.results import (
    OutcomeSubstantiated,
    PublicationReleased,
    PublicationWithdrawn,
)

_NARROW = (Visibility.PRIVATE, Visibility.PAIR)


@rule("failure.not_intelligent")
def not_intelligent(case: Case[FailureRecorded | FailureReclassified]) -> Iterator[Fault]:
    """An intelligent failure belongs to an iteration that was planned with a measure and a criterion."""
    model = case.event.model
    if model.failure_type is not FailureType.INTELLIGENT:
        return
    if isinstance(model, FailureRecorded):
        key = model.iteration
    else:
        failure = find(case.state_view, FailureState, model.failure)
        key = failure.iteration if failure else None
    iteration = find(case.state_view, IterationState, key)
    plan = (iteration.measure, iteration.criterion) if iteration else (None, None)
    # Release 0.1.0 accepted a measure or criterion of invisible marks only.
    if None in plan or (case.is_new and "" in plan):
        yield Fault(
            "failure.not_intelligent",
            "/data/failure_type",
            "An intelligent failure belongs to an iteration that was planned with a measure and a criterion;"
            f" {f'the iteration {key} was not' if iteration else 'this one names no iteration'}.",
        )


@rule("failure.deviance_private")
def deviance_private(
    case: Case[FailureRecorded | FailureReclassified | VisibilityChanged],
) -> Iterator[Fault]:
    """A failure of cause deviance has visibility private or pair, when it is recorded and always afterwards."""
    event, model = case.event, case.event.model
    if isinstance(model, FailureRecorded):
        deviant = model.failure_cause is FailureCause.DEVIANCE
        if deviant and event.visibility is not None and event.visibility not in _NARROW:
            yield _too_wide("/data/failure_cause", event.visibility)
    elif isinstance(model, FailureReclassified):
        failure = find(case.state_view, FailureState, model.failure)
        deviant = model.failure_cause is FailureCause.DEVIANCE
        if deviant and failure and failure.level not in _NARROW:
            yield _too_wide("/data/failure_cause", failure.level)
    elif model.visibility not in _NARROW and event.subject is not None:
        subject = subject_in(case.state_view, event.subject)
        if isinstance(subject, FailureState) and subject.cause == FailureCause.DEVIANCE:
            yield _too_wide("/data/visibility", model.visibility)


def _too_wide(pointer: str, level: Visibility) -> Fault:
    detail = f"A failure of cause deviance has visibility private or pair, not {level.value}."
    return Fault("failure.deviance_private", pointer, detail)


@rule("origin.self")
def origin_self(
    case: Case[LearningAdopted | LearningChallenged | OutcomeSubstantiated | HelpGiven],
) -> Iterator[Fault]:
    """No organisation adopts or challenges its own learning, substantiates its own outcome or answers its own ask."""
    subject = subject_in(case.state_view, case.event.subject) if case.event.subject else None
    if subject and subject.organisation == case.event.model.organisation:
        yield Fault(
            "origin.self",
            "/data/organisation",
            f"Expected another organisation than {subject.organisation}, which it comes from.",
        )


@rule("publication.cites_private")
def cites_private(case: Case[PublicationReleased]) -> Iterator[Fault]:
    """Everything that a publication cites is public when the publication is released."""
    for index, cited in enumerate(case.event.model.cites):
        subject = subject_in(case.state_view, Stream(cited))
        if subject and subject.level is not Visibility.PUBLIC:
            yield Fault(
                "publication.cites_private",
                f"/data/cites/{index}",
                f"{cited} is not public; its visibility is {subject.level.value}.",
            )


@rule("publication.withdrawn")
def publication_withdrawn(case: Case[PublicationWithdrawn]) -> Iterator[Fault]:
    """A publication is withdrawn once."""
    publication = find(case.state_view, PublicationState, case.event.model.publication)
    if publication and publication.withdrawn:
        yield Fault(
            "publication.withdrawn",
            "/data/publication",
            f"The publication {case.event.model.publication} is withdrawn already.",
        )


@advice("learning.without_cohort")
def learning_without_cohort(case: Case[LearningCaptured]) -> Iterator[Advice]:
    """A learning from an organisation's own work in a cohort usually names the cohort, since it is in no other way part
    of it."""
    model = case.event.model
    if model.cohort is not None:
        return
    for source in model.from_:
        subject = subject_in(case.state_view, Stream(source))
        if subject and subject.cohort and subject.organisation == model.organisation:
            yield Advice(
                "learning.without_cohort",
                f"{source} is part of the cohort {subject.cohort}, but this learning names no cohort, so it is not",
            )
            return
