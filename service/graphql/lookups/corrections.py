"""The type of corrections, and the field that every subject, fact and timeline entry has for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Select

from projections.queries import corrections
from projections.queries.lists import PARENT
from service.graphql.fields.columns import column
from service.graphql.fields.field import Field, Row
from service.graphql.fields.shapes import declared, kind_of, type_name
from service.graphql.values.scalars import JSON, Position

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected

_WORDING = (
    "Null if the field was left out, or if you are not allowed to see it: "
    "only the organisation whose event it is and its facilitators are."
)


@declared
class Correction:
    """A correction of one field of an event, which has not been voided."""

    position: Position = column("The position of the event that corrected it.")
    corrected_position: Position = column("The position of the corrected event.", "corrected")
    field: str = column("The name of the field in the data of the corrected event.")
    before: JSON | None = column(f"The value before the correction. {_WORDING}")
    after: JSON | None = column(f"The value after the correction. {_WORDING}")
    time: datetime = column(
        "When it was corrected, as the sender provided it, in UTC.", "occurred_at"
    )
    actor: str = column("Who corrected it: `person/<key>` or `service/<key>`.")
    reason: str | None = column("Why it was corrected. Null if not provided.")


@dataclass(frozen=True)
class CorrectionsOf:
    """Leads to the corrections of events at positions, or of subjects of a kind."""

    kind: str | None

    @property
    def needs(self) -> Sequence[str]:
        """The column that names the event or subject."""
        return ("position",) if self.kind is None else ("key",)

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Fetch the corrections that stand at the point in history at which `loading` reads."""
        names = {self._name(row) for row in rows}
        found: dict[Any, list[Row]] = {}
        for row in await loading.rows(lambda: self._statement(sorted(names), loading.through)):
            for name in ("before", "after"):
                row[name] = None if row[name] is None else orjson.loads(row[name])
            found.setdefault(row[PARENT], []).append(row)
        loading.count([row for same in found.values() for row in same])
        for row in rows:
            row[selected.slot] = found.get(self._name(row), [])
        every = [row for same in found.values() for row in same]
        await loading.fill(type_name(Correction), every, selected.nodes)

    def read(self, row: Row, slot: str) -> Any:
        """Return the rows of the corrections."""
        return row[slot]

    def _name(self, row: Row) -> Any:
        return row["position"] if self.kind is None else f"{self.kind}/{row['key']}"

    def _statement(self, names: Sequence[Any], through: int) -> Select[Any]:
        if self.kind is None:
            return corrections.of_events(names, through)
        return corrections.of_subjects(names, through)


def corrections_of(description: str) -> Any:
    """Declare the field with the corrections of a subject, or of the event at the row's position."""
    return Field(
        f"{description} In the order of the log.", lambda place: CorrectionsOf(kind_of(place.owner))
    )
