"""Cohorts, the organisations in them, and how they are paired."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from events.vocabulary import terms
from events.vocabulary.fields.field_types import (
    AnySubject,
    CohortKey,
    Country,
    Day,
    HowCanWeText,
    Language,
    Links,
    NewCohort,
    NewOrganisation,
    NewPairing,
    NewQuestion,
    OptionalText,
    OrganisationKey,
    PairingKey,
    Text,
    Themes,
)
from events.vocabulary.fields.marks import Correctable, Distinct
from events.vocabulary.types.event_type import EventType, Mark, RecordedBy

Hosts = Annotated[list[OrganisationKey], Distinct()]
PlannedMonths = Annotated[int, Field(ge=1, le=36), Correctable()]


class CohortFormed(EventType, name="cohort.formed", mark=Mark.CREATES, by=RecordedBy.FACILITATOR):
    """A cohort is formed around a shared question. `facilitator` is a name only and grants no rights."""

    cohort: NewCohort
    title: Text
    question: NewQuestion
    text: HowCanWeText
    facilitator: Text
    sector: OptionalText = None
    starts_on: Day
    planned_months: PlannedMonths = 9
    builds_on: Annotated[list[CohortKey], Distinct()] = []
    hosts: Hosts = []
    language: Language | None = None
    themes: Themes = []


class CohortRevised(
    EventType,
    name="cohort.revised",
    mark=Mark.MOVES,
    by=RecordedBy.FACILITATOR,
    at_least_one_of=("title", "facilitator", "planned_months", "starts_on", "hosts"),
    seen_with_subject=True,
    after_close=True,
):
    """A cohort's title, facilitator, dates or hosts change. `hosts` replaces all hosts; an empty list removes them."""

    cohort: CohortKey
    title: OptionalText = None
    facilitator: OptionalText = None
    planned_months: PlannedMonths | None = None
    starts_on: Day | None = None
    hosts: Hosts | None = None
    reason: Text

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        return self.checked_for_one("cohort_unrevised")


class CohortClosed(EventType, name="cohort.closed", mark=Mark.MOVES, by=RecordedBy.FACILITATOR):
    """A cohort is closed, which ends its pairings. The organisations' journeys continue."""

    cohort: CohortKey
    summary: OptionalText = None


class OrganisationRegistered(
    EventType, name="organisation.registered", mark=Mark.CREATES, by=RecordedBy.FACILITATOR
):
    """An organisation is registered."""

    organisation: NewOrganisation
    name_: Annotated[Text, Field(alias="name")]
    sector: Text
    purpose: OptionalText = None
    country: Country | None = None


class OrganisationRenamed(
    EventType,
    name="organisation.renamed",
    mark=Mark.MOVES,
    by=RecordedBy.FACILITATOR,
    seen_with_subject=True,
):
    """An organisation has a new name."""

    organisation: OrganisationKey
    name_: Annotated[Text, Field(alias="name")]
    reason: OptionalText = None


class OrganisationJoined(
    EventType, name="organisation.joined", mark=Mark.MOVES, by=RecordedBy.FACILITATOR
):
    """An organisation joins a cohort and is present in it from then on."""

    organisation: OrganisationKey
    cohort: CohortKey
    motivation: OptionalText = None


class OrganisationLeft(
    EventType,
    name="organisation.left",
    mark=Mark.MOVES,
    by=RecordedBy.FACILITATOR,
    after_close=True,
):
    """An organisation leaves a cohort, which ends its pairings there."""

    organisation: OrganisationKey
    cohort: CohortKey
    reason: Annotated[terms.LeaveReason, Field(strict=False)]
    note: OptionalText = None


class OrganisationsPaired(
    EventType, name="organisations.paired", mark=Mark.CREATES, by=RecordedBy.FACILITATOR
):
    """Two or three organisations of a cohort are paired as peers."""

    pairing: NewPairing
    cohort: CohortKey
    organisations: Annotated[list[OrganisationKey], Distinct(3), Field(min_length=2)]
    purpose: OptionalText = None


class PairingEnded(
    EventType, name="pairing.ended", mark=Mark.MOVES, by=RecordedBy.PAIRED, after_close=True
):
    """A pairing ends before its cohort closes."""

    pairing: PairingKey
    reason: OptionalText = None


class PairingMet(EventType, name="pairing.met"):
    """Paired organisations met. `organisation` is the one that reports the meeting."""

    pairing: PairingKey
    organisation: OrganisationKey
    minutes: Annotated[int, Field(ge=1, le=1440), Correctable()] | None = None
    summary: OptionalText = None
    links: Links = []


class NoteAdded(
    EventType,
    name="note.added",
    by=RecordedBy.ANYONE,
    required_of_organisation="organisation",
    after_close=True,
):
    """A note is added to a subject."""

    about: AnySubject
    organisation: OrganisationKey | None = None
    text: Text
    links: Links = []
