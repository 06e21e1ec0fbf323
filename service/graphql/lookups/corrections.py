"""The type of corrections, and the fields that lead to those of events, subjects and memberships."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import ColumnElement, FromClause, Select, SelectBase, Text, literal

from projections.queries import corrections
from projections.queries.lists import PARENT
from service.graphql.fields.columns import column
from service.graphql.fields.field import Field, FieldPlace, Row
from service.graphql.fields.row_parts import Columns
from service.graphql.fields.shapes import declared, kind_of, type_name
from service.graphql.values.scalars import JSON, Position

if TYPE_CHECKING:
    from service.graphql.fetching.loading import Loading, Selected

_WORDING = (
    "Null if the field was left out, or if you are not allowed to see it: "
    "only the organisation whose event it is and its facilitators are."
)
_ORDER = "In the order of the log."


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


class CorrectionsOf(ABC):
    """Leads to the corrections of what a row shows. `needs` has the columns of the row that this depends on."""

    needs: Sequence[str]

    @abstractmethod
    def names(self, row: Row) -> Sequence[Any]:
        """Return the names by which `statement` finds the corrections of a row."""

    @abstractmethod
    def statement(self, names: Sequence[Any], through: int) -> Select[Any]:
        """Return the statement for the corrections that stand at a position; the column `PARENT` has the name."""

    @abstractmethod
    def sql(self, rows: FromClause, row: Columns) -> ColumnElement[bool]:
        """Return whether rows of the table `Corrections` belong to a row with these columns."""

    async def load(self, loading: "Loading", rows: Sequence[Row], selected: "Selected") -> None:
        """Fetch the corrections that stand at the point in history at which `loading` reads."""
        names = {name for row in rows for name in self.names(row)}
        found: dict[Any, list[Row]] = {}
        for row in await loading.rows(lambda: self.statement(sorted(names), loading.through)):
            for name in ("before", "after"):
                row[name] = None if row[name] is None else orjson.loads(row[name])
            found.setdefault(row[PARENT], []).append(row)
        every = [row for same in found.values() for row in same]
        loading.count(every)
        for row in rows:
            of = [one for name in self.names(row) for one in found.get(name, ())]
            row[selected.slot] = sorted(of, key=itemgetter("position", "field"))
        await loading.fill(type_name(Correction), every, selected.nodes)

    def read(self, row: Row, slot: str) -> Any:
        """Return the rows of the corrections, or the error in their place."""
        return row[slot]


@dataclass(frozen=True)
class OfEvent(CorrectionsOf):
    """Leads to the corrections of the event at the row's position; for a correction, to what it corrected."""

    needs: Sequence[str] = ("position",)

    def names(self, row: Row) -> Sequence[Any]:
        """Return the position."""
        return (row["position"],)

    def statement(self, names: Sequence[Any], through: int) -> Select[Any]:
        """Return the statement for the corrections of events at these positions."""
        return corrections.of_events(names, through)

    def sql(self, rows: FromClause, row: Columns) -> ColumnElement[bool]:
        """Return whether rows are corrections of the event."""
        return corrections.is_of_event(rows, row["position"])


@dataclass(frozen=True)
class OfEvents(CorrectionsOf):
    """Leads to the corrections of several events, whose positions follow from the row."""

    needs: Sequence[str]
    positions: Callable[[Row], Sequence[int]]
    positions_sql: Callable[[Columns], SelectBase]

    def names(self, row: Row) -> Sequence[Any]:
        """Return the positions."""
        return self.positions(row)

    def statement(self, names: Sequence[Any], through: int) -> Select[Any]:
        """Return the statement for the corrections of events at these positions."""
        return corrections.of_events(names, through)

    def sql(self, rows: FromClause, row: Columns) -> ColumnElement[bool]:
        """Return whether rows are corrections of the events."""
        return rows.c.corrected.in_(self.positions_sql(row))


@dataclass(frozen=True)
class OfSubject(CorrectionsOf):
    """Leads to the corrections of the events that created or changed a subject of a kind."""

    kind: str
    needs: Sequence[str] = ("key",)

    def names(self, row: Row) -> Sequence[Any]:
        """Return the subject's stream."""
        return (f"{self.kind}/{row['key']}",)

    def statement(self, names: Sequence[Any], through: int) -> Select[Any]:
        """Return the statement for the corrections of the subjects with these streams."""
        return corrections.of_subjects(names, through)

    def sql(self, rows: FromClause, row: Columns) -> ColumnElement[bool]:
        """Return whether rows are corrections of the subject. A row of several kinds has its `stream`."""
        of_kind = "stream" not in row
        stream = literal(f"{self.kind}/", Text).concat(row["key"]) if of_kind else row["stream"]
        return corrections.is_of_subject(rows, stream)


def corrections_of(description: str) -> Any:
    """Declare the field with the corrections of a subject, or of the event at the row's position."""

    def found(place: FieldPlace) -> CorrectionsOf:
        kind = kind_of(place.owner)
        return OfEvent() if kind is None else OfSubject(kind)

    return Field(f"{description} {_ORDER}", found)


def corrections_of_events(
    description: str,
    needs: Sequence[str],
    positions: Callable[[Row], Sequence[int]],
    positions_sql: Callable[[Columns], SelectBase],
) -> Any:
    """Declare the field with the corrections of several events: those at positions that follow from the row."""
    of = OfEvents(tuple(needs), positions, positions_sql)
    return Field(f"{description} {_ORDER}", lambda place: of)
