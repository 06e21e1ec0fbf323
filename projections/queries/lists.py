"""Statements for lists of rows that a viewer may see. The graph builds its lists with them.

One statement returns the lists of many parents, so that the number of statements does not grow with the parents.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
from projections.folding.tables import TEXT, TEXTS
from projections.models.cohorts import Memberships
from projections.models.iterations import Iterations
from projections.models.learnings import Adoptions, Learnings
from projections.models.questions import Framings
from projections.models.sessions import Commitments
from projections.queries.derived_values import CountOf, DayNumber, Derived, Latest, Members
from projections.queries.viewers.audience_sql import Condition, SubjectCondition, event_seen, seen
from projections.store.added_columns import AddedColumn


class Belongs(Protocol):
    """Whether a row belongs to the list of a parent with a key: in SQL, and for rows in memory."""

    def condition(self, rows: FromClause, parent: ColumnElement[str]) -> Condition:
        """Return whether a row belongs to the parent."""

    def holds(self, row: Mapping[str, Any], parent: str, members: Members) -> bool:
        """Return the same for a row in memory; `members` are all memberships."""


Filter = Callable[[FromClause], Condition]

PARENT: Final = AddedColumn.PARENT.value
"""The column with the parent's key, beside a row's own columns."""

LEAVING_SEEN: Final = "leaving_seen"
"""Of a membership: whether the viewer may see that, when and why the organisation left."""

EVERY_JOINING_SEEN: Final = "every_joining_seen"
"""Of a membership: whether the viewer may see every time it joined, and not only the public ones."""

BY_VIEWER: Final = (LEAVING_SEEN, EVERY_JOINING_SEEN)
"""The columns of a membership whose values depend on the viewer."""


class Visible:
    """The rows of a table that the viewer may see. For facts, `about` is their subjects' kind and the key's column.

    If the kind is empty, the column has the subject's stream.
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
        # A note may outlive its subject. It is not shown with a later subject that has the same key.
        self.source = subject.joined(self.rows)
        creates = rows.position == subject.position if table is Framings.table else None
        self.condition = event_seen(self.rows, subject, creates)

    def column(self, name: str) -> ColumnElement[Any]:
        """Return the column with this name, also if it is derived or depends on the viewer."""
        if name in BY_VIEWER:
            return self._by_viewer(name)
        if name in self._derived:
            return self._derived[name].column(self.rows)
        return self.rows.c[name]

    def columns(self, names: Sequence[str]) -> list[ColumnElement[Any]]:
        """Return the columns with these names."""
        rows = self.rows.c
        return [rows[name] if name in rows else self.column(name).label(name) for name in names]

    def _by_viewer(self, name: str) -> Condition:
        if name == EVERY_JOINING_SEEN:
            return seen(literal(column(everybodys(Visibility.PRIVATE)), TEXTS))
        return seen(self.rows.c.leaving)


@cache
def visible(table: Table, about: tuple[str, str] | None) -> Visible:
    """Return the rows of a table that the viewer may see. They do not name the viewer, so they are built once."""
    return Visible(table, about)


@dataclass(frozen=True)
class ListPage:
    """A page of a list that is ordered by these columns: at most `limit` rows, from the end if `backwards`.

    `after` and `before` are values of these columns; the rows are between them. `limit` 0 returns no rows.
    """

    order: Sequence[str]
    descending: bool
    limit: int
    backwards: bool = False
    after: Sequence[Any] | None = None
    before: Sequence[Any] | None = None

    def between(self, visible: Visible) -> Condition:
        """Return whether a row is between `after` and `before`."""
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
        """Return the terms of ORDER BY."""
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
    """Return the statement for a page of each parent's list; the column `PARENT` has the parent of a row."""
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
    """Return the statement that counts the rows of each parent's list: all of them, and those that meet the filter."""
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


# Derived values that rows can be ordered by


@dataclass(frozen=True, slots=True)
class Times:
    """The number of facts about the row that the viewer may see; `about` is as in `Visible`."""

    table: Table
    about: tuple[str, str]
    type: type = CountOf

    def column(self, rows: FromClause) -> ColumnElement[Any]:
        """Return the values for rows."""
        facts = Visible(self.table, self.about, "counted")
        return (
            select(func.count())
            .select_from(facts.source)
            .where(facts.condition, facts.rows.c[self.about[1]] == rows.c.key)
            .correlate_except(facts.source)
            .scalar_subquery()
        )

    def of(self, row: Mapping[str, Any], tables: Mapping[str, Members]) -> Any:
        """Return the value for a row in memory."""
        return sum(fact[self.about[1]] == row["key"] for fact in tables[self.table.name])


_DERIVED: Final[Mapping[str, Mapping[str, Derived]]] = {
    Commitments.table.name: {"due": DayNumber("due_on")},
    Iterations.table.name: {"concluded": Latest("concluded_at")},
    Learnings.table.name: {"adoptions": Times(Adoptions.table, ("learning", "learning"))},
}


def derived(table: Table) -> Mapping[str, Derived]:
    """Return the derived values of the rows of a table, by name."""
    return _DERIVED.get(table.name, {})


# How rows belong to parents


@dataclass(frozen=True, slots=True)
class InColumn:
    """The column is the parent's key, or its stream."""

    name: str
    prefix: str = ""

    def condition(self, rows: FromClause, parent: ColumnElement[str]) -> Condition:
        """Return whether a row belongs to the parent."""
        return rows.c[self.name] == _prefixed(self.prefix, parent)

    def holds(self, row: Mapping[str, Any], parent: str, members: Members) -> bool:
        """Return the same for a row in memory."""
        return bool(row[self.name] == self.prefix + parent)


@dataclass(frozen=True, slots=True)
class InList:
    """The parent's key, or its stream, is among those in the column."""

    name: str
    prefix: str = ""

    def condition(self, rows: FromClause, parent: ColumnElement[str]) -> Condition:
        """Return whether a row belongs to the parent."""
        parents: Any = array([_prefixed(self.prefix, parent)], type_=TEXT)
        column = rows.c[self.name]
        # Written with these operators, the condition can use an index. With both of them PostgreSQL expects few rows;
        # otherwise it would read all rows in their order instead.
        return and_(*(column.op(how, is_comparison=True)(parents) for how in ("@>", "&&")))

    def holds(self, row: Mapping[str, Any], parent: str, members: Members) -> bool:
        """Return the same for a row in memory."""
        return self.prefix + parent in row[self.name]


@dataclass(frozen=True, slots=True)
class ByMembership:
    """A membership that the viewer may see connects the parent and the row."""

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
        """Return the same for a row in memory."""
        return any(
            member[self.parent] == parent and member[self.row] == row["key"] for member in members
        )


def _prefixed(prefix: str, key: ColumnElement[str]) -> ColumnElement[str]:
    return literal(prefix, TEXT) + key if prefix else key


def _bound(column: ColumnElement[Any], value: Any) -> ColumnElement[Any]:
    return literal(value, column.type)


@cache
def _alias(table: Table, name: str) -> FromClause:
    # SQLAlchemy creates the columns of each alias, which takes longer than everything else in a statement.
    return table.alias(name)


def texts(values: Sequence[str]) -> ColumnElement[Any]:
    """Return the texts as an array, which is one parameter of a statement however many they are."""
    return cast(bindparam(None, list(values), type_=ARRAY(Text)), ARRAY(Text))


def _unnested(keys: Sequence[str]) -> Any:
    return select(func.unnest(texts(keys)).label("parent")).subquery("parents")
