"""The settings of GraphQL."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from service.settings.server import KIB


class GraphqlSettings(BaseSettings):
    """Limits of GraphQL queries, subscriptions and connections."""

    graphql_depth_max: Annotated[
        int, Field(ge=1, description="Deepest GraphQL query, in levels of fields.")
    ] = 20
    graphql_aliases_max: Annotated[
        int, Field(ge=0, description="Most aliases in a GraphQL query.")
    ] = 30
    graphql_tokens_max: Annotated[
        int, Field(ge=1, description="Longest GraphQL query, and its longest variables, in tokens.")
    ] = 2_000
    graphql_characters_max: Annotated[
        int,
        Field(ge=1, description="Longest GraphQL query, and its longest variables, in characters."),
    ] = 64 * KIB
    graphql_cost_max: Annotated[
        int,
        Field(
            ge=1,
            description="Largest cost of a GraphQL query: its fields, each times the rows of the lists around it.",
        ),
    ] = 250_000
    graphql_rows_max: Annotated[
        int,
        Field(ge=1, description="Most rows in all lists of a GraphQL answer together."),
    ] = 50_000
    graphql_search_cost: Annotated[
        int,
        Field(ge=0, description="Cost of a search in a GraphQL query, in addition to its fields."),
    ] = 12_500
    graphql_past_cost: Annotated[
        int,
        Field(
            ge=0,
            description="Cost of a journey as of an earlier moment in a GraphQL query, in addition to its fields.",
        ),
    ] = 12_500
    graphql_figure_cost: Annotated[
        int,
        Field(
            ge=0,
            description="Cost of a figure of the insights in a GraphQL query, in addition to its fields.",
        ),
    ] = 2_500
    graphql_introspection_cost: Annotated[
        int,
        Field(ge=0, description="Cost of `__schema` or `__type` in a GraphQL query."),
    ] = 25_000
    graphql_statements_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most SQL statements that GraphQL runs at once for a key, or for an address without one.",
        ),
    ] = 4
    graphql_list_size_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most rows on a page of a GraphQL list, most ids in `nodes`, and most streams in `subjects`.",
        ),
    ] = 100
    graphql_pasts_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most journeys as of an earlier moment in one `nodes`.",
        ),
    ] = 4
    graphql_seconds_max: Annotated[
        float, Field(gt=0, description="Longest time that a GraphQL query may take, in seconds.")
    ] = 10.0
    graphql_introspection: Annotated[
        bool, Field(description="Whether GraphQL introspection is allowed.")
    ] = True
    graphql_suggestions: Annotated[
        bool, Field(description="Whether GraphQL errors suggest similar names for an unknown one.")
    ] = True
    graphql_documents_max: Annotated[
        int, Field(ge=1, description="Most parsed and validated GraphQL documents in the cache.")
    ] = 1_000
    graphql_documents_bytes_max: Annotated[
        int, Field(ge=0, description="Most memory for these documents, in bytes (approximately).")
    ] = 64 * KIB * KIB
    graphql_subscriptions_max: Annotated[
        int, Field(ge=1, description="Most operations at once on one WebSocket.")
    ] = 20
    graphql_connections_max: Annotated[
        int,
        Field(
            ge=1,
            description="Most open WebSockets and event streams of GraphQL for a key, or for an address without one.",
        ),
    ] = 250
    graphql_insights_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="Shortest interval between two evaluations of subscribed insights, in seconds.",
        ),
    ] = 1.0
    graphql_init_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="How long a WebSocket may take to send `connection_init`, in seconds.",
        ),
    ] = 10.0
    trusted_documents: Annotated[
        Path | None,
        Field(
            description="JSON file with the only GraphQL documents that may run, by their SHA-256 in hex."
        ),
    ] = None
