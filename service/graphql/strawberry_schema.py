"""A schema of declared classes, as Strawberry makes it."""

from collections.abc import Iterable

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from service.graphql.values.scalars import SCALARS


class Declared(strawberry.Schema):
    """A schema of declared classes, with scalars of our own; `types` are those to which only an interface leads."""

    def __init__(
        self, query: type, subscription: type | None = None, types: Iterable[type] = ()
    ) -> None:
        config = StrawberryConfig(scalar_map=SCALARS)
        super().__init__(query, subscription=subscription, types=types, config=config)

    @property
    def graph(self) -> GraphQLSchema:
        """The schema as graphql-core executes it."""
        return self._schema

    def _extend_introspection(self) -> None:
        """Leave `__Type` alone: it is one for all schemas, and says itself, as specified, which inputs are one of."""
