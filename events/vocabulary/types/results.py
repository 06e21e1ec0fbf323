"""Results: outcomes, check-ins after the close, and publications."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from events.vocabulary import terms
from events.vocabulary.fields.definitions import Beyond
from events.vocabulary.fields.field_types import (
    Address,
    CohortKey,
    Day,
    Language,
    Licence,
    Links,
    NewOutcome,
    NewPublication,
    OptionalText,
    OrganisationKey,
    OutcomeKey,
    PublicationKey,
    Text,
)
from events.vocabulary.fields.marks import Correctable, Distinct, Names
from events.vocabulary.types.event_type import EventType, Mark


class OutcomeHarvested(EventType, name="outcome.harvested", mark=Mark.CREATES, after_close=True):
    """An organisation records a change in someone's behaviour, relationships or practice, and its part in it."""

    outcome: NewOutcome
    organisation: OrganisationKey
    cohort: CohortKey | None = None
    social_actor: Text
    change_type: Annotated[terms.ChangeType, Field(strict=False)]
    description: Text
    contribution: Text
    significance: OptionalText = None
    anticipated: bool
    sign: Annotated[terms.Sign, Field(strict=False)]
    happened_on: Annotated[Day, Beyond("A day that is not after that of the event's time.")]
    place: OptionalText = None
    links: Links = []

    @field_validator("happened_on")
    @classmethod
    def _happened_by_then(cls, happened_on: date, info: ValidationInfo) -> date:
        day = info.context["day"] if info.context else None
        if day is not None and happened_on > day:
            raise PydanticCustomError(
                "happened_on",
                "a day not after that of the event's time, or within its `timeprecision`",
            )
        return happened_on


class OutcomeSubstantiated(EventType, name="outcome.substantiated", after_close=True):
    """An organisation states whether it agrees with another's account of an outcome."""

    outcome: OutcomeKey
    organisation: OrganisationKey
    agreement: Annotated[terms.Agreement, Field(strict=False)]
    comment: OptionalText = None


class JourneyCheckedIn(EventType, name="journey.checked_in", after_close=True):
    """Some months after the close, an organisation reports on the work that it started."""

    organisation: OrganisationKey
    cohort: CohortKey
    months_after: Annotated[int, Field(ge=0, le=120), Correctable()]
    status: Annotated[terms.CheckinStatus, Field(strict=False)]
    narrative: OptionalText = None


class PublicationReleased(
    EventType,
    name="publication.released",
    mark=Mark.CREATES,
    at_least_one_of=("cohort", "organisation"),
    after_close=True,
    version=2,
    since=1,
):
    """A cohort, an organisation or both publish something that anyone may use.

    The default visibility is public. In version 1, which is still accepted, it is cohort.
    """

    publication: NewPublication
    cohort: CohortKey | None = None
    organisation: OrganisationKey | None = None
    kind: Annotated[terms.PublicationKind, Field(strict=False)]
    title: Text
    licence: Licence
    url: Address | None = None
    language: Language | None = None
    cites: Annotated[
        list[Annotated[str, Names(("question", "iteration", "failure", "learning", "outcome"))]],
        Distinct(),
    ] = []

    @classmethod
    def default_level(cls, data: Mapping[str, Any], version: int) -> terms.Visibility:
        """Return public, or cohort for version 1."""
        return terms.Visibility.COHORT if version == 1 else terms.Visibility.PUBLIC

    @model_validator(mode="after")
    def _by_somebody(self) -> Self:
        return self.checked_for_one("publisher")


class PublicationWithdrawn(
    EventType, name="publication.withdrawn", mark=Mark.MOVES, after_close=True
):
    """A publication is withdrawn."""

    publication: PublicationKey
    reason: Text
