"""Compiled lists: rows of a shape that belong to a parent, filtered and ordered."""

from collections.abc import Sequence
from typing import Any

import orjson
from graphql import FieldNode
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    cast,
    func,
    literal,
    select,
    true,
    tuple_,
)

from projections.queries.lists import ListPage, Visible
from service.graphql.compiler.connections import Paged
from service.graphql.compiler.objects import Columns, as_object, expression, members
from service.graphql.filters.filters import condition
from service.graphql.lists.connections import Choice, ToMany
from service.graphql.lists.cursors import Cursors
from service.graphql.selection import Selected
from service.graphql.sql_values.statement_context import Building, RequestValues
from service.graphql.sql_values.values import Expression


@expression.register
def _to_many(source: ToMany, building: Building, row: Columns, selected: Selected) -> Expression:
    return _List(building, source, row, selected).connection()


class _List(Paged):
    """A list of rows that belong to a parent."""

    def __init__(
        self, building: Building, source: ToMany, row: Columns, selected: Selected
    ) -> None:
        self.shape = building.shapes[source.shape]
        super().__init__(building, self.shape.name, row, selected)
        arguments = building.request.arguments(selected)
        self._source = source
        self._parent = literal("", Text) if source.belongs is None else row[source.parent]
        self._where = arguments.get("where") or None
        self._name = building.name("list")
        self._chosen = self._choice(building.request)
        self._visible = building.visible(self.shape)

    def check(self, request: RequestValues) -> None:
        """Check the arguments of a request. Raises GraphQL errors that name them."""
        super().check(request)
        condition(self.shape, request.arguments(self.selected).get("where"))

    def node(self, nodes: Sequence[FieldNode]) -> Expression:
        """Return the selected fields of a row as an object."""
        type_ = self.building.type(self.shape.name)
        columns = self.building.columns(self._visible)
        return as_object(select(*members(self.building, type_, columns, nodes)), self.building)

    def place(self) -> Sequence[ColumnElement[Any]]:
        """Return the columns in a row's cursor."""
        return [self._visible.column(name) for name in self._chosen.order]

    def cursors(self, request: RequestValues, parent: str) -> Cursors:
        """Return the cursors of the list of a parent."""
        now = self._choice(request)
        return Cursors((now.name, parent, now.digest), now.types)

    def list_texts(self) -> Sequence[ColumnElement[str]]:
        """Return, as JSON, the name of the list, its parent, and the digest of its filter and order."""
        digest = self.building.bind(Text(), lambda request: f'"{self._choice(request).digest}"')
        name = literal(orjson.dumps(self._chosen.name).decode(), Text)
        return [name, cast(func.to_json(cast(self._parent, Text)), Text), digest]

    def found(self, columns: Sequence[ColumnElement[Any]]) -> tuple[FromClause, Sequence[Any]]:
        """Return the rows of the page with these columns, and their order."""
        visible, chosen = self._visible, self._chosen
        page = ListPage(chosen.order, chosen.descending, 0, self.backwards)
        by = {name: visible.column(name).label(f"by_{name}") for name in chosen.order}
        found = (
            select(*columns, *by.values())
            .select_from(visible.source)
            .where(*self._belonging(visible), self._filter(visible), self._between(visible))
            .order_by(*page.ordered(visible))
            .limit(self.size + 1)
            .correlate_except(visible.source)
            .subquery(self.building.name("page"))
        )
        places = (found.c[label.name] for label in by.values())
        return found, [place.desc() if chosen.descending else place for place in places]

    def counted(self) -> Any:
        """Return the statement that counts the rows."""
        visible = self.building.visible(self.shape)
        filtered: Any = func.count()
        if self._where is not None:
            filtered = filtered.filter(self._filter(visible))
        return (
            select(func.count().label("totalCount"), filtered.label("filteredCount"))
            .select_from(visible.source)
            .where(*self._belonging(visible))
            .correlate_except(visible.source)
        )

    def _choice(self, request: RequestValues) -> Choice:
        selected = self.selected
        return request.once(
            self._name, lambda: Choice.read(self.shape, selected, request.arguments(selected))
        )

    def _belonging(self, visible: Visible) -> list[ColumnElement[bool]]:
        belongs = self._source.belongs
        if belongs is None:
            return [visible.condition]
        return [belongs.condition(visible.rows, self._parent), visible.condition]

    def _filter(self, visible: Visible) -> ColumnElement[bool]:
        """Return the condition of the filter."""
        if self._where is None:
            return true()

        def made(request: RequestValues) -> ColumnElement[bool]:
            found = condition(self.shape, request.arguments(self.selected)["where"])
            return true() if found is None else found(visible.rows)

        return self.building.filled(made(self.building.request), made)

    def _between(self, visible: Visible) -> ColumnElement[bool]:
        """Return the condition that a row is between the places of the cursors."""
        order = [visible.column(name) for name in self._chosen.order]
        found: list[ColumnElement[bool]] = []
        for name in self.places:
            bounds = [
                self.building.bind(column.type, self.cursor_place(name, at))
                for at, column in enumerate(order)
            ]
            columns, place = tuple_(*order), tuple_(*bounds)
            upwards = (name == "after") is not self._chosen.descending
            found.append(columns > place if upwards else columns < place)
        return and_(true(), *found)
