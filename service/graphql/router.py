"""The door's frame: where GraphQL is asked for."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response, WebSocket
from starlette.requests import HTTPConnection

from service.connected import Connected
from service.graphql.context import Context
from service.graphql.http import RESPONSE, answer
from service.graphql.schema import Schema
from service.graphql.websocket import Connection
from service.http.cloudevents import JSON
from service.http.descriptions import problems
from service.http.event_stream import MEDIA_TYPE as EVENTS

GetContext = Callable[[HTTPConnection], Awaitable[Context]]

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The answer; errors stand beside what could be had.",
        "content": {RESPONSE: {}, JSON: {}, EVENTS: {}},
    },
    400: {"description": "Not a request that can be answered", "content": {RESPONSE: {}, JSON: {}}},
    **problems(406, 413, 415),
    429: {"description": "Too many connections are open with this key"},
    503: {"description": "To be asked again later", "content": {RESPONSE: {}, JSON: {}}},
}


def graphql_router(get_context: GetContext, schema: Schema, *, path: str = "/graphql") -> APIRouter:
    """Return the router of the GraphQL door. `get_context` gives each request's context, or connection's."""
    router = APIRouter()
    connected = Connected(schema.limits.connections_max)

    async def of_request(request: Request) -> Context:
        context = await get_context(request)
        context.request = request
        return context

    Asked = Annotated[Context, Depends(of_request)]

    @router.get(path, responses=_ANSWERS)
    async def ask_by_get(request: Request, context: Asked) -> Response:
        """Ask for an operation given in the parameters `query`, `variables`, `operationName` and `extensions`."""
        return await answer(request, context, schema, connected)

    @router.post(path, responses=_ANSWERS)
    async def ask(request: Request, context: Asked) -> Response:
        """Ask for an operation: GraphQL over HTTP, or with `Accept: text/event-stream` over server-sent events."""
        return await answer(request, context, schema, connected)

    @router.websocket(path)
    async def connect(socket: WebSocket) -> None:
        await Connection(socket, await get_context(socket), schema, connected).run()

    return router
