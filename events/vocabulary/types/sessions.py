"""The sessions that a cohort holds, and what organisations commit to do."""

from typing import Annotated

from pydantic import Field

from events.vocabulary import terms
from events.vocabulary.fields.field_types import (
    CohortKey,
    CommitmentKey,
    Count,
    Day,
    IterationKey,
    Links,
    NewCommitment,
    NewSession,
    OptionalText,
    OrganisationKey,
    SessionKey,
    Text,
)
from events.vocabulary.fields.marks import Correctable, Distinct
from events.vocabulary.types.event_type import EventType, Mark, RecordedBy


class SessionHeld(
    EventType,
    name="session.held",
    mark=Mark.CREATES,
    by=RecordedBy.FACILITATOR,
    after_close=True,
):
    """A cohort held a session, such as a workshop. The event's time is when it began."""

    session: NewSession
    cohort: CohortKey
    kind: Annotated[terms.SessionKind, Field(strict=False)]
    title: Text
    minutes: Annotated[int, Field(ge=1, le=10_080), Correctable()] | None = None
    attended: Annotated[list[OrganisationKey], Distinct()] = []
    people: Count | None = None
    summary: OptionalText = None
    links: Links = []


class CommitmentMade(EventType, name="commitment.made", mark=Mark.CREATES):
    """An organisation commits to do something, perhaps by a day."""

    commitment: NewCommitment
    organisation: OrganisationKey
    cohort: CohortKey | None = None
    iteration: IterationKey | None = None
    session: SessionKey | None = None
    text: Text
    due_on: Day | None = None


class CommitmentSettled(EventType, name="commitment.settled", mark=Mark.MOVES, after_close=True):
    """A commitment was kept, changed or dropped."""

    commitment: CommitmentKey
    outcome: Annotated[terms.CommitmentOutcome, Field(strict=False)]
    note: OptionalText = None
