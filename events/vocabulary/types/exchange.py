"""Inspiration and help: what organisations of a cohort give each other."""

from typing import Annotated

from pydantic import Field

from events.vocabulary import terms
from events.vocabulary.fields.field_types import (
    Address,
    AskKey,
    CohortKey,
    InspirationKey,
    IterationKey,
    NewAsk,
    NewInspiration,
    OptionalText,
    OrganisationKey,
    QuestionKey,
    Text,
    Themes,
)
from events.vocabulary.fields.marks import Distinct
from events.vocabulary.types.event_type import EventType, Mark, RecordedBy


class InspirationShared(
    EventType,
    name="inspiration.shared",
    mark=Mark.CREATES,
    by=RecordedBy.ORGANISATION,
    required_of_organisation="by",
):
    """A facilitator or an organisation shares something worth knowing with a cohort."""

    inspiration: NewInspiration
    cohort: CohortKey
    by: OrganisationKey | None = None
    kind: Annotated[terms.InspirationKind, Field(strict=False)]
    title: Text
    url: Address | None = None
    summary: OptionalText = None
    questions: Annotated[list[QuestionKey], Distinct()] = []


class InspirationUsed(EventType, name="inspiration.used", after_close=True):
    """An organisation used an inspiration."""

    inspiration: InspirationKey
    organisation: OrganisationKey
    iteration: IterationKey | None = None
    how: OptionalText = None


class HelpAsked(EventType, name="help.asked", mark=Mark.CREATES):
    """An organisation asks its peers for help."""

    ask: NewAsk
    organisation: OrganisationKey
    cohort: CohortKey | None = None
    text: Text
    themes: Themes = []


class HelpGiven(EventType, name="help.given", after_close=True):
    """An organisation gives help in answer to another's request."""

    ask: AskKey
    organisation: OrganisationKey
    text: Text
