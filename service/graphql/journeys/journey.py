"""The field that leads to the journey of an organisation, in its current state or in a past state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import strawberry

from events.vocabulary.values.times import moment_of
from service.graphql.context import Context
from service.graphql.errors import argument_refusal
from service.graphql.fetching.loading import Loading
from service.graphql.fetching.past import Past
from service.graphql.fields.field import TYPE, Field, Row, argument
from service.graphql.fields.shapes import one_of
from service.graphql.node_ids import HistoryPoint
from service.graphql.selection import Selected
from service.graphql.values.scalars import Position

JOURNEY_TYPE: Final = "Journey"


@one_of
class AsOf:
    """A point in the history of the record. Give exactly one of the fields."""

    position: Position | None = strawberry.field(
        description="Take into account the events up to this position."
    )
    recorded_at: datetime | None = strawberry.field(
        description="Take into account the events that had been recorded by this moment."
    )
    occurred_at: datetime | None = strawberry.field(
        description="Take into account the events that had happened by this moment, "
        "no matter when they were recorded."
    )


@dataclass(frozen=True)
class ToJourney:
    """Leads to the journey of an organisation."""

    needs: Sequence[str] = ("key",)

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch the selected fields of the journeys. A past journey is folded, so a query may have only one of them."""
        as_of: Mapping[str, Any] | None = selected.arguments.get("asOf")
        if as_of is not None:
            if len(rows) > 1:
                raise argument_refusal(
                    "argument.unsupported", "asOf", "null for more than one organisation", as_of
                )
            moment = await _moment(loading.context, as_of)
            loading = await Past.of(loading, rows[0]["key"], moment)
        for row in rows:
            row[selected.slot] = journey_row(loading, row["key"])
        await loading.fill(JOURNEY_TYPE, [row[selected.slot] for row in rows], selected.nodes)

    def read(self, row: Row, slot: str) -> Any:
        """Return the journey."""
        return row[slot]


def journey_row(loading: Loading, organisation: str) -> Row:
    """Return the journey of an organisation as the executor reads it."""
    row = {TYPE: JOURNEY_TYPE, "organisation": organisation, "position": loading.through}
    return loading.as_it_stands(row)


async def _moment(context: Context, as_of: Mapping[str, Any]) -> HistoryPoint:
    """Return the point in history that `asOf` gives. For `recordedAt`, it has the position of the log at that time."""
    through = min(context.served.position, as_of.get("position", context.served.position))
    if (recorded_at := as_of.get("recordedAt")) is not None:
        through = min(through, await context.log.position_at(moment_of(recorded_at)))
    return HistoryPoint(through, as_of.get("occurredAt"))


def journey(description: str) -> Any:
    """Declare the field that leads to the journey of an organisation."""
    text = (
        "Return the journey as it was at this point, limited to what you are allowed to see now. "
        "Null for its current state."
    )
    return Field(
        description,
        lambda place: ToJourney(),
        arguments=lambda _: [argument("asOf", AsOf | None, text)],
    )
