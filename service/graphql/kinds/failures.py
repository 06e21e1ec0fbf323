"""Failures, and how they were seen later."""

from typing import Final

from events.terms import Degree, Facet, FailureCause, FailureType, ForWhom
from projections.listing import InColumn, InList
from projections.models.learnings import Failures, Reclassifications
from service.graphql.connections import many
from service.graphql.kinds.common import fact, subject
from service.graphql.references import one
from service.graphql.shape import term, term_list, text, texts

_UNCLASSED: Final = "null where it was not classified so."

FAILURE: Final = subject(
    "failure",
    Failures.table,
    "failures",
    "Something that did not go as intended, told so that others can learn from it.",
    one("iteration", "iteration", "The iteration it happened in."),
    one("question", "question", "The question it is about."),
    text("intended", "What was intended."),
    text("actual", "What happened."),
    text("why", "Why."),
    term("failure_type", FailureType, f"Its type as it is seen now; {_UNCLASSED}", null=True),
    term("failure_cause", FailureCause, f"Its cause as it is seen now; {_UNCLASSED}", null=True),
    term("facet", Facet, f"The side of the project it is about; {_UNCLASSED}", null=True),
    term("degree", Degree, "How far it failed or succeeded, as it is seen now."),
    term_list("for_whom", ForWhom, "For whom it is a failure."),
    texts("themes", "What it is about, in a few words each."),
    many("reclassifications", "Reclassification", "How it was seen later.", InColumn("failure")),
    many("learnings", "Learning", "What was learned from it.", InList("sources", "failure/")),
)

RECLASSIFICATION: Final = fact(
    "Reclassification",
    Reclassifications.table,
    ("failure", "failure"),
    "reclassifications",
    "A failure seen differently later: the classes that changed.",
    one("failure", "failure", "The failure."),
    term("failure_type", FailureType, "The new type; null where it stayed.", null=True),
    term("failure_cause", FailureCause, "The new cause; null where it stayed.", null=True),
    term("facet", Facet, "The new facet; null where it stayed.", null=True),
    term("degree", Degree, "The new degree; null where it stayed.", null=True),
    text("reason", "Why."),
)
