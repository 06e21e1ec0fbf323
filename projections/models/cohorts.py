"""Read models of cohorts, their organisations, memberships and pairings."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Index, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import Column

from events.access.audience import audience, column
from events.vocabulary.stream import Stream, stream_of
from events.vocabulary.terms import Visibility
from events.vocabulary.types.cohorts import (
    CohortClosed,
    CohortFormed,
    CohortRevised,
    OrganisationJoined,
    OrganisationLeft,
    OrganisationRegistered,
    OrganisationRenamed,
    OrganisationsPaired,
    PairingEnded,
    PairingMet,
)
from projections.folding.decorators import (
    adds,
    creates,
    moves,
    on,
)
from projections.folding.projection import Facts, Projection, Subjects
from projections.folding.step import Step
from projections.folding.tables import (
    Key,
    Row,
    day,
    facts,
    flag,
    metadata,
    moment,
    position,
    references,
    sector,
    small,
    subjects,
    text,
    texts,
    themes,
    worded,
)


class Cohorts(Subjects):
    """A row per cohort. `question` is the shared one, and `hosts` are the present ones.

    `closed_at` and `closed_position` are set when it is closed.
    """

    kind = "cohort"
    table = subjects(
        "cohorts",
        worded("title"),
        text("question"),
        text("facilitator"),
        *sector(is_worded=False),
        day("starts_on"),
        small("planned_months"),
        texts("builds_on"),
        references("hosts"),
        text("language"),
        *themes(),
        moment("closed_at"),
        position("closed_position"),
        worded("summary"),
    )

    @creates(CohortFormed)
    def formed(self, step: Step[CohortFormed]) -> Row:
        """A cohort is formed, with a shared question."""
        formed = step.model
        return {
            "title": formed.title,
            "question": formed.question,
            "facilitator": formed.facilitator,
            "sector": formed.sector,
            "starts_on": formed.starts_on,
            "planned_months": formed.planned_months,
            "builds_on": formed.builds_on,
            "hosts": formed.hosts,
            "language": formed.language,
            "themes": formed.themes,
        }

    @moves(CohortRevised)
    def revised(self, row: Row, step: Step[CohortRevised]) -> Row:
        """Its title, facilitator, dates or hosts change."""
        revised = step.model
        changed = {
            "title": revised.title,
            "facilitator": revised.facilitator,
            "starts_on": revised.starts_on,
            "planned_months": revised.planned_months,
            "hosts": revised.hosts,
        }
        return {name: value for name, value in changed.items() if value is not None}

    @moves(CohortClosed)
    def closed(self, row: Row, step: Step[CohortClosed]) -> Row:
        """A cohort is closed."""
        return {
            "closed_at": step.occurred_at,
            "closed_position": step.position,
            "summary": step.model.summary,
        }


class Organisations(Subjects):
    """A row per organisation."""

    kind = "organisation"
    table = subjects(
        "organisations",
        worded("name"),
        *sector(is_worded=True),
        worded("purpose"),
        text("country"),
    )

    @creates(OrganisationRegistered)
    def registered(self, step: Step[OrganisationRegistered]) -> Row:
        """An organisation is registered."""
        registered = step.model
        return {
            "name": registered.name_,
            "sector": registered.sector,
            "purpose": registered.purpose,
            "country": registered.country,
        }

    @moves(OrganisationRenamed)
    def renamed(self, row: Row, step: Step[OrganisationRenamed]) -> Row:
        """An organisation has a new name."""
        return {"name": step.model.name_}


class Memberships(Projection):
    """A row per organisation and cohort that it has ever joined; `stays` lists its stays in order.

    A stay is `{"joined_at", "joined_position", "level", "motivation", "left_at", "left_position", "reason", "note"}`,
    with times in RFC 3339 and UTC; `level` is the visibility given when it joined. `present` follows the order of the
    log. `audience` are the tokens of viewers who may see that it joined, `leaving` of viewers who may see whether it
    left.
    """

    table = Table(
        "memberships",
        metadata,
        text("organisation", primary_key=True),
        text("cohort", primary_key=True),
        position("position", nullable=False),
        moment("occurred_at", nullable=False),
        flag("present"),
        Column("stays", JSONB, nullable=False),
        texts("audience"),
        texts("leaving"),
        Index("memberships_of_cohort", "cohort", "position"),
    )

    def keys(self, step: Step) -> Sequence[Key]:
        """Return the organisation and the cohort."""
        return ((step.organisation, step.cohort),)

    def stream(self, key: Key, step: Step) -> Stream:
        """Return the organisation's stream, which contains these events."""
        return stream_of("organisation", key[0])

    @on(OrganisationJoined)
    def joined(self, row: Row | None, step: Step[OrganisationJoined]) -> Row:
        """An organisation joins a cohort."""
        joined = step.model
        stay = {
            "joined_at": _moment(step),
            "joined_position": step.position,
            "level": step.level,
            "motivation": joined.motivation,
            "left_at": None,
            "left_position": None,
            "reason": None,
            "note": None,
        }
        audience_joined = step.own_audience or []
        if row is not None:
            return {
                **row,
                "present": True,
                "stays": [*row["stays"], stay],
                "audience": sorted({*row["audience"], *audience_joined}),
            }
        return {
            "organisation": joined.organisation,
            "cohort": joined.cohort,
            "position": step.position,
            "occurred_at": step.occurred_at,
            "present": True,
            "stays": [stay],
            "audience": audience_joined,
            "leaving": column(audience(Visibility.COHORT, (joined.organisation,), joined.cohort)),
        }

    @on(OrganisationLeft)
    def left(self, row: Row | None, step: Step[OrganisationLeft]) -> Row | None:
        """An organisation leaves a cohort."""
        if row is None:
            return None
        left: dict[str, Any] = {
            **row["stays"][-1],
            "left_at": _moment(step),
            "left_position": step.position,
            "reason": step.model.reason.value,
            "note": step.model.note,
        }
        return {**row, "present": False, "stays": [*row["stays"][:-1], left]}


def _moment(step: Step) -> str:
    return step.occurred_at.isoformat(timespec="microseconds")


class Pairings(Subjects):
    """A row per pairing, with the end that was recorded for the pairing itself.

    A pairing also ends when its cohort is closed or one of its organisations leaves the cohort: see
    `events.access.visibility.pairing_end`.
    """

    kind = "pairing"
    table = subjects(
        "pairings",
        references("organisations"),
        worded("purpose"),
        moment("ended_at"),
        position("ended_position"),
        text("reason"),
    )

    def owners(self, row: Row) -> Sequence[str]:
        """Return the paired organisations."""
        owners: Sequence[str] = row["organisations"]
        return owners

    @creates(OrganisationsPaired)
    def paired(self, step: Step[OrganisationsPaired]) -> Row:
        """Two or three organisations of a cohort become peers."""
        return {"organisations": step.model.organisations, "purpose": step.model.purpose}

    @moves(PairingEnded)
    def ended(self, row: Row, step: Step[PairingEnded]) -> Row:
        """A pairing ends before its cohort does."""
        return {
            "ended_at": step.occurred_at,
            "ended_position": step.position,
            "reason": step.model.reason,
        }


class Meetings(Facts):
    """A row per meeting of a pairing; `organisation` is the one that reported it."""

    table = facts(
        "meetings",
        "pairing",
        text("pairing"),
        small("minutes"),
        worded("summary"),
        texts("links"),
    )

    @adds(PairingMet)
    def met(self, step: Step[PairingMet]) -> Row:
        """The paired organisations met."""
        met = step.model
        return {
            "pairing": met.pairing,
            "minutes": met.minutes,
            "summary": met.summary,
            "links": met.links,
        }
