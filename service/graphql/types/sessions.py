"""The types of sessions and of commitments."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from events.vocabulary.terms import CommitmentOutcome, SessionKind
from projections.models.sessions import Commitments, Sessions
from projections.queries.lists import InColumn
from service.graphql.fields.columns import column
from service.graphql.fields.references import one, some
from service.graphql.fields.shapes import subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Noted, Owned, Subject
from service.graphql.values.scalars import URL, Count

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.cohorts import Cohort, Organisation
    from service.graphql.types.iterations import Iteration


@subject(Sessions, plural="sessions", orders=("title",))
class Session(Subject, Noted):
    """A session that a cohort held, such as a workshop. Its `time` is when it began."""

    cohort: "Cohort | None" = one("The cohort that held it.")
    session_kind: SessionKind = column("The kind of session.", "kind")
    title: str = column("Its title.")
    minutes: int | None = column("How long it took. Null if not provided. Unit: minutes.")
    attended: "list[Organisation]" = some("The organisations that attended it.")
    people: Count | None = column("The number of people who attended it. Null if not provided.")
    summary: str | None = column("A summary of the session. Null if not provided.")
    links: list[URL] = column("Addresses on the web, such as pictures or minutes.")
    commitments: "Connection[Commitment]" = many("The commitments made in it.", InColumn("session"))


@subject(Commitments, plural="commitments", orders=("due",))
class Commitment(Subject, Owned, Noted):
    """What an organisation committed to do."""

    iteration: "Iteration | None" = one("The iteration that it is part of.")
    session: "Session | None" = one("The session in which it was made.")
    text: str = column("What the organisation committed to do.")
    due_on: date | None = column("The day by which it is due. Null if not provided.")
    settled_at: datetime | None = column("When it was settled. Null if it is not settled.")
    commitment_outcome: CommitmentOutcome | None = column(
        "What became of it. Null if it is not settled.", "outcome"
    )
    note: str | None = column(
        "The note given when it was settled. Null if it is not settled, or if no note was provided."
    )
