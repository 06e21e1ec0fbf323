"""The types of the graph as one schema, whose fields read from their sources. `Schema` executes it."""

from copy import copy
from functools import cache
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
)
from strawberry.types.base import StrawberryObjectDefinition

from service.graphql.arguments import page_rows
from service.graphql.declaration_checks import check
from service.graphql.fields.field import TYPE, Completing
from service.graphql.fields.shapes import definition_of, shape_of, type_name
from service.graphql.insights.subjects import PLAIN, read_part
from service.graphql.lists.pages import LIST_SIZE_MAX, PAGE_ROWS, Connection
from service.graphql.roots.query import Query
from service.graphql.roots.subscription import Subscription
from service.graphql.strawberry_schema import Declared
from service.graphql.types.bases import Subject
from service.graphql.types.entries.entry import TimelineConnection, TimelineEdge
from service.graphql.types.entries.vocabulary import ENTRIES
from service.graphql.types.journeys import Journey
from service.graphql.types.listed import LISTED

DEFINITION: Final = "strawberry-definition"
"""The extension of a type or field in a schema that has its declaration."""


class TypeSystem(Declared):
    """The types of the graph; lists have at most `list_size_max` rows.

    Rows are dicts instead of instances of the classes. So the functions with which Strawberry reads a field and finds
    the type of an object are replaced, and Strawberry's code does not run when a value is read.
    """

    def __init__(self, list_size_max: int) -> None:
        _introduce()
        super().__init__(Query, Subscription, ENTRIES)
        self.graph.description = (
            "A record of collaborative innovation. "
            "There are no mutations: post events to the HTTP API instead."
        )
        for type_ in self.graph.type_map.values():
            definition = type_.extensions.get(DEFINITION)
            match type_:
                case GraphQLObjectType() if definition is not None:
                    _complete_object(type_, definition)
                    for field in type_.fields.values():
                        _number(field, list_size_max)
                case GraphQLInterfaceType() | GraphQLUnionType():
                    type_.resolve_type = _type_of
                case GraphQLInputObjectType() if definition is not None and definition.is_one_of:
                    # graphql-core then checks that exactly one field is given.
                    type_.is_one_of = True
                    del type_.out_type


def graph_of(list_size_max: int) -> GraphQLSchema:
    """Return a schema of the types of the graph with extensions of its own.

    It shares its types with the other schemas of this limit, because to make them takes longer than to open a log.
    """
    graph = copy(_types(list_size_max))
    graph.extensions = {**graph.extensions}
    return graph


@cache
def _types(list_size_max: int) -> GraphQLSchema:
    return TypeSystem(list_size_max).graph


@cache
def _introduce() -> None:
    """Let the annotations of the classes refer to classes of other modules, and check them. Raises Misdeclared."""
    classes = (*LISTED, Journey, TimelineEdge, TimelineConnection)
    names = {type_.__name__: type_ for type_ in (*classes, Subject, Connection)}
    for type_ in classes:
        for field in definition_of(type_).fields:
            assert field.type_annotation is not None
            field.type_annotation.namespace = {
                **(field.type_annotation.namespace or {}),
                **names,
            }
    for type_ in classes:
        check(type_)


def _complete_object(type_: GraphQLObjectType, definition: StrawberryObjectDefinition) -> None:
    type_.is_type_of = None
    if hasattr(definition.origin, PLAIN):
        type_.extensions[PLAIN] = True
    if definition.type_var_map and definition.description:
        node: Any
        [node] = definition.type_var_map.values()
        type_.description = definition.description.format(
            node=type_name(node), plural=shape_of(node).plural
        )
    for field in type_.fields.values():
        declared = field.extensions[DEFINITION]
        if isinstance(declared, Completing):
            declared.complete(field, definition.origin)
        else:
            # The value is a member of the parent's value.
            field.resolve = read_part if PLAIN in type_.extensions else None


def _number(field: GraphQLField, list_size_max: int) -> None:
    numbers = {LIST_SIZE_MAX: list_size_max, PAGE_ROWS: page_rows(list_size_max)}
    for argument in field.args.values():
        for name, number in numbers.items():
            if argument.description:
                argument.description = argument.description.replace(name, str(number))


def _type_of(row: Any, info: GraphQLResolveInfo[Any], type_: Any) -> str:
    return str(row[TYPE])
