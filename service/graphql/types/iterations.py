"""What organisations try: planned, frozen at the start, observed, concluded."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from events.terms import Decision, EvidenceKind, Mode, ParticipationLevel, Result
from projections.listing import InColumn, InList
from projections.models.iterations import (
    Iterations,
    Observations,
    Participations,
    Reviews,
    Revisions,
)
from service.graphql.fields.columns import column
from service.graphql.fields.field import Row
from service.graphql.fields.parts import Columns, SqlParts, parts
from service.graphql.fields.references import one, some
from service.graphql.fields.shapes import declared, fact, subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Fact, Noted, Owned, Subject
from service.graphql.values.scalars import Count
from service.graphql.values.terms import IterationState

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.exchange import Use
    from service.graphql.types.failures import Failure
    from service.graphql.types.learnings import Adoption, Learning
    from service.graphql.types.questions import Question


def _cost(row: Row) -> list[Row]:
    if row["cost_amount"] is None:
        return []
    return [{"amount": row["cost_amount"], "currency": row["cost_currency"]}]


def _cost_sql(row: Columns) -> SqlParts:
    columns = {"amount": row["cost_amount"], "currency": row["cost_currency"]}
    return SqlParts(columns, where=row["cost_amount"].is_not(None))


@declared
class Cost:
    """What something cost in money."""

    amount: float = column("How much.")
    currency: str = column("Of which currency: ISO 4217.")


@subject(Iterations, plural="iterations", orders=("title", "concluded"))
class Iteration(Subject, Owned, Noted):
    """Something an organisation tries. Hypothesis, action, measure and criterion are frozen once it is started."""

    question: "Question | None" = one("The question it is tried for.")
    title: str = column("What it is called.")
    hypothesis: str = column("What the organisation believes.")
    action: str = column("What it will do.")
    measure: str | None = column("What it will look at; null where it did not say.")
    criterion: str | None = column("What would count as success; null where it did not say.")
    participation_level: ParticipationLevel | None = column(
        "What part people were to have; null where it was not said."
    )
    modes: list[Mode] = column("In which ways people were to take part.")
    follows: "Iteration | None" = one("The concluded iteration that it follows.")
    inspired_by: "list[Subject]" = some("What inspired it: inspirations, learnings, iterations.")
    starts_on: date | None = column("The day it was to begin; null where none was planned.")
    ends_on: date | None = column("The day it was to end; null where none was planned.")
    themes: list[str] = column("What it is about, in a few words each.")
    state: IterationState = column("How far it has come.")
    started_at: datetime | None = column("When it was started; null while it was not.")
    concluded_at: datetime | None = column("When it was concluded; null while it is not.")
    result: Result | None = column("What it showed; null while it is not concluded.")
    decision: Decision | None = column("What comes next; null while it is not concluded.")
    evidence_level: int | None = column(
        "Nesta Standards of Evidence, 1 to 5; null while it is not concluded."
    )
    conclusion: str | None = column("What was concluded, in words; null while it is not.")
    hours: float | None = column("The hours it took; null where it was not told.")
    cost: Cost | None = parts(
        "What it cost in money; null where it was not told.",
        ("cost_amount", "cost_currency"),
        _cost,
        _cost_sql,
    )
    revisions: "Connection[Revision]" = many(
        "How its plan changed before the start.", InColumn("iteration")
    )
    observations: "Connection[Observation]" = many(
        "What was seen, heard or counted.", InColumn("iteration")
    )
    participations: "Connection[Participation]" = many("Who took part.", InColumn("iteration"))
    reviews: "Connection[Review]" = many(
        "When the organisation looked back at it.", InColumn("iteration")
    )
    failures: "Connection[Failure]" = many("The failures told of it.", InColumn("iteration"))
    learnings: "Connection[Learning]" = many(
        "What was learned from it.", InList("sources", "iteration/")
    )
    adoptions: "Connection[Adoption]" = many("The learnings taken up in it.", InColumn("iteration"))
    uses: "Connection[Use]" = many("The inspirations used in it.", InColumn("iteration"))
    followed_by: "Connection[Iteration]" = many(
        "The iterations that follow it.", InColumn("follows")
    )


@fact(Revisions, about="iteration", plural="revisions")
class Revision(Fact):
    """A change of a plan before it was started: the parts that changed."""

    iteration: "Iteration | None" = one("The iteration.")
    hypothesis: str | None = column("The new hypothesis; null where it stayed.")
    action: str | None = column("The new action; null where it stayed.")
    measure: str | None = column("The new measure; null where it stayed.")
    criterion: str | None = column("The new criterion; null where it stayed.")
    reason: str = column("Why.")


@fact(Observations, about="iteration", plural="observations")
class Observation(Fact):
    """Something seen, heard or counted."""

    iteration: "Iteration | None" = one("The iteration in which it was observed.")
    text: str = column("What was observed.")
    measure: str | None = column("On which measure; null where on none.")
    value: float | None = column("The value measured; null where none was.")
    unit: str | None = column("In which unit; null where it was not told.")
    sample_size: Count | None = column("Over how many; null where it was not told.")
    evidence_kind: EvidenceKind = column("What it rests on.")


@fact(Participations, about="iteration", plural="participations")
class Participation(Fact):
    """People taking part; a person counts each time."""

    iteration: "Iteration | None" = one("The iteration in which they took part.")
    people: Count = column("How many.")
    level: ParticipationLevel = column("What part they had.", "participation_level")
    mode: Mode | None = column("In which way; null where it was not told.")


@fact(Reviews, about="organisation", plural="reviews")
class Review(Fact):
    """An organisation looking back."""

    iteration: "Iteration | None" = one("The iteration it looked back at.")
    intended: str = column("What was intended.")
    actual: str = column("What happened.")
    why: str = column("Why there was a difference.")
    sustain: list[str] = column("What to go on with.")
    change: list[str] = column("What to do otherwise.")
