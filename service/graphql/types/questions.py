"""The types of questions, of their framings, and of mindsets."""

from datetime import datetime
from typing import TYPE_CHECKING

from events.vocabulary.terms import Framing, ParticipationLevel
from projections.models.questions import Framings, Mindsets, Questions
from projections.queries.lists import InColumn, InList
from service.graphql.fields.columns import column
from service.graphql.fields.references import one, some
from service.graphql.fields.shapes import fact, subject
from service.graphql.lists.connections import many
from service.graphql.types.bases import Fact, Noted, Owned, Subject
from service.graphql.values.terms import QuestionStage

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.cohorts import Organisation
    from service.graphql.types.exchange import Inspiration
    from service.graphql.types.failures import Failure
    from service.graphql.types.iterations import Iteration
    from service.graphql.types.learnings import Learning


@subject(Questions, plural="questions", orders=("text",))
class Question(Subject, Owned, Noted):
    """A question of the form “How can we …?”, in any language."""

    organisation: "Organisation | None" = one(
        "The organisation that framed it. A shared question has none."
    )
    shared: bool = column(
        "Whether it is a cohort's shared question, which belongs to no organisation."
    )
    text: str = column("Its current wording.")
    language: str | None = column(
        "The language of its current wording, as a BCP 47 tag. Null if not provided: then it is the cohort's, or"
        " English."
    )
    parent: "Question | None" = one("The question from which it was derived.")
    themes: list[str] = column("Its themes, each a short phrase.")
    state: QuestionStage = column("The question's current state.")
    closed_at: datetime | None = column("When it was closed. Null while it is open.")
    summary: str | None = column(
        "The summary given when it was closed. Null if it is open, or if no summary was provided."
    )
    answers: "list[Learning]" = some("The learnings that answer it.", "learnings")
    framings: "Connection[QuestionFraming]" = many(
        "All its wordings, past and current.", InColumn("question")
    )
    iterations: "Connection[Iteration]" = many(
        "The iterations that address it.", InColumn("question")
    )
    failures: "Connection[Failure]" = many("The failures recorded about it.", InColumn("question"))
    children: "Connection[Question]" = many("The questions derived from it.", InColumn("parent"))
    learnings: "Connection[Learning]" = many(
        "The learnings drawn from it.", InList("sources", "question/")
    )
    inspirations: "Connection[Inspiration]" = many(
        "The inspirations shared for it.", InList("questions")
    )


@fact(Framings, about="question", plural="framings")
class QuestionFraming(Fact):
    """One wording of a question."""

    organisation: "Organisation | None" = one(
        "The organisation that owns the question. A shared question has none."
    )
    question: "Question | None" = one("The question.")
    text: str = column("The wording.")
    language: str | None = column(
        "The language given with the wording, as a BCP 47 tag. Null if not provided: then it is that of the previous"
        " wording, the cohort's, or English."
    )
    reason: str | None = column("Why it was reworded. Null for the first wording.")
    because_of: "list[Subject]" = some("The learnings and failures that led to this wording.")


@fact(Mindsets, about="organisation", plural="mindsets")
class Mindset(Fact):
    """How an organisation regarded people at one point in time."""

    framing: Framing = column("How the organisation regards people.")
    participation_level: ParticipationLevel = column("The level at which people participate.")
    narrative: str | None = column(
        "An explanation in the organisation's own words. Null if not provided."
    )
