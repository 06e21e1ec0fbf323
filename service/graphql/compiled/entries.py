"""Entries of timelines in the answer: columns of an entry, those of its event's data among them, and its event."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import JSON, ColumnElement, FromClause, Text, case, cast, func, literal, select

from projections.audiences import SubjectThen, seen
from projections.models.record import Voids
from service.graphql.compiled.building import Building
from service.graphql.compiled.objects import Columns, as_object, expression
from service.graphql.compiled.values import Expression
from service.graphql.entries import EntryEvent
from service.graphql.selection import Selected


class Entry(Mapping[str, ColumnElement[Any]]):
    """The columns of an entry, with those of its event's data as JSON, such as `data.learning`.

    `place` has its time, type and position, `own` and `judged` are its rows of the read model: its own and that of the
    event by which it is judged; `line` is the log's.
    """

    def __init__(
        self,
        building: Building,
        place: FromClause,
        own: FromClause,
        judged: FromClause,
        line: FromClause,
    ) -> None:
        self.judged = judged
        self.event = line.c.event
        voids = Voids.table.alias(building.name("void"))
        self._columns: dict[str, ColumnElement[Any]] = {
            "position": place.c.position,
            "occurred_at": place.c.occurred_at,
            "type": place.c.type,
            "organisation": own.c.organisation,
            "cohort": own.c.cohort,
            "subject": own.c.subject,
            "time": self.said("time"),
            "recorded_time": self.said("recordedtime"),
            "actor": self.said("actor"),
            "given": self.said("visibility"),
            "voided_by": select(voids.c.voided_by)
            .where(voids.c.position == place.c.position)
            .correlate_except(voids)
            .scalar_subquery(),
        }

    def said(self, name: str) -> ColumnElement[str]:
        """Return an attribute of the event, as text."""
        found: ColumnElement[str] = self.event.op("->>", return_type=Text())(name)
        return found

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        if name in self._columns:
            return self._columns[name]
        data = self.event.op("->", return_type=JSON())("data")
        found: ColumnElement[Any] = data.op("->", return_type=JSON())(name.removeprefix("data."))
        if name != "data.event":
            return found
        # Named by source and id, it is where the log found it.
        about = self.event.op("->", return_type=JSON())("about")
        return case((func.json_typeof(found) == "object", about), else_=found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


@expression.register
def _(source: EntryEvent, building: Building, row: Columns, selected: Selected) -> Expression:
    assert isinstance(row, Entry)
    type_ = building.type("Event")
    named = building.selection.named(type_, selected.nodes)
    made = (
        _OF_EVENT[same[0].name.value](row, same[0].name.value).label(name)
        for name, same in named.items()
    )
    return case((_may_be_given(building, row.judged), as_object(select(*made), building)))


def _may_be_given(building: Building, judged: FromClause) -> ColumnElement[bool]:
    """Return whether all that an event names is seen."""
    names = func.unnest(judged.c.names).table_valued("stream").render_derived(building.name("name"))
    subject = SubjectThen(names.c.stream, judged.c.position)
    hidden = (
        select(literal(1))
        .select_from(subject.joined(names))
        .where(func.coalesce(seen(subject.audience), False).is_(False))
        .correlate(judged)
        .exists()
    )
    return ~hidden


_OF_EVENT: Mapping[str, Callable[[Entry, str], Expression]] = {
    "__typename": lambda row, name: literal("Event", Text),
    "position": lambda row, name: row["position"],
    **dict.fromkeys(
        ("id", "source", "type", "subject", "time", "actor"), lambda row, name: row.said(name)
    ),
    "recordedTime": lambda row, name: row["recorded_time"],
    "visibility": lambda row, name: func.upper(row["given"]),
    "organisation": lambda row, name: row["organisation"],
    "data": lambda row, name: row.event.op("->")("data"),
    "line": lambda row, name: cast(row.event, Text),
    "voidedBy": lambda row, name: row["voided_by"],
}
"""What is said of an event, by the field."""
