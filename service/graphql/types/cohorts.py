"""Cohorts, the organisations in them, and how they are paired."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import strawberry
from sqlalchemy import BigInteger, ColumnElement, Text, case, cast, func, literal, or_, select
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB

from events.terms import LeaveReason, Visibility
from projections.listing import EVERY_JOINING_SEEN, LEAVING_SEEN, ByMembership, InColumn, InList
from projections.models.cohorts import Cohorts, Meetings, Memberships, Organisations, Pairings
from projections.naming import ByJoining, seen_stays
from projections.tables import MOMENT
from service.graphql.compiled.values import node_id
from service.graphql.fields.columns import column, worked_out
from service.graphql.fields.field import Row
from service.graphql.fields.parts import Columns, SqlParts, parts
from service.graphql.fields.references import one, some
from service.graphql.fields.shapes import declared, fact, listed, subject
from service.graphql.identity import id_of
from service.graphql.journeys import journey
from service.graphql.lists.connections import many
from service.graphql.timelines import timeline
from service.graphql.types.bases import NODE_ID, Fact, Node, Noted, Subject
from service.graphql.values.scalars import Position

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.entries.entry import TimelineConnection
    from service.graphql.types.exchange import Ask, Help, Inspiration, Use
    from service.graphql.types.failures import Failure
    from service.graphql.types.iterations import Iteration, Review
    from service.graphql.types.journeys import Journey
    from service.graphql.types.learnings import Adoption, Learning
    from service.graphql.types.questions import Mindset, Question
    from service.graphql.types.record import Person
    from service.graphql.types.results import Checkin, Outcome, Publication


@subject(Cohorts, plural="cohorts", orders=("title",))
class Cohort(Subject, Noted):
    """Organisations brought together for some months over one shared question."""

    title: str = column("What it is called.")
    shared_question: "Question | None" = one("Its shared question.", "question")
    facilitator: str = column("Who brings the organisations together: a name.")
    sector: str | None = column("The field it is about; null where it is about none in particular.")
    starts_on: date = column("The day it begins.")
    planned_months: int = column("For how many months it was planned.")
    builds_on: "list[Cohort]" = some("The cohorts it builds on.")
    themes: list[str] = column("What it is about, in a few words each.")
    closed_at: datetime | None = column("When it closed; null while it goes on.")
    summary: str | None = column(
        "What was said at its close; null where nothing was, or it goes on."
    )
    organisations: "Connection[Organisation]" = many(
        "The organisations that ever joined it.", ByMembership("cohort", "organisation")
    )
    memberships: "Connection[Membership]" = many("Who was in it, and when.", InColumn("cohort"))
    pairings: "Connection[Pairing]" = many("How its organisations were paired.", InColumn("cohort"))
    questions: "Connection[Question]" = many(
        "Its questions, the shared one too.", InColumn("cohort")
    )
    iterations: "Connection[Iteration]" = many("What was tried in it.", InColumn("cohort"))
    failures: "Connection[Failure]" = many("The failures told in it.", InColumn("cohort"))
    learnings: "Connection[Learning]" = many("What was learned in it.", InColumn("cohort"))
    inspirations: "Connection[Inspiration]" = many(
        "The inspirations shared with it.", InColumn("cohort")
    )
    asks: "Connection[Ask]" = many("What its organisations asked help for.", InColumn("cohort"))
    outcomes: "Connection[Outcome]" = many("The outcomes harvested in it.", InColumn("cohort"))
    publications: "Connection[Publication]" = many(
        "What was published from it.", InColumn("cohort")
    )
    adoptions: "Connection[Adoption]" = many("The learnings taken up in it.", InColumn("cohort"))
    checkins: "Connection[Checkin]" = many(
        "How its organisations did after its close.", InColumn("cohort")
    )
    timeline: "TimelineConnection" = timeline("What happened in it.")


@subject(Organisations, plural="organisations", orders=("name",))
class Organisation(Subject, Noted):
    """An organisation that takes part."""

    name: str = column("What it is called.")
    sector: str = column("The field it works in, in its facilitator's words.")
    purpose: str | None = column("What it is there for; null where it did not say.")
    country: str | None = column(
        "Where it is at home: ISO 3166-1 alpha-2; null where it did not say."
    )
    cohorts: "Connection[Cohort]" = many(
        "The cohorts it ever joined.", ByMembership("organisation", "cohort")
    )
    memberships: "Connection[Membership]" = many(
        "In which cohorts it was, and when.", InColumn("organisation")
    )
    pairings: "Connection[Pairing]" = many("With whom it was paired.", InList("organisations"))
    mindsets: "Connection[Mindset]" = many("How it thought of people.", InColumn("organisation"))
    questions: "Connection[Question]" = many("The questions it framed.", InColumn("organisation"))
    iterations: "Connection[Iteration]" = many("What it tried.", InColumn("organisation"))
    reviews: "Connection[Review]" = many("When it looked back.", InColumn("organisation"))
    failures: "Connection[Failure]" = many("The failures it told of.", InColumn("organisation"))
    learnings: "Connection[Learning]" = many("What it learned.", InColumn("organisation"))
    adoptions: "Connection[Adoption]" = many(
        "The learnings of others it took up.", InColumn("organisation")
    )
    inspirations: "Connection[Inspiration]" = many(
        "The inspirations it shared.", InColumn("organisation")
    )
    uses: "Connection[Use]" = many("The inspirations it used.", InColumn("organisation"))
    asks: "Connection[Ask]" = many("What it asked help for.", InColumn("organisation"))
    helps: "Connection[Help]" = many("The help it gave.", InColumn("organisation"))
    outcomes: "Connection[Outcome]" = many("The outcomes it harvested.", InColumn("organisation"))
    checkins: "Connection[Checkin]" = many("How what it began is doing.", InColumn("organisation"))
    publications: "Connection[Publication]" = many("What it published.", InColumn("organisation"))
    persons: "Connection[Person]" = many("Its people.", InColumn("organisation"))
    journey: "Journey" = journey("Its learning journey, as it is or as it stood.")
    timeline: "TimelineConnection" = timeline(
        "What happened that concerns it: its own events, and those of others about what is its own."
    )


def _stays(row: Row) -> list[Row]:
    """Return the stays that the viewer may see of a membership, without their ends where these are hidden."""
    return [dict(stay, **{LEAVING_SEEN: row[LEAVING_SEEN]}) for stay in seen_stays(row)]


def _stays_sql(row: Columns) -> SqlParts:
    stay = func.jsonb_array_elements(row["stays"]).table_valued(
        sql_column("value", JSONB), with_ordinality="place"
    )
    stay = stay.render_derived()

    def said(name: str) -> ColumnElement[str]:
        return stay.c.value.op("->>", return_type=Text())(name)

    columns: dict[str, ColumnElement[Any]] = {
        name: said(name) for name in ("motivation", "reason", "note")
    }
    columns |= {name: cast(said(name), MOMENT) for name in ("joined_at", "left_at")}
    columns |= {name: cast(said(name), BigInteger) for name in ("joined_position", "left_position")}
    columns[LEAVING_SEEN] = row[LEAVING_SEEN]
    is_seen = or_(row[EVERY_JOINING_SEEN], said("level") == Visibility.PUBLIC.value)
    return SqlParts(columns, stay, is_seen)


def _id_sql(row: Columns) -> ColumnElement[str]:
    """Return the opaque id, by the first joining that may be seen."""
    columns, stay, is_seen = _stays_sql(row)
    assert stay is not None and is_seen is not None
    first = select(cast(columns["joined_position"], Text)).select_from(stay).where(is_seen)
    position = first.order_by(stay.c.place).limit(1).correlate_except(stay).scalar_subquery()
    return node_id(literal("membership/", Text).concat(position))


def _of_leaving_sql(name: str) -> Any:
    return lambda stay: case((stay[LEAVING_SEEN], stay[name]))


def _of_leaving(name: str) -> Any:
    def read(stay: Row) -> Any:
        value = stay[name] if stay[LEAVING_SEEN] else None
        return datetime.fromisoformat(value) if value and name == "left_at" else value

    return read


def _left(description: str, of: str) -> Any:
    text = f"{description} Null while it stays, and where you may not see that it left."
    return worked_out(text, (of,), _of_leaving(of), _of_leaving_sql(of))


@declared
class Stay:
    """A time that an organisation was in a cohort."""

    joined_at: datetime = worked_out(
        "When it joined.",
        (),
        lambda stay: datetime.fromisoformat(stay["joined_at"]),
        lambda stay: stay["joined_at"],
    )
    joined_position: Position = column("The position of its joining.")
    motivation: str | None = column("Why it joined; null where it did not say.")
    left_at: datetime | None = _left("When it left.", "left_at")
    left_position: Position | None = _left("The position of its leaving.", "left_position")
    leave_reason: LeaveReason | None = _left("Why it left.", "reason")
    note: str | None = _left("What was said of its leaving, if anything.", "note")


def _present(row: Mapping[str, Any]) -> bool | None:
    return row["present"] if row[LEAVING_SEEN] else None


_JOINING: Final = ByJoining()


@listed(Memberships, plural="memberships", naming=_JOINING)
class Membership(Node):
    """An organisation's part in a cohort: each time it was there."""

    id: strawberry.ID = worked_out(
        NODE_ID,
        _JOINING.needs,
        lambda row: id_of("membership", _JOINING.name(row), row),
        _id_sql,
    )
    organisation: "Organisation | None" = one("The organisation.")
    cohort: "Cohort | None" = one("The cohort.")
    present: bool | None = worked_out(
        "Whether it joined and did not leave; null where you may not see whether it left.",
        ("present", LEAVING_SEEN),
        _present,
        lambda row: case((row[LEAVING_SEEN], row["present"])),
    )
    stays: list[Stay] = parts(
        "Each time it was there, in order.",
        ("stays", LEAVING_SEEN, EVERY_JOINING_SEEN),
        _stays,
        _stays_sql,
    )


@subject(Pairings, plural="pairings")
class Pairing(Subject, Noted):
    """Two or three organisations of a cohort as peers."""

    cohort: "Cohort | None" = one("The cohort in which they are paired.")
    organisations: "list[Organisation]" = some("The peers.")
    purpose: str | None = column("What they are paired for; null where it was not said.")
    ended_at: datetime | None = column(
        "When it was ended by itself; null where it was not: it also ends with its cohort, or a peer's leaving."
    )
    reason: str | None = column("Why it was ended; null where it was not said.")
    meetings: "Connection[Meeting]" = many("When the peers met.", InColumn("pairing"))


@fact(Meetings, about="pairing", plural="meetings")
class Meeting(Fact):
    """A meeting of peers."""

    organisation: "Organisation | None" = one("The organisation that reports it.")
    pairing: "Pairing | None" = one("The pairing whose organisations met.")
    minutes: int | None = column("How long it took; null where it was not told.")
    summary: str | None = column("What came of it; null where it was not told.")
