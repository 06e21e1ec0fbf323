"""The types of learnings, their revisions, challenges and adoptions."""

from typing import TYPE_CHECKING

from events.vocabulary.terms import Loop
from projections.models.learnings import Adoptions, Challenges, LearningRevisions, Learnings
from projections.queries.lists import InColumn, InList
from service.graphql.fields.columns import column
from service.graphql.fields.references import one, some
from service.graphql.fields.shapes import fact, subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Fact, Noted, Owned, Subject
from service.graphql.values.terms import numbers

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.cohorts import Organisation
    from service.graphql.types.iterations import Iteration
    from service.graphql.types.results import Publication


@subject(Learnings, plural="learnings", orders=("statement", "adoptions"))
class Learning(Subject, Owned, Noted):
    """Something an organisation learned."""

    statement: str = column("What was learned, in its current wording.")
    loop: Loop = column("What the learning changes.")
    evidence_level: int = column(
        f"The level on the Nesta Standards of Evidence. {numbers('EvidenceLevel')}"
    )
    sources: "list[Subject]" = some(
        "The iterations, failures, questions, inspirations and learnings that it was drawn from."
    )
    themes: list[str] = column("Its themes, each a short phrase.")
    revisions: "Connection[LearningRevision]" = many(
        "The later changes of its wording.", InColumn("learning")
    )
    challenges: "Connection[Challenge]" = many(
        "The challenges by other organisations.", InColumn("learning")
    )
    adoptions: "Connection[Adoption]" = many(
        "The adoptions by other organisations.", InColumn("learning")
    )
    built_on: "Connection[Learning]" = many(
        "The learnings drawn from it.", InList("sources", "learning/")
    )
    cited_by: "Connection[Publication]" = many(
        "The publications that cite it.", InList("cites", "learning/")
    )


@fact(LearningRevisions, about="learning", plural="revisions")
class LearningRevision(Fact):
    """A change of the wording of a learning."""

    learning: "Learning | None" = one("The learning.")
    statement: str = column("The new wording.")
    reason: str = column("Why the wording was changed.")


@fact(Challenges, about="learning", plural="challenges")
class Challenge(Fact):
    """A challenge to a learning by another organisation."""

    organisation: "Organisation | None" = one("The organisation that challenges it.")
    learning: "Learning | None" = one("The learning.")
    reason: str = column("Why the organisation challenges the learning.")


@fact(Adoptions, about="learning", plural="adoptions")
class Adoption(Fact):
    """The adoption of a learning by another organisation."""

    organisation: "Organisation | None" = one("The organisation that adopted it.")
    learning: "Learning | None" = one("The learning.")
    iteration: "Iteration | None" = one(
        "The adopting organisation's iteration in which the learning was adopted."
    )
    adaptation: str | None = column(
        "What the organisation does differently from the original. Null if not provided."
    )
