"""Failures, and how they were seen later."""

from typing import TYPE_CHECKING, Final

from events.terms import Degree, Facet, FailureCause, FailureType, ForWhom
from projections.listing import InColumn, InList
from projections.models.learnings import Failures, Reclassifications
from service.graphql.fields.columns import column
from service.graphql.fields.references import one
from service.graphql.fields.shapes import fact, subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Fact, Noted, Owned, Subject

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.iterations import Iteration
    from service.graphql.types.learnings import Learning
    from service.graphql.types.questions import Question

_UNCLASSED: Final = "null where it was not classified so."


@subject(Failures, plural="failures")
class Failure(Subject, Owned, Noted):
    """Something that did not go as intended, told so that others can learn from it."""

    iteration: "Iteration | None" = one("The iteration it happened in.")
    question: "Question | None" = one("The question it is about.")
    intended: str = column("What was intended.")
    actual: str = column("What happened.")
    why: str = column("Why.")
    failure_type: FailureType | None = column(f"Its type as it is seen now; {_UNCLASSED}")
    failure_cause: FailureCause | None = column(f"Its cause as it is seen now; {_UNCLASSED}")
    facet: Facet | None = column(f"The side of the project it is about; {_UNCLASSED}")
    degree: Degree = column("How far it failed or succeeded, as it is seen now.")
    for_whom: list[ForWhom] = column("For whom it is a failure.")
    themes: list[str] = column("What it is about, in a few words each.")
    reclassifications: "Connection[Reclassification]" = many(
        "How it was seen later.", InColumn("failure")
    )
    learnings: "Connection[Learning]" = many(
        "What was learned from it.", InList("sources", "failure/")
    )


@fact(Reclassifications, about="failure", plural="reclassifications")
class Reclassification(Fact):
    """A failure seen differently later: the classes that changed."""

    failure: "Failure | None" = one("The failure.")
    failure_type: FailureType | None = column("The new type; null where it stayed.")
    failure_cause: FailureCause | None = column("The new cause; null where it stayed.")
    facet: Facet | None = column("The new facet; null where it stayed.")
    degree: Degree | None = column("The new degree; null where it stayed.")
    reason: str = column("Why.")
