"""Cohorts, the organisations in them, and how they are paired."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from graphql import GraphQLBoolean, GraphQLString

from events.terms import LeaveReason
from projections.listing import LEAVING_SEEN, ByMembership, InColumn, InList
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
        ByMembership("cohort", "organisation"),
    ),
    many("memberships", "Membership", "Who was in it, and when.", InColumn("cohort")),
    many("pairings", "Pairing", "How its organisations were paired.", InColumn("cohort")),
    many("questions", "Question", "Its questions, the shared one too.", InColumn("cohort")),
    many("iterations", "Iteration", "What was tried in it.", InColumn("cohort")),
    many("failures", "Failure", "The failures told in it.", InColumn("cohort")),
    many("learnings", "Learning", "What was learned in it.", InColumn("cohort")),
    many("inspirations", "Inspiration", "The inspirations shared with it.", InColumn("cohort")),
    many("asks", "Ask", "What its organisations asked help for.", InColumn("cohort")),
    many("outcomes", "Outcome", "The outcomes harvested in it.", InColumn("cohort")),
    many("publications", "Publication", "What was published from it.", InColumn("cohort")),
    many("adoptions", "Adoption", "The learnings taken up in it.", InColumn("cohort")),
    many("checkins", "Checkin", "How its organisations did after its close.", InColumn("cohort")),
    owner=None,
    cohort=None,
    orders=("title",),
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
        ByMembership("organisation", "cohort"),
    ),
    many(
        "memberships", "Membership", "In which cohorts it was, and when.", InColumn("organisation")
    ),
    many("pairings", "Pairing", "With whom it was paired.", InList("organisations")),
    many("mindsets", "Mindset", "How it thought of people.", InColumn("organisation")),
    many("questions", "Question", "The questions it framed.", InColumn("organisation")),
    many("iterations", "Iteration", "What it tried.", InColumn("organisation")),
    many("reviews", "Review", "When it looked back.", InColumn("organisation")),
    many("failures", "Failure", "The failures it told of.", InColumn("organisation")),
    many("learnings", "Learning", "What it learned.", InColumn("organisation")),
    many("adoptions", "Adoption", "The learnings of others it took up.", InColumn("organisation")),
    many("inspirations", "Inspiration", "The inspirations it shared.", InColumn("organisation")),
    many("uses", "Use", "The inspirations it used.", InColumn("organisation")),
    many("asks", "Ask", "What it asked help for.", InColumn("organisation")),
    many("helps", "Help", "The help it gave.", InColumn("organisation")),
    many("outcomes", "Outcome", "The outcomes it harvested.", InColumn("organisation")),
    many("checkins", "Checkin", "How what it began is doing.", InColumn("organisation")),
    many("publications", "Publication", "What it published.", InColumn("organisation")),
    many("persons", "Person", "Its people.", InColumn("organisation")),
    owner=None,
    cohort=None,
    orders=("name",),
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
    many("meetings", "Meeting", "When the peers met.", InColumn("pairing")),
    owner=None,
    cohort="The cohort in which they are paired.",
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
)
