"""What was learned, and where learnings travel."""

from typing import TYPE_CHECKING

from events.terms import Loop
from projections.listing import InColumn, InList
from projections.models.learnings import Adoptions, Challenges, LearningRevisions, Learnings
from service.graphql.fields.columns import column
from service.graphql.fields.references import one, some
from service.graphql.fields.shapes import fact, subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Fact, Noted, Owned, Subject

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.cohorts import Organisation
    from service.graphql.types.iterations import Iteration
    from service.graphql.types.results import Publication


@subject(Learnings, plural="learnings", orders=("statement", "adoptions"))
class Learning(Subject, Owned, Noted):
    """Something an organisation learned."""

    statement: str = column("What was learned, as it is put now.")
    loop: Loop = column("What it changes.")
    evidence_level: int = column("Nesta Standards of Evidence, 1 to 5.")
    sources: "list[Subject]" = some(
        "What it was learned from: iterations, failures, questions, inspirations, learnings."
    )
    themes: list[str] = column("What it is about, in a few words each.")
    revisions: "Connection[LearningRevision]" = many("How it was put later.", InColumn("learning"))
    challenges: "Connection[Challenge]" = many("Who doubts it.", InColumn("learning"))
    adoptions: "Connection[Adoption]" = many("Who took it up.", InColumn("learning"))
    built_on: "Connection[Learning]" = many(
        "What was learned from it.", InList("sources", "learning/")
    )
    cited_by: "Connection[Publication]" = many("What cites it.", InList("cites", "learning/"))


@fact(LearningRevisions, about="learning", plural="revisions")
class LearningRevision(Fact):
    """A learning put in other words."""

    learning: "Learning | None" = one("The learning.")
    statement: str = column("The other words.")
    reason: str = column("Why.")


@fact(Challenges, about="learning", plural="challenges")
class Challenge(Fact):
    """Another organisation's doubt about a learning."""

    organisation: "Organisation | None" = one("The organisation that doubts it.")
    learning: "Learning | None" = one("The learning.")
    reason: str = column("Why.")


@fact(Adoptions, about="learning", plural="adoptions")
class Adoption(Fact):
    """Another organisation's taking up of a learning."""

    organisation: "Organisation | None" = one("The organisation that took it up.")
    learning: "Learning | None" = one("The learning.")
    iteration: "Iteration | None" = one("The iteration, its own, in which it was taken up.")
    adaptation: str | None = column("What was done otherwise; null where it was not told.")
