"""What was learned, and where learnings travel."""

from typing import Final

from events.terms import Loop
from projections.listing import InColumn, InList
from projections.models.learnings import Adoptions, Challenges, LearningRevisions, Learnings
from service.graphql.connections import many
from service.graphql.kinds.common import fact, subject
from service.graphql.references import one, some
from service.graphql.shape import integer, term, text, texts

LEARNING: Final = subject(
    "learning",
    Learnings.table,
    "learnings",
    "Something an organisation learned.",
    text("statement", "What was learned, as it is put now."),
    term("loop", Loop, "What it changes."),
    integer("evidence_level", "Nesta Standards of Evidence, 1 to 5."),
    some(
        "sources",
        "What it was learned from: iterations, failures, questions, inspirations, learnings.",
    ),
    texts("themes", "What it is about, in a few words each."),
    many("revisions", "LearningRevision", "How it was put later.", InColumn("learning")),
    many("challenges", "Challenge", "Who doubts it.", InColumn("learning")),
    many("adoptions", "Adoption", "Who took it up.", InColumn("learning")),
    many("built_on", "Learning", "What was learned from it.", InList("sources", "learning/")),
    many("cited_by", "Publication", "What cites it.", InList("cites", "learning/")),
    orders=("statement",),
)

LEARNING_REVISION: Final = fact(
    "LearningRevision",
    LearningRevisions.table,
    ("learning", "learning"),
    "revisions",
    "A learning put in other words.",
    one("learning", "learning", "The learning."),
    text("statement", "The other words."),
    text("reason", "Why."),
)

CHALLENGE: Final = fact(
    "Challenge",
    Challenges.table,
    ("learning", "learning"),
    "challenges",
    "Another organisation's doubt about a learning.",
    one("learning", "learning", "The learning."),
    text("reason", "Why."),
    owner="The organisation that doubts it.",
)

ADOPTION: Final = fact(
    "Adoption",
    Adoptions.table,
    ("learning", "learning"),
    "adoptions",
    "Another organisation's taking up of a learning.",
    one("learning", "learning", "The learning."),
    one("iteration", "iteration", "The iteration, its own, in which it was taken up."),
    text("adaptation", "What was done otherwise; null where it was not told.", null=True),
    owner="The organisation that took it up.",
)
