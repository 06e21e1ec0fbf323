"""What came of it: outcomes, check-ins after the close, publications."""

from typing import Final

from events.terms import Agreement, ChangeType, CheckinStatus, PublicationKind, Sign
from projections.listing import InColumn
from projections.models.results import Checkins, Outcomes, Publications, Substantiations
from service.graphql.connections import many
from service.graphql.kinds.common import fact, subject
from service.graphql.references import of_stream, one, parts
from service.graphql.shape import (
    Row,
    day,
    flag,
    integer,
    moment,
    required,
    term,
    text,
    url,
    worked_out,
)
from service.graphql.terms import KIND

OUTCOME: Final = subject(
    "outcome",
    Outcomes.table,
    "outcomes",
    "A change in what somebody does, and the organisation's part in it (Outcome Harvesting).",
    text("social_actor", "Who changed."),
    term("change_type", ChangeType, "What changed."),
    text("description", "The change."),
    text("contribution", "The organisation's part in it."),
    text("significance", "Why it matters; null where it was not told.", null=True),
    flag("anticipated", "Whether it was foreseen."),
    term("sign", Sign, "Whether it is welcome."),
    day("happened_on", "The day it happened."),
    text("place", "Where; null where it was not told.", null=True),
    many("substantiations", "Substantiation", "What others say of it.", InColumn("outcome")),
)

SUBSTANTIATION: Final = fact(
    "Substantiation",
    Substantiations.table,
    ("outcome", "outcome"),
    "substantiations",
    "Another organisation's word on whether an outcome came about so.",
    one("outcome", "outcome", "The outcome."),
    term("agreement", Agreement, "How far it agrees."),
    text("comment", "What it says; null where it says nothing.", null=True),
    owner="The organisation that says so.",
)

CHECKIN: Final = fact(
    "Checkin",
    Checkins.table,
    ("organisation", "organisation"),
    "check-ins",
    "How what an organisation began is doing, some months after the close.",
    integer("months_after", "How many months after the close."),
    term("status", CheckinStatus, "How it is doing."),
    text("narrative", "In its own words; null where it gave none.", null=True),
)


def _citations(row: Row) -> list[Row]:
    return [{"stream": stream} for stream in row["cites"]]


CITATION: Final = (
    "Citation",
    "Something that a publication cites.",
    (
        worked_out(
            "kind",
            required(KIND),
            "Its kind, told even where you may not see it.",
            (),
            lambda row: row["stream"].partition("/")[0],
        ),
        of_stream("stream", "What is cited.", name="subject"),
    ),
)

PUBLICATION: Final = subject(
    "publication",
    Publications.table,
    "publications",
    "Something published for anyone to use.",
    term("kind", PublicationKind, "What kind of publication it is.", name="publicationKind"),
    text("title", "What it is called."),
    text("licence", "Under which licence: an SPDX id."),
    url("url", "Where it is found; null where it was not told."),
    parts("citations", "Citation", "What it cites.", ("cites",), _citations),
    moment("withdrawn_at", "When it was taken back; null while it stands.", null=True),
    text("reason", "Why it was taken back; null while it stands.", null=True),
    owner="The organisation that published it.",
    orders=("title",),
)
