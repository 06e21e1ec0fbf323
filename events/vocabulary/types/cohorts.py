"""Cohorts, the organisations in them, and how they are paired."""

from typing import Annotated

from pydantic import Field

from events.vocabulary import terms
from events.vocabulary.fields import (
    AnySubject,
    CohortKey,
    Country,
    Day,
    Distinct,
    HowCanWeText,
    Language,
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
from events.vocabulary.types.event_type import EventType, Mark, RecordedBy


class CohortFormed(EventType, name="cohort.formed", mark=Mark.CREATES, by=RecordedBy.FACILITATOR):
    """A cohort is formed around a shared question. `facilitator` is a name only and grants no rights."""

    cohort: NewCohort
    title: Text
    question: NewQuestion
    text: HowCanWeText
    facilitator: Text
    sector: OptionalText = None
    starts_on: Day
    planned_months: Annotated[int, Field(ge=1, le=36)] = 9
    builds_on: Annotated[list[CohortKey], Distinct()] = []
    language: Language | None = None
    themes: Themes = []


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
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    summary: OptionalText = None


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
