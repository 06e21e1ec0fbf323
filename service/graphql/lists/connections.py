"""Fields that lead to lists, as the executor resolves them: pages by cursor, counted, filtered and ordered.

One statement reads the pages of all parents.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from graphql import FieldNode

from projections.queries.lists import PARENT, Belongs, InColumn, ListPage, derived
from service.graphql.arguments import page_size
from service.graphql.fetching.loading import List, Loading, grouped
from service.graphql.fields.field import Field, FieldPlace, Row
from service.graphql.fields.shapes import Shape, kind_of, type_name
from service.graphql.filters.filters import canonical, plain
from service.graphql.lists.cursors import Cursors
from service.graphql.lists.inputs import list_arguments
from service.graphql.selection import Selected


@dataclass(frozen=True)
class ToMany:
    """Leads to the rows of a shape that belong to a row, or to all rows if `belongs` is None."""

    shape: str
    belongs: Belongs | None = None
    parent: str = "key"

    @property
    def needs(self) -> Sequence[str]:
        """The column with the key of the parent."""
        return () if self.belongs is None else (self.parent,)

    async def load(self, loading: Loading, rows: Sequence[Row], selected: Selected) -> None:
        """Fetch the page of each row, and the fields that are selected below it."""
        shape = loading.shapes[self.shape]
        arguments = selected.arguments
        where = ListRequest.read(loading, shape, selected, [self._parent(row) for row in rows])
        belongs = self.belongs
        parents = [] if belongs is None else sorted({self._parent(row) for row in rows})
        list_ = List(shape, belongs, parents, arguments.get("where"))
        pages: dict[str, list[Row]] = {}
        copies: dict[int, Row] = {}
        if where.has_rows:
            nodes = [*where.nodes, *where.edge_nodes]
            names = loading.columns(shape, nodes, *where.page.order)
            found = await loading.page(list_, names, where.page)
            pages = grouped(found, lambda row: row.get(PARENT, ""))
            shown = [row for page in pages.values() for row in page[: where.size]]
            loading.count(shown)
            if where.nodes and where.edge_nodes:
                # `edges` may select a response name with other arguments than `nodes`, so it has rows of its own.
                copies = {id(row): dict(row) for row in shown}
                await loading.fill(shape.name, list(copies.values()), where.edge_nodes)
                await loading.fill(shape.name, shown, where.nodes)
            else:
                await loading.fill(shape.name, shown, nodes)
        counted: dict[str, Row] = {}
        if where.is_counted:
            counted = {row.get(PARENT, ""): row for row in await loading.counts(list_)}
        for row in rows:
            parent = self._parent(row)
            row[selected.slot] = where.connection(
                parent, pages.get(parent, []), counted.get(parent), copies
            )

    def read(self, row: Row, slot: str) -> Any:
        """Return the connection."""
        return row[slot]

    def _parent(self, row: Row) -> str:
        return "" if self.belongs is None else row[self.parent]


@dataclass(frozen=True)
class Choice:
    """The filter and order of a list. A cursor is valid only for the list with the same choice.

    `types` has the types of the columns that the list is ordered by.
    """

    name: str
    digest: str
    order: tuple[str, ...]
    types: tuple[type, ...]
    descending: bool

    @classmethod
    def read(cls, shape: Shape, selected: Selected, arguments: Mapping[str, Any]) -> "Choice":
        """Return the choice that the arguments of a selected list make. Raises GraphQL errors about the filter."""
        order = arguments.get("order") or {}
        by = order.get("by") or "position"
        columns: tuple[str, ...] = (by,) if by == "position" else (by, "position")
        if "position" not in shape.table.c:
            columns = ("position",)
        descending = order.get("direction") == "desc"
        # Filters with the same meaning have the same cursors, no matter how they are written.
        where = plain(shape, arguments.get("where"))
        chosen = {
            "where": None if where is None else canonical(where),
            "order": None if (by, descending) == ("position", False) else [by, descending],
        }
        digest = sha256(orjson.dumps(chosen, option=orjson.OPT_SORT_KEYS))
        return cls(
            selected.name,
            digest.hexdigest()[:16],
            columns,
            tuple(_type(shape, name) for name in columns),
            descending,
        )


@dataclass(frozen=True)
class ListRequest:
    """The request for a page of a list, which is the same for every parent."""

    list: tuple[str, str]
    types: tuple[type, ...]
    page: ListPage
    size: int
    has_rows: bool
    nodes: Sequence[FieldNode]
    edge_nodes: Sequence[FieldNode]
    is_counted: bool
    has_start: bool
    has_end: bool

    @classmethod
    def read(
        cls, loading: Loading, shape: Shape, selected: Selected, parents: Sequence[str]
    ) -> "ListRequest":
        """Return the request that the arguments make. Raises GraphQL errors that name them."""
        arguments = selected.arguments
        size = page_size(arguments, loading.context.limits.list_size_max)
        choice = Choice.read(shape, selected, arguments)
        columns, types = choice.order, choice.types
        list_ = (choice.name, choice.digest)
        places = {
            name: _place(arguments.get(name), name, list_, types, parents)
            for name in ("after", "before")
        }
        has_rows, nodes, edge_nodes, is_counted = selected_nodes(loading, shape.name, selected)
        return cls(
            list_,
            types,
            ListPage(
                columns,
                choice.descending,
                size.rows + 1,
                size.backwards,
                places["after"],
                places["before"],
            ),
            size.rows,
            has_rows,
            nodes,
            edge_nodes,
            is_counted,
            places["after"] is not None,
            places["before"] is not None,
        )

    def connection(
        self, parent: str, page: Sequence[Row], counted: Row | None, copies: Mapping[int, Row]
    ) -> Row:
        """Return the page of a parent as the executor reads it."""
        shown = list(page[: self.size])
        has_more = len(page) > self.size
        if self.page.backwards:
            shown.reverse()
        cursors = Cursors((self.list[0], parent, self.list[1]), self.types)
        return connection(
            shown,
            lambda row: cursors.write(*(row[name] for name in self.page.order)),
            has_next=self.has_end if self.page.backwards else has_more,
            has_previous=has_more if self.page.backwards else self.has_start,
            counted=counted or {"total": 0, "filtered": 0},
            copies=copies,
        )


def connection(
    shown: Sequence[Row],
    cursor: Callable[[Row], str],
    *,
    has_next: bool,
    has_previous: bool,
    counted: Mapping[str, Any],
    copies: Mapping[int, Row] | None = None,
    **more: Any,
) -> Row:
    """Return a connection as the executor reads it."""
    of_edges = copies or {}
    edges = [{"cursor": cursor(row), "node": of_edges.get(id(row), row)} for row in shown]
    return {
        "edges": edges,
        "nodes": shown,
        "pageInfo": {
            "hasNextPage": has_next,
            "hasPreviousPage": has_previous,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
        "totalCount": counted["total"],
        "filteredCount": counted["filtered"],
        **more,
    }


def selected_nodes(
    loading: Loading, name: str, selected: Selected
) -> tuple[bool, Sequence[FieldNode], Sequence[FieldNode], bool]:
    """Return whether rows are selected, the nodes that select fields of them in `nodes` and in `edges`, and whether
    counts are selected.
    """
    below = loading.selection.child(
        loading.type(f"{name}Connection"),
        selected.nodes,
        "edges",
        "nodes",
        "pageInfo",
        "totalCount",
        "filteredCount",
    )
    has_rows = bool(below.keys() & {"edges", "nodes", "pageInfo"})
    edge = loading.type(f"{name}Edge")
    of_edges = loading.selection.child(edge, below.get("edges", []), "node").get("node", [])
    is_counted = bool(below.keys() & {"totalCount", "filteredCount"})
    return has_rows, below.get("nodes", []), of_edges, is_counted


def _place(
    cursor: str | None,
    argument: str,
    list_: tuple[str, str],
    types: tuple[type, ...],
    parents: Sequence[str],
) -> Sequence[Any] | None:
    if cursor is None:
        return None
    found: Sequence[Any] | None = None
    # A cursor belongs to the list of one parent. If there are other parents, it is foreign to their lists.
    for parent in dict.fromkeys(parents):
        found = Cursors((list_[0], parent, list_[1]), types).read(cursor, argument)
    return found


def _type(shape: Shape, name: str) -> type:
    found = derived(shape.table).get(name)
    return found.type if found else shape.table.c[name].type.python_type


def many(description: str, belongs: Belongs, parent: str = "key") -> Any:
    """Declare a field that leads to the rows that belong to a row, by the value of its column `parent`."""
    return Field(
        description,
        lambda place: ToMany(type_name(place.type), belongs, parent),
        arguments=list_arguments,
        form="Connection[X]",
    )


def about_it(description: str) -> Any:
    """Declare a field that leads to the rows about a subject of any kind: their column `about` has its stream."""

    def find(place: FieldPlace) -> ToMany:
        kind = kind_of(place.owner)
        return ToMany(type_name(place.type), InColumn("about", f"{kind}/"))

    return Field(description, find, arguments=list_arguments, form="Connection[X]")
