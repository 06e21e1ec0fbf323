"""Cohorts, the organisations in them, and how they are paired."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from graphql import GraphQLBoolean, GraphQLString

from events.terms import LeaveReason
from projections.listing import LEAVING_SEEN, by_membership, in_column, in_list
from projections.models.cohorts import Cohorts, Meetings, Memberships, Organisations, Pairings
from service.graphql.connections import many
from service.graphql.kinds.common import fact, subject
from service.graphql.references import one, parts, some
from service.graphql.scalars import DATE_TIME, POSITION
from service.graphql.shape import (
    Field,
    FromRow,
    Row,
    Shape,
    day,
    integer,
    moment,
    required,
    text,
    texts,
    worked_out,
)
from service.graphql.terms import TERMS

COHORT: Final = subject(
    "cohort",
    Cohorts.table,
    "cohorts",
    "Organisations brought together for some months over one shared question.",
    text("title", "What it is called."),
    one("question", "question", "Its shared question.", name="sharedQuestion"),
    text("facilitator", "Who brings the organisations together: a name."),
    text("sector", "The field it is about; null where it is about none in particular.", null=True),
    day("starts_on", "The day it begins."),
    integer("planned_months", "For how many months it was planned."),
    some("builds_on", "The cohorts it builds on.", kind="cohort"),
    texts("themes", "What it is about, in a few words each."),
    moment("closed_at", "When it closed; null while it goes on.", null=True),
    text(
        "summary", "What was said at its close; null where nothing was, or it goes on.", null=True
    ),
    many(
        "organisations",
        "Organisation",
        "The organisations that ever joined it.",
        lambda seeing: by_membership(seeing, "cohort", "organisation"),
        for_viewer=True,
    ),
    many("memberships", "Membership", "Who was in it, and when.", in_column("cohort")),
    many("pairings", "Pairing", "How its organisations were paired.", in_column("cohort")),
    many("questions", "Question", "Its questions, the shared one too.", in_column("cohort")),
    many("iterations", "Iteration", "What was tried in it.", in_column("cohort")),
    many("failures", "Failure", "The failures told in it.", in_column("cohort")),
    many("learnings", "Learning", "What was learned in it.", in_column("cohort")),
    many("inspirations", "Inspiration", "The inspirations shared with it.", in_column("cohort")),
    many("asks", "Ask", "What its organisations asked help for.", in_column("cohort")),
    many("outcomes", "Outcome", "The outcomes harvested in it.", in_column("cohort")),
    many("publications", "Publication", "What was published from it.", in_column("cohort")),
    many("adoptions", "Adoption", "The learnings taken up in it.", in_column("cohort")),
    many("checkins", "Checkin", "How its organisations did after its close.", in_column("cohort")),
    owner=None,
    cohort=None,
    orders=("title",),
    texts=("title", "summary"),
)

ORGANISATION: Final = subject(
    "organisation",
    Organisations.table,
    "organisations",
    "An organisation that takes part.",
    text("name", "What it is called."),
    text("sector", "The field it works in, in its facilitator's words."),
    text("purpose", "What it is there for; null where it did not say.", null=True),
    text(
        "country",
        "Where it is at home: ISO 3166-1 alpha-2; null where it did not say.",
        null=True,
    ),
    many(
        "cohorts",
        "Cohort",
        "The cohorts it ever joined.",
        lambda seeing: by_membership(seeing, "organisation", "cohort"),
        for_viewer=True,
    ),
    many(
        "memberships", "Membership", "In which cohorts it was, and when.", in_column("organisation")
    ),
    many("pairings", "Pairing", "With whom it was paired.", in_list("organisations")),
    many("mindsets", "Mindset", "How it thought of people.", in_column("organisation")),
    many("questions", "Question", "The questions it framed.", in_column("organisation")),
    many("iterations", "Iteration", "What it tried.", in_column("organisation")),
    many("reviews", "Review", "When it looked back.", in_column("organisation")),
    many("failures", "Failure", "The failures it told of.", in_column("organisation")),
    many("learnings", "Learning", "What it learned.", in_column("organisation")),
    many("adoptions", "Adoption", "The learnings of others it took up.", in_column("organisation")),
    many("inspirations", "Inspiration", "The inspirations it shared.", in_column("organisation")),
    many("uses", "Use", "The inspirations it used.", in_column("organisation")),
    many("asks", "Ask", "What it asked help for.", in_column("organisation")),
    many("helps", "Help", "The help it gave.", in_column("organisation")),
    many("outcomes", "Outcome", "The outcomes it harvested.", in_column("organisation")),
    many("checkins", "Checkin", "How what it began is doing.", in_column("organisation")),
    many("publications", "Publication", "What it published.", in_column("organisation")),
    many("persons", "Person", "Its people.", in_column("organisation")),
    owner=None,
    cohort=None,
    orders=("name",),
    texts=("name", "sector", "purpose"),
)


def _stays(row: Row) -> list[Row]:
    """Return the stays that the viewer may see of a membership, without their ends where these are hidden."""
    return [dict(stay, **{LEAVING_SEEN: row[LEAVING_SEEN]}) for stay in row["stays"]]


def _of_leaving(name: str) -> Any:
    def read(stay: Row) -> Any:
        value = stay[name] if stay[LEAVING_SEEN] else None
        return datetime.fromisoformat(value) if value and name == "left_at" else value

    return read


def _left(name: str, type_: Any, description: str, column: str) -> Field:
    text = f"{description} Null while it stays, and where you may not see that it left."
    return Field(name, type_, text, FromRow((column,), _of_leaving(column)))


STAY: Final[tuple[str, str, tuple[Field, ...]]] = (
    "Stay",
    "A time that an organisation was in a cohort.",
    (
        worked_out(
            "joinedAt",
            required(DATE_TIME),
            "When it joined.",
            (),
            lambda stay: datetime.fromisoformat(stay["joined_at"]),
        ),
        worked_out(
            "joinedPosition",
            required(POSITION),
            "The position of its joining.",
            (),
            lambda stay: stay["joined_position"],
        ),
        worked_out(
            "motivation",
            GraphQLString,
            "Why it joined; null where it did not say.",
            (),
            lambda stay: stay["motivation"],
        ),
        _left("leftAt", DATE_TIME, "When it left.", "left_at"),
        _left("leftPosition", POSITION, "The position of its leaving.", "left_position"),
        _left("leaveReason", TERMS[LeaveReason], "Why it left.", "reason"),
        _left("note", GraphQLString, "What was said of its leaving, if anything.", "note"),
    ),
)


def _present(row: Mapping[str, Any]) -> bool | None:
    return row["present"] if row[LEAVING_SEEN] else None


MEMBERSHIP: Final = Shape(
    "Membership",
    Memberships.table,
    "An organisation's part in a cohort: each time it was there.",
    (
        one("organisation", "organisation", "The organisation."),
        one("cohort", "cohort", "The cohort."),
        worked_out(
            "present",
            GraphQLBoolean,
            "Whether it joined and did not leave; null where you may not see whether it left.",
            ("present", LEAVING_SEEN),
            _present,
        ),
        parts(
            "stays", "Stay", "Each time it was there, in order.", ("stays", LEAVING_SEEN), _stays
        ),
    ),
    plural="memberships",
)

PAIRING: Final = subject(
    "pairing",
    Pairings.table,
    "pairings",
    "Two or three organisations of a cohort as peers.",
    some("organisations", "The peers.", kind="organisation"),
    text("purpose", "What they are paired for; null where it was not said.", null=True),
    moment(
        "ended_at",
        "When it was ended by itself; null where it was not: it also ends with its cohort, or a peer's leaving.",
        null=True,
    ),
    text("reason", "Why it was ended; null where it was not said.", null=True),
    many("meetings", "Meeting", "When the peers met.", in_column("pairing")),
    owner=None,
    cohort="The cohort in which they are paired.",
    texts=("purpose",),
)

MEETING: Final = fact(
    "Meeting",
    Meetings.table,
    ("pairing", "pairing"),
    "meetings",
    "A meeting of peers.",
    one("pairing", "pairing", "The pairing whose organisations met."),
    integer("minutes", "How long it took; null where it was not told.", null=True),
    text("summary", "What came of it; null where it was not told.", null=True),
    owner="The organisation that reports it.",
    texts=("summary",),
)
