"""The rows of analysts' tables as the graph has them, from its lists and its nodes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
)
from strawberry.utils.str_converters import to_camel_case

from projections.tables.columns import TableColumn
from projections.tables.tables import MEMBERSHIPS, STAYS, TABLES, AnalystTable
from service.graphql.fields.shapes import Shape
from service.graphql.node_ids import opaque
from service.graphql.types.listed import SHAPES
from tests.service.graphql.client import Asker

PAGE: Final = 100
SHAPE_OF: Final[Mapping[str, Shape]] = {
    table.name: next(shape for shape in SHAPES if shape.table is table.projection.table)
    for table in TABLES.values()
}
_STAYS: Final = "stays"


async def rows(asker: Asker, table: AnalystTable, ids: Iterable[int]) -> list[dict[str, Any]]:
    """Return the rows that the asker's viewer is given: a list of subjects, else nodes, whose positions are known."""
    shape = SHAPE_OF[table.name]
    type_ = asker.schema.graph.type_map[shape.name]
    assert isinstance(type_, GraphQLObjectType)
    selected = " ".join(["id", *_selections(type_, table)])
    if table.kind is not None:
        found = [row async for row in _listed(asker, shape.plural, selected)]
    else:
        named = [opaque(f"{shape.node}/{position}") for position in ids]
        found = [row async for row in _nodes(asker, named, shape.name, selected)]
    if table is STAYS:
        found = [{**row, **stay} for row in found for stay in row[_STAYS]]
    return [
        {column.name: _value(type_, table, column, row) for column in table.columns}
        for row in found
    ]


async def ids(asker: Asker, table: AnalystTable, page: int = PAGE) -> list[str]:
    """Return the ids of a list of subjects, read in pages of so many."""
    return [row["id"] async for row in _listed(asker, SHAPE_OF[table.name].plural, "id", page)]


async def _listed(asker: Asker, name: str, selected: str, page_rows: int = PAGE) -> Any:
    after = None
    while True:
        query = (
            f"query ($after: String) {{ {name}(first: {page_rows}, after: $after)"
            f" {{ nodes {{ {selected} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
        page = (await asker.ask(query, after=after))[name]
        for row in page["nodes"]:
            yield row
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


async def _nodes(asker: Asker, named: Sequence[str], type_: str, selected: str) -> Any:
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {type_} {{ {selected} }} }} }}"
    for start in range(0, len(named), PAGE):
        for row in (await asker.ask(query, ids=named[start : start + PAGE]))["nodes"]:
            if row is not None:
                yield row


def _selections(type_: GraphQLObjectType, table: AnalystTable) -> Iterator[str]:
    if table is STAYS:
        stay = get_named_type(type_.fields[_STAYS].type)
        assert isinstance(stay, GraphQLObjectType)
        yield from (_selection(type_, column) for column in table.columns[:2])
        yield f"{_STAYS} {{ {' '.join(_selection(stay, column) for column in table.columns[2:])} }}"
        return
    yield from dict.fromkeys(_selection(type_, column) for column in table.columns)


def _selection(type_: GraphQLObjectType, column: TableColumn) -> str:
    if column.name.startswith("cost_"):
        return "cost { amount currency }"
    name = to_camel_case(column.name)
    inner = get_named_type(type_.fields[name].type)
    if inner.name == "Citation":
        return f"{name} {{ subject {{ stream }} }}"
    if isinstance(inner, GraphQLInterfaceType):
        return f"{name} {{ stream }}"
    return f"{name} {{ key }}" if isinstance(inner, GraphQLObjectType) else name


def _value(
    type_: GraphQLObjectType, table: AnalystTable, column: TableColumn, row: Mapping[str, Any]
) -> Any:
    if column.name.startswith("cost_"):
        cost = row["cost"]
        return cost and cost[column.name.removeprefix("cost_")]
    name = to_camel_case(column.name)
    of: Any = type_
    if table is STAYS and name not in type_.fields:
        of = get_named_type(type_.fields[_STAYS].type)
    inner = get_named_type(of.fields[name].type)
    value = row[name]
    if isinstance(value, list):
        found = [_one(inner, one) for one in value]
        return [one for one in found if one is not None] if column.refers else found
    return None if value is None else _one(inner, value)


def _one(type_: Any, value: Any) -> Any:
    if isinstance(value, dict):
        if "subject" in value:
            value = value["subject"]
        return value and (value.get("key") or value.get("stream"))
    if isinstance(type_, GraphQLEnumType):
        return value.lower()
    match type_.name:
        case "DateTime":
            return datetime.fromisoformat(value).astimezone(UTC)
        case "Date":
            return date.fromisoformat(value)
        case _:
            return value


def covered(table: AnalystTable) -> set[str]:
    """Return the fields of the graph that the columns of a table have."""
    names = {to_camel_case(column.name) for column in table.columns}
    if table is MEMBERSHIPS:
        return names | {_STAYS}
    return {"cost" if name.startswith("cost") else name for name in names}
