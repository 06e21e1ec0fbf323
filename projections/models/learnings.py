"""Failures, what was learned from them and from everything else, and where learnings travel."""

from events.vocabulary.terms import FailureCause
from events.vocabulary.types.learnings import (
    FailureReclassified,
    FailureRecorded,
    LearningAdopted,
    LearningCaptured,
    LearningChallenged,
    LearningRevised,
)
from projections.folding.projection import Facts, Row, Subjects, adds, creates, moves
from projections.folding.step import Step
from projections.folding.tables import (
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

_CLASSES = ("failure_type", "failure_cause", "facet", "degree")


class Failures(Subjects):
    """A row per failure, its classes as they are seen now."""

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
        *themes(),
    )

    def cause(self, row: Row) -> FailureCause | None:
        """Return its cause as it is seen now."""
        return FailureCause(row["failure_cause"]) if row["failure_cause"] else None

    @creates(FailureRecorded)
    def recorded(self, step: Step) -> Row:
        """Something did not go as intended, and is told."""
        return {
            "iteration": step.data.get("iteration"),
            "question": step.data.get("question"),
            "intended": step.data["intended"],
            "actual": step.data["actual"],
            "why": step.data["why"],
            **{name: step.data.get(name) for name in _CLASSES},
            "for_whom": step.data["for_whom"],
            "themes": step.texts("themes"),
        }

    @moves(FailureReclassified)
    def reclassified(self, row: Row, step: Step) -> Row:
        """It is seen differently later."""
        return {name: step.data.get(name) or row[name] for name in _CLASSES}


class Reclassifications(Facts):
    """A row per time that a failure was seen differently: the classes that changed, the others null."""

    table = facts(
        "reclassifications",
        "failure",
        text("failure"),
        *(text(name) for name in _CLASSES),
        worded("reason"),
    )

    @adds(FailureReclassified)
    def reclassified(self, step: Step) -> Row:
        """A failure is seen differently, for a reason."""
        return {
            "failure": step.data["failure"],
            **{name: step.data.get(name) for name in _CLASSES},
            "reason": step.data["reason"],
        }


class Learnings(Subjects):
    """A row per learning; `statement` is as it is put now, `sources` what it was learned from (`<kind>/<key>`)."""

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
    def captured(self, step: Step) -> Row:
        """An organisation says what it learned, and from what."""
        return {
            "statement": step.data["statement"],
            "loop": step.data["loop"],
            "evidence_level": step.data["evidence_level"],
            "sources": step.data["from"],
            "themes": step.texts("themes"),
        }

    @moves(LearningRevised)
    def revised(self, row: Row, step: Step) -> Row:
        """It is put in other words."""
        return {"statement": step.data["statement"]}


class LearningRevisions(Facts):
    """A row per time that a learning was put in other words."""

    table = facts(
        "learning_revisions", "learning", text("learning"), worded("statement"), worded("reason")
    )

    @adds(LearningRevised)
    def revised(self, step: Step) -> Row:
        """A learning is put in other words, for a reason."""
        return {
            "learning": step.data["learning"],
            "statement": step.data["statement"],
            "reason": step.data["reason"],
        }


class Challenges(Facts):
    """A row per challenge; `organisation` is the one that doubts the learning."""

    table = facts("challenges", "learning", text("learning"), worded("reason"))

    @adds(LearningChallenged)
    def challenged(self, step: Step) -> Row:
        """Another organisation doubts a learning, and says why."""
        return {"learning": step.data["learning"], "reason": step.data["reason"]}


class Adoptions(Facts):
    """A row per adoption; `organisation` is the one that takes the learning up, `iteration` one of its own."""

    table = facts(
        "adoptions",
        "learning",
        text("learning"),
        reference("iteration"),
        worded("adaptation"),
        by=("cohort", "organisation"),
    )

    @adds(LearningAdopted)
    def adopted(self, step: Step) -> Row:
        """Another organisation takes a learning up."""
        return {
            "learning": step.data["learning"],
            "iteration": step.data.get("iteration"),
            "adaptation": step.text("adaptation"),
        }
