"""What peers give each other: inspiration and help."""

from events.vocabulary.types.exchange import (
    HelpAsked,
    HelpGiven,
    InspirationShared,
    InspirationUsed,
)
from projections.folding.projection import Facts, Row, Subjects, adds, creates
from projections.folding.step import Step
from projections.folding.tables import facts, reference, references, subjects, text, themes, worded


class Inspirations(Subjects):
    """A row per inspiration; `organisation` is the one that shared it, null where the facilitator did."""

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
    def shared(self, step: Step) -> Row:
        """Something worth knowing is shared with a cohort."""
        return {
            "kind": step.data["kind"],
            "title": step.data["title"],
            "url": step.data.get("url"),
            "summary": step.text("summary"),
            "questions": step.texts("questions"),
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
    def used(self, step: Step) -> Row:
        """An organisation put an inspiration to use."""
        return {
            "inspiration": step.data["inspiration"],
            "iteration": step.data.get("iteration"),
            "how": step.text("how"),
        }


class Asks(Subjects):
    """A row per ask for help."""

    kind = "ask"
    table = subjects("asks", worded("text"), *themes())

    @creates(HelpAsked)
    def asked(self, step: Step) -> Row:
        """An organisation asks its peers for help."""
        return {"text": step.data["text"], "themes": step.texts("themes")}


class Helps(Facts):
    """A row per time that help was given; `organisation` is the one that helped."""

    table = facts("helps", "ask", text("ask"), worded("text"), by=("organisation",))

    @adds(HelpGiven)
    def given(self, step: Step) -> Row:
        """Another organisation helps."""
        return {"ask": step.data["ask"], "text": step.data["text"]}
