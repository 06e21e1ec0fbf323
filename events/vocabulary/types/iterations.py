"""Iterations: planned, frozen at the start, observed and concluded."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from events.vocabulary import terms
from events.vocabulary.fields.definitions import Beyond
from events.vocabulary.fields.field_types import (
    INTEGER_MAX,
    Amount,
    CohortKey,
    Count,
    Currency,
    Day,
    EvidenceLevel,
    IterationKey,
    Links,
    NewIteration,
    Number,
    OptionalText,
    OrganisationKey,
    QuestionKey,
    Text,
    Themes,
)
from events.vocabulary.fields.marks import Correctable, Distinct, Names
from events.vocabulary.types.event_type import EventType, Mark


class Cost(BaseModel):
    """The money spent on an iteration."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    amount: Amount
    currency: Currency


class IterationPlanned(EventType, name="iteration.planned", mark=Mark.CREATES):
    """An organisation plans an iteration: what it believes, what it will do, and how it will know the result."""

    iteration: NewIteration
    organisation: OrganisationKey
    cohort: CohortKey | None = None
    question: QuestionKey
    title: Text
    hypothesis: Text
    action: Text
    measure: OptionalText = None
    criterion: OptionalText = None
    participation_level: Annotated[terms.ParticipationLevel, Field(strict=False)] | None = None
    modes: Annotated[list[Annotated[terms.Mode, Field(strict=False)]], Distinct()] = []
    follows: IterationKey | None = None
    inspired_by: Annotated[
        list[Annotated[str, Names(("inspiration", "learning", "iteration"))]], Distinct()
    ] = []
    starts_on: Day | None = None
    ends_on: Annotated[Day, Beyond("A day that is not before starts_on.")] | None = None
    themes: Themes = []

    @field_validator("ends_on")
    @classmethod
    def _ends_after_start(cls, ends_on: date | None, info: ValidationInfo) -> date | None:
        starts_on = info.data.get("starts_on")
        if ends_on and starts_on and ends_on < starts_on:
            raise PydanticCustomError("ends_on", "a day that is not before starts_on")
        return ends_on


class IterationRevised(
    EventType,
    name="iteration.revised",
    mark=Mark.MOVES,
    at_least_one_of=("hypothesis", "action", "measure", "criterion"),
):
    """An iteration's plan is changed before the start, in at least one of its four parts."""

    iteration: IterationKey
    hypothesis: OptionalText = None
    action: OptionalText = None
    measure: OptionalText = None
    criterion: OptionalText = None
    reason: Text

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        return self.checked_for_one("unrevised")


class IterationStarted(EventType, name="iteration.started", mark=Mark.MOVES):
    """An iteration starts. Its hypothesis, action, measure and criterion are frozen."""

    iteration: IterationKey


class ObservationRecorded(EventType, name="observation.recorded"):
    """Something was seen, heard or counted during an iteration."""

    iteration: IterationKey
    text: Text
    measure: OptionalText = None
    value: Number | None = None
    unit: OptionalText = None
    sample_size: Annotated[int, Field(ge=1, le=INTEGER_MAX), Correctable()] | None = None
    evidence_kind: Annotated[terms.EvidenceKind, Field(strict=False)]
    links: Links = []


class ParticipationRecorded(EventType, name="participation.recorded"):
    """People took part in an iteration, at a level of participation and in a mode."""

    iteration: IterationKey
    people: Count
    level: Annotated[terms.ParticipationLevel, Field(strict=False)]
    mode: Annotated[terms.Mode, Field(strict=False)] | None = None


class IterationConcluded(EventType, name="iteration.concluded", mark=Mark.MOVES, after_close=True):
    """An iteration ends with a result and a decision."""

    iteration: IterationKey
    result: Annotated[terms.Result, Field(strict=False)]
    decision: Annotated[terms.Decision, Field(strict=False)]
    evidence_level: EvidenceLevel
    summary: Text
    hours: Amount | None = None
    cost: Annotated[Cost, Correctable()] | None = None
