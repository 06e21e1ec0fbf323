"""Read models of what organisations exchange: inspirations and help."""

from events.vocabulary.types.exchange import (
    HelpAsked,
    HelpGiven,
    InspirationShared,
    InspirationUsed,
)
from projections.folding.decorators import adds, creates
from projections.folding.projection import Facts, Subjects
from projections.folding.step import Step
from projections.folding.tables import (
    Row,
    facts,
    reference,
    references,
    subjects,
    text,
    themes,
    worded,
)


class Inspirations(Subjects):
    """A row per inspiration; `organisation` is the one that shared it, null if the facilitator did."""

    kind = "inspiration"
    table = subjects(
        "inspirations",
        text("kind"),
        worded("title"),
        text("url"),
        worded("summary"),
        references("questions"),
    )

    @creates(InspirationShared)
    def shared(self, step: Step[InspirationShared]) -> Row:
        """An inspiration is shared with a cohort."""
        shared = step.model
        return {
            "kind": shared.kind.value,
            "title": shared.title,
            "url": shared.url,
            "summary": shared.summary,
            "questions": shared.questions,
        }


class Uses(Facts):
    """A row per use of an inspiration; `organisation` is the one that used it."""

    table = facts(
        "uses",
        "inspiration",
        text("inspiration"),
        reference("iteration"),
        worded("how"),
        by=("organisation",),
    )

    @adds(InspirationUsed)
    def used(self, step: Step[InspirationUsed]) -> Row:
        """An organisation used an inspiration."""
        used = step.model
        return {
            "inspiration": used.inspiration,
            "iteration": used.iteration,
            "how": used.how,
        }


class Asks(Subjects):
    """A row per request for help."""

    kind = "ask"
    table = subjects("asks", worded("text"), *themes())

    @creates(HelpAsked)
    def asked(self, step: Step[HelpAsked]) -> Row:
        """An organisation asks for help."""
        return {"text": step.model.text, "themes": step.model.themes}


class Helps(Facts):
    """A row per time that help was given; `organisation` is the one that gave it."""

    table = facts("helps", "ask", text("ask"), worded("text"), by=("organisation",))

    @adds(HelpGiven)
    def given(self, step: Step[HelpGiven]) -> Row:
        """Another organisation gives help."""
        return {"ask": step.model.ask, "text": step.model.text}
