"""Where GraphQL is asked for: Strawberry's view carries the protocols; each method here says what that lacks."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, cast

import orjson
from cross_web import HTTPException
from fastapi import APIRouter, Request, Response, WebSocket
from starlette.responses import StreamingResponse
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLRequestData

from events.vocabulary.strict_json import unmarked
from service.access.open_connections import OpenConnections
from service.access.revocation import until
from service.graphql.context import Context
from service.graphql.documents.trusted import extensions_of
from service.graphql.errors import MALFORMED, TRY_AGAIN, refusal
from service.graphql.schema import Schema
from service.graphql.transport import graphiql
from service.graphql.transport.websocket import Socket, WebSocketConnection
from service.http import event_stream
from service.http.openapi import problems
from service.http.requests.accept import accepted
from service.http.requests.body import read_body
from service.http.requests.cloudevents import JSON, media_type
from service.problems import problem

RESPONSE: Final = "application/graphql-response+json"
EVENTS: Final = event_stream.MEDIA_TYPE
PARTS: Final = "multipart/mixed"


# GraphQLRouter is the same view with routes, which FastAPI keeps when an application is gone, and they its schema.
class Graph(GraphQL[Context, None]):
    """A schema as it is asked over HTTP and WebSockets; `context_of` gives the context of a request or a connection."""

    request_adapter_class: Any = staticmethod(lambda request: request)  # It has what is asked here.
    websocket_adapter_class: Any = Socket
    graphql_transport_ws_handler_class = WebSocketConnection
    render_graphql_ide: Any = staticmethod(
        graphiql.page
    )  # Strawberry's has its files from elsewhere.
    decode_json: Any = staticmethod(
        orjson.loads
    )  # Strawberry takes NaN and lone surrogates for JSON.

    def __init__(
        self, schema: Schema, context_of: Callable[[Request | WebSocket], Awaitable[Context]]
    ) -> None:
        self.limits = schema.limits
        self.connected = OpenConnections(self.limits.connections_max)
        self.context_of = context_of
        super().__init__(
            cast(Any, schema),  # It has what is called here.
            subscription_protocols=(
                "graphql-transport-ws",
                "graphql-sse",
                "multipart-subscription",
            ),
            connection_init_wait_timeout=timedelta(seconds=self.limits.init_seconds_max),
            max_subscriptions_per_connection=None,  # They are refused with a code.
            allowed_origins=("*",),  # A browser brings no cookie that would let anybody in.
        )
        for transport in self._stream_transport_map.values():
            transport.heartbeat_interval = self.limits.heartbeat_seconds

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Return the answer's beginning: the media type that is preferred. Strawberry takes the first that it knows."""
        accept = request.headers.getlist("accept")
        forms = [JSON, RESPONSE, EVENTS]
        if "subscriptionspec" in str(accept).lower():
            forms.append(PARTS)  # Otherwise, other clients mean other things by it.
        if request.scope["method"] == "GET" and "query" not in request.query_params:
            forms.append("text/html")
        request.state.media = accepted(accept, forms)
        return Response(media_type=request.state.media)

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Say whether a page is preferred. Strawberry gives it to whoever accepts anything."""
        return bool(request.state.media == "text/html")

    async def parse_http_body(self, request: Any) -> GraphQLRequestData:
        """Return the request. Strawberry reads any length of it, and knows no documentId."""
        if request.method == "GET":
            body = self.parse_query_params(request.query_params)
        elif media_type(request.headers) == JSON:
            body = self.parse_json(
                unmarked(await read_body(request, self.limits.request_bytes_max))
            )
        else:
            raise problem(415, "media_type", f"a request as {JSON}", headers={"Accept-Post": JSON})
        if not isinstance(body, dict):
            raise HTTPException(400, "Expected one request, as an object: batches are off.")
        protocols: Any = {EVENTS: "sse", PARTS: "multipart-subscription"}
        return GraphQLRequestData(
            body.get("query"),
            body.get("variables"),
            body.get("operationName"),
            extensions_of(body),
            protocols.get(request.state.media, "http"),
        )

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """Return the answer. Strawberry's has one media type and one status, and data where nothing was executed."""
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
        """Return one of a key's connections, which ends with the service, not complete. Raises TooMany."""
        context: Context = request.state.context
        place = self.connected.enter(context.asker)

        async def chunks() -> AsyncGenerator[str, None]:
            with place:
                async for chunk in until(context.stopping, stream()):
                    # urql reads no other end of an event's line; the lines of parts have this one.
                    yield chunk.replace("\r\n", "\n") if request.state.media == EVENTS else chunk

        return StreamingResponse(chunks(), headers={**headers, **event_stream.HEADERS})

    def encode_json(self, data: object) -> str:
        """Return JSON. Strawberry's takes longer."""
        return _json(data).decode()


def _json(data: object) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)


_CONTENT: Final[dict[str, Any]] = {RESPONSE: {}, JSON: {}}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The answer", "content": {**_CONTENT, EVENTS: {}, PARTS: {}}},
    400: {"content": _CONTENT},
    503: {"content": _CONTENT},
    **problems(406, 413, 415, 429),
}
# FastAPI keeps every function that answers, also when the application is gone: none of them holds a schema.
router = APIRouter(tags=["ask"])


@router.get("/graphql", responses=_ANSWERS)
@router.post("/graphql", responses=_ANSWERS)
async def ask(request: Request) -> Response:
    """Ask for an operation: GraphQL over HTTP, or for a subscription with an `Accept` for events or parts."""
    graph: Graph = request.app.state.graph
    context = request.state.context = await graph.context_of(request)
    try:
        return await graph.run(request, context)
    except HTTPException as error:  # Strawberry tells it in plain text.
        refused = {"errors": [refusal("request.malformed", error.reason).formatted]}
        return graph.create_response(refused, await graph.get_sub_response(request))


@router.websocket("/graphql")
async def connect(socket: WebSocket) -> None:
    """Follow subscriptions, or ask, over a WebSocket."""
    graph: Graph = socket.app.state.graph
    await graph.run(socket, await graph.context_of(socket))
