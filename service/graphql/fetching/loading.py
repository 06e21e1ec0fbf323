"""Fetching what a query selects before the executor reads it, with one statement for each list of the query."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from graphql import FieldNode, GraphQLObjectType, GraphQLResolveInfo

from projections.queries import lists
from projections.queries.lists import Belongs, ListPage, Visible, visible
from projections.queries.prepared import Prepared
from projections.queries.subjects import RowsOfKinds, Wanted
from projections.queries.timelines import Chosen
from service.graphql.errors import ends_the_answer
from service.graphql.fetching.rows import Fetched, Reading, Statement, one_by_one
from service.graphql.fields.field import SOURCE, TYPE, FieldSource, Row
from service.graphql.fields.shapes import Shape
from service.graphql.filters.filters import condition
from service.graphql.selection import Selected, SelectionReader

if TYPE_CHECKING:
    from service.graphql.context import Context


__all__ = ["Loading", "Selected"]


@dataclass(frozen=True)
class List:
    """A list of each of several parents. Its rows belong to the parent and match the filter."""

    shape: Shape
    belongs: Belongs | None
    parents: Sequence[str]
    where: Mapping[str, Any] | None


class Loading:
    """Fetches the rows for one root field of an operation, for its viewer."""

    def __init__(self, info: GraphQLResolveInfo[Any], reading: Reading | None = None) -> None:
        self.info = info
        self.context: Context = info.context
        self.viewer = self.context.viewer
        self.selection = SelectionReader.within(info)
        self.shapes: Mapping[str, Shape] = info.schema.extensions["shapes"]
        self._types = info.schema.type_map
        self._reading = reading or _reading(info)

    def type(self, name: str) -> GraphQLObjectType:
        """Return the object type with this name."""
        return cast(GraphQLObjectType, self._types[name])

    async def rows(self, statement: Statement) -> list[Row]:
        """Return the rows of a statement, without what was already hidden. Waits for the viewer's turn.

        Raises a GraphQL error if the read models do not, in time, reach an event that hides something.
        """
        return await self._reading.rows(statement)

    async def row(self, prepared: Prepared, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the one row of a prepared statement, as `rows` does."""
        return await self._reading.row(prepared, values)

    def count(self, shown: Sequence[Row]) -> None:
        """Count the rows of lists in the answer. Raises a GraphQL error if there are too many."""
        if isinstance(fetched := self.info.root_value, Fetched):
            fetched.count(len(shown))

    def visible(self, shape: Shape) -> Visible:
        """Return the rows of a shape that the viewer may see."""
        return visible(shape.table, shape.about)

    def columns(self, shape: Shape, nodes: Sequence[FieldNode], *more: str) -> list[str]:
        """Return the columns of this shape that the selection needs."""
        own = ("key",) if shape.kind else ("position",) if "position" in shape.table.c else ()
        needed = dict.fromkeys((*own, *more))
        for selected in self.selection.of(self.type(shape.name), nodes):
            source: FieldSource = selected.field.extensions[SOURCE]
            needed.update(dict.fromkeys(source.needs))
        return list(needed)

    async def page(self, list_: List, names: Sequence[str], page: ListPage) -> list[Row]:
        """Return a page of the list of each parent. Raises GraphQL errors about the filter."""
        filter = condition(list_.shape, list_.where)
        visible = self.visible(list_.shape)
        return await self.rows(
            lambda: lists.page(visible, names, page, filter, list_.belongs, list_.parents)
        )

    async def counts(self, list_: List) -> list[Row]:
        """Return the number of rows in the list of each parent, in all and filtered. Raises GraphQL errors."""
        filter = condition(list_.shape, list_.where)
        visible = self.visible(list_.shape)
        return await self.rows(lambda: lists.counts(visible, filter, list_.belongs, list_.parents))

    async def fill(self, name: str, rows: Sequence[Row], nodes: Sequence[FieldNode]) -> None:
        """Fetch everything that is selected below rows of a type."""
        if not rows:
            return
        for selected in self.selection.of(self.type(name), nodes):
            await self.lead(rows, selected)

    async def lead(self, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch what a field of all these rows leads to.

        An error takes the place of the value in each row, so that the executor raises it at the field and answers the
        rest. Errors that end the whole answer are raised here.
        """
        source: FieldSource = selected.field.extensions[SOURCE]
        try:
            await source.load(self, rows, selected)
        except Exception as error:
            if ends_the_answer(error):
                raise
            for row in rows:
                row[selected.slot] = error

    async def fill_each(self, rows: Sequence[Row], nodes: Sequence[FieldNode]) -> None:
        """Fetch what is selected below rows of several types. Fields that types share are fetched together."""
        together: dict[Any, tuple[Selected, list[Row]]] = {}
        for name, same in sorted(grouped(rows, lambda row: row[TYPE]).items()):
            for selected in self.selection.of(self.type(name), nodes):
                source: FieldSource = selected.field.extensions[SOURCE]
                key = (selected.slot, source, tuple(map(id, selected.nodes)))
                together.setdefault(key, (selected, []))[1].extend(same)
        for selected, of in together.values():
            await self.lead(of, selected)

    @property
    def through(self) -> int:
        """The position up to which events are taken into account."""
        return self.context.served.position

    def has(self, position: int, occurred_at: datetime) -> bool:
        """Return whether an event is taken into account."""
        return True

    def chosen(self, chosen: Chosen) -> Chosen:
        """Return those of the chosen entries that are taken into account."""
        return chosen

    async def unseen_wordings(self, positions: Collection[int]) -> Collection[int]:
        """Return those of these events that are shown as they read now, though this reads an earlier point in history.

        The viewer may not see how they read before.
        """
        return ()

    def as_it_stands(self, row: Row) -> Row:
        """Return a row that does not come from a table, as of the point in history at which this reads."""
        return row

    async def subjects(
        self, shape: Shape, keys: Iterable[str], nodes: Sequence[FieldNode]
    ) -> dict[str, Row]:
        """Return those of the subjects with these keys that the viewer may see, with the selected fields, by key."""
        prefix = f"{shape.kind}/"
        found = await self.streams({f"{prefix}{key}" for key in keys}, nodes)
        return {stream.removeprefix(prefix): row for stream, row in found.items()}

    async def streams(self, streams: Iterable[str], nodes: Sequence[FieldNode]) -> dict[str, Row]:
        """Return those of these nodes that the viewer may see, with the selected fields.

        Nodes are named by `<kind>/<name>` as in ids. For subjects, that is the stream.
        """
        by_kind: dict[str, set[str]] = {}
        for stream in streams:
            kind, _, name = stream.partition("/")
            if kind in self.shapes:
                by_kind.setdefault(kind, set()).add(name)
        if not by_kind:
            return {}
        found = await self.gathered(
            {
                kind: (sorted(names), self.columns(shape, nodes, *shape.naming.needs))
                for kind, names in sorted(by_kind.items())
                for shape in (self.shapes[kind],)
            }
        )
        for kind, row in found:
            row[TYPE] = self.shapes[kind].name
        await self.fill_each([row for _, row in found], nodes)
        return {f"{kind}/{self.shapes[kind].naming.name(row)}": row for kind, row in found}

    async def gathered(
        self, wanted: Mapping[str, tuple[Sequence[str], Sequence[str]]]
    ) -> list[tuple[str, Row]]:
        """Return the rows of each kind with these names that the viewer may see, from one statement.

        `wanted` has the names and the columns for each kind.
        """
        gathering = RowsOfKinds(
            {
                kind: Wanted(self.visible(shape), shape.naming, names, columns)
                for kind, (names, columns) in wanted.items()
                for shape in (self.shapes[kind],)
            }
        )
        return [*gathering.read(await self.rows(lambda: gathering.statement))]


def _reading(info: GraphQLResolveInfo[Any]) -> Reading:
    """Return the reading of the operation. A query has one, which its root fields share."""
    if isinstance(info.root_value, Fetched):
        return info.root_value
    return one_by_one(info)


def grouped(rows: Iterable[Row], by: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """Return the rows, grouped by the result of a function."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(by(row), []).append(row)
    return found
