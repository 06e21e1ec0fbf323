"""Fetching what a query selects, before the executor looks at it: a statement for each place of the query."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from graphql import FieldNode, GraphQLObjectType, GraphQLResolveInfo
from sqlalchemy import Executable

from projections import listing
from projections.listing import Belongs, Page, Visible
from projections.seeing import Seeing
from service.graphql.filters import condition
from service.graphql.selection import Selected, Selection
from service.graphql.shape import Row, Shape, Source

if TYPE_CHECKING:
    from service.graphql.context import Context

__all__ = ["Loading", "Selected"]


@dataclass(frozen=True)
class List:
    """A list of each of some parents: its rows belong to the parent, and the filter lets some of them in."""

    shape: Shape
    parent_shape: Shape | None
    belongs: Belongs | None
    parents: Sequence[str]
    where: Mapping[str, Any] | None


class Loading:
    """What one root field of an operation fetches, for its viewer."""

    def __init__(self, info: GraphQLResolveInfo[Any]) -> None:
        self.info = info
        self.context: Context = info.context
        self.seeing: Seeing = self.context.seeing
        self.selection = Selection(info)
        self.shapes: Mapping[str, Shape] = info.schema.extensions["shapes"]
        self._types = info.schema.type_map

    def type(self, name: str) -> GraphQLObjectType:
        """Return the object type with this name."""
        return cast(GraphQLObjectType, self._types[name])

    async def rows(self, statement: Executable) -> list[Row]:
        """Return the statement's rows."""
        found = await self.context.served.read_models.rows(statement)
        return [row._asdict() for row in found]

    def visible(self, shape: Shape, parent: Shape | None = None) -> Visible:
        """Return the rows of a shape that the viewer may see; of notes, those about a subject like the parent."""
        if shape.about is None:
            return Visible(self.seeing, shape.table)
        kind, column = shape.about
        subjects = self.shapes[kind] if kind else parent
        assert subjects is not None
        return Visible(self.seeing, shape.table, (subjects.table, column))

    def columns(self, shape: Shape, nodes: Sequence[FieldNode], *more: str) -> list[str]:
        """Return the columns that the selection needs of rows of this shape."""
        own = ("key",) if shape.kind else ("position",) if "position" in shape.table.c else ()
        needed = dict.fromkeys((*own, *more))
        for selected in self.selection.of(self.type(shape.name), nodes):
            source: Source = selected.field.extensions["source"]
            needed.update(dict.fromkeys(source.needs))
        return list(needed)

    async def page(self, list_: List, names: Sequence[str], page: Page) -> list[Row]:
        """Return a page of each parent's list. Raises GraphQL errors about the filter."""
        filter = condition(list_.shape, list_.where)
        visible = self.visible(list_.shape, list_.parent_shape)
        return await self.rows(
            listing.page(visible, names, page, filter, list_.belongs, list_.parents)
        )

    async def counts(self, list_: List) -> list[Row]:
        """Return how many rows each parent's list has, in all and filtered. Raises GraphQL errors."""
        filter = condition(list_.shape, list_.where)
        visible = self.visible(list_.shape, list_.parent_shape)
        return await self.rows(listing.counts(visible, filter, list_.belongs, list_.parents))

    async def fill(self, name: str, rows: Sequence[Row], nodes: Sequence[FieldNode]) -> None:
        """Fetch whatever is selected below rows of a type."""
        if not rows:
            return
        for selected in self.selection.of(self.type(name), nodes):
            source: Source = selected.field.extensions["source"]
            await source.load(self, rows, selected)

    async def subjects(
        self, shape: Shape, keys: Iterable[str], nodes: Sequence[FieldNode]
    ) -> dict[str, Row]:
        """Return those of the subjects with these keys that the viewer may see, with what is selected of them."""
        wanted = sorted(set(keys))
        if not wanted:
            return {}
        rows = await self.found(shape, wanted, self.columns(shape, nodes))
        for row in rows:
            row["@type"] = shape.name
        await self.fill(shape.name, rows, nodes)
        return {row["key"]: row for row in rows}

    async def found(self, shape: Shape, keys: Sequence[str], names: Sequence[str]) -> list[Row]:
        """Return those of the subjects with these keys that the viewer may see."""
        return await self.rows(listing.by_keys(self.visible(shape), names, keys))

    async def streams(self, streams: Iterable[str], nodes: Sequence[FieldNode]) -> dict[str, Row]:
        """Return those of the subjects, by `<kind>/<key>`, that the viewer may see: a statement for each kind."""
        by_kind: dict[str, set[str]] = {}
        for stream in streams:
            kind, _, key = stream.partition("/")
            by_kind.setdefault(kind, set()).add(key)
        found: dict[str, Row] = {}
        for kind in sorted(by_kind.keys() & self.shapes.keys()):
            rows = await self.subjects(self.shapes[kind], by_kind[kind], nodes)
            found.update({f"{kind}/{key}": row for key, row in rows.items()})
        return found


def grouped(rows: Iterable[Row], by: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """Return the rows by what a function makes of each."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(by(row), []).append(row)
    return found
