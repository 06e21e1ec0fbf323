"""The types of the schema, made from what is declared."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLString,
    GraphQLUnionType,
)

from service.graphql.arguments import AFTER, BEFORE, FIRST, LAST
from service.graphql.filters import filter_type
from service.graphql.journeys import AS_OF, AS_OF_FIELDS, journey
from service.graphql.kinds import SHAPES
from service.graphql.kinds.cohorts import STAY
from service.graphql.kinds.entries import ENTRIES, EVENT, INTERFACE, SHARED, UNION
from service.graphql.kinds.iterations import COST
from service.graphql.kinds.journeys import JOURNEY
from service.graphql.kinds.results import CITATION
from service.graphql.references import listed
from service.graphql.scalars import COUNT, DATE_TIME, POSITION
from service.graphql.selection import slot_of
from service.graphql.shape import TYPE, Field, Shape, Source, required
from service.graphql.terms import DIRECTION, ENTRY_TYPE, enumeration
from service.graphql.timelines import NAME as TIMELINE
from service.graphql.timelines import timeline

SUBJECT_COMMON: Final = ("id", "key", "stream", "position", "time", "visibility")
TIMELINES: Final = {
    "organisation": "What happened that concerns it: its own events, and those of others about what is its own.",
    "cohort": "What happened in it.",
}


class Types:
    """Every type of the schema but the roots; lists hold at most `list_size_max` rows."""

    def __init__(self, list_size_max: int) -> None:
        self.list_size_max = list_size_max
        self.all: dict[str, GraphQLNamedType] = {}
        self._make_page_info()
        self._make_node()
        for shape in SHAPES:
            self._make(shape)
        self._make_as_of()
        for name, description, fields in (STAY, COST, CITATION, JOURNEY):
            self.all[name] = GraphQLObjectType(name, self._fields(fields), description=description)
        self._make_entries()

    def of(self, type_: Any) -> Any:
        """Return a type by its name: `[Name]` is a list of it without nulls."""
        if not isinstance(type_, str):
            return type_
        if type_.startswith("["):
            return listed(self.all[type_[1:-1]])
        return self.all[type_]

    # Lists

    def connection_arguments(self, shape: Shape | None) -> dict[str, GraphQLArgument]:
        """Return the arguments of a list; filters and orders for rows of a shape."""
        most = self.list_size_max
        arguments = {
            "first": GraphQLArgument(GraphQLInt, description=FIRST.format(most)),
            "last": GraphQLArgument(GraphQLInt, description=LAST.format(most)),
            "after": GraphQLArgument(GraphQLString, description=AFTER),
            "before": GraphQLArgument(GraphQLString, description=BEFORE),
        }
        if shape is not None:
            arguments["where"] = GraphQLArgument(
                cast(Any, self.all[f"{shape.name}Filter"]),
                description="Only those for which this holds; null for all.",
            )
            if f"{shape.name}Order" in self.all:
                arguments["order"] = GraphQLArgument(
                    cast(Any, self.all[f"{shape.name}Order"]),
                    description="In which order; null for the order in which they were recorded.",
                )
        return arguments

    def timeline_arguments(self) -> dict[str, GraphQLArgument]:
        """Return the arguments of a timeline."""
        return {
            "kinds": GraphQLArgument(
                GraphQLList(required(ENTRY_TYPE)),
                description="Only entries of these types; null, or an empty list, for all.",
            ),
            "from": GraphQLArgument(
                DATE_TIME, description="Only what happened at this moment or later."
            ),
            "to": GraphQLArgument(DATE_TIME, description="Only what happened before this moment."),
            **self.connection_arguments(None),
        }

    def make_connection(
        self,
        name: str,
        node: str,
        description: str,
        more: Mapping[str, GraphQLField] | None = None,
        *,
        filtered: bool = True,
    ) -> None:
        """Make the types of a list; `filtered`: some of its rows can be filtered out."""
        edge = GraphQLObjectType(
            f"{name}Edge",
            lambda: {
                "cursor": GraphQLField(
                    required(GraphQLString), description="Where the row stands in this list."
                ),
                "node": GraphQLField(required(self.all[node]), description="The row."),
            },
            description=f"A place in a `{name}Connection`.",
        )
        self.all[edge.name] = edge
        filtered_count = {
            "filteredCount": GraphQLField(
                required(COUNT), description="How many of them the filters let in, on all pages."
            )
        }
        self.all[f"{name}Connection"] = GraphQLObjectType(
            f"{name}Connection",
            lambda: {
                "edges": GraphQLField(listed(edge), description="The rows with their cursors."),
                "nodes": GraphQLField(listed(self.all[node]), description="The rows alone."),
                "pageInfo": GraphQLField(
                    required(self.all["PageInfo"]), description="Where this page begins and ends."
                ),
                "totalCount": GraphQLField(
                    required(COUNT),
                    description="How many there are that you may see, whatever is filtered.",
                ),
                **(filtered_count if filtered else {}),
                **(more or {}),
            },
            description=description,
        )

    # Shapes

    def _make(self, shape: Shape) -> None:
        fields = shape.fields
        if shape.kind == "organisation":
            fields = (*fields, journey())
        if shape.kind in TIMELINES:
            fields = (*fields, timeline(shape.kind, TIMELINES[shape.kind]))
        interfaces = (
            [cast(GraphQLInterfaceType, self.all["Subject"]), self._node] if shape.kind else []
        )
        self.all[shape.name] = GraphQLObjectType(
            shape.name,
            self._fields(fields),
            description=shape.description,
            interfaces=interfaces,
        )
        self.all[f"{shape.name}Filter"] = filter_type(shape)
        if "position" in shape.table.c and "occurred_at" in shape.table.c:
            self._make_order(shape)
        self.make_connection(shape.name, shape.name, f"A page of {shape.plural}.")

    def _make_order(self, shape: Shape) -> None:
        by = enumeration(
            f"{shape.name}OrderBy",
            f"What {shape.plural} can be ordered by.",
            [
                ("POSITION", "position", "The order in which they were recorded."),
                ("TIME", "occurred_at", "When they happened, as told; at equal times by position."),
                *(
                    (name.upper(), name, f"Its {name}, by code points; then by position.")
                    for name in shape.orders
                ),
            ],
        )
        self.all[f"{shape.name}Order"] = GraphQLInputObjectType(
            f"{shape.name}Order",
            {
                "by": GraphQLInputField(required(by), description="What they are ordered by."),
                "direction": GraphQLInputField(
                    required(DIRECTION), default_value="asc", description="In which direction."
                ),
            },
            description=f"An order of {shape.plural}.",
        )

    def _fields(self, fields: tuple[Field, ...]) -> Callable[[], dict[str, GraphQLField]]:
        return lambda: {field.name: self.field(field) for field in fields}

    def field(self, field: Field) -> GraphQLField:
        """Return the schema's field of a declared one."""
        arguments: dict[str, GraphQLArgument] = {}
        type_ = field.type
        if field.is_connection and type_ == TIMELINE:
            arguments = self.timeline_arguments()
        elif type_ == JOURNEY[0]:
            arguments = {
                "asOf": GraphQLArgument(
                    cast(Any, self.all[AS_OF]),
                    description="As it stood then, seen as you may see it now; null for as it is.",
                )
            }
        elif field.is_connection:
            shape = next(shape for shape in SHAPES if shape.name == type_)
            arguments = self.connection_arguments(shape)
        if field.is_connection:
            type_ = required(self.all[f"{type_}Connection"])
        if field.type == JOURNEY[0]:
            type_ = required(self.all[JOURNEY[0]])
        return GraphQLField(
            self.of(type_),
            args=arguments,
            resolve=_reading(field.source),
            description=field.description,
            extensions={"source": field.source, "is_list": field.is_connection},
        )

    # What several types share

    def _make_page_info(self) -> None:
        flag, text = required(GraphQLBoolean), GraphQLString
        self.all["PageInfo"] = GraphQLObjectType(
            "PageInfo",
            {
                "hasNextPage": GraphQLField(flag, description="Whether there is more behind it."),
                "hasPreviousPage": GraphQLField(
                    flag, description="Whether there is more before it."
                ),
                "startCursor": GraphQLField(
                    text, description="The cursor of its first row; null where it is empty."
                ),
                "endCursor": GraphQLField(
                    text, description="The cursor of its last row; null where it is empty."
                ),
            },
            description="Where a page of a list begins and ends.",
        )

    def _make_as_of(self) -> None:
        self.all[AS_OF] = GraphQLInputObjectType(
            AS_OF,
            {
                name: GraphQLInputField(type_, description=description)
                for name, (type_, description) in AS_OF_FIELDS.items()
            },
            description="A point in the record: one of its fields.",
            is_one_of=True,
        )

    def _make_node(self) -> None:
        self._node = GraphQLInterfaceType(
            "Node",
            {"id": GraphQLField(required(GraphQLID), description="Its opaque id, for `node`.")},
            resolve_type=_type_of,
            description="Anything that `node` finds by its id.",
        )
        self.all["Node"] = self._node
        cohort = next(shape for shape in SHAPES if shape.kind == "cohort")
        common = tuple(field for field in cohort.fields if field.name in SUBJECT_COMMON)
        self.all["Subject"] = GraphQLInterfaceType(
            "Subject",
            lambda: {
                field.name: GraphQLField(self.of(field.type), description=field.description)
                for field in common
            },
            interfaces=[self._node],
            resolve_type=_type_of,
            description="What events are about: each kind of thing that has a key and a stream of its own.",
        )

    def _make_entries(self) -> None:
        name, description, columns = EVENT
        self.all[name] = GraphQLObjectType(
            name,
            {column: GraphQLField(type_, description=text) for column, type_, text in columns},
            description=description,
        )
        interface = GraphQLInterfaceType(
            INTERFACE,
            lambda: {
                field.name: GraphQLField(self.of(field.type), description=field.description)
                for field in SHARED
            },
            interfaces=[self._node],
            resolve_type=_type_of,
            description="What all entries of timelines share.",
        )
        self.all[INTERFACE] = interface
        members = []
        for name, description, fields in ENTRIES:
            entry = GraphQLObjectType(
                name,
                self._fields((*SHARED, *fields)),
                interfaces=[interface, self._node],
                description=description,
            )
            self.all[name] = entry
            members.append(entry)
        self.all[UNION] = GraphQLUnionType(
            UNION,
            members,
            resolve_type=_type_of,
            description="An entry of a timeline: a type for each type of event.",
        )
        self.make_connection(
            TIMELINE,
            UNION,
            "A page of a timeline, in the order of `time`, then of `position`.",
            {
                "liveCursor": GraphQLField(
                    required(POSITION),
                    description="The position up to which this answer is complete: "
                    "a subscription `after` it goes on from here.",
                )
            },
        )


def _reading(source: Source) -> Callable[..., Any]:
    def resolve(row: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        return source.read(row, slot_of(str(info.path.key)))

    return resolve


def _type_of(row: Any, info: GraphQLResolveInfo[Any], type_: Any) -> str:
    return str(row[TYPE])
