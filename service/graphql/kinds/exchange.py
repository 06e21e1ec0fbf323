"""What peers give each other: inspiration and help."""

from typing import Final

from events.terms import InspirationKind
from projections.listing import InColumn, InList
from projections.models.exchange import Asks, Helps, Inspirations, Uses
from service.graphql.connections import many
from service.graphql.kinds.common import fact, subject
from service.graphql.references import one, some
from service.graphql.shape import term, text, texts, url

INSPIRATION: Final = subject(
    "inspiration",
    Inspirations.table,
    "inspirations",
    "Something worth knowing, shared with a cohort.",
    term("kind", InspirationKind, "What kind of inspiration it is.", name="inspirationKind"),
    text("title", "What it is called."),
    url("url", "Where it is found; null where it was not told."),
    text("summary", "What it is about; null where it was not told.", null=True),
    some("questions", "The questions it was shared for.", kind="question"),
    many("uses", "Use", "Who used it.", InColumn("inspiration")),
    many("inspired", "Iteration", "What it inspired.", InList("inspired_by", "inspiration/")),
    many("learnings", "Learning", "What was learned from it.", InList("sources", "inspiration/")),
    owner="The organisation that shared it; none where the facilitator did.",
    orders=("title",),
)

USE: Final = fact(
    "Use",
    Uses.table,
    ("inspiration", "inspiration"),
    "uses",
    "An organisation's use of an inspiration.",
    one("inspiration", "inspiration", "The inspiration."),
    one("iteration", "iteration", "The iteration in which it was used."),
    text("how", "How it was used; null where it was not told.", null=True),
    owner="The organisation that used it.",
)

ASK: Final = subject(
    "ask",
    Asks.table,
    "asks",
    "An organisation's asking its peers for help.",
    text("text", "What it asks for."),
    texts("themes", "What it is about, in a few words each."),
    many("helps", "Help", "The help it got.", InColumn("ask")),
)

HELP: Final = fact(
    "Help",
    Helps.table,
    ("ask", "ask"),
    "helps",
    "Help that another organisation gave.",
    one("ask", "ask", "What was asked."),
    text("text", "What it did, or said."),
    owner="The organisation that helped.",
)
