"""Read models of failures and learnings, their revisions, challenges and adoptions."""

from collections.abc import Mapping
from typing import Final

from events.vocabulary.terms import FailureCause
from events.vocabulary.types.learnings import (
    FailureReclassified,
    FailureRecorded,
    LearningAdopted,
    LearningCaptured,
    LearningChallenged,
    LearningRevised,
)
from projections.folding.decorators import adds, creates, moves
from projections.folding.projection import Facts, Subjects
from projections.folding.step import Step, value_of
from projections.folding.tables import (
    Row,
    facts,
    reference,
    references,
    small,
    subjects,
    text,
    texts,
    themes,
    worded,
)

_CLASSES: Final = ("failure_type", "failure_cause", "facet", "degree")


def _classes(classified: FailureRecorded | FailureReclassified) -> Mapping[str, str | None]:
    """Return the classification of a failure by column name, null where not provided."""
    return {
        "failure_type": value_of(classified.failure_type),
        "failure_cause": value_of(classified.failure_cause),
        "facet": value_of(classified.facet),
        "degree": value_of(classified.degree),
    }


class Failures(Subjects):
    """A row per failure, with its current classification."""

    kind = "failure"
    table = subjects(
        "failures",
        reference("iteration"),
        reference("question"),
        worded("intended"),
        worded("actual"),
        worded("why"),
        text("failure_type"),
        text("failure_cause"),
        text("facet"),
        text("degree"),
        texts("for_whom"),
        texts("links"),
        *themes(),
    )

    def cause(self, row: Row) -> FailureCause | None:
        """Return its current cause."""
        return FailureCause(row["failure_cause"]) if row["failure_cause"] else None

    @creates(FailureRecorded)
    def recorded(self, step: Step[FailureRecorded]) -> Row:
        """An organisation records that something did not go as intended."""
        failure = step.model
        return {
            "iteration": failure.iteration,
            "question": failure.question,
            "intended": failure.intended,
            "actual": failure.actual,
            "why": failure.why,
            **_classes(failure),
            "for_whom": [one.value for one in failure.for_whom],
            "links": failure.links,
            "themes": failure.themes,
        }

    @moves(FailureReclassified)
    def reclassified(self, row: Row, step: Step[FailureReclassified]) -> Row:
        """The failure is reclassified."""
        return {name: changed or row[name] for name, changed in _classes(step.model).items()}


class Reclassifications(Facts):
    """A row per reclassification of a failure: the columns that changed; the others are null."""

    table = facts(
        "reclassifications",
        "failure",
        text("failure"),
        *(text(name) for name in _CLASSES),
        worded("reason"),
    )

    @adds(FailureReclassified)
    def reclassified(self, step: Step[FailureReclassified]) -> Row:
        """A failure is reclassified, with a reason."""
        reclassified = step.model
        return {
            "failure": reclassified.failure,
            **_classes(reclassified),
            "reason": reclassified.reason,
        }


class Learnings(Subjects):
    """A row per learning; `statement` is the current one, `sources` what it was learned from (`<kind>/<key>`)."""

    kind = "learning"
    table = subjects(
        "learnings",
        worded("statement"),
        text("loop"),
        small("evidence_level"),
        references("sources"),
        *themes(),
    )

    @creates(LearningCaptured)
    def captured(self, step: Step[LearningCaptured]) -> Row:
        """An organisation records what it learned, and from what."""
        learning = step.model
        return {
            "statement": learning.statement,
            "loop": learning.loop.value,
            "evidence_level": learning.evidence_level,
            "sources": learning.from_,
            "themes": learning.themes,
        }

    @moves(LearningRevised)
    def revised(self, row: Row, step: Step[LearningRevised]) -> Row:
        """The statement is reworded."""
        return {"statement": step.model.statement}


class LearningRevisions(Facts):
    """A row per revision of a learning."""

    table = facts(
        "learning_revisions", "learning", text("learning"), worded("statement"), worded("reason")
    )

    @adds(LearningRevised)
    def revised(self, step: Step[LearningRevised]) -> Row:
        """A learning is reworded, with a reason."""
        revised = step.model
        return {
            "learning": revised.learning,
            "statement": revised.statement,
            "reason": revised.reason,
        }


class Challenges(Facts):
    """A row per challenge; `organisation` is the one that challenges the learning."""

    table = facts("challenges", "learning", text("learning"), worded("reason"))

    @adds(LearningChallenged)
    def challenged(self, step: Step[LearningChallenged]) -> Row:
        """Another organisation challenges a learning, with a reason."""
        return {"learning": step.model.learning, "reason": step.model.reason}


class Adoptions(Facts):
    """A row per adoption; `organisation` is the one that adopts the learning, `iteration` is one of its own."""

    table = facts(
        "adoptions",
        "learning",
        text("learning"),
        reference("iteration"),
        worded("adaptation"),
        by=("cohort", "organisation"),
    )

    @adds(LearningAdopted)
    def adopted(self, step: Step[LearningAdopted]) -> Row:
        """Another organisation adopts a learning."""
        adopted = step.model
        return {
            "learning": adopted.learning,
            "iteration": adopted.iteration,
            "adaptation": adopted.adaptation,
        }
