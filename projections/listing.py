"""Lists of rows that a viewer may see: statements for many lists at once, so that their number does not grow."""

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
from events.terms import Visibility
from projections.audiences import Condition, Subject, event_seen, seen
from projections.models.cohorts import Memberships
from projections.models.questions import Framings
from projections.tables import TEXT, TEXTS

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
        rows = self.rows.c
        if about is None:
            self.condition = seen(rows.audience)
            return
        kind, column = about
        subject = Subject(_prefixed(f"{kind}/" if kind else "", rows[column]), rows.position)
        # A note may outlive its subject; it is not shown beside what has the key since then.
        self.source = subject.joined(self.rows)
        creates = rows.position == subject.position if table is Framings.table else None
        self.condition = event_seen(self.rows, subject, creates)

    def columns(self, names: Sequence[str]) -> list[ColumnElement[Any]]:
        """Return the columns with these names."""
        return [
            self._judged(name).label(name) if name in JUDGED else self.rows.c[name]
            for name in names
        ]

    def _judged(self, name: str) -> Condition:
        if name == EVERY_JOINING_SEEN:
            return seen(literal(column(everybodys(Visibility.PRIVATE)), TEXTS))
        return seen(self.rows.c.leaving)


@cache
def visible(table: Table, about: tuple[str, str] | None) -> Visible:
    """Return the rows of a table that may be seen. They are the same for everybody, so they are made once."""
    return Visible(table, about)


@dataclass(frozen=True)
class Page:
    """Which part of a list: by these columns, at most `limit` rows between two places, from the end if `backwards`.

    `limit` 0 asks for no rows. A place is the values of the columns that the list is ordered by.
    """

    order: Sequence[str]
    descending: bool
    limit: int
    backwards: bool = False
    after: Sequence[Any] | None = None
    before: Sequence[Any] | None = None

    def between(self, rows: FromClause) -> Condition:
        """Return whether a row stands between the two places."""
        columns = tuple_(*(rows.c[name] for name in self.order))
        conditions: list[Condition] = [true()]
        for place, is_later in ((self.after, True), (self.before, False)):
            if place is not None:
                bound = tuple_(
                    *(_bound(rows.c[n], v) for n, v in zip(self.order, place, strict=True))
                )
                upwards = is_later is not self.descending
                conditions.append(columns > bound if upwards else columns < bound)
        return and_(*conditions)

    def ordered(self, rows: FromClause) -> list[Any]:
        """Return what to order by."""
        down = self.descending is not self.backwards
        return [rows.c[name].desc() if down else rows.c[name].asc() for name in self.order]


def page(
    visible: Visible,
    names: Sequence[str],
    page: Page,
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
    visible: Visible, statement: Select[Any], page: Page, filter: Filter | None
) -> Select[Any]:
    rows = visible.rows
    statement = statement.select_from(visible.source).where(visible.condition, page.between(rows))
    if filter is not None:
        statement = statement.where(filter(rows))
    return statement.order_by(*page.ordered(rows)).limit(page.limit)


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
