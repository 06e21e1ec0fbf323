"""The types of cohorts, organisations, memberships, pairings and meetings."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import strawberry
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Text,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB

from events.vocabulary.terms import LeaveReason, Visibility
from projections.folding.tables import MOMENT
from projections.models.cohorts import Cohorts, Meetings, Memberships, Organisations, Pairings
from projections.queries.lists import (
    EVERY_JOINING_SEEN,
    LEAVING_SEEN,
    ByMembership,
    InColumn,
    InList,
)
from projections.queries.row_ids import JoiningNaming, seen_stays
from service.graphql.fetching.evaluators import evaluator_names
from service.graphql.fields.columns import column, computed
from service.graphql.fields.field import Row
from service.graphql.fields.references import one, some
from service.graphql.fields.row_parts import Columns, SqlParts, parts
from service.graphql.fields.shapes import declared, fact, listed, subject
from service.graphql.journeys.journey import journey
from service.graphql.journeys.timelines import timeline
from service.graphql.lists.connections import many
from service.graphql.lookups.corrections import Correction, corrections_of_events
from service.graphql.node_ids import id_of
from service.graphql.sql_values.values import node_id
from service.graphql.types.bases import NODE_ID, Fact, Node, Noted, Subject
from service.graphql.values.scalars import URL, Position

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
    from service.graphql.types.results import Checkin, HarvestedOutcome, Publication
    from service.graphql.types.sessions import Commitment, Session


@subject(Cohorts, plural="cohorts", orders=("title",))
class Cohort(Subject, Noted):
    """A group of organisations that work on one shared question for some months."""

    title: str = column("Its title.")
    shared_question: "Question | None" = one("Its shared question.", "question")
    facilitator: str = column("The name of its facilitator.")
    evaluators: list[str] | None = evaluator_names(
        "The names of those who evaluate it now: they read everything in it except persons and failures whose cause\n"
        "is deviance. An evaluator without a name is shown as an actor, `service/…`. One who signs in with a token is\n"
        "shown from the first use of the token until it expires. Null unless you are a facilitator of the cohort, or\n"
        "an organisation that has ever been in it."
    )
    sector: str | None = column("The sector it is for. Null if it is for no sector in particular.")
    starts_on: date = column("The day on which it begins.")
    planned_months: int = column("Its planned duration. Unit: months.")
    builds_on: "list[Cohort]" = some("The cohorts that it builds on.")
    hosts: "list[Organisation]" = some("The organisations that facilitate it. They are no members.")
    language: str | None = column(
        "The language of its questions, as a BCP 47 tag. Null if not provided: then it is English."
    )
    themes: list[str] = column("Its themes, each a short phrase.")
    closed_at: datetime | None = column("When it was closed. Null while it is open.")
    summary: str | None = column(
        "The summary given when it was closed. Null if it is open, or if no summary was provided."
    )
    organisations: "Connection[Organisation]" = many(
        "The organisations that have ever joined it.", ByMembership("cohort", "organisation")
    )
    memberships: "Connection[Membership]" = many(
        "The memberships of its organisations: which were in it, and when.", InColumn("cohort")
    )
    pairings: "Connection[Pairing]" = many("The pairings of its organisations.", InColumn("cohort"))
    questions: "Connection[Question]" = many(
        "Its questions, including the shared one.", InColumn("cohort")
    )
    iterations: "Connection[Iteration]" = many("The iterations planned in it.", InColumn("cohort"))
    failures: "Connection[Failure]" = many("The failures recorded in it.", InColumn("cohort"))
    learnings: "Connection[Learning]" = many("The learnings captured in it.", InColumn("cohort"))
    inspirations: "Connection[Inspiration]" = many(
        "The inspirations shared with it.", InColumn("cohort")
    )
    sessions: "Connection[Session]" = many("The sessions that it held.", InColumn("cohort"))
    commitments: "Connection[Commitment]" = many("The commitments made in it.", InColumn("cohort"))
    asks: "Connection[Ask]" = many("The requests for help in it.", InColumn("cohort"))
    outcomes: "Connection[HarvestedOutcome]" = many(
        "The outcomes harvested in it.", InColumn("cohort")
    )
    publications: "Connection[Publication]" = many("Its publications.", InColumn("cohort"))
    adoptions: "Connection[Adoption]" = many(
        "The adoptions of learnings in it.", InColumn("cohort")
    )
    checkins: "Connection[Checkin]" = many(
        "The check-ins of its organisations after its close.", InColumn("cohort")
    )
    timeline: "TimelineConnection" = timeline("The events in the cohort.")


@subject(Organisations, plural="organisations", orders=("name",))
class Organisation(Subject, Noted):
    """An organisation that takes part."""

    name: str = column("Its name.")
    sector: str = column("The sector it works in, in its facilitator's words.")
    purpose: str | None = column("Its purpose. Null if not provided.")
    country: str | None = column(
        "Its home country, as an ISO 3166-1 alpha-2 code. Null if not provided."
    )
    cohorts: "Connection[Cohort]" = many(
        "The cohorts that it has ever joined.", ByMembership("organisation", "cohort")
    )
    hosted_cohorts: "Connection[Cohort]" = many("The cohorts that it hosts.", InList("hosts"))
    memberships: "Connection[Membership]" = many(
        "Its memberships: which cohorts it has been in, and when.", InColumn("organisation")
    )
    pairings: "Connection[Pairing]" = many(
        "Its pairings with other organisations.", InList("organisations")
    )
    mindsets: "Connection[Mindset]" = many(
        "The assessments of its mindset.", InColumn("organisation")
    )
    questions: "Connection[Question]" = many("The questions it framed.", InColumn("organisation"))
    iterations: "Connection[Iteration]" = many(
        "The iterations it planned.", InColumn("organisation")
    )
    reviews: "Connection[Review]" = many("The reviews it held.", InColumn("organisation"))
    failures: "Connection[Failure]" = many("The failures it recorded.", InColumn("organisation"))
    learnings: "Connection[Learning]" = many("The learnings it captured.", InColumn("organisation"))
    adoptions: "Connection[Adoption]" = many(
        "Its adoptions of other organisations' learnings.", InColumn("organisation")
    )
    inspirations: "Connection[Inspiration]" = many(
        "The inspirations it shared.", InColumn("organisation")
    )
    uses: "Connection[Use]" = many("Its uses of inspirations.", InColumn("organisation"))
    asks: "Connection[Ask]" = many("Its requests for help.", InColumn("organisation"))
    helps: "Connection[Help]" = many("The help it gave to others.", InColumn("organisation"))
    outcomes: "Connection[HarvestedOutcome]" = many(
        "The outcomes it harvested.", InColumn("organisation")
    )
    sessions: "Connection[Session]" = many("The sessions that it attended.", InList("attended"))
    commitments: "Connection[Commitment]" = many(
        "The commitments that it made.", InColumn("organisation")
    )
    checkins: "Connection[Checkin]" = many(
        "Its check-ins after the close of its cohorts.", InColumn("organisation")
    )
    publications: "Connection[Publication]" = many("Its publications.", InColumn("organisation"))
    persons: "Connection[Person]" = many(
        "Its people, as far as you are allowed to see them.", InColumn("organisation")
    )
    journey: "Journey" = journey(
        "Its learning journey, in its current state or as it was at an earlier point."
    )
    timeline: "TimelineConnection" = timeline(
        "The events of the organisation, and those of others about its subjects."
    )


def _stays(row: Row) -> list[Row]:
    """Return the stays of a membership that the viewer may see, without their ends if these are hidden."""
    return [dict(stay, **{LEAVING_SEEN: row[LEAVING_SEEN]}) for stay in seen_stays(row)]


def _stays_sql(row: Columns) -> SqlParts:
    stay = func.jsonb_array_elements(row["stays"]).table_valued(
        sql_column("value", JSONB), with_ordinality="place"
    )
    stay = stay.render_derived()

    def value_of(name: str) -> ColumnElement[str]:
        return stay.c.value.op("->>", return_type=Text())(name)

    columns: dict[str, ColumnElement[Any]] = {
        name: value_of(name) for name in ("motivation", "reason", "note")
    }
    columns |= {name: cast(value_of(name), MOMENT) for name in ("joined_at", "left_at")}
    columns |= {
        name: cast(value_of(name), BigInteger) for name in ("joined_position", "left_position")
    }
    columns[LEAVING_SEEN] = row[LEAVING_SEEN]
    is_seen = or_(row[EVERY_JOINING_SEEN], value_of("level") == Visibility.PUBLIC.value)
    return SqlParts(columns, stay, is_seen)


def _id_sql(row: Columns) -> ColumnElement[str]:
    """Return the opaque id, which has the position of the first joining that the viewer may see."""
    columns, stay, is_seen = _stays_sql(row)
    assert stay is not None and is_seen is not None
    first = select(cast(columns["joined_position"], Text)).select_from(stay).where(is_seen)
    position = first.order_by(stay.c.place).limit(1).correlate_except(stay).scalar_subquery()
    return node_id(literal("membership/", Text).concat(position))


def _positions(row: Row) -> list[int]:
    """Return the positions of the events that began and ended the stays, as far as the viewer may see them."""
    names = ("joined_position", "left_position") if row[LEAVING_SEEN] else ("joined_position",)
    return [stay[name] for stay in seen_stays(row) for name in names if stay.get(name) is not None]


def _positions_sql(row: Columns) -> CompoundSelect[Any]:
    columns, stay, is_seen = _stays_sql(row)
    assert stay is not None and is_seen is not None
    of_stay = select(columns["joined_position"]).select_from(stay).where(is_seen)
    left = select(columns["left_position"]).select_from(stay).where(is_seen, row[LEAVING_SEEN])
    return union_all(of_stay.correlate_except(stay), left.correlate_except(stay))


def _of_leaving_sql(name: str) -> Any:
    return lambda stay: case((stay[LEAVING_SEEN], stay[name]))


def _of_leaving(name: str) -> Any:
    def read(stay: Row) -> Any:
        value = stay[name] if stay[LEAVING_SEEN] else None
        return datetime.fromisoformat(value) if value and name == "left_at" else value

    return read


def _left(description: str, of: str) -> Any:
    text = (
        f"{description} Null while it is a member, and if you are not allowed to see that it left."
    )
    return computed(text, (of,), _of_leaving(of), _of_leaving_sql(of))


@declared
class Stay:
    """A period in which an organisation was a member of a cohort."""

    joined_at: datetime = computed(
        "When it joined.",
        (),
        lambda stay: datetime.fromisoformat(stay["joined_at"]),
        lambda stay: stay["joined_at"],
    )
    joined_position: Position = column("The position of the event by which it joined.")
    motivation: str | None = column("Why it joined. Null if not provided.")
    left_at: datetime | None = _left("When it left.", "left_at")
    left_position: Position | None = _left(
        "The position of the event by which it left.", "left_position"
    )
    leave_reason: LeaveReason | None = _left("Why it left.", "reason")
    note: str | None = _left("A note about its leaving, if one was provided.", "note")


def _present(row: Mapping[str, Any]) -> bool | None:
    return row["present"] if row[LEAVING_SEEN] else None


_JOINING: Final = JoiningNaming()


@listed(Memberships, plural="memberships", naming=_JOINING)
class Membership(Node):
    """The membership of an organisation in a cohort, with each period in which it was a member."""

    id: strawberry.ID = computed(
        NODE_ID,
        _JOINING.needs,
        lambda row: id_of("membership", _JOINING.name(row), row),
        _id_sql,
    )
    organisation: "Organisation | None" = one("The organisation.")
    cohort: "Cohort | None" = one("The cohort.")
    present: bool | None = computed(
        "Whether it joined and has not left. Null if you are not allowed to see whether it left.",
        ("present", LEAVING_SEEN),
        _present,
        lambda row: case((row[LEAVING_SEEN], row["present"])),
    )
    stays: list[Stay] = parts(
        "The periods in which it was a member, in order.",
        ("stays", LEAVING_SEEN, EVERY_JOINING_SEEN),
        _stays,
        _stays_sql,
    )
    corrections: list[Correction] = corrections_of_events(
        "The corrections of the events by which it joined and left.",
        ("stays", LEAVING_SEEN, EVERY_JOINING_SEEN),
        _positions,
        _positions_sql,
    )


@subject(Pairings, plural="pairings")
class Pairing(Subject, Noted):
    """Two or three organisations of a cohort that are peers."""

    cohort: "Cohort | None" = one("The cohort in which they are paired.")
    organisations: "list[Organisation]" = some("The paired organisations.")
    purpose: str | None = column("The purpose of the pairing. Null if not provided.")
    ended_at: datetime | None = column(
        "When the pairing itself was ended. Null if it was not: a pairing also ends when its cohort closes "
        "or when one of its organisations leaves."
    )
    reason: str | None = column("Why it was ended. Null if not provided.")
    meetings: "Connection[Meeting]" = many(
        "The meetings of the paired organisations.", InColumn("pairing")
    )


@fact(Meetings, about="pairing", plural="meetings")
class Meeting(Fact):
    """A meeting of paired organisations."""

    organisation: "Organisation | None" = one("The organisation that reported the meeting.")
    pairing: "Pairing | None" = one("The pairing whose organisations met.")
    minutes: int | None = column("How long it took. Null if not provided. Unit: minutes.")
    summary: str | None = column("A summary of the meeting. Null if not provided.")
    links: list[URL] = column("Addresses on the web, such as pictures or minutes.")
