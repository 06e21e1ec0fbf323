"""A schema of declared classes, as Strawberry makes it."""

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from service.graphql.values.scalars import SCALARS


class Declared(strawberry.Schema):
    """A schema of declared classes, with scalars of our own."""

    def __init__(self, query: type, subscription: type | None = None) -> None:
        config = StrawberryConfig(scalar_map=SCALARS)
        super().__init__(query, subscription=subscription, config=config)

    @property
    def graph(self) -> GraphQLSchema:
        """The schema as graphql-core executes it."""
        return self._schema

    def _extend_introspection(self) -> None:
        """Leave `__Type` alone: it is one for all schemas, and says itself, as specified, which inputs are one of."""
