"""The questions, the history of their wordings, and the mindset they are framed in."""

from events.vocabulary.types.cohorts import CohortFormed
from events.vocabulary.types.questions import (
    MindsetAssessed,
    QuestionClosed,
    QuestionFramed,
    QuestionReframed,
)
from projections.folding.projection import Facts, Row, Subjects, adds, creates, moves
from projections.folding.step import Step
from projections.folding.tables import (
    facts,
    flag,
    moment,
    position,
    reference,
    subjects,
    text,
    texts,
    themes,
    worded,
)


class Questions(Subjects):
    """A row per question, a cohort's shared one too; `text` is its present wording.

    `state` is open, answered or parked; `closed_at`, `summary` and `learnings` tell of its closing.
    """

    kind = "question"
    table = subjects(
        "questions",
        flag("shared"),
        worded("text"),
        reference("parent"),
        *themes(),
        text("state"),
        moment("closed_at"),
        position("closed_position"),
        text("summary"),
        texts("learnings"),
    )

    @creates(CohortFormed, QuestionFramed)
    def framed(self, step: Step) -> Row:
        """A question is asked for the first time; a cohort's shared one has no themes of its own."""
        shared = step.type == CohortFormed.name
        return {
            "shared": shared,
            "text": step.data["text"],
            "parent": step.data.get("parent"),
            "themes": [] if shared else step.texts("themes"),
            "state": "open",
            "learnings": [],
        }

    @moves(QuestionReframed)
    def reframed(self, row: Row, step: Step) -> Row:
        """It gets another wording."""
        return {"text": step.data["text"]}

    @moves(QuestionClosed)
    def closed(self, row: Row, step: Step) -> Row:
        """It is answered, or parked."""
        return {
            "state": step.data["outcome"],
            "closed_at": step.occurred_at,
            "closed_position": step.position,
            "summary": step.text("summary"),
            "learnings": step.texts("learnings"),
        }


class Framings(Facts):
    """A row per wording that a question ever had, the first one without a reason."""

    table = facts(
        "framings",
        "question",
        text("question"),
        worded("text"),
        worded("reason"),
        texts("because_of"),
    )

    @adds(CohortFormed, QuestionFramed, QuestionReframed)
    def framed(self, step: Step) -> Row:
        """A question is worded, or worded anew."""
        return {
            "question": step.data["question"],
            "text": step.data["text"],
            "reason": step.text("reason"),
            "because_of": step.texts("because_of"),
        }


class Mindsets(Facts):
    """A row per time that an organisation said how it thinks of people."""

    table = facts(
        "mindsets",
        "organisation",
        text("framing"),
        text("participation_level"),
        worded("narrative"),
    )

    @adds(MindsetAssessed)
    def assessed(self, step: Step) -> Row:
        """An organisation says how it thinks of people at this time."""
        return {
            "framing": step.data["framing"],
            "participation_level": step.data["participation_level"],
            "narrative": step.text("narrative"),
        }
