"""The questions that organisations frame, and how they regard people."""

from typing import Annotated

from pydantic import Field

from events.vocabulary import terms
from events.vocabulary.fields.field_types import (
    CohortKey,
    HowCanWeText,
    Language,
    LearningKey,
    NewQuestion,
    OptionalText,
    OrganisationKey,
    QuestionKey,
    Text,
    Themes,
)
from events.vocabulary.fields.marks import Distinct, Names
from events.vocabulary.types.event_type import EventType, Mark


class MindsetAssessed(EventType, name="mindset.assessed"):
    """An organisation assesses how it regards people at this time."""

    organisation: OrganisationKey
    cohort: CohortKey | None = None
    framing: Annotated[terms.Framing, Field(strict=False)]
    participation_level: Annotated[terms.ParticipationLevel, Field(strict=False)]
    narrative: OptionalText = None


class QuestionFramed(EventType, name="question.framed", mark=Mark.CREATES):
    """An organisation frames a question of its own."""

    question: NewQuestion
    organisation: OrganisationKey
    cohort: CohortKey | None = None
    text: HowCanWeText
    parent: QuestionKey | None = None
    language: Language | None = None
    themes: Themes = []


class QuestionReframed(EventType, name="question.reframed", mark=Mark.MOVES):
    """A question is reworded because of learnings or failures."""

    question: QuestionKey
    text: HowCanWeText
    language: Language | None = None
    reason: Text
    because_of: Annotated[list[Annotated[str, Names(("learning", "failure"))]], Distinct()] = []


class QuestionClosed(EventType, name="question.closed", mark=Mark.MOVES, after_close=True):
    """A question is closed, as answered or as parked."""

    question: QuestionKey
    outcome: Annotated[terms.QuestionOutcome, Field(strict=False)]
    summary: OptionalText = None
    learnings: Annotated[list[LearningKey], Distinct()] = []
