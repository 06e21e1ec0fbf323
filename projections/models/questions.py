"""Read models of questions, of their wordings over time, and of mindsets."""

from events.vocabulary.types.cohorts import CohortFormed
from events.vocabulary.types.questions import (
    MindsetAssessed,
    QuestionClosed,
    QuestionFramed,
    QuestionReframed,
)
from projections.folding.decorators import adds, creates, moves
from projections.folding.projection import Facts, Subjects
from projections.folding.step import Step
from projections.folding.tables import (
    Row,
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
    """A row per question, including the shared questions of cohorts; `text` is its current wording.

    `language` is the last one that was given for it. Without one, the question is in its cohort's language.
    `state` is open, answered or parked; `closed_at`, `summary` and `learnings` are set when it is closed.
    """

    kind = "question"
    table = subjects(
        "questions",
        flag("shared"),
        worded("text"),
        text("language"),
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
        """A cohort is formed with its shared question, which has no themes of its own."""
        return {
            "shared": True,
            "text": step.model.text,
            "language": step.model.language,
            "themes": [],
            "state": "open",
            "learnings": [],
        }

    @creates(QuestionFramed)
    def framed(self, step: Step[QuestionFramed]) -> Row:
        """An organisation frames a question."""
        framed = step.model
        return {
            "shared": False,
            "text": framed.text,
            "language": framed.language,
            "parent": framed.parent,
            "themes": framed.themes,
            "state": "open",
            "learnings": [],
        }

    @moves(QuestionReframed)
    def reframed(self, row: Row, step: Step[QuestionReframed]) -> Row:
        """The question is reworded."""
        return {
            "text": step.model.text,
            "language": step.model.language or row["language"],
        }

    @moves(QuestionClosed)
    def closed(self, row: Row, step: Step[QuestionClosed]) -> Row:
        """The question is answered or parked."""
        closed = step.model
        return {
            "state": closed.outcome.value,
            "closed_at": step.occurred_at,
            "closed_position": step.position,
            "summary": closed.summary,
            "learnings": closed.learnings,
        }


class Framings(Facts):
    """A row per wording that a question has had; the first has no reason. `language` is that of its event."""

    table = facts(
        "framings",
        "question",
        text("question"),
        worded("text"),
        text("language"),
        worded("reason"),
        texts("because_of"),
    )

    @adds(CohortFormed, QuestionFramed)
    def framed(self, step: Step[CohortFormed | QuestionFramed]) -> Row:
        """A question gets its first wording."""
        return {
            "question": step.model.question,
            "text": step.model.text,
            "language": step.model.language,
            "because_of": [],
        }

    @adds(QuestionReframed)
    def reframed(self, step: Step[QuestionReframed]) -> Row:
        """A question is reworded."""
        reframed = step.model
        return {
            "question": reframed.question,
            "text": reframed.text,
            "language": reframed.language,
            "reason": reframed.reason,
            "because_of": reframed.because_of,
        }


class Mindsets(Facts):
    """A row per assessment of how an organisation thinks of people."""

    table = facts(
        "mindsets",
        "organisation",
        text("framing"),
        text("participation_level"),
        worded("narrative"),
    )

    @adds(MindsetAssessed)
    def assessed(self, step: Step[MindsetAssessed]) -> Row:
        """An organisation assesses how it currently thinks of people."""
        mindset = step.model
        return {
            "framing": mindset.framing.value,
            "participation_level": mindset.participation_level.value,
            "narrative": mindset.narrative,
        }
