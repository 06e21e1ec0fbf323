"""Fetching what a query selects, before the executor looks at it: a statement for each place of the query."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from graphql import FieldNode, GraphQLObjectType, GraphQLResolveInfo

from projections.queries import lists as listing
from projections.queries.lists import Belongs, ListPage, Visible, visible
from projections.queries.prepared import Prepared
from projections.queries.subjects import Gathering, Wanted
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
    """A list of each of some parents: its rows belong to the parent, and the filter lets some of them in."""

    shape: Shape
    belongs: Belongs | None
    parents: Sequence[str]
    where: Mapping[str, Any] | None


class Loading:
    """What one root field of an operation fetches, for its viewer."""

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
        """Return the rows of a statement, which is made and asked in turn: nothing that was hidden before.

        Raises a GraphQL error where the read models do not take in in time what hides something.
        """
        return await self._reading.rows(statement)

    async def row(self, prepared: Prepared, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the one row of a prepared statement, as `rows` does."""
        return await self._reading.row(prepared, values)

    def count(self, shown: Sequence[Row]) -> None:
        """Count rows that lists of the answer show. Raises a GraphQL error at too many."""
        if isinstance(fetched := self.info.root_value, Fetched):
            fetched.count(len(shown))

    def visible(self, shape: Shape) -> Visible:
        """Return the rows of a shape that the viewer may see."""
        return visible(shape.table, shape.about)

    def columns(self, shape: Shape, nodes: Sequence[FieldNode], *more: str) -> list[str]:
        """Return the columns that the selection needs of rows of this shape."""
        own = ("key",) if shape.kind else ("position",) if "position" in shape.table.c else ()
        needed = dict.fromkeys((*own, *more))
        for selected in self.selection.of(self.type(shape.name), nodes):
            source: FieldSource = selected.field.extensions[SOURCE]
            needed.update(dict.fromkeys(source.needs))
        return list(needed)

    async def page(self, list_: List, names: Sequence[str], page: ListPage) -> list[Row]:
        """Return a page of each parent's list. Raises GraphQL errors about the filter."""
        filter = condition(list_.shape, list_.where)
        visible = self.visible(list_.shape)
        return await self.rows(
            lambda: listing.page(visible, names, page, filter, list_.belongs, list_.parents)
        )

    async def counts(self, list_: List) -> list[Row]:
        """Return how many rows each parent's list has, in all and filtered. Raises GraphQL errors."""
        filter = condition(list_.shape, list_.where)
        visible = self.visible(list_.shape)
        return await self.rows(
            lambda: listing.counts(visible, filter, list_.belongs, list_.parents)
        )

    async def fill(self, name: str, rows: Sequence[Row], nodes: Sequence[FieldNode]) -> None:
        """Fetch whatever is selected below rows of a type."""
        if not rows:
            return
        for selected in self.selection.of(self.type(name), nodes):
            await self.lead(rows, selected)

    async def lead(self, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch what a field of all these rows leads to.

        What goes wrong stands where that would: the executor raises it at the field, of each row, and the rest is
        answered. Raises what ends the whole answer.
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
        """Fetch what is selected below rows that say their types; what types share is fetched for all together."""
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
        """The position up to which events count."""
        return self.context.served.position

    def has(self, position: int, occurred_at: datetime) -> bool:
        """Say whether an event counts."""
        return True

    def chosen(self, chosen: Chosen) -> Chosen:
        """Return which of the chosen entries count."""
        return chosen

    def as_it_stands(self, row: Row) -> Row:
        """Return a row that is none of a table as it is at the moment that is looked at."""
        return row

    async def subjects(
        self, shape: Shape, keys: Iterable[str], nodes: Sequence[FieldNode]
    ) -> dict[str, Row]:
        """Return those of the subjects with these keys that the viewer may see, with what is selected of them."""
        prefix = f"{shape.kind}/"
        found = await self.streams({f"{prefix}{key}" for key in keys}, nodes)
        return {stream.removeprefix(prefix): row for stream, row in found.items()}

    async def streams(self, streams: Iterable[str], nodes: Sequence[FieldNode]) -> dict[str, Row]:
        """Return what the viewer may see of these, by `<kind>/<name>` as in ids, with what is selected of them.

        Subjects are named by their streams.
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
        """Return those rows of each kind, by names and columns, that the viewer may see: in one statement."""
        gathering = Gathering(
            {
                kind: Wanted(self.visible(shape), shape.naming, names, columns)
                for kind, (names, columns) in wanted.items()
                for shape in (self.shapes[kind],)
            }
        )
        return [*gathering.read(await self.rows(lambda: gathering.statement))]


def _reading(info: GraphQLResolveInfo[Any]) -> Reading:
    """Return what the operation reads from: for a query, from what it has fetched before."""
    if isinstance(info.root_value, Fetched):
        return info.root_value
    return one_by_one(info)


def grouped(rows: Iterable[Row], by: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """Return the rows by what a function makes of each."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(by(row), []).append(row)
    return found
