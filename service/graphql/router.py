"""The door's frame: where GraphQL is asked for."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Depends, FastAPI, Request, Response, WebSocket
from starlette.requests import HTTPConnection

from service.connected import Connected
from service.graphql.context import Context
from service.graphql.http import RESPONSE, answer
from service.graphql.schema import Schema
from service.graphql.websocket import Connection
from service.http.cloudevents import JSON
from service.http.descriptions import problems
from service.http.event_stream import MEDIA_TYPE as EVENTS

PATH: Final = "/graphql"

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


class Graph:
    """What the door asks: a schema, and who keeps a connection open. `get_context` gives a request's context."""

    def __init__(self, schema: Schema, get_context: GetContext) -> None:
        self.schema = schema
        self.get_context = get_context
        self.connected = Connected(schema.limits.connections_max)


def open_graph(app: FastAPI, graph: Graph) -> None:
    """Let the application answer GraphQL with this graph."""
    app.state.graph = graph
    app.include_router(router)


def _graph_of(request: HTTPConnection) -> Graph:
    return cast(Graph, request.app.state.graph)


async def _context(request: Request) -> Context:
    context = await _graph_of(request).get_context(request)
    context.request = request
    return context


_Asked = Annotated[Context, Depends(_context)]

# FastAPI keeps every function that answers, also when the application is gone: none of them holds a schema.
router = APIRouter(tags=["ask"])


@router.get(PATH, responses=_ANSWERS)
async def ask_by_get(request: Request, context: _Asked) -> Response:
    """Ask for an operation given in the parameters `query`, `variables`, `operationName` and `extensions`."""
    graph = _graph_of(request)
    return await answer(request, context, graph.schema, graph.connected)


@router.post(PATH, responses=_ANSWERS)
async def ask(request: Request, context: _Asked) -> Response:
    """Ask for an operation: GraphQL over HTTP, or with `Accept: text/event-stream` over server-sent events."""
    graph = _graph_of(request)
    return await answer(request, context, graph.schema, graph.connected)


@router.websocket(PATH)
async def connect(socket: WebSocket) -> None:
    """Follow subscriptions, or ask, over a WebSocket."""
    graph = _graph_of(socket)
    await Connection(socket, await graph.get_context(socket), graph.schema, graph.connected).run()
