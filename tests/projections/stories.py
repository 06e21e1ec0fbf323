"""Small stories for the tests: events as senders send them."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from events.vocabulary.catalogue import VOCABULARY

PUBLISHED = Path(__file__).parents[1] / "data" / "published-cohorts.ndjson"

EventJson = dict[str, Any]
MakeEvent = Callable[..., EventJson]


def published() -> list[EventJson]:
    """Return the published record."""
    return [orjson.loads(line) for line in PUBLISHED.read_bytes().splitlines()]


def event_maker() -> MakeEvent:
    """Return a function that makes events, each with an id of its own."""
    ids = itertools.count(1)

    def make_event(name: str, day: str, visibility: str | None = None, /, **data: Any) -> EventJson:
        level = {} if visibility is None else {"visibility": visibility}
        return {
            "specversion": "1.0",
            "id": f"event-{next(ids)}",
            "source": "urn:test",
            "type": VOCABULARY.named(name).wire_name,
            "time": f"{day}T09:00:00+02:00",
            **level,
            "data": data,
        }

    return make_event


def cohort(make_event: MakeEvent) -> list[EventJson]:
    """Return a cohort `valley` with the organisations `mill` (public) and `farm`, paired as `pair`: six events."""
    how = "How can we share the water?"
    return [
        make_event(
            "cohort.formed",
            "2025-01-01",
            cohort="valley",
            title="Valley",
            question="shared",
            text=how,
            facilitator="F",
            starts_on="2025-01-01",
        ),
        make_event(
            "organisation.registered",
            "2025-01-02",
            "public",
            organisation="mill",
            name="The Mill",
            sector="museums",
            purpose="To keep turning",
            country="GB",
        ),
        make_event(
            "organisation.registered",
            "2025-01-02",
            organisation="farm",
            name="The Farm",
            sector="food",
        ),
        make_event("organisation.joined", "2025-01-03", organisation="mill", cohort="valley"),
        make_event("organisation.joined", "2025-01-03", organisation="farm", cohort="valley"),
        make_event(
            "organisations.paired",
            "2025-01-04",
            pairing="pair",
            cohort="valley",
            organisations=["mill", "farm"],
        ),
    ]
