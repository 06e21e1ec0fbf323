"""What the viewer may amend of an event: the field of events that leads there, and its type."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.graphql.fields.columns import column
from service.graphql.fields.field import Field, Row
from service.graphql.fields.shapes import declared, type_name

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected


@declared
class Amendable:
    """What you may amend of an event. A void or a correction may be refused all the same."""

    fields: list[str] = column(
        "The names of the fields of its data that you may correct now. Empty if there are none."
    )
    voidable: bool = column("Whether you may void it now: nothing else builds on it.")


@dataclass(frozen=True)
class OfEvent:
    """Leads from an event to what the viewer may amend of it. The log is asked about all events of a list at once."""

    needs: Sequence[str] = ("position",)

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Ask the log."""
        positions = {row["position"] for row in rows}
        found = await loading.context.log.amendable(positions, loading.context.viewer)
        for row in rows:
            one = found[row["position"]]
            row[selected.slot] = {"fields": list(one.fields), "voidable": one.voidable}
        made = [row[selected.slot] for row in rows]
        await loading.fill(type_name(Amendable), made, selected.nodes)

    def read(self, row: Row, slot: str) -> Any:
        """Return the row of `Amendable`."""
        return row[slot]


def amendable(description: str) -> Any:
    """Declare the field that leads from an event to what the viewer may amend of it."""
    return Field(description, lambda place: OfEvent())
