"""What came of it: outcomes, check-ins after the close, publications."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func

from events.terms import Agreement, ChangeType, CheckinStatus, PublicationKind, Sign
from projections.listing import InColumn
from projections.models.results import Checkins, Outcomes, Publications, Substantiations
from service.graphql.fields.columns import column, worked_out
from service.graphql.fields.field import Row
from service.graphql.fields.parts import Columns, SqlParts, parts
from service.graphql.fields.references import of_stream, one
from service.graphql.fields.shapes import declared, fact, subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Fact, Noted, Owned, Subject
from service.graphql.values.scalars import URL
from service.graphql.values.terms import Kind

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.cohorts import Organisation


@subject(Outcomes, plural="outcomes")
class Outcome(Subject, Owned, Noted):
    """A change in what somebody does, and the organisation's part in it (Outcome Harvesting)."""

    social_actor: str = column("Who changed.")
    change_type: ChangeType = column("What changed.")
    description: str = column("The change.")
    contribution: str = column("The organisation's part in it.")
    significance: str | None = column("Why it matters; null where it was not told.")
    anticipated: bool = column("Whether it was foreseen.")
    sign: Sign = column("Whether it is welcome.")
    happened_on: date = column("The day it happened.")
    place: str | None = column("Where; null where it was not told.")
    substantiations: "Connection[Substantiation]" = many(
        "What others say of it.", InColumn("outcome")
    )


@fact(Substantiations, about="outcome", plural="substantiations")
class Substantiation(Fact):
    """Another organisation's word on whether an outcome came about so."""

    organisation: "Organisation | None" = one("The organisation that says so.")
    outcome: "Outcome | None" = one("The outcome.")
    agreement: Agreement = column("How far it agrees.")
    comment: str | None = column("What it says; null where it says nothing.")


@fact(Checkins, about="organisation", plural="check-ins")
class Checkin(Fact):
    """How what an organisation began is doing, some months after the close."""

    months_after: int = column("How many months after the close.")
    status: CheckinStatus = column("How it is doing.")
    narrative: str | None = column("In its own words; null where it gave none.")


def _citations(row: Row) -> list[Row]:
    return [{"stream": stream} for stream in row["cites"]]


def _citations_sql(row: Columns) -> SqlParts:
    cited = func.unnest(row["cites"]).table_valued("stream", with_ordinality="place")
    cited = cited.render_derived()
    return SqlParts({"stream": cited.c.stream}, cited)


@declared
class Citation:
    """Something that a publication cites."""

    kind: Kind = worked_out(
        "Its kind, told even where you may not see it.",
        (),
        lambda row: row["stream"].partition("/")[0],
        lambda row: func.split_part(row["stream"], "/", 1),
    )
    subject: Subject | None = of_stream("What is cited.", "stream")


@subject(Publications, plural="publications", orders=("title",))
class Publication(Subject, Owned, Noted):
    """Something published for anyone to use."""

    organisation: "Organisation | None" = one("The organisation that published it.")
    publication_kind: PublicationKind = column("What kind of publication it is.", "kind")
    title: str = column("What it is called.")
    licence: str = column("Under which licence: an SPDX id.")
    url: URL | None = column("Where it is found; null where it was not told.")
    citations: list[Citation] = parts("What it cites.", ("cites",), _citations, _citations_sql)
    withdrawn_at: datetime | None = column("When it was taken back; null while it stands.")
    reason: str | None = column("Why it was taken back; null while it stands.")
