"""Read models of results: outcomes, check-ins after the close of a cohort, and publications."""

from events.vocabulary.types.results import (
    JourneyCheckedIn,
    OutcomeHarvested,
    OutcomeSubstantiated,
    PublicationReleased,
    PublicationWithdrawn,
)
from projections.folding.decorators import adds, creates, moves
from projections.folding.projection import Facts, Subjects
from projections.folding.step import Step
from projections.folding.tables import (
    Row,
    day,
    facts,
    flag,
    moment,
    position,
    references,
    small,
    subjects,
    text,
    texts,
    worded,
)


class Outcomes(Subjects):
    """A row per outcome."""

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
        texts("links"),
    )

    @creates(OutcomeHarvested)
    def harvested(self, step: Step[OutcomeHarvested]) -> Row:
        """Somebody's behaviour, relationships or practice changed, and the organisation had a part in it."""
        outcome = step.model
        return {
            "social_actor": outcome.social_actor,
            "change_type": outcome.change_type.value,
            "description": outcome.description,
            "contribution": outcome.contribution,
            "significance": outcome.significance,
            "anticipated": outcome.anticipated,
            "sign": outcome.sign.value,
            "happened_on": outcome.happened_on,
            "place": outcome.place,
            "links": outcome.links,
        }


class Substantiations(Facts):
    """A row per statement of another organisation on whether it agrees with an outcome."""

    table = facts(
        "substantiations", "outcome", text("outcome"), text("agreement"), worded("comment")
    )

    @adds(OutcomeSubstantiated)
    def substantiated(self, step: Step[OutcomeSubstantiated]) -> Row:
        """Another organisation states whether it agrees."""
        substantiated = step.model
        return {
            "outcome": substantiated.outcome,
            "agreement": substantiated.agreement.value,
            "comment": substantiated.comment,
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
    def checked_in(self, step: Step[JourneyCheckedIn]) -> Row:
        """An organisation reports on the state of what it began."""
        checkin = step.model
        return {
            "months_after": checkin.months_after,
            "status": checkin.status.value,
            "narrative": checkin.narrative,
        }


class Publications(Subjects):
    """A row per publication of an organisation, a cohort or both; `cites` lists `<kind>/<key>`."""

    kind = "publication"
    table = subjects(
        "publications",
        text("kind"),
        worded("title"),
        text("licence"),
        text("url"),
        text("language"),
        references("cites"),
        moment("withdrawn_at"),
        position("withdrawn_position"),
        text("reason"),
    )

    @creates(PublicationReleased)
    def released(self, step: Step[PublicationReleased]) -> Row:
        """Something is published for anyone to use."""
        released = step.model
        return {
            "kind": released.kind.value,
            "title": released.title,
            "licence": released.licence,
            "url": released.url,
            "language": released.language,
            "cites": released.cites,
        }

    @moves(PublicationWithdrawn)
    def withdrawn(self, row: Row, step: Step[PublicationWithdrawn]) -> Row:
        """A publication is withdrawn."""
        return {
            "withdrawn_at": step.occurred_at,
            "withdrawn_position": step.position,
            "reason": step.model.reason,
        }
