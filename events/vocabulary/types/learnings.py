"""Failures, learnings, reviews, and the adoption of learnings by other organisations."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from events.vocabulary import terms
from events.vocabulary.fields.field_types import (
    CohortKey,
    EvidenceLevel,
    FailureKey,
    IterationKey,
    LearningKey,
    Links,
    NewFailure,
    NewLearning,
    OptionalText,
    OrganisationKey,
    QuestionKey,
    Text,
    Texts,
    Themes,
)
from events.vocabulary.fields.marks import Distinct, Names
from events.vocabulary.types.event_type import EventType, Mark


class FailureRecorded(EventType, name="failure.recorded", mark=Mark.CREATES):
    """Something did not go as intended, and is recorded."""

    failure: NewFailure
    organisation: OrganisationKey
    cohort: CohortKey | None = None
    iteration: IterationKey | None = None
    question: QuestionKey | None = None
    intended: Text
    actual: Text
    why: Text
    failure_type: Annotated[terms.FailureType, Field(strict=False)] | None = None
    failure_cause: Annotated[terms.FailureCause, Field(strict=False)] | None = None
    facet: Annotated[terms.Facet, Field(strict=False)] | None = None
    degree: Annotated[terms.Degree, Field(strict=False)]
    for_whom: Annotated[
        list[Annotated[terms.ForWhom, Field(strict=False)]], Distinct(), Field(min_length=1)
    ]
    links: Links = []
    themes: Themes = []

    @classmethod
    def default_level(cls, data: Mapping[str, Any], version: int) -> terms.Visibility:
        """Return private for a failure of cause deviance, otherwise cohort."""
        deviant = data.get("failure_cause") == terms.FailureCause.DEVIANCE
        return terms.Visibility.PRIVATE if deviant else terms.Visibility.COHORT


class FailureReclassified(
    EventType,
    name="failure.reclassified",
    mark=Mark.MOVES,
    at_least_one_of=("failure_type", "failure_cause", "facet", "degree"),
    after_close=True,
):
    """The classification of a failure is changed later, in at least one of its four parts."""

    failure: FailureKey
    failure_type: Annotated[terms.FailureType, Field(strict=False)] | None = None
    failure_cause: Annotated[terms.FailureCause, Field(strict=False)] | None = None
    facet: Annotated[terms.Facet, Field(strict=False)] | None = None
    degree: Annotated[terms.Degree, Field(strict=False)] | None = None
    reason: Text

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        return self.checked_for_one("reclassification")


class LearningCaptured(EventType, name="learning.captured", mark=Mark.CREATES):
    """An organisation records what it learned, and from what."""

    learning: NewLearning
    organisation: OrganisationKey
    cohort: CohortKey | None = None
    statement: Text
    loop: Annotated[terms.Loop, Field(strict=False)]
    evidence_level: EvidenceLevel
    from_: Annotated[
        list[
            Annotated[str, Names(("iteration", "failure", "question", "inspiration", "learning"))]
        ],
        Distinct(),
        Field(min_length=1, alias="from"),
    ]
    themes: Themes = []


class LearningRevised(EventType, name="learning.revised", mark=Mark.MOVES, after_close=True):
    """A learning is reworded."""

    learning: LearningKey
    statement: Text
    reason: Text


class LearningChallenged(EventType, name="learning.challenged", after_close=True):
    """An organisation challenges another's learning, and gives a reason."""

    learning: LearningKey
    organisation: OrganisationKey
    reason: Text


class LearningAdopted(EventType, name="learning.adopted", after_close=True):
    """An organisation adopts another's learning."""

    learning: LearningKey
    organisation: OrganisationKey
    cohort: CohortKey | None = None
    iteration: IterationKey | None = None
    adaptation: OptionalText = None


class ReviewHeld(EventType, name="review.held"):
    """An organisation held a review: what was intended, what happened, why, what to sustain and what to change."""

    organisation: OrganisationKey
    cohort: CohortKey | None = None
    iteration: IterationKey | None = None
    intended: Text
    actual: Text
    why: Text
    sustain: Texts = []
    change: Texts = []
    links: Links = []
