"""Compiled timeline entries: their columns, including those of the event's data, and their events."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, FromClause, Text, case, cast, func, not_, or_, select

from events.vocabulary.terms import TimePrecision
from projections.folding.tables import log_events
from projections.models.record import Entries, Voids
from projections.queries.corrections import CORRECTABLE, is_line_hidden, present_data, present_value
from projections.queries.viewers.audience_sql import names_seen
from service.graphql.compiler.objects import Columns, as_object, expression, members
from service.graphql.fetching.entries import EntryEvent
from service.graphql.selection import Selected
from service.graphql.sql_values.statement_context import Building
from service.graphql.sql_values.values import Expression


class EntryColumns(Mapping[str, ColumnElement[Any]]):
    """The columns of an entry, including those of its event's data as JSON, such as `data.learning`.

    `place` has the time, position, type, subject and organisation of the entry. Its row of `Entries` and its row of the
    log are joined only if a column of them is used.
    """

    def __init__(self, building: Building, place: FromClause) -> None:
        self._place = place
        self._own = Entries.table.alias(building.name("own"))
        self._line = log_events.alias(building.name("line"))
        self._used: set[FromClause] = set()
        self._judged = building.name("judged")
        voids = Voids.table.alias(building.name("void"))
        self._columns: dict[str, ColumnElement[Any]] = {
            "position": place.c.position,
            "occurred_at": place.c.occurred_at,
            "type": place.c.type,
            "subject": place.c.subject,
            "organisation": place.c.organisation,
            "voided_by": select(voids.c.voided_by)
            .where(voids.c.position == place.c.position)
            .correlate_except(voids)
            .scalar_subquery(),
        }

    @property
    def source(self) -> Any:
        """The rows of the entries, joined with the rows that were used."""
        found: Any = self._place
        for rows in (self._own, self._line):
            if rows in self._used:
                found = found.join(rows, rows.c.position == self._place.c.position)
        return found

    @property
    def event(self) -> ColumnElement[Any]:
        """The event itself, as JSON."""
        return self._of(self._line, "event")

    @property
    def is_visible(self) -> ColumnElement[bool]:
        """Whether the viewer may see the event, that is, every subject that it names."""
        judged = Entries.table.alias(self._judged)
        as_judged = (
            select(names_seen(judged.c.names, judged.c.position))
            .where(judged.c.position == self._of(self._own, "judged"))
            .correlate_except(judged)
            .scalar_subquery()
        )
        position = self._place.c.position
        # An event about another event is as visible as that one. Most events are not about another one.
        return case(
            (self._of(self._own, "judged") == position, names_seen(self.names, position)),
            else_=as_judged,
        )

    @property
    def names(self) -> ColumnElement[Any]:
        """The streams of the subjects that the event names."""
        return self._of(self._own, "names")

    def attribute(self, name: str) -> ColumnElement[str]:
        """Return an attribute of the event, as text."""
        found: ColumnElement[str] = self.event.op("->>", return_type=Text())(name)
        return found

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        if name in self._columns:
            return self._columns[name]
        if name in _OWN:
            return self._of(self._own, name)
        if name == "time_precision":
            precision = self.attribute("timeprecision")
            # An earlier release accepted any extension of this name.
            is_known = or_(*(precision == one.value for one in TimePrecision))
            return case((is_known, precision))
        if name in _ATTRIBUTES:
            return self.attribute(_ATTRIBUTES[name])
        data = self.event.op("->", return_type=JSON())("data")
        found: ColumnElement[Any] = data.op("->", return_type=JSON())(name.removeprefix("data."))
        field = name.removeprefix("data.")
        if field in CORRECTABLE:
            # What was corrected to null is as if left out.
            read = func.coalesce(present_value(self._place.c.position, field), cast(found, Text))
            return cast(func.nullif(read, "null"), JSON)
        if name != "data.event":
            return found
        # An event that is named by source and id has its position in `about`.
        about = self.event.op("->", return_type=JSON())("about")
        return case((func.json_typeof(found) == "object", about), else_=found)

    def __iter__(self) -> Iterator[str]:
        return iter((*self._columns, *_OWN))

    def __len__(self) -> int:
        return len(self._columns) + len(_OWN)

    def _of(self, rows: FromClause, name: str) -> ColumnElement[Any]:
        self._used.add(rows)
        found: ColumnElement[Any] = rows.c[name]
        return found


_OWN: Final = ("time", "cohort")
"""The columns in the row of `Entries`."""

_ATTRIBUTES: Final = {
    "recorded_time": "recordedtime",
    "actor": "actor",
    "provided_visibility": "visibility",
}
"""The columns that are attributes of the event, by name."""


@expression.register
def _entry_event(
    source: EntryEvent, building: Building, row: Columns, selected: Selected
) -> Expression:
    assert isinstance(row, EntryColumns)
    data = row.event.op("->", return_type=JSON())("data")
    is_hidden = is_line_hidden(row["position"])
    columns = {
        "position": row["position"],
        "event_id": row.attribute("id"),
        **{name: row.attribute(name) for name in ("source", "type", "subject", "actor")},
        "time": row["time"],
        "time_precision": row["time_precision"],
        "recorded_time": row["recorded_time"],
        "visibility": row["provided_visibility"],
        "organisation": row["organisation"],
        "data": case((is_hidden, present_data(data, row["position"])), else_=data),
        "line": case((not_(is_hidden), cast(row.event, Text))),
        "voided_by": row["voided_by"],
    }
    made = select(*members(building, building.type("Event"), columns, selected.nodes))
    return case((row.is_visible, as_object(made, building)))
