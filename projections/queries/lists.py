"""Lists of rows that a viewer may see: statements for many lists at once, so that their number does not grow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, Protocol

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import array

from events.access.audience import column, everybodys
from events.vocabulary.terms import Visibility
from projections.folding.tables import MOMENT, TEXT, TEXTS
from projections.models.cohorts import Memberships
from projections.models.iterations import Iterations
from projections.models.learnings import Adoptions, Learnings
from projections.models.questions import Framings
from projections.queries.audience_sql import Condition, SubjectCondition, event_seen, seen

Members = Sequence[Mapping[str, Any]]


class Belongs(Protocol):
    """Whether a row belongs to the list of a parent, by the parent's key: in SQL, and of rows at hand."""

    def condition(self, rows: FromClause, parent: ColumnElement[str]) -> Condition:
        """Return whether a row belongs to the parent."""

    def holds(self, row: Mapping[str, Any], parent: str, members: Members) -> bool:
        """Say the same of a row at hand; `members` are the memberships there are."""


Filter = Callable[[FromClause], Condition]

PARENT: Final = "@parent"
"""Of a row in the list of a parent: the parent's key. Rows have columns of their own."""

LEAVING_SEEN: Final = "leaving_seen"
"""Of a membership: whether the viewer may know that, when and why the organisation left."""

EVERY_JOINING_SEEN: Final = "every_joining_seen"
"""Of a membership: whether the viewer may know of every joining, not of those alone that are public."""

JUDGED: Final = (LEAVING_SEEN, EVERY_JOINING_SEEN)
"""What is said of a membership for whoever looks."""


class Visible:
    """The rows of a table that may be seen; of facts, `about` is the kind of their subjects and the key's column.

    An empty kind says that the column has the subject's stream.
    """

    def __init__(
        self, table: Table, about: tuple[str, str] | None = None, name: str = "listed"
    ) -> None:
        self.rows = _alias(table, name)
        self.source: Any = self.rows
        self._derived = derived(table)
        rows = self.rows.c
        if about is None:
            self.condition = seen(rows.audience)
            return
        kind, column = about
        subject = SubjectCondition(
            _prefixed(f"{kind}/" if kind else "", rows[column]), rows.position
        )
        # A note may outlive its subject; it is not shown beside what has the key since then.
        self.source = subject.joined(self.rows)
        creates = rows.position == subject.position if table is Framings.table else None
        self.condition = event_seen(self.rows, subject, creates)

    def column(self, name: str) -> ColumnElement[Any]:
        """Return the column with this name, or what is derived or judged under it."""
        if name in JUDGED:
            return self._judged(name)
        if name in self._derived:
            return self._derived[name].column(self.rows)
        return self.rows.c[name]

    def columns(self, names: Sequence[str]) -> list[ColumnElement[Any]]:
        """Return the columns with these names."""
        rows = self.rows.c
        return [rows[name] if name in rows else self.column(name).label(name) for name in names]

    def _judged(self, name: str) -> Condition:
        if name == EVERY_JOINING_SEEN:
            return seen(literal(column(everybodys(Visibility.PRIVATE)), TEXTS))
        return seen(self.rows.c.leaving)


@cache
def visible(table: Table, about: tuple[str, str] | None) -> Visible:
    """Return the rows of a table that may be seen. They are the same for everybody, so they are made once."""
    return Visible(table, about)


@dataclass(frozen=True)
class ListPage:
    """Which part of a list: by these columns, at most `limit` rows between two places, from the end if `backwards`.

    `limit` 0 asks for no rows. A place is the values of the columns that the list is ordered by.
    """

    order: Sequence[str]
    descending: bool
    limit: int
    backwards: bool = False
    after: Sequence[Any] | None = None
    before: Sequence[Any] | None = None

    def between(self, visible: Visible) -> Condition:
        """Return whether a row stands between the two places."""
        order = [visible.column(name) for name in self.order]
        columns = tuple_(*order)
        conditions: list[Condition] = [true()]
        for place, is_later in ((self.after, True), (self.before, False)):
            if place is not None:
                bound = tuple_(*(_bound(c, v) for c, v in zip(order, place, strict=True)))
                upwards = is_later is not self.descending
                conditions.append(columns > bound if upwards else columns < bound)
        return and_(*conditions)

    def ordered(self, visible: Visible) -> list[Any]:
        """Return what to order by."""
        down = self.descending is not self.backwards
        columns = (visible.column(name) for name in self.order)
        return [column.desc() if down else column.asc() for column in columns]


def page(
    visible: Visible,
    names: Sequence[str],
    page: ListPage,
    filter: Filter | None,
    belongs: Belongs | None = None,
    parents: Sequence[str] = (),
) -> Select[Any]:
    """Return the statement for a page of each parent's list; `PARENT` is whose a row is."""
    rows = visible.rows
    if belongs is None:
        return _page(visible, select(*visible.columns(names)), page, filter)
    parent = _unnested(parents)
    found = _page(visible, select(*visible.columns(names)), page, filter)
    lateral = found.where(belongs.condition(rows, parent.c.parent)).lateral("found")
    return select(parent.c.parent.label(PARENT), *lateral.c).select_from(
        parent.join(lateral, true())
    )


def counts(
    visible: Visible,
    filter: Filter | None,
    belongs: Belongs | None = None,
    parents: Sequence[str] = (),
) -> Select[Any]:
    """Return the statement for how many rows each parent's list has, in all and of those that the filter lets in."""
    rows = visible.rows
    filtered = func.count() if filter is None else func.count().filter(filter(rows))
    counted: Any = (
        select(func.count().label("total"), filtered.label("filtered"))
        .select_from(visible.source)
        .where(visible.condition)
    )
    if belongs is None:
        whole: Select[Any] = counted
        return whole
    parent = _unnested(parents)
    lateral = counted.where(belongs.condition(rows, parent.c.parent)).lateral("counted")
    return select(parent.c.parent.label(PARENT), *lateral.c).select_from(
        parent.join(lateral, true())
    )


def _page(
    visible: Visible, statement: Select[Any], page: ListPage, filter: Filter | None
) -> Select[Any]:
    statement = statement.select_from(visible.source).where(
        visible.condition, page.between(visible)
    )
    if filter is not None:
        statement = statement.where(filter(visible.rows))
    return statement.order_by(*page.ordered(visible)).limit(page.limit)


# What rows are ordered by that stands in no column of theirs


class Derived(Protocol):
    """What is worked out of a row, never null: in SQL, and of a row at hand, with all rows there are by table."""

    @property
    def type(self) -> type:
        """The type of its values."""

    def column(self, rows: FromClause) -> ColumnElement[Any]:
        """Return the values of rows."""

    def of(self, row: Mapping[str, Any], tables: Mapping[str, Members]) -> Any:
        """Return the same of a row at hand."""


class CountOf(int):
    """How many there are of something."""


NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Before the time of any event."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The moment in a column; `NEVER` where there is none."""

    name: str
    type: type = datetime

    def column(self, rows: FromClause) -> ColumnElement[Any]:
        """Return the values of rows."""
        return func.coalesce(rows.c[self.name], literal(NEVER, MOMENT), type_=MOMENT)

    def of(self, row: Mapping[str, Any], tables: Mapping[str, Members]) -> Any:
        """Return the same of a row at hand."""
        return row[self.name] or NEVER


@dataclass(frozen=True, slots=True)
class Times:
    """How many facts about it may be seen; `about` is the kind of their subjects and the key's column."""

    table: Table
    about: tuple[str, str]
    type: type = CountOf

    def column(self, rows: FromClause) -> ColumnElement[Any]:
        """Return the values of rows."""
        facts = Visible(self.table, self.about, "counted")
        return (
            select(func.count())
            .select_from(facts.source)
            .where(facts.condition, facts.rows.c[self.about[1]] == rows.c.key)
            .correlate_except(facts.source)
            .scalar_subquery()
        )

    def of(self, row: Mapping[str, Any], tables: Mapping[str, Members]) -> Any:
        """Return the same of a row at hand."""
        return sum(fact[self.about[1]] == row["key"] for fact in tables[self.table.name])


_DERIVED: Final[Mapping[str, Mapping[str, Derived]]] = {
    Iterations.table.name: {"concluded": Latest("concluded_at")},
    Learnings.table.name: {"adoptions": Times(Adoptions.table, ("learning", "learning"))},
}


def derived(table: Table) -> Mapping[str, Derived]:
    """Return what is derived of the rows of a table, by name."""
    return _DERIVED.get(table.name, {})


# Whose rows are


@dataclass(frozen=True, slots=True)
class InColumn:
    """The column is the parent's key, or its stream."""

    name: str
    prefix: str = ""

    def condition(self, rows: FromClause, parent: ColumnElement[str]) -> Condition:
        """Return whether a row belongs to the parent."""
        return rows.c[self.name] == _prefixed(self.prefix, parent)

    def holds(self, row: Mapping[str, Any], parent: str, members: Members) -> bool:
        """Say the same of a row at hand."""
        return bool(row[self.name] == self.prefix + parent)


@dataclass(frozen=True, slots=True)
class InList:
    """The parent's key, or its stream, is among those in the column."""

    name: str
    prefix: str = ""

    def condition(self, rows: FromClause, parent: ColumnElement[str]) -> Condition:
        """Return whether a row belongs to the parent."""
        of: Any = array([_prefixed(self.prefix, parent)], type_=TEXT)
        # So written, an index finds the rows; said twice, PostgreSQL expects few of them, and does not rather read all
        # rows in the order in which they are shown.
        return and_(*(rows.c[self.name].op(how, is_comparison=True)(of) for how in ("@>", "&&")))

    def holds(self, row: Mapping[str, Any], parent: str, members: Members) -> bool:
        """Say the same of a row at hand."""
        return self.prefix + parent in row[self.name]


@dataclass(frozen=True, slots=True)
class ByMembership:
    """A membership that the viewer may see leads from the parent to the row."""

    parent: str
    row: str

    def condition(self, rows: FromClause, parent: ColumnElement[str]) -> Condition:
        """Return whether a row belongs to the parent."""
        members = Memberships.table.alias()
        return (
            select(literal_column("1"))
            .select_from(members)
            .where(
                members.c[self.parent] == parent,
                members.c[self.row] == rows.c.key,
                seen(members.c.audience),
            )
            .correlate_except(members)
            .exists()
        )

    def holds(self, row: Mapping[str, Any], parent: str, members: Members) -> bool:
        """Say the same of a row at hand."""
        return any(
            member[self.parent] == parent and member[self.row] == row["key"] for member in members
        )


def _prefixed(prefix: str, key: ColumnElement[str]) -> ColumnElement[str]:
    return literal(prefix, TEXT) + key if prefix else key


def _bound(column: ColumnElement[Any], value: Any) -> ColumnElement[Any]:
    return literal(value, column.type)


@cache
def _alias(table: Table, name: str) -> FromClause:
    # SQLAlchemy makes an alias's columns anew for each, which takes longer than all else in a statement.
    return table.alias(name)


def texts(values: Sequence[str]) -> ColumnElement[Any]:
    """Return the texts as an array: as many as one likes are one value of a statement."""
    return cast(bindparam(None, list(values), type_=ARRAY(Text)), ARRAY(Text))


def _unnested(keys: Sequence[str]) -> Any:
    return select(func.unnest(texts(keys)).label("parent")).subquery("parents")
