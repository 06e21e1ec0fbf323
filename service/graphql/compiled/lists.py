"""Lists of the answer: a page of rows as an array, its cursors, and how many rows there are."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson
from graphql import FieldNode
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    cast,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from projections.listing import Page, Visible
from service.graphql.arguments import page_size
from service.graphql.compiled.building import Binder, Building, Given, NotCompiled
from service.graphql.compiled.objects import Columns, as_object, expression, members
from service.graphql.compiled.values import Expression
from service.graphql.lists.connections import Choice, ToMany
from service.graphql.lists.cursors import Cursors
from service.graphql.lists.filters import condition
from service.graphql.selection import Selected

Member = Callable[[Any], ColumnElement[Any]]
"""What makes a member of the connection of its pages, which are one row."""


@expression.register
def _(source: ToMany, building: Building, row: Columns, selected: Selected) -> Expression:
    parent = literal("", Text) if source.belongs is None else row[source.parent]
    return _List(building, source, parent, selected).connection()


class _List:
    """A list of rows that belong to a parent."""

    def __init__(
        self, building: Building, source: ToMany, parent: ColumnElement[str], selected: Selected
    ) -> None:
        self.building = building
        self.source = source
        self.parent = parent
        self.selected = selected
        self.shape = building.shapes[source.shape]
        arguments = building.given.arguments(selected)
        self.where = arguments.get("where") or None
        self.places = [name for name in ("after", "before") if arguments.get(name) is not None]
        if self.places and source.belongs is not None:
            raise NotCompiled("a cursor below rows")
        most = building.limits.list_size_max
        has_rows = building.selection.child(
            building.type(f"{self.shape.name}Connection"),
            selected.nodes,
            "edges",
            "nodes",
            "pageInfo",
        )
        self.backwards = page_size(arguments, most).backwards
        self.size = building.bind(
            Integer(), lambda given: page_size(given.arguments(selected), most).rows
        )
        self.chosen = Choice.read(self.shape, selected, arguments)
        self.has_rows = bool(has_rows)
        self.visible = building.visible(self.shape)
        self.columns: list[ColumnElement[Any]] = []

    def connection(self) -> Expression:
        """Return the connection as an object."""
        building = self.building
        type_ = building.type(f"{self.shape.name}Connection")
        made: dict[str, Member] = {}
        is_counted = False
        for name, nodes in building.selection.named(type_, self.selected.nodes).items():
            field = nodes[0].name.value
            match field:
                case "__typename":
                    made[name] = _always(literal(type_.name, Text))
                case "nodes":
                    made[name] = self._array(self._node(nodes))
                case "edges":
                    made[name] = self._array(self._edge(nodes))
                case "pageInfo":
                    made[name] = self._page_info(nodes)
                case _:
                    is_counted = True
                    made[name] = _counted(field)
        source: Any = None
        columns: dict[str, Any] = {}
        for one in (
            self._pages() if self.has_rows else None,
            self._counts() if is_counted else None,
        ):
            if one is not None:
                rows = one.subquery(building.name("part"))
                columns |= dict(rows.c.items())
                source = rows if source is None else source.join(rows, literal(True))
        statement = select(*(member(columns).label(name) for name, member in made.items()))
        if source is not None:
            statement = statement.select_from(source)
        return as_object(statement, building, source)

    # What a page has of each row

    def _column(self, found: ColumnElement[Any]) -> str:
        """Return the name by which the page has something of its rows."""
        name = self.building.name("of")
        self.columns.append(found.label(name))
        return name

    def _node(self, nodes: Sequence[FieldNode]) -> str:
        type_ = self.building.type(self.shape.name)
        selected = members(self.building, type_, self.building.columns(self.visible), nodes)
        return self._column(as_object(select(*selected), self.building))

    def _edge(self, nodes: Sequence[FieldNode]) -> str:
        building = self.building
        edge = building.type(f"{self.shape.name}Edge")
        found: list[ColumnElement[Any]] = []
        for name, same in building.selection.named(edge, nodes).items():
            match same[0].name.value:
                case "__typename":
                    found.append(literal(edge.name, Text).label(name))
                case "cursor":
                    found.append(self._cursor().label(name))
                case _:
                    type_ = building.type(self.shape.name)
                    selected = members(building, type_, building.columns(self.visible), same)
                    found.append(as_object(select(*selected), building).label(name))
        return self._column(as_object(select(*found), building))

    def _cursor(self) -> ColumnElement[str]:
        """Return the cursor of a row, as `Cursors` writes it."""
        chosen, selected, shape = self.chosen, self.selected, self.shape
        begin = orjson.dumps(chosen.name).decode()
        digest = self.building.bind(
            Text(), lambda given: Choice.read(shape, selected, given.arguments(selected)).digest
        )
        parts: list[ColumnElement[str]] = [
            literal(f"[{begin},", Text),
            cast(func.to_json(cast(self.parent, Text)), Text),
            literal(',"', Text),
            digest,
            literal('"', Text),
        ]
        for name, type_ in zip(chosen.order, chosen.types, strict=True):
            parts += [literal(",", Text), _place(self.visible.rows.c[name], type_)]
        parts.append(literal("]", Text))
        text = parts[0]
        for part in parts[1:]:
            text = text.concat(part)
        written = func.encode(func.convert_to(text, "UTF8"), "base64")
        return func.translate(func.replace(written, "\n", ""), "+/", "-_")

    # What is made of the pages

    def _pages(self) -> Select[Any]:
        """Return the one row with the page: of each column, an array of its values, one more than was asked for."""
        building, visible, chosen = self.building, self.visible, self.chosen
        page = Page(chosen.order, chosen.descending, 0, self.backwards)
        where = [visible.condition, self._belongs(visible)]
        if self.where is not None:
            where.append(self._filter(visible))
        where += (self._beyond(name) for name in self.places)
        found = (
            select(
                *self.columns, *(visible.rows.c[name].label(f"by_{name}") for name in chosen.order)
            )
            .select_from(visible.source)
            .where(*where)
            .order_by(*page.ordered(visible.rows))
            .limit(self.size + 1)
            .correlate_except(visible.source)
            .subquery(building.name("page"))
        )
        places = [found.c[f"by_{name}"] for name in chosen.order]
        ordered = [place.desc() if chosen.descending else place for place in places]
        arrays = [
            func.array_agg(aggregate_order_by(found.c[one.name], *ordered), type_=ARRAY(one.type))
            for one in self.columns
        ]
        labelled = (array.label(one.name) for array, one in zip(arrays, self.columns, strict=True))
        return select(*labelled, func.count().label("found")).select_from(found)

    def _counts(self) -> Select[Any]:
        visible = self.building.visible(self.shape)
        filtered: Any = func.count()
        if self.where is not None:
            filtered = filtered.filter(self._filter(visible))
        return (
            select(func.count().label("totalCount"), filtered.label("filteredCount"))
            .select_from(visible.source)
            .where(visible.condition, self._belongs(visible))
            .correlate_except(visible.source)
        )

    def _filter(self, visible: Visible) -> ColumnElement[bool]:
        """Return what the filter asks of rows. What it names is compared only if it is seen."""
        shape, selected, building = self.shape, self.selected, self.building

        def made(given: Given) -> ColumnElement[bool]:
            found = condition(shape, given.arguments(selected)["where"])
            return literal(True) if found is None else found(visible.rows)

        return building.filled(made(building.given), made)

    def _beyond(self, name: str) -> ColumnElement[bool]:
        """Return whether a row stands after, or before, the place of a cursor."""
        chosen, selected, shape, rows = self.chosen, self.selected, self.shape, self.visible.rows.c

        def place(at: int) -> Binder:
            def bound(given: Given) -> Any:
                arguments = given.arguments(selected)
                now = Choice.read(shape, selected, arguments)
                cursors = Cursors((now.name, "", now.digest), now.types)
                return cursors.read(arguments[name], name)[at]

            return bound

        bounds = [
            self.building.bind(rows[column].type, place(at))
            for at, column in enumerate(chosen.order)
        ]
        columns = tuple_(*(rows[column] for column in chosen.order))
        upwards = (name == "after") is not chosen.descending
        return columns > tuple_(*bounds) if upwards else columns < tuple_(*bounds)

    def _belongs(self, visible: Any) -> ColumnElement[bool]:
        belongs = self.source.belongs
        return literal(True) if belongs is None else belongs.condition(visible.rows, self.parent)

    def _array(self, name: str) -> Member:
        def made(pages: Any) -> ColumnElement[Any]:
            first, last = self._ends(pages)
            shown = func.array_to_json(pages[name][first:last])
            return func.coalesce(shown, func.json_build_array())

        return made

    def _ends(self, pages: Any) -> tuple[ColumnElement[int], ColumnElement[int]]:
        """Return the places of the first and the last row shown: one more may have been found, at the other end."""
        found = cast(pages["found"], Integer)
        if self.backwards:
            return func.greatest(found - self.size, 0) + 1, found
        return cast(literal(1), Integer), func.least(found, self.size)

    def _page_info(self, nodes: Sequence[FieldNode]) -> Member:
        building = self.building
        type_ = building.type("PageInfo")
        named = building.selection.named(type_, nodes)
        cursor = (
            self._column(self._cursor())
            if any(same[0].name.value.endswith("Cursor") for same in named.values())
            else ""
        )

        def made(pages: Any) -> ColumnElement[Any]:
            more = pages["found"] > self.size
            first, last = self._ends(pages)
            values: dict[str, Any] = {
                "__typename": literal(type_.name, Text),
                "hasNextPage": literal("before" in self.places) if self.backwards else more,
                "hasPreviousPage": more if self.backwards else literal("after" in self.places),
            }
            if cursor:
                values["startCursor"] = pages[cursor][first]
                values["endCursor"] = pages[cursor][last]
            return as_object(
                select(*(values[same[0].name.value].label(name) for name, same in named.items())),
                building,
            )

        return made


def _always(found: ColumnElement[Any]) -> Member:
    return lambda pages: found


def _counted(name: str) -> Member:
    return lambda pages: pages[name]


def _place(column: ColumnElement[Any], type_: type) -> ColumnElement[str]:
    if type_ is datetime:
        microseconds = func.extract("epoch", column) * 1_000_000
        return cast(cast(microseconds, BigInteger), Text)
    return cast(func.to_json(column) if type_ is str else column, Text)
