"""The field that leads to an organisation's journey, as it is or as it stood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import strawberry

from projections.journey import journey_as_of
from service.graphql.errors import argument_refusal
from service.graphql.fields.field import Field, Row, argument
from service.graphql.fields.shapes import one_of
from service.graphql.loading import Loading
from service.graphql.past import Past
from service.graphql.selection import Selected
from service.graphql.values.scalars import Position

NAME: Final = "Journey"


@one_of
class AsOf:
    """A point in the record: one of its fields."""

    position: Position | None = strawberry.field(
        description="With what the log had up to this position."
    )
    recorded_at: datetime | None = strawberry.field(
        description="With what the log had taken in by this moment."
    )
    occurred_at: datetime | None = strawberry.field(
        description="With what had happened by this moment, whenever it was told."
    )


@dataclass(frozen=True)
class ToJourney:
    """Leads to the journey of an organisation."""

    needs: Sequence[str] = ("key",)

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch what is selected of the journeys; one that stood is folded, so only one is told at a time."""
        as_of: Mapping[str, Any] | None = selected.arguments.get("asOf")
        through = loading.context.served.position
        for row in rows:
            row[selected.slot] = {"organisation": row["key"], "position": through}
        journeys = [row[selected.slot] for row in rows]
        if as_of is None:
            await loading.fill(NAME, journeys, selected.nodes)
            return
        if len(rows) > 1:
            raise argument_refusal("argument.unsupported", "asOf", "one organisation at a time")
        for row, journey in zip(rows, journeys, strict=True):
            tables = await journey_as_of(
                loading.context.log,
                row["key"],
                position=as_of.get("position"),
                recorded_at=as_of.get("recordedAt"),
                occurred_at=as_of.get("occurredAt"),
            )
            journey["position"] = min(through, as_of.get("position", through))
            past = await Past.of(loading, tables)
            await past.fill(NAME, [journey], selected.nodes)

    def read(self, row: Row, slot: str) -> Any:
        """Return the journey."""
        return row[slot]


def journey(description: str) -> Any:
    """Declare the field of an organisation's journey."""
    text = "As it stood then, seen as you may see it now; null for as it is."
    return Field(
        description,
        lambda place: ToJourney(),
        arguments=lambda _: [argument("asOf", AsOf | None, text)],
    )
