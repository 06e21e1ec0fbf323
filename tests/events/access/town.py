"""Viewers of a town of two cohorts, and who of them is given an event."""

from typing import Final

from events.access.principal import PUBLIC, Principal, Role
from tests.events.record import Record
from tests.events.samples import EventJson

IN = {"cohort": "heritage"}
VIEWERS: Final = {
    "facilitator": Principal(id="all", role=Role.FACILITATOR),
    "heritage": Principal(id="h", role=Role.FACILITATOR, cohorts=frozenset({"heritage"})),
    "next": Principal(id="n", role=Role.FACILITATOR, cohorts=frozenset({"next"})),
    "mill": Principal(id="m", role=Role.ORGANISATION, organisation="mill"),
    "archive": Principal(id="a", role=Role.ORGANISATION, organisation="archive"),
    "bakery": Principal(id="b", role=Role.ORGANISATION, organisation="bakery"),
    "guest": Principal("g", Role.GUEST, frozenset({"heritage"}), "mill"),
    "elsewhere": Principal("g", Role.GUEST, frozenset({"next"}), "mill"),
    "library": Principal(id="l", role=Role.ORGANISATION, organisation="library"),
    "evaluator": Principal(id="e", role=Role.EVALUATOR, cohorts=frozenset({"heritage"})),
    "analyst": Principal(id="y", role=Role.ANALYST),
    "admin": Principal(id="x", role=Role.ADMIN),
    "public": PUBLIC,
}
OWN = "facilitator heritage mill"
PRIVATE = f"{OWN} evaluator"
PAIR = f"{PRIVATE} archive"
COHORT = f"{PAIR} bakery analyst guest"
KEYS = f"{COHORT} next library elsewhere admin"
ALL = f"{KEYS} public"
LEVELS = [(None, COHORT), ("private", PRIVATE), ("pair", PAIR), ("cohort", COHORT), ("public", ALL)]


async def viewers(record: Record, position: int) -> set[str]:
    """Return the names of those who are given the event."""
    recorded = await record.log.event(position)
    assert recorded is not None
    return {
        name
        for name, viewer in VIEWERS.items()
        if await record.log.visible([recorded], viewer) == [recorded]
    }


async def seen_by(record: Record, event: EventJson) -> set[str]:
    """Record the event; return the names of those who are given it."""
    return await viewers(record, (await record.add_one(event)).position)
