"""The route `/graphql`. Strawberry's view implements the protocols; each method here says what that one lacks."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, cast

import orjson
from cross_web import HTTPException
from fastapi import APIRouter, Request, Response, WebSocket
from starlette.responses import StreamingResponse
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLRequestData

from events.vocabulary.values.strict_json import unmarked
from service.access.open_connections import OpenConnections
from service.access.revocation import until
from service.graphql.context import Context
from service.graphql.documents.trusted import extensions_of
from service.graphql.errors import MALFORMED, TRY_AGAIN, refusal
from service.graphql.schema import Schema
from service.graphql.transport import graphiql
from service.graphql.transport.websocket import Socket, WebSocketConnection
from service.http import event_stream
from service.http.openapi.answers import problems
from service.http.openapi.graphql import ANSWER, OPERATION
from service.http.openapi.parameters import GRAPHQL, MIN_POSITION_HEADER
from service.http.requests.accept import accepted
from service.http.requests.body import read_body
from service.http.requests.cloudevents import JSON, media_type
from service.problems import problem

RESPONSE: Final = "application/graphql-response+json"
EVENTS: Final = event_stream.MEDIA_TYPE
PARTS: Final = "multipart/mixed"


# Not GraphQLRouter, which adds routes: FastAPI keeps routes after an application is gone, and they keep its schema.
class Graph(GraphQL[Context, None]):
    """A schema over HTTP and WebSockets; `context_of` returns the context of a request or a connection."""

    request_adapter_class: Any = staticmethod(
        lambda request: request
    )  # It has the members that are used here.
    websocket_adapter_class: Any = Socket
    graphql_transport_ws_handler_class = WebSocketConnection
    render_graphql_ide: Any = staticmethod(
        graphiql.page
    )  # Strawberry's page loads its files from other hosts.
    decode_json: Any = staticmethod(orjson.loads)  # Strawberry's accepts NaN and lone surrogates.

    def __init__(
        self, schema: Schema, context_of: Callable[[Request | WebSocket], Awaitable[Context]]
    ) -> None:
        self.limits = schema.limits
        self.connected = OpenConnections(self.limits.connections_max)
        self.context_of = context_of
        super().__init__(
            cast(Any, schema),  # It has the members that are used here.
            subscription_protocols=(
                "graphql-transport-ws",
                "graphql-sse",
                "multipart-subscription",
            ),
            connection_init_wait_timeout=timedelta(seconds=self.limits.init_seconds_max),
            max_subscriptions_per_connection=None,  # `WebSocketConnection` refuses them with a code.
            allowed_origins=("*",),  # No cookie gives a browser access.
        )
        for transport in self._stream_transport_map.values():
            transport.heartbeat_interval = self.limits.heartbeat_seconds

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Return an answer with the media type that the client prefers. Strawberry's takes the first that it knows."""
        accept = request.headers.getlist("accept")
        forms = [JSON, RESPONSE, EVENTS]
        if "subscriptionspec" in str(accept).lower():
            forms.append(PARTS)  # Without that, the media type has other meanings.
        if request.scope["method"] == "GET" and "query" not in request.query_params:
            forms.append("text/html")
        request.state.media = accepted(accept, forms)
        return Response(media_type=request.state.media)

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Return whether the client prefers a page. Strawberry's sends it to every client that accepts any type."""
        return bool(request.state.media == "text/html")

    async def parse_http_body(self, request: Any) -> GraphQLRequestData:
        """Return the request. Strawberry's has no limit for its length, and does not know `documentId`."""
        if request.method == "GET":
            body = self.parse_query_params(request.query_params)
        elif media_type(request.headers) == JSON:
            body = self.parse_json(
                unmarked(await read_body(request, self.limits.request_bytes_max))
            )
        else:
            raise problem(415, "media_type", f"a request as {JSON}", headers={"Accept-Post": JSON})
        if not isinstance(body, dict):
            raise HTTPException(
                400, "Expected one request, as an object. Batches are not supported."
            )
        protocols: Any = {EVENTS: "sse", PARTS: "multipart-subscription"}
        return GraphQLRequestData(
            body.get("query"),
            body.get("variables"),
            body.get("operationName"),
            extensions_of(body),
            protocols.get(request.state.media, "http"),
        )

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """Return the answer. Strawberry's has one media type and status, and `data` even if nothing was executed."""
        media, errors = sub_response.media_type, response_data.get("errors", ())
        codes, status = {error.get("extensions", {}).get("code") for error in errors}, 200
        if response_data.get("data") is None and all("path" not in error for error in errors):
            response_data.pop("data", None)
            status = 400 if media == RESPONSE or codes & MALFORMED else 200
        headers = {"vary": event_stream.HEADERS["Vary"]}
        if codes & TRY_AGAIN:
            status, headers["retry-after"] = 503, str(self.limits.retry_after_seconds)
        media = f"{RESPONSE if media == RESPONSE else JSON}; charset=utf-8"
        return Response(_json(response_data), status, headers, media)

    async def create_streaming_response(
        self, request: Any, stream: Any, sub_response: Response, headers: Mapping[str, str]
    ) -> Response:
        """Return a live connection of a key, which ends without completion when the service stops. Raises TooMany."""
        context: Context = request.state.context
        place = self.connected.enter(context.asker)

        async def chunks() -> AsyncGenerator[str, None]:
            with place:
                async for chunk in until(context.stopping, stream()):
                    # urql accepts only \n as the end of a line of an event. Parts keep \r\n.
                    yield chunk.replace("\r\n", "\n") if request.state.media == EVENTS else chunk

        return StreamingResponse(chunks(), headers={**headers, **event_stream.HEADERS})

    def encode_json(self, data: object) -> str:
        """Return JSON. Strawberry's is slower."""
        return _json(data).decode()


def _json(data: object) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)


_CONTENT: Final[dict[str, Any]] = {JSON: {"schema": ANSWER}, RESPONSE: {"schema": ANSWER}}
_LIVE: Final = {"schema": {"type": "string", "description": "What a subscription sends."}}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The answer", "content": {**_CONTENT, EVENTS: _LIVE, PARTS: _LIVE}},
    400: {"description": "The operation is malformed or invalid", "content": _CONTENT},
    503: {"description": "The read models are not so far yet; try again", "content": _CONTENT},
    **problems(406),
}
_BODY: Final = {
    "required": True,
    "content": {JSON: {"schema": OPERATION, "example": {"query": "{ viewer { role } }"}}},
}
# FastAPI keeps every route function after the application is gone, so none of them holds a schema.
router = APIRouter(tags=["ask"])


@router.get(
    "/graphql",
    operation_id="askByGet",
    responses=_ANSWERS,
    openapi_extra={"parameters": [*GRAPHQL, MIN_POSITION_HEADER]},
)
@router.post(
    "/graphql",
    responses={**_ANSWERS, **problems(413, 415)},
    openapi_extra={"parameters": [MIN_POSITION_HEADER], "requestBody": _BODY},
)
async def ask(request: Request) -> Response:
    """Execute a GraphQL operation over HTTP.

    A subscription needs an `Accept` header for server-sent events or multipart.
    """
    graph: Graph = request.app.state.graph
    context = request.state.context = await graph.context_of(request)
    try:
        return await graph.run(request, context)
    except HTTPException as error:  # Strawberry's answer to it is plain text.
        refused = {"errors": [refusal("request.malformed", error.reason).formatted]}
        return graph.create_response(refused, await graph.get_sub_response(request))


@router.websocket("/graphql")
async def connect(socket: WebSocket) -> None:
    """Execute GraphQL operations over a WebSocket."""
    graph: Graph = socket.app.state.graph
    await graph.run(socket, await graph.context_of(socket))
