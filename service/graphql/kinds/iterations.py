"""What organisations try: planned, frozen at the start, observed, concluded."""

from typing import Final

from events.terms import Decision, EvidenceKind, Mode, ParticipationLevel, Result
from projections.listing import InColumn, InList
from projections.models.iterations import (
    Iterations,
    Observations,
    Participations,
    Reviews,
    Revisions,
)
from service.graphql.connections import many
from service.graphql.kinds.common import fact, subject
from service.graphql.references import one, parts, some
from service.graphql.shape import (
    Row,
    count,
    day,
    integer,
    moment,
    number,
    term,
    term_list,
    text,
    texts,
)
from service.graphql.terms import ITERATION_STATE


def _cost(row: Row) -> list[Row]:
    if row["cost_amount"] is None:
        return []
    return [{"amount": row["cost_amount"], "currency": row["cost_currency"]}]


COST: Final = (
    "Cost",
    "What something cost in money.",
    (
        number("amount", "How much.", null=False),
        text("currency", "Of which currency: ISO 4217."),
    ),
)

ITERATION: Final = subject(
    "iteration",
    Iterations.table,
    "iterations",
    "Something an organisation tries. Hypothesis, action, measure and criterion are frozen once it is started.",
    one("question", "question", "The question it is tried for."),
    text("title", "What it is called."),
    text("hypothesis", "What the organisation believes."),
    text("action", "What it will do."),
    text("measure", "What it will look at; null where it did not say.", null=True),
    text("criterion", "What would count as success; null where it did not say.", null=True),
    term(
        "participation_level",
        ParticipationLevel,
        "What part people were to have; null where it was not said.",
        null=True,
    ),
    term_list("modes", Mode, "In which ways people were to take part."),
    one("follows", "iteration", "The concluded iteration that it follows."),
    some("inspired_by", "What inspired it: inspirations, learnings, iterations."),
    day("starts_on", "The day it was to begin; null where none was planned.", null=True),
    day("ends_on", "The day it was to end; null where none was planned.", null=True),
    texts("themes", "What it is about, in a few words each."),
    term("state", ITERATION_STATE, "How far it has come."),
    moment("started_at", "When it was started; null while it was not.", null=True),
    moment("concluded_at", "When it was concluded; null while it is not.", null=True),
    term("result", Result, "What it showed; null while it is not concluded.", null=True),
    term("decision", Decision, "What comes next; null while it is not concluded.", null=True),
    integer(
        "evidence_level",
        "Nesta Standards of Evidence, 1 to 5; null while it is not concluded.",
        null=True,
    ),
    text("conclusion", "What was concluded, in words; null while it is not.", null=True),
    number("hours", "The hours it took; null where it was not told."),
    parts(
        "cost",
        "Cost",
        "What it cost in money; null where it was not told.",
        ("cost_amount", "cost_currency"),
        _cost,
        is_list=False,
    ),
    many("revisions", "Revision", "How its plan changed before the start.", InColumn("iteration")),
    many("observations", "Observation", "What was seen, heard or counted.", InColumn("iteration")),
    many("participations", "Participation", "Who took part.", InColumn("iteration")),
    many("reviews", "Review", "When the organisation looked back at it.", InColumn("iteration")),
    many("failures", "Failure", "The failures told of it.", InColumn("iteration")),
    many("learnings", "Learning", "What was learned from it.", InList("sources", "iteration/")),
    many("adoptions", "Adoption", "The learnings taken up in it.", InColumn("iteration")),
    many("uses", "Use", "The inspirations used in it.", InColumn("iteration")),
    many("followed_by", "Iteration", "The iterations that follow it.", InColumn("follows")),
    orders=("title",),
)

REVISION: Final = fact(
    "Revision",
    Revisions.table,
    ("iteration", "iteration"),
    "revisions",
    "A change of a plan before it was started: the parts that changed.",
    one("iteration", "iteration", "The iteration."),
    text("hypothesis", "The new hypothesis; null where it stayed.", null=True),
    text("action", "The new action; null where it stayed.", null=True),
    text("measure", "The new measure; null where it stayed.", null=True),
    text("criterion", "The new criterion; null where it stayed.", null=True),
    text("reason", "Why."),
)

OBSERVATION: Final = fact(
    "Observation",
    Observations.table,
    ("iteration", "iteration"),
    "observations",
    "Something seen, heard or counted.",
    one("iteration", "iteration", "The iteration in which it was observed."),
    text("text", "What was observed."),
    text("measure", "On which measure; null where on none.", null=True),
    number("value", "The value measured; null where none was."),
    text("unit", "In which unit; null where it was not told.", null=True),
    count("sample_size", "Over how many; null where it was not told.", null=True),
    term("evidence_kind", EvidenceKind, "What it rests on."),
)

PARTICIPATION: Final = fact(
    "Participation",
    Participations.table,
    ("iteration", "iteration"),
    "participations",
    "People taking part; a person counts each time.",
    one("iteration", "iteration", "The iteration in which they took part."),
    count("people", "How many."),
    term("participation_level", ParticipationLevel, "What part they had.", name="level"),
    term("mode", Mode, "In which way; null where it was not told.", null=True),
)

REVIEW: Final = fact(
    "Review",
    Reviews.table,
    ("organisation", "organisation"),
    "reviews",
    "An organisation looking back.",
    one("iteration", "iteration", "The iteration it looked back at."),
    text("intended", "What was intended."),
    text("actual", "What happened."),
    text("why", "Why there was a difference."),
    texts("sustain", "What to go on with."),
    texts("change", "What to do otherwise."),
)
