"""The door's frame: GraphQL over HTTP."""

import json
from collections.abc import Awaitable, Callable

import orjson
from fastapi import APIRouter
from fastapi.routing import APIRoute
from strawberry.fastapi import GraphQLRouter

from service.graphql.context import Context
from service.graphql.schema import schema

GetContext = Callable[..., Context | Awaitable[Context]]


class Router(GraphQLRouter[Context, None]):
    """Reads and writes JSON with orjson, which takes neither bad UTF-8 nor any depth, and calls both no JSON."""

    def decode_json(self, data: str | bytes) -> object:
        """Return the JSON value. Raises JSONDecodeError, also for a body that is neither object nor list."""
        value: object = orjson.loads(data)
        if isinstance(data, bytes) and not isinstance(value, dict | list):
            raise json.JSONDecodeError("a request is an object", "", 0)
        return value

    def encode_json(self, data: object) -> bytes:
        """Return the answer's JSON."""
        return orjson.dumps(data)


def graphql_router(
    get_context: GetContext, *, path: str = "/graphql", graphiql: bool = False
) -> APIRouter:
    """Return the router of the GraphQL door.

    `get_context` is a FastAPI dependency that gives each request's context. GraphiQL, for a browser, loads its parts
    from an outside address, so it is off unless asked for.
    """
    router = Router(
        schema,
        path=path,
        context_getter=get_context,
        graphql_ide="graphiql" if graphiql else None,
        subscription_protocols=(),
    )
    for route in router.routes:
        if isinstance(route, APIRoute):
            route.description = "Ask a question of the schema in `schema.graphql`."
    return router
