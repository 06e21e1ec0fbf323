"""Compiled connections: a page of rows as a JSON array, with its cursors and counts. Lists and timelines use them."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import FieldNode
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.graphql.arguments import page_size
from service.graphql.compiler.objects import Columns, KeyedColumns, as_object
from service.graphql.lists.cursors import Cursors
from service.graphql.selection import Selected
from service.graphql.sql_values.statement_context import (
    Binder,
    Building,
    NotCompiled,
    RequestValues,
)
from service.graphql.sql_values.values import Expression, microseconds, opaque

Member = Callable[[Columns], Expression]
"""Makes a member of the connection from the row that was found, which has arrays and numbers."""


class Paged:
    """A connection whose rows depend on the arguments of its field. Subclasses define the rows.

    Each selected value of a row is a column of the page. The page has each column as an array, and the connection takes
    a part of it: one row more than requested may have been found, at the far end.
    """

    def __init__(
        self, building: Building, type_name: str, row: Columns, selected: Selected
    ) -> None:
        building.refuse_below_list()
        self.building = building
        self.type_name = type_name
        self.selected = selected
        most = building.limits.list_size_max
        arguments = building.request.arguments(selected)
        self.backwards = page_size(arguments, most).backwards
        self.size = building.bind(
            Integer(), lambda request: page_size(request.arguments(selected), most).rows
        )
        self.places = [name for name in ("after", "before") if arguments.get(name) is not None]
        self._parent_key = row.key if isinstance(row, KeyedColumns) else None
        self._columns: list[ColumnElement[Any]] = []
        if self.places and self._parent_key is None:
            # A cursor belongs to the list of one parent, which is not known here.
            raise NotCompiled("a cursor below rows")
        building.checks.append(self.check)

    def check(self, request: RequestValues) -> None:
        """Check the arguments of a request. Raises GraphQL errors that name them."""
        page_size(request.arguments(self.selected), self.building.limits.list_size_max)
        for name in self.places:
            self._place_of(request, name)

    # Defined by subclasses

    def node(self, nodes: Sequence[FieldNode]) -> Expression:
        """Return the selected fields of a row as an object."""
        raise NotImplementedError

    def place(self) -> Sequence[ColumnElement[Any]]:
        """Return the columns in a row's cursor, by which the rows are ordered."""
        raise NotImplementedError

    def cursors(self, request: RequestValues, parent: str) -> Cursors:
        """Return the cursors of the list of a parent."""
        raise NotImplementedError

    def list_texts(self) -> Sequence[ColumnElement[str]]:
        """Return, as JSON, the texts that distinguish the cursors of this list from those of others."""
        raise NotImplementedError

    def found(self, columns: Sequence[ColumnElement[Any]]) -> tuple[FromClause, Sequence[Any]]:
        """Return the rows of the page with these columns, and their order."""
        raise NotImplementedError

    def counted(self) -> Any:
        """Return the statement for `totalCount` and `filteredCount`."""
        raise NotImplementedError

    def more(self, field: str) -> Expression:
        """Return the value of a field that only this kind of connection has."""
        raise NotImplementedError

    # Made from these

    def connection(self) -> Expression:
        """Return the connection as an object."""
        building = self.building
        type_ = building.type(f"{self.type_name}Connection")
        members: dict[str, Member] = {}
        has_rows = is_counted = False
        for name, nodes in building.named(type_, self.selected.nodes).items():
            match nodes[0].name.value:
                case "__typename":
                    members[name] = _always(literal(type_.name, Text))
                case "nodes":
                    has_rows = True
                    members[name] = self._array(self._column(self.node(nodes)))
                case "edges":
                    has_rows = True
                    members[name] = self._array(self._column(self._edge(nodes)))
                case "pageInfo":
                    has_rows = True
                    members[name] = self._page_info(nodes)
                case "totalCount" | "filteredCount" as count:
                    is_counted = True
                    members[name] = _named(count)
                case field:
                    members[name] = _always(self.more(field))
        source: Any = None
        columns: dict[str, ColumnElement[Any]] = {}
        for part in (self._pages() if has_rows else None, self.counted() if is_counted else None):
            if part is not None:
                rows = part.subquery(building.name("part"))
                columns |= dict(rows.c.items())
                source = rows if source is None else source.join(rows, true())
        statement = select(*(member(columns).label(name) for name, member in members.items()))
        if source is not None:
            statement = statement.select_from(source)
        return as_object(statement, building, source)

    def cursor_place(self, name: str, at: int) -> Binder:
        """Return the function that reads one part of the place from the cursor in an argument."""
        return lambda request: self._place_of(request, name)[at]

    def _place_of(self, request: RequestValues, name: str) -> Sequence[Any]:
        assert self._parent_key is not None
        cursor = request.arguments(self.selected)[name]
        return self.cursors(request, self._parent_key(request)).read(cursor, name)

    def _column(self, found: ColumnElement[Any]) -> str:
        """Return the name of the column of the page that has this value of its rows."""
        name = self.building.name("of")
        self._columns.append(found.label(name))
        return name

    def _edge(self, nodes: Sequence[FieldNode]) -> Expression:
        building = self.building
        edge = building.type(f"{self.type_name}Edge")
        members = []
        for name, same in building.named(edge, nodes).items():
            match same[0].name.value:
                case "__typename":
                    member: Expression = literal(edge.name, Text)
                case "cursor":
                    member = self._cursor(self.place())
                case _:
                    member = self.node(same)
            members.append(member.label(name))
        return as_object(select(*members), building)

    def _cursor(self, place: Sequence[ColumnElement[Any]]) -> ColumnElement[str]:
        """Return the cursor of a place, as `Cursors` writes it."""
        parts = [*self.list_texts(), *map(_cursor_part, place)]
        text: ColumnElement[str] = literal("[", Text)
        for number, part in enumerate(parts):
            text = text.concat(literal(",", Text)).concat(part) if number else text.concat(part)
        return opaque(text.concat(literal("]", Text)))

    def _pages(self) -> Any:
        """Return the one row with the page, which has an array for each column."""
        found, order = self.found(self._columns)
        arrays = [
            func.array_agg(
                aggregate_order_by(found.c[one.name], *order), type_=ARRAY(one.type)
            ).label(one.name)
            for one in self._columns
        ]
        pages = select(*arrays, func.count().label("found")).select_from(found)
        return pages

    def _ends(self, pages: Columns) -> tuple[ColumnElement[int], ColumnElement[int]]:
        """Return the indexes of the first and the last row that is shown."""
        found = cast(pages["found"], Integer)
        if self.backwards:
            return func.greatest(found - self.size, 0) + 1, found
        return cast(literal(1), Integer), func.least(found, self.size)

    def _array(self, name: str) -> Member:
        def made(pages: Columns) -> Expression:
            column: Any = pages[name]
            first, last = self._ends(pages)
            return func.coalesce(func.array_to_json(column[first:last]), func.json_build_array())

        return made

    def _page_info(self, nodes: Sequence[FieldNode]) -> Member:
        building = self.building
        named = building.named(building.type("PageInfo"), nodes)
        has_cursors = any(same[0].name.value.endswith("Cursor") for same in named.values())
        # Writes only two cursors, no matter how many rows there are.
        place = [(self._column(part), part.type) for part in self.place()] if has_cursors else []

        def made(pages: Columns) -> Expression:
            more = pages["found"] > self.size
            values: dict[str, Expression] = {
                "__typename": literal("PageInfo", Text),
                "hasNextPage": literal("before" in self.places) if self.backwards else more,
                "hasPreviousPage": more if self.backwards else literal("after" in self.places),
            }
            for cursor, end in zip(("startCursor", "endCursor"), self._ends(pages), strict=True):
                columns: list[tuple[Any, Any]] = [(pages[name], type_) for name, type_ in place]
                at = [type_coerce(column[end], type_) for column, type_ in columns]
                values[cursor] = case((pages["found"] > 0, self._cursor(at)))
            return as_object(
                select(*(values[same[0].name.value].label(name) for name, same in named.items())),
                building,
            )

        return made


def _always(found: Expression) -> Member:
    return lambda pages: found


def _named(name: str) -> Member:
    return lambda pages: pages[name]


def _cursor_part(part: ColumnElement[Any]) -> ColumnElement[str]:
    """Return a part of a place as in a cursor: a time in microseconds."""
    if isinstance(part.type, DateTime):
        return microseconds(part)
    return cast(func.to_json(part) if isinstance(part.type, Text) else part, Text)
