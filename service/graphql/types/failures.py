"""The types of failures and of their reclassifications."""

from typing import TYPE_CHECKING, Final

from events.vocabulary.terms import Degree, Facet, FailureCause, FailureType, ForWhom
from projections.models.learnings import Failures, Reclassifications
from projections.queries.lists import InColumn, InList
from service.graphql.fields.columns import column
from service.graphql.fields.references import one
from service.graphql.fields.shapes import fact, subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Fact, Noted, Owned, Subject
from service.graphql.values.scalars import URL

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.iterations import Iteration
    from service.graphql.types.learnings import Learning
    from service.graphql.types.questions import Question

_UNCLASSED: Final = "Null if not classified."


@subject(Failures, plural="failures")
class Failure(Subject, Owned, Noted):
    """Something that did not go as intended, recorded so that others can learn from it."""

    iteration: "Iteration | None" = one("The iteration in which it happened.")
    question: "Question | None" = one("The question it is about.")
    intended: str = column("What was intended.")
    actual: str = column("What happened.")
    why: str = column("Why it happened.")
    failure_type: FailureType | None = column(f"Its current type. {_UNCLASSED}")
    failure_cause: FailureCause | None = column(f"Its current cause. {_UNCLASSED}")
    facet: Facet | None = column(f"The aspect of the project that it concerns. {_UNCLASSED}")
    degree: Degree = column("Its current degree of failure or success.")
    for_whom: list[ForWhom] = column("The parties for whom it is a failure.")
    links: list[URL] = column("Addresses on the web, such as pictures or minutes.")
    themes: list[str] = column("Its themes, each a short phrase.")
    reclassifications: "Connection[Reclassification]" = many(
        "The later changes of its classification.", InColumn("failure")
    )
    learnings: "Connection[Learning]" = many(
        "The learnings drawn from it.", InList("sources", "failure/")
    )


@fact(Reclassifications, about="failure", plural="reclassifications")
class Reclassification(Fact):
    """A change of the classification of a failure. Only the classes that changed are set."""

    failure: "Failure | None" = one("The failure.")
    failure_type: FailureType | None = column("The new type. Null if unchanged.")
    failure_cause: FailureCause | None = column("The new cause. Null if unchanged.")
    facet: Facet | None = column("The new facet. Null if unchanged.")
    degree: Degree | None = column("The new degree. Null if unchanged.")
    reason: str = column("Why the classification was changed.")
