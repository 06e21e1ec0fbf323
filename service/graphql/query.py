"""What can be asked."""

from collections.abc import Callable
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLID,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLString,
)

from projections import entries
from service.graphql import arguments, event_log
from service.graphql.connections import Connection
from service.graphql.insights import insights_field
from service.graphql.kinds import SHAPES
from service.graphql.kinds.entries import entry_row
from service.graphql.loading import Loading
from service.graphql.scalars import DATE_TIME, POSITION
from service.graphql.search import search_field
from service.graphql.selection import Selected, slot_of
from service.graphql.shape import Row, Shape, required
from service.graphql.types import Types

Resolve = Callable[..., Any]

SEARCH: Final = "search"


def query_type(types: Types, list_size_max: int) -> GraphQLObjectType:
    """Return the root of what can be asked."""
    fields: dict[str, GraphQLField] = {}
    for shape in SHAPES:
        if shape.kind:
            fields[shape.kind] = _single(types, shape)
            fields[shape.plural] = _list(types, shape)
    fields["node"] = GraphQLField(
        types.of("Node"),
        args={"id": GraphQLArgument(required(GraphQLID), description="An id, as a node gave it.")},
        resolve=_node,
        description="What has this id; null where there is none that you may see.",
    )
    fields["event"] = GraphQLField(
        types.of("Event"),
        args={"position": GraphQLArgument(required(POSITION), description="Its place in the log.")},
        resolve=_event,
        description="The event at this position; null where there is none that you may see with all that it names.",
    )
    fields["events"] = event_log.events_field(types, list_size_max)
    fields[SEARCH] = search_field(types)
    fields["insights"] = insights_field({"Position": POSITION, "DateTime": DATE_TIME})
    return GraphQLObjectType(
        "Query",
        fields,
        description="What can be asked. What you may not see is absent, exactly like what is not there.",
    )


def _single(types: Types, shape: Shape) -> GraphQLField:
    assert shape.kind is not None
    article = "an" if shape.kind[0] in "aio" else "a"

    async def resolve(root: Any, info: GraphQLResolveInfo[Any], key: str) -> Row | None:
        wanted = arguments.key(key)
        found = await Loading(info).subjects(shape, [wanted], info.field_nodes)
        return found.get(wanted)

    return GraphQLField(
        types.of(shape.name),
        args={
            "key": GraphQLArgument(
                required(GraphQLString), description="The key it was recorded under."
            )
        },
        resolve=resolve,
        description=f"{article.capitalize()} {shape.kind}, by its key; null where there is none that you may see.",
    )


def _list(types: Types, shape: Shape) -> GraphQLField:
    source = Connection(shape.name)

    async def resolve(root: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Row:
        row: Row = {}
        slot = slot_of(str(info.path.key))
        field = info.parent_type.fields[info.field_name]
        await source.load(Loading(info), [row], Selected(slot, field, info.field_nodes, given))
        found: Row = row[slot]
        return found

    return GraphQLField(
        required(types.of(f"{shape.name}Connection")),
        args=types.connection_arguments(shape),
        resolve=resolve,
        description=f"All {shape.plural} that you may see.",
    )


async def _node(root: Any, info: GraphQLResolveInfo[Any], id: str) -> Row | None:
    stream = arguments.node_stream(id)
    kind, _, key = stream.partition("/")
    loading = Loading(info)
    if kind != "event":
        return (await loading.streams([stream], info.field_nodes)).get(stream)
    found = await loading.rows(lambda: entries.at([int(key)]))
    rows = [entry_row(row, loading.context.log.catalogue) for row in found]
    await loading.fill_each(rows, info.field_nodes)
    return next(iter(rows), None)


async def _event(root: Any, info: GraphQLResolveInfo[Any], position: int) -> Row | None:
    return await event_log.event(info.context, position)
