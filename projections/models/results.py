"""What came of it: outcomes, check-ins after the close, publications."""

from events.vocabulary.types.results import (
    JourneyCheckedIn,
    OutcomeHarvested,
    OutcomeSubstantiated,
    PublicationReleased,
    PublicationWithdrawn,
)
from projections.folding.projection import Facts, Row, Subjects, adds, creates, moves
from projections.folding.step import Step
from projections.folding.tables import (
    day,
    facts,
    flag,
    moment,
    position,
    references,
    small,
    subjects,
    text,
    worded,
)


class Outcomes(Subjects):
    """A row per harvested outcome."""

    kind = "outcome"
    table = subjects(
        "outcomes",
        text("social_actor"),
        text("change_type"),
        worded("description"),
        worded("contribution"),
        worded("significance"),
        flag("anticipated"),
        text("sign"),
        day("happened_on"),
        text("place"),
    )

    @creates(OutcomeHarvested)
    def harvested(self, step: Step) -> Row:
        """Somebody's behaviour, relationships or practice changed, and the organisation had a part in it."""
        return {
            "social_actor": step.data["social_actor"],
            "change_type": step.data["change_type"],
            "description": step.data["description"],
            "contribution": step.data["contribution"],
            "significance": step.text("significance"),
            "anticipated": step.data["anticipated"],
            "sign": step.data["sign"],
            "happened_on": step.day("happened_on"),
            "place": step.text("place"),
        }


class Substantiations(Facts):
    """A row per word of another organisation on whether an outcome came about so."""

    table = facts(
        "substantiations", "outcome", text("outcome"), text("agreement"), worded("comment")
    )

    @adds(OutcomeSubstantiated)
    def substantiated(self, step: Step) -> Row:
        """Another organisation says how far it agrees."""
        return {
            "outcome": step.data["outcome"],
            "agreement": step.data["agreement"],
            "comment": step.text("comment"),
        }


class Checkins(Facts):
    """A row per check-in after a cohort's close."""

    table = facts(
        "checkins",
        "organisation",
        small("months_after"),
        text("status"),
        worded("narrative"),
        by=("cohort",),
    )

    @adds(JourneyCheckedIn)
    def checked_in(self, step: Step) -> Row:
        """An organisation says how what it began is doing."""
        return {
            "months_after": step.data["months_after"],
            "status": step.data["status"],
            "narrative": step.text("narrative"),
        }


class Publications(Subjects):
    """A row per publication of an organisation, a cohort or both; `cites` are `<kind>/<key>`."""

    kind = "publication"
    table = subjects(
        "publications",
        text("kind"),
        worded("title"),
        text("licence"),
        text("url"),
        references("cites"),
        moment("withdrawn_at"),
        position("withdrawn_position"),
        text("reason"),
    )

    @creates(PublicationReleased)
    def released(self, step: Step) -> Row:
        """Something is published for anyone to use."""
        return {
            "kind": step.data["kind"],
            "title": step.data["title"],
            "licence": step.data["licence"],
            "url": step.data.get("url"),
            "cites": step.texts("cites"),
        }

    @moves(PublicationWithdrawn)
    def withdrawn(self, row: Row, step: Step) -> Row:
        """A publication is taken back."""
        return {
            "withdrawn_at": step.occurred_at,
            "withdrawn_position": step.position,
            "reason": step.data["reason"],
        }
