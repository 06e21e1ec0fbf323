"""What peers give each other: inspiration and help."""

from typing import TYPE_CHECKING

from events.terms import InspirationKind
from projections.listing import InColumn, InList
from projections.models.exchange import Asks, Helps, Inspirations, Uses
from service.graphql.fields.columns import column
from service.graphql.fields.references import one, some
from service.graphql.fields.shapes import fact, subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Fact, Noted, Owned, Subject
from service.graphql.values.scalars import URL

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.cohorts import Organisation
    from service.graphql.types.iterations import Iteration
    from service.graphql.types.learnings import Learning
    from service.graphql.types.questions import Question


@subject(Inspirations, plural="inspirations", orders=("title",))
class Inspiration(Subject, Owned, Noted):
    """Something worth knowing, shared with a cohort."""

    organisation: "Organisation | None" = one(
        "The organisation that shared it; none where the facilitator did."
    )
    inspiration_kind: InspirationKind = column("What kind of inspiration it is.", "kind")
    title: str = column("What it is called.")
    url: URL | None = column("Where it is found; null where it was not told.")
    summary: str | None = column("What it is about; null where it was not told.")
    questions: "list[Question]" = some("The questions it was shared for.")
    uses: "Connection[Use]" = many("Who used it.", InColumn("inspiration"))
    inspired: "Connection[Iteration]" = many(
        "What it inspired.", InList("inspired_by", "inspiration/")
    )
    learnings: "Connection[Learning]" = many(
        "What was learned from it.", InList("sources", "inspiration/")
    )


@fact(Uses, about="inspiration", plural="uses")
class Use(Fact):
    """An organisation's use of an inspiration."""

    organisation: "Organisation | None" = one("The organisation that used it.")
    inspiration: "Inspiration | None" = one("The inspiration.")
    iteration: "Iteration | None" = one("The iteration in which it was used.")
    how: str | None = column("How it was used; null where it was not told.")


@subject(Asks, plural="asks")
class Ask(Subject, Owned, Noted):
    """An organisation's asking its peers for help."""

    text: str = column("What it asks for.")
    themes: list[str] = column("What it is about, in a few words each.")
    helps: "Connection[Help]" = many("The help it got.", InColumn("ask"))


@fact(Helps, about="ask", plural="helps")
class Help(Fact):
    """Help that another organisation gave."""

    organisation: "Organisation | None" = one("The organisation that helped.")
    ask: "Ask | None" = one("What was asked.")
    text: str = column("What it did, or said.")
