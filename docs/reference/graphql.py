"""The reference page of GraphQL: the fields of the root types, from the schema."""

from typing import Final

from graphql import GraphQLObjectType, GraphQLSchema

from docs.reference.markdown import cell, page, table
from service.graphql.schema import Schema

INTRODUCTION: Final = """`/graphql` answers queries and subscriptions. There are no mutations. The
whole schema is the file `schema.graphql`, which `howcanwe schema` prints, with a description of
every type, field and argument. A browser at `/graphql` shows it in GraphiQL. This page lists the
fields of the root types. The [guide for frontends](../how-to/frontend.md) shows how to use them."""


def _root(schema: GraphQLSchema, name: str) -> str:
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    rows = (
        (
            f"`{field}`",
            ", ".join(f"`{argument}`" for argument in found.args),
            f"`{found.type}`",
            cell(found.description or ""),
        )
        for field, found in kind.fields.items()
    )
    return f"## {name}\n\n{table(('field', 'arguments', 'type', 'description'), rows)}"


def written() -> str:
    """Return the page of GraphQL."""
    schema = Schema().graph
    return page("GraphQL", INTRODUCTION, _root(schema, "Query"), _root(schema, "Subscription"))
