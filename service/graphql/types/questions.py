"""The questions, the history of their wordings, and the mindset they are framed in."""

from datetime import datetime
from typing import TYPE_CHECKING

from events.terms import Framing, ParticipationLevel
from projections.listing import InColumn, InList
from projections.models.questions import Framings, Mindsets, Questions
from service.graphql.fields.columns import column
from service.graphql.fields.references import one, some
from service.graphql.fields.shapes import fact, subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Fact, Noted, Owned, Subject
from service.graphql.values.terms import QuestionState

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.cohorts import Organisation
    from service.graphql.types.exchange import Inspiration
    from service.graphql.types.failures import Failure
    from service.graphql.types.iterations import Iteration
    from service.graphql.types.learnings import Learning


@subject(Questions, plural="questions", orders=("text",))
class Question(Subject, Owned, Noted):
    """A question that begins “How can we…”."""

    organisation: "Organisation | None" = one(
        "The organisation that framed it; none has a shared one."
    )
    shared: bool = column(
        "Whether it is a cohort's shared question, which belongs to no organisation."
    )
    text: str = column("Its present wording.")
    parent: "Question | None" = one("The question it came from.")
    themes: list[str] = column("What it is about, in a few words each.")
    state: QuestionState = column("How it stands.")
    closed_at: datetime | None = column("When it was closed; null while it is open.")
    summary: str | None = column("What was said when it was closed; null where nothing was.")
    answers: "list[Learning]" = some("The learnings that answer it.", "learnings")
    framings: "Connection[QuestionFraming]" = many(
        "Every wording it ever had.", InColumn("question")
    )
    iterations: "Connection[Iteration]" = many("What was tried for it.", InColumn("question"))
    failures: "Connection[Failure]" = many("The failures told about it.", InColumn("question"))
    children: "Connection[Question]" = many("The questions that came from it.", InColumn("parent"))
    learnings: "Connection[Learning]" = many(
        "What was learned from it.", InList("sources", "question/")
    )
    inspirations: "Connection[Inspiration]" = many(
        "The inspirations shared for it.", InList("questions")
    )


@fact(Framings, about="question", plural="framings")
class QuestionFraming(Fact):
    """A wording of a question."""

    organisation: "Organisation | None" = one(
        "The organisation whose question it is; none has a shared one."
    )
    question: "Question | None" = one("The question.")
    text: str = column("The wording.")
    reason: str | None = column("Why it was reworded; null for the first wording.")
    because_of: "list[Subject]" = some("What led to it: learnings and failures.")


@fact(Mindsets, about="organisation", plural="mindsets")
class Mindset(Fact):
    """How an organisation thought of people at a time."""

    framing: Framing = column("How it thinks of people.")
    participation_level: ParticipationLevel = column("What part people have.")
    narrative: str | None = column("In its own words; null where it gave none.")
