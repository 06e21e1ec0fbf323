"""The questions, the history of their wordings, and the mindset they are framed in."""

from typing import Final

from events.terms import Framing, ParticipationLevel
from projections.listing import InColumn, InList
from projections.models.questions import Framings, Mindsets, Questions
from service.graphql.connections import many
from service.graphql.kinds.common import fact, subject
from service.graphql.references import one, some
from service.graphql.shape import flag, moment, term, text, texts
from service.graphql.terms import QUESTION_STATE

QUESTION: Final = subject(
    "question",
    Questions.table,
    "questions",
    "A question that begins “How can we…”.",
    flag("shared", "Whether it is a cohort's shared question, which belongs to no organisation."),
    text("text", "Its present wording."),
    one("parent", "question", "The question it came from."),
    texts("themes", "What it is about, in a few words each."),
    term("state", QUESTION_STATE, "How it stands."),
    moment("closed_at", "When it was closed; null while it is open.", null=True),
    text("summary", "What was said when it was closed; null where nothing was.", null=True),
    some("learnings", "The learnings that answer it.", kind="learning", name="answers"),
    many("framings", "QuestionFraming", "Every wording it ever had.", InColumn("question")),
    many("iterations", "Iteration", "What was tried for it.", InColumn("question")),
    many("failures", "Failure", "The failures told about it.", InColumn("question")),
    many("children", "Question", "The questions that came from it.", InColumn("parent")),
    many("learnings", "Learning", "What was learned from it.", InList("sources", "question/")),
    many("inspirations", "Inspiration", "The inspirations shared for it.", InList("questions")),
    owner="The organisation that framed it; none has a shared one.",
    orders=("text",),
)

FRAMING: Final = fact(
    "QuestionFraming",
    Framings.table,
    ("question", "question"),
    "framings",
    "A wording of a question.",
    one("question", "question", "The question."),
    text("text", "The wording."),
    text("reason", "Why it was reworded; null for the first wording.", null=True),
    some("because_of", "What led to it: learnings and failures."),
    owner="The organisation whose question it is; none has a shared one.",
)

MINDSET: Final = fact(
    "Mindset",
    Mindsets.table,
    ("organisation", "organisation"),
    "mindsets",
    "How an organisation thought of people at a time.",
    term("framing", Framing, "How it thinks of people."),
    term("participation_level", ParticipationLevel, "What part people have."),
    text("narrative", "In its own words; null where it gave none.", null=True),
)
