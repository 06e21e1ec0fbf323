"""The types of outcomes, substantiations, check-ins and publications."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func

from events.vocabulary.stream import kind_of
from events.vocabulary.terms import Agreement, ChangeType, CheckinStatus, PublicationKind, Sign
from projections.models.results import Checkins, Outcomes, Publications, Substantiations
from projections.queries.lists import InColumn
from service.graphql.fields.columns import column, computed
from service.graphql.fields.field import Row
from service.graphql.fields.references import of_stream, one
from service.graphql.fields.row_parts import Columns, SqlParts, parts
from service.graphql.fields.shapes import declared, fact, subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Fact, Noted, Owned, Subject
from service.graphql.values.scalars import URL
from service.graphql.values.terms import Kind

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.cohorts import Organisation


@subject(Outcomes, plural="outcomes", name="Outcome")
class HarvestedOutcome(Subject, Owned, Noted):
    """A change in what people or organisations do, and the organisation's contribution to it (Outcome Harvesting)."""

    social_actor: str = column("The person, group or organisation that changed.")
    change_type: ChangeType = column("The type of change.")
    description: str = column("A description of the change.")
    contribution: str = column("How the organisation contributed to the change.")
    significance: str | None = column("Why the change matters. Null if not provided.")
    anticipated: bool = column("Whether the change was anticipated.")
    sign: Sign = column("Whether the change is positive or negative.")
    happened_on: date = column("The day on which the change happened.")
    place: str | None = column("Where the change happened. Null if not provided.")
    links: list[URL] = column("Addresses on the web, such as pictures or minutes.")
    substantiations: "Connection[Substantiation]" = many(
        "The statements of other organisations on whether they agree.", InColumn("outcome")
    )


@fact(Substantiations, about="outcome", plural="substantiations")
class Substantiation(Fact):
    """Another organisation's statement on its agreement with the account of an outcome."""

    organisation: "Organisation | None" = one("The organisation that made the statement.")
    outcome: "HarvestedOutcome | None" = one("The outcome.")
    agreement: Agreement = column("How far the organisation agrees.")
    comment: str | None = column("The organisation's comment. Null if not provided.")


@fact(Checkins, about="organisation", plural="check-ins")
class Checkin(Fact):
    """An organisation's report, some months after its cohort closed, on the work that it started."""

    months_after: int = column("The number of months since the close.")
    status: CheckinStatus = column("The state of the work.")
    narrative: str | None = column(
        "An explanation in the organisation's own words. Null if not provided."
    )


def _citations(row: Row) -> list[Row]:
    return [{"stream": stream} for stream in row["cites"]]


def _citations_sql(row: Columns) -> SqlParts:
    cited = func.unnest(row["cites"]).table_valued("stream", with_ordinality="place")
    cited = cited.render_derived()
    return SqlParts({"stream": cited.c.stream}, cited)


@declared
class Citation:
    """Something that a publication cites."""

    kind: Kind = computed(
        "Its kind, given even if you are not allowed to see the subject.",
        (),
        lambda row: kind_of(row["stream"]),
        lambda row: func.split_part(row["stream"], "/", 1),
    )
    subject: Subject | None = of_stream("The cited subject.", "stream")


@subject(Publications, plural="publications", orders=("title",))
class Publication(Subject, Owned, Noted):
    """A publication that anyone may use."""

    organisation: "Organisation | None" = one("The organisation that published it.")
    publication_kind: PublicationKind = column("The kind of publication.", "kind")
    title: str = column("Its title.")
    licence: str = column("Its licence, as an SPDX identifier.")
    url: URL | None = column("Its address on the web. Null if not provided.")
    language: str | None = column("Its language, as a BCP 47 tag. Null if not provided.")
    citations: list[Citation] = parts(
        "The subjects that it cites.", ("cites",), _citations, _citations_sql
    )
    withdrawn_at: datetime | None = column(
        "When it was withdrawn. Null if it has not been withdrawn."
    )
    reason: str | None = column("Why it was withdrawn. Null if it has not been withdrawn.")
