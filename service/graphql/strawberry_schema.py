"""The schema that Strawberry makes from declared classes. `type_system` completes it."""

from collections.abc import Iterable

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from service.graphql.values.scalars import SCALARS


class Declared(strawberry.Schema):
    """A schema of declared classes with custom scalars; `types` are those that are reached only by an interface."""

    def __init__(
        self, query: type, subscription: type | None = None, types: Iterable[type] = ()
    ) -> None:
        config = StrawberryConfig(scalar_map=SCALARS)
        super().__init__(query, subscription=subscription, types=types, config=config)

    @property
    def graph(self) -> GraphQLSchema:
        """The schema for graphql-core."""
        return self._schema

    def _extend_introspection(self) -> None:
        """Leave `__Type` unchanged: all schemas share it, and graphql-core already adds `isOneOf` to it."""
