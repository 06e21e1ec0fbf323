"""The rows of analysts' tables, folded from a log: as they stand at a position, as far as a viewer may see them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from projections.folding.garbage_collector import collector_paused
from projections.folding.step import Step, readings_in
from projections.folding.tables import Row
from projections.in_memory.rows import Tables, fold
from projections.insights.perspective.viewer import FigureViewer
from projections.models import PROJECTIONS
from projections.models.cohorts import Memberships
from projections.models.subjects import SubjectAudiences
from projections.queries.lists import LEAVING_SEEN
from projections.queries.row_ids import seen_stays
from projections.tables.columns import TableColumn
from projections.tables.tables import (
    FOLDED,
    MEMBERSHIPS,
    STAYS,
    TABLES,
    AnalystTable,
    stay_row,
)
from projections.tables.viewing import EVERYTHING, Viewing

_AUDIENCES: Final = tuple(one for one in PROJECTIONS if isinstance(one, SubjectAudiences))


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of a table, in the order in which they were recorded; `values` has a list for each column."""

    table: AnalystTable
    values: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.values[self.table.columns[0].name])

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows, by the names of their columns."""
        names = list(self.values)
        return (
            dict(zip(names, row, strict=True)) for row in zip(*self.values.values(), strict=True)
        )


def rows_of_tables(
    steps: Sequence[Step], viewer: FigureViewer = EVERYTHING, through: int | None = None
) -> Mapping[str, TableRows]:
    """Return the rows of every table, after the event at position `through` (None: the last one).

    `steps` are those of a whole log, in its order and linked. Voids, corrections and reclassifications up to there
    apply. What the viewer may see is judged after the last event: nothing that was narrowed since is shown, and the
    events that were voided since are left out. Raises Undigested.
    """
    shown = FOLDED if viewer.facilitates_everything else (*FOLDED, *_AUDIENCES)
    with collector_paused():
        now = fold(steps, shown)
        viewing = Viewing(now, viewer)
        if through is None or not steps or through >= steps[-1].position:
            return _rows(now, viewing.streams, viewing.of)
        earlier = [step for step in steps if step.position <= through]
        if viewer.facilitates_everything:
            then = fold(earlier, shown)
            viewing = Viewing(then)
            return _rows(then, viewing.streams, viewing.of)
        # A row may have been made by several events, such as a stay and its end, of which some were voided since.
        voided = readings_in(steps).voided
        then = fold([step for step in earlier if step.position not in voided], shown)
        streams = {*Viewing(then).streams}.intersection(viewing.streams)
        return _rows(then, streams, _Past(now, viewing).of)


class _Past:
    """Which rows of an earlier time the viewer sees: those that stand now, and are visible now."""

    def __init__(self, now: Tables, viewing: Viewing) -> None:
        self._now = now
        self._viewing = viewing

    def of(self, table: AnalystTable, rows: Sequence[Row]) -> Iterator[Row]:
        """Yield those of the rows; memberships with what depends on the viewer."""
        seen = {
            _place(row): row for row in self._viewing.of(table, self._now[table.projection.name])
        }
        is_membership = table.projection.table is Memberships.table
        for row in rows:
            if (there := seen.get(_place(row))) is not None:
                yield {**there, **row} if is_membership else row


def _place(row: Row) -> Any:
    return (row["organisation"], row["cohort"]) if "stays" in row else row["position"]


Visible = Callable[[AnalystTable, Sequence[Row]], Iterator[Row]]


def _rows(tables: Tables, streams: Collection[str], visible: Visible) -> Mapping[str, TableRows]:
    found = {}
    for table in TABLES.values():
        rows = sorted(
            visible(table, tables[table.projection.name]), key=lambda row: row["position"]
        )
        if table is STAYS:
            rows = [
                stay_row(row, stay, leaving_seen=row[LEAVING_SEEN])
                for row in rows
                for stay in seen_stays(row)
            ]
        elif table is MEMBERSHIPS:
            rows = [
                {**row, "present": row["present"] if row[LEAVING_SEEN] else None}
                for row in rows
                if seen_stays(row)
            ]
        found[table.name] = TableRows(
            table, {column.name: _values(column, rows, streams, table) for column in table.columns}
        )
    return found


def _values(
    column: TableColumn, rows: Sequence[Row], streams: Collection[str], table: AnalystTable
) -> Sequence[Any]:
    """Return the values of a column, without the subjects that the viewer does not see."""
    source, prefix = column.name if table is STAYS else column.source, column.prefix
    if not column.refers:
        return [row[source] for row in rows]
    if column.is_list:
        return [
            [value for value in row[source] or () if f"{prefix}{value}" in streams] for row in rows
        ]
    return [
        value if value is not None and f"{prefix}{value}" in streams else None
        for row in rows
        for value in (row[source],)
    ]
