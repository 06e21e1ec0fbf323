"""Small stories for the tests: events as senders tell them."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from events.vocabulary.catalogue import VOCABULARY

PUBLISHED = Path(__file__).parents[1] / "data" / "published-cohorts.ndjson"

Told = dict[str, Any]
Tell = Callable[..., Told]


def published() -> list[Told]:
    """Return the published record."""
    return [orjson.loads(line) for line in PUBLISHED.read_bytes().splitlines()]


def storyteller() -> Tell:
    """Return a function that tells events, each with an id of its own."""
    ids = itertools.count(1)

    def tell(name: str, day: str, visibility: str | None = None, /, **data: Any) -> Told:
        level = {} if visibility is None else {"visibility": visibility}
        return {
            "specversion": "1.0",
            "id": f"told-{next(ids)}",
            "source": "urn:test",
            "type": VOCABULARY.named(name).wire_name,
            "time": f"{day}T09:00:00+02:00",
            **level,
            "data": data,
        }

    return tell


def cohort(tell: Tell) -> list[Told]:
    """Tell of a cohort `valley` with the organisations `mill` (public) and `farm`, paired as `pair`: six events."""
    how = "How can we share the water?"
    return [
        tell(
            "cohort.formed",
            "2025-01-01",
            cohort="valley",
            title="Valley",
            question="shared",
            text=how,
            facilitator="F",
            starts_on="2025-01-01",
        ),
        tell(
            "organisation.registered",
            "2025-01-02",
            "public",
            organisation="mill",
            name="The Mill",
            sector="museums",
            purpose="To keep turning",
            country="GB",
        ),
        tell(
            "organisation.registered",
            "2025-01-02",
            organisation="farm",
            name="The Farm",
            sector="food",
        ),
        tell("organisation.joined", "2025-01-03", organisation="mill", cohort="valley"),
        tell("organisation.joined", "2025-01-03", organisation="farm", cohort="valley"),
        tell(
            "organisations.paired",
            "2025-01-04",
            pairing="pair",
            cohort="valley",
            organisations=["mill", "farm"],
        ),
    ]
