"""Events about the record itself: changes of visibility, voids, corrections, and persons."""

from typing import Annotated

from pydantic import Field

from events.vocabulary import terms
from events.vocabulary.fields.field_types import (
    CorrectedFields,
    Email,
    NamedEvent,
    NewPerson,
    OptionalText,
    OrganisationKey,
    PersonKey,
    SubjectOrEvent,
    Text,
)
from events.vocabulary.fields.marks import PersonalData
from events.vocabulary.types.event_type import EventType, Mark, RecordedBy


class VisibilityChanged(
    EventType,
    name="visibility.changed",
    mark=Mark.MOVES,
    by=RecordedBy.ORGANISATION,
    after_close=True,
):
    """The visibility level of a subject, or of an event that only adds, is changed."""

    of: SubjectOrEvent
    visibility: Annotated[terms.Visibility, Field(strict=False)]


class EventVoided(
    EventType, name="event.voided", mark=Mark.VOIDS, by=RecordedBy.AMENDER, after_close=True
):
    """An earlier event is voided. It remains in the log, marked as voided."""

    event: NamedEvent
    reason: Text


class EventCorrected(
    EventType, name="event.corrected", mark=Mark.CORRECTS, by=RecordedBy.AMENDER, after_close=True
):
    """Mistakes in an earlier event are corrected: from now on it reads as if it had been written so.

    The event's line keeps its first wording. A change of mind is not a mistake: it has types of its own, such as
    `question.reframed`.
    """

    event: NamedEvent
    fields: CorrectedFields
    reason: OptionalText = None


class PersonIntroduced(EventType, name="person.introduced", mark=Mark.CREATES):
    """A person of an organisation is introduced. Name and e-mail address are stored encrypted."""

    person: NewPerson
    organisation: OrganisationKey
    role: Text
    name_: Annotated[Text, PersonalData(), Field(alias="name")]
    email: Annotated[Email, PersonalData()] | None = None


class PersonForgotten(
    EventType, name="person.forgotten", mark=Mark.MOVES, by=RecordedBy.PRIVACY, after_close=True
):
    """A person is forgotten: name and e-mail address become unreadable, everywhere and permanently."""

    person: PersonKey
