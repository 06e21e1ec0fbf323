"""The types of iterations and of what is recorded in them: revisions, observations, participations and reviews."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from events.vocabulary.terms import Decision, EvidenceKind, Mode, ParticipationLevel, Result
from projections.models.iterations import (
    Iterations,
    Observations,
    Participations,
    Reviews,
    Revisions,
)
from projections.queries.lists import InColumn, InList
from service.graphql.fields.columns import column
from service.graphql.fields.field import Row
from service.graphql.fields.references import one, some
from service.graphql.fields.row_parts import Columns, SqlParts, parts
from service.graphql.fields.shapes import fact, named, subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Fact, Noted, Owned, Subject
from service.graphql.values.scalars import URL, Count
from service.graphql.values.terms import IterationStage, numbers

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.exchange import Use
    from service.graphql.types.failures import Failure
    from service.graphql.types.learnings import Adoption, Learning
    from service.graphql.types.questions import Question
    from service.graphql.types.sessions import Commitment


def _cost(row: Row) -> list[Row]:
    if row["cost_amount"] is None:
        return []
    return [{"amount": row["cost_amount"], "currency": row["cost_currency"]}]


def _cost_sql(row: Columns) -> SqlParts:
    columns = {"amount": row["cost_amount"], "currency": row["cost_currency"]}
    return SqlParts(columns, where=row["cost_amount"].is_not(None))


@named("Cost")
class IterationCost:
    """An amount of money that was spent."""

    amount: float = column("The amount, in the currency given.")
    currency: str = column("The currency, as an ISO 4217 code.")


@subject(Iterations, plural="iterations", orders=("title", "concluded"))
class Iteration(Subject, Owned, Noted):
    """A trial by an organisation. Its hypothesis, action, measure and criterion are frozen once it is started."""

    question: "Question | None" = one("The question that it addresses.")
    title: str = column("Its title.")
    hypothesis: str = column("What the organisation believes.")
    action: str = column("What the organisation will do.")
    measure: str | None = column("What the organisation will measure. Null if not provided.")
    criterion: str | None = column("What would count as success. Null if not provided.")
    participation_level: ParticipationLevel | None = column(
        "The level at which people were planned to participate. Null if not provided."
    )
    modes: list[Mode] = column("The ways in which people were planned to participate.")
    follows: "Iteration | None" = one("The concluded iteration that it follows.")
    inspired_by: "list[Subject]" = some(
        "The inspirations, learnings and iterations that inspired it."
    )
    starts_on: date | None = column("The planned first day. Null if none was planned.")
    ends_on: date | None = column("The planned last day. Null if none was planned.")
    themes: list[str] = column("Its themes, each a short phrase.")
    state: IterationStage = column("The iteration's current stage.")
    started_at: datetime | None = column("When it was started. Null if it has not been started.")
    concluded_at: datetime | None = column("When it was concluded. Null until it is concluded.")
    result: Result | None = column(
        "What it showed about the hypothesis. Null until it is concluded."
    )
    decision: Decision | None = column(
        "What the organisation does next. Null until it is concluded."
    )
    evidence_level: int | None = column(
        f"The level on the Nesta Standards of Evidence. {numbers('EvidenceLevel')} Null until it is concluded."
    )
    conclusion: str | None = column(
        "The summary given at the conclusion. Null until it is concluded."
    )
    hours: float | None = column("The hours spent on it. Null if not provided.")
    cost: IterationCost | None = parts(
        "The money spent on it. Null if not provided.",
        ("cost_amount", "cost_currency"),
        _cost,
        _cost_sql,
    )
    revisions: "Connection[Revision]" = many(
        "The changes of its plan before it was started.", InColumn("iteration")
    )
    observations: "Connection[Observation]" = many(
        "The observations recorded in it.", InColumn("iteration")
    )
    participations: "Connection[Participation]" = many(
        "The records of people taking part.", InColumn("iteration")
    )
    reviews: "Connection[Review]" = many("The reviews held about it.", InColumn("iteration"))
    failures: "Connection[Failure]" = many("The failures recorded in it.", InColumn("iteration"))
    learnings: "Connection[Learning]" = many(
        "The learnings drawn from it.", InList("sources", "iteration/")
    )
    adoptions: "Connection[Adoption]" = many(
        "The adoptions of learnings in it.", InColumn("iteration")
    )
    uses: "Connection[Use]" = many("The uses of inspirations in it.", InColumn("iteration"))
    commitments: "Connection[Commitment]" = many(
        "The commitments made in it.", InColumn("iteration")
    )
    followed_by: "Connection[Iteration]" = many(
        "The iterations that follow it.", InColumn("follows")
    )


@fact(Revisions, about="iteration", plural="revisions")
class Revision(Fact):
    """A change of an iteration's plan before the start. Only the parts that changed are set."""

    iteration: "Iteration | None" = one("The iteration.")
    hypothesis: str | None = column("The new hypothesis. Null if unchanged.")
    action: str | None = column("The new action. Null if unchanged.")
    measure: str | None = column("The new measure. Null if unchanged.")
    criterion: str | None = column("The new criterion. Null if unchanged.")
    reason: str = column("Why the plan was changed.")


@fact(Observations, about="iteration", plural="observations")
class Observation(Fact):
    """Something that was seen, heard or counted."""

    iteration: "Iteration | None" = one("The iteration in which it was observed.")
    text: str = column("What was observed.")
    measure: str | None = column("The measure that was observed. Null if it concerns no measure.")
    value: float | None = column("The measured value. Null if nothing was measured.")
    unit: str | None = column("The unit of the value. Null if not provided.")
    sample_size: Count | None = column("The size of the sample. Null if not provided.")
    evidence_kind: EvidenceKind = column("The kind of evidence behind the observation.")
    links: list[URL] = column("Addresses on the web, such as pictures or minutes.")


@fact(Participations, about="iteration", plural="participations")
class Participation(Fact):
    """A record of people taking part. A person who takes part several times counts each time."""

    iteration: "Iteration | None" = one("The iteration in which they took part.")
    people: Count = column("The number of people who took part.")
    level: ParticipationLevel = column(
        "The level at which they participated.", "participation_level"
    )
    mode: Mode | None = column("The way in which they participated. Null if not provided.")


@fact(Reviews, about="organisation", plural="reviews")
class Review(Fact):
    """A review that an organisation held."""

    iteration: "Iteration | None" = one("The iteration that was reviewed.")
    intended: str = column("What was intended.")
    actual: str = column("What happened.")
    why: str = column("Why what happened differs from what was intended.")
    sustain: list[str] = column("What the organisation wants to keep doing.")
    change: list[str] = column("What the organisation wants to do differently.")
    links: list[URL] = column("Addresses on the web, such as pictures or minutes.")
