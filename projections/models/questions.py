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

    @creates(CohortFormed)
    def formed(self, step: Step[CohortFormed]) -> Row:
        """A cohort begins with its shared question, which has no themes of its own."""
        return {
            "shared": True,
            "text": step.model.text,
            "themes": [],
            "state": "open",
            "learnings": [],
        }

    @creates(QuestionFramed)
    def framed(self, step: Step[QuestionFramed]) -> Row:
        """An organisation asks a question for the first time."""
        framed = step.model
        return {
            "shared": False,
            "text": framed.text,
            "parent": framed.parent,
            "themes": framed.themes,
            "state": "open",
            "learnings": [],
        }

    @moves(QuestionReframed)
    def reframed(self, row: Row, step: Step[QuestionReframed]) -> Row:
        """It gets another wording."""
        return {"text": step.model.text}

    @moves(QuestionClosed)
    def closed(self, row: Row, step: Step[QuestionClosed]) -> Row:
        """It is answered, or parked."""
        closed = step.model
        return {
            "state": closed.outcome.value,
            "closed_at": step.occurred_at,
            "closed_position": step.position,
            "summary": closed.summary,
            "learnings": closed.learnings,
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

    @adds(CohortFormed, QuestionFramed)
    def framed(self, step: Step[CohortFormed | QuestionFramed]) -> Row:
        """A question is worded."""
        return {"question": step.model.question, "text": step.model.text, "because_of": []}

    @adds(QuestionReframed)
    def reframed(self, step: Step[QuestionReframed]) -> Row:
        """A question is worded anew."""
        reframed = step.model
        return {
            "question": reframed.question,
            "text": reframed.text,
            "reason": reframed.reason,
            "because_of": reframed.because_of,
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
    def assessed(self, step: Step[MindsetAssessed]) -> Row:
        """An organisation says how it thinks of people at this time."""
        mindset = step.model
        return {
            "framing": mindset.framing.value,
            "participation_level": mindset.participation_level.value,
            "narrative": mindset.narrative,
        }
