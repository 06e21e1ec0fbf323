"""The types of inspirations, requests for help, and help."""

from typing import TYPE_CHECKING

from events.vocabulary.terms import InspirationKind
from projections.models.exchange import Asks, Helps, Inspirations, Uses
from projections.queries.lists import InColumn, InList
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
    """Something worth knowing that was shared with a cohort."""

    organisation: "Organisation | None" = one(
        "The organisation that shared it. An inspiration shared by a facilitator has none."
    )
    inspiration_kind: InspirationKind = column("The kind of inspiration.", "kind")
    title: str = column("Its title.")
    url: URL | None = column("Its address on the web. Null if not provided.")
    summary: str | None = column("What it is about. Null if not provided.")
    questions: "list[Question]" = some("The questions for which it was shared.")
    uses: "Connection[Use]" = many("Its uses by organisations.", InColumn("inspiration"))
    inspired: "Connection[Iteration]" = many(
        "The iterations that it inspired.", InList("inspired_by", "inspiration/")
    )
    learnings: "Connection[Learning]" = many(
        "The learnings drawn from it.", InList("sources", "inspiration/")
    )


@fact(Uses, about="inspiration", plural="uses")
class Use(Fact):
    """The use of an inspiration by an organisation."""

    organisation: "Organisation | None" = one("The organisation that used it.")
    inspiration: "Inspiration | None" = one("The inspiration.")
    iteration: "Iteration | None" = one("The iteration in which it was used.")
    how: str | None = column("How it was used. Null if not provided.")


@subject(Asks, plural="asks")
class Ask(Subject, Owned, Noted):
    """An organisation's request for help to its peers."""

    text: str = column("The help that is requested.")
    themes: list[str] = column("Its themes, each a short phrase.")
    helps: "Connection[Help]" = many("The help given in answer to it.", InColumn("ask"))


@fact(Helps, about="ask", plural="helps")
class Help(Fact):
    """Help that an organisation gave to another."""

    organisation: "Organisation | None" = one("The organisation that gave the help.")
    ask: "Ask | None" = one("The request for help.")
    text: str = column("The help that was given.")
