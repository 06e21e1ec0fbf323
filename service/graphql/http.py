"""GraphQL over HTTP, as its specification says, and over server-sent events (GraphQL-SSE, distinct connections)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Any, Final

import orjson
from graphql import ExecutionResult, GraphQLError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from service.connected import Connected, TooMany, counted
from service.graphql.context import Context
from service.graphql.errors import refusal, told
from service.graphql.limits import Limits
from service.graphql.requests import GraphQLRequest, formatted
from service.graphql.schema import Refused, Schema, is_for_later
from service.graphql.subscription import Stopping
from service.http.body import read_body

RESPONSE: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"


async def answer(
    request: Request, context: Context, schema: Schema, connected: Connected
) -> Response:
    """Return the answer to a request by GET or POST. Raises Problem where its body is too large, or not to be read."""
    media = accepted(request.headers.get("accept"))
    if media is None:
        return Response("One of: " + ", ".join((RESPONSE, JSON, EVENTS)), 406)
    try:
        body = await _body(request, schema.limits.body_bytes_max)
        asked = GraphQLRequest.read(body, schema.limits.trusted_documents)
    except _Unsupported:
        return Response(f"Requests come as {JSON}.", 415)
    except GraphQLError as error:
        return _refused([told(error)], media, 400, schema.limits)
    if media == EVENTS:
        return await _events(request, asked, context, schema, connected)
    try:
        document = await schema.read(asked.query, context)
        operation, _ = schema.operation(document, asked.operation_name, asked.variables)
        if operation.operation.value == "subscription":
            text = "A subscription comes over graphql-transport-ws, or as text/event-stream."
            raise Refused(refusal("operation.unsupported", text))
        result = await schema.execute(
            asked.query,
            context,
            variables=asked.variables,
            operation_name=asked.operation_name,
            extensions=asked.extensions,
        )
    except Refused as refused:
        status = 400 if media == RESPONSE else 200
        return _refused(refused.errors, media, status, schema.limits, refused.extensions)
    for_later = any(is_for_later(error) for error in result.errors or ())
    status = 503 if for_later else 200
    return _response(result_of(result), media, status, schema.limits)


def accepted(accept: str | None) -> str | None:
    """Return the media type to answer in, None where none will do."""
    if accept is None or not accept.strip():
        return JSON
    offered = [RESPONSE, JSON, EVENTS]
    best: tuple[float, int, str] | None = None
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name == "q":
                with suppress(ValueError):
                    quality = float(value)
        if quality <= 0:
            continue
        found = JSON if media in ("*/*", "application/*") else media
        if found in offered:
            best = max(best or (0.0, 0, ""), (quality, -offered.index(found), found))
    return best[2] if best else None


class _Unsupported(Exception):
    """The body is of a type that no request comes in."""


async def _body(request: Request, bytes_max: int) -> object:
    if request.method == "GET":
        body: dict[str, Any] = dict(request.query_params)
        for name in ("variables", "extensions"):
            if name in body:
                body[name] = _json(body[name].encode(), name) if body[name] else None
        return body
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != JSON:
        raise _Unsupported
    return _json(await read_body(request, bytes_max), "body")


def _json(text: bytes, argument: str) -> object:
    try:
        found: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise refusal(
            "request.malformed", f"{argument}: expected JSON", argument=argument
        ) from None
    return found


def result_of(result: ExecutionResult) -> dict[str, Any]:
    """Return a result as answers tell it."""
    found: dict[str, Any] = {"data": result.data}
    if result.errors:
        found["errors"] = [formatted(error) for error in result.errors]
    if result.extensions:
        found["extensions"] = result.extensions
    return found


def _refused(
    errors: list[GraphQLError],
    media: str,
    status: int,
    limits: Limits,
    extensions: dict[str, Any] | None = None,
) -> Response:
    body: dict[str, Any] = {"errors": [formatted(error) for error in errors]}
    if extensions:
        body["extensions"] = extensions
    if any(is_for_later(error) for error in errors):
        status = 503
    return _response(body, JSON if media == EVENTS else media, status, limits)


def _response(body: dict[str, Any], media: str, status: int, limits: Limits) -> Response:
    headers = {"content-type": f"{media}; charset=utf-8", "vary": "Accept, Authorization"}
    if status == 503:
        headers["retry-after"] = str(limits.retry_after_seconds)
    return Response(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), status, headers)


async def _events(
    request: Request,
    asked: GraphQLRequest,
    context: Context,
    schema: Schema,
    connected: Connected,
) -> Response:
    """Return a stream with an event `next` for each result, and `complete` at the end."""
    try:
        place = connected.enter(counted(context.viewer, request))
    except TooMany:
        error = refusal("connections.too_many", "Too many connections are open with this key.")
        return _response({"errors": [formatted(error)]}, JSON, 429, schema.limits)
    results = schema.stream(
        asked.query,
        context,
        variables=asked.variables,
        operation_name=asked.operation_name,
        extensions=asked.extensions,
    )

    async def stream() -> AsyncIterator[bytes]:
        with place:
            async for event in _beating(_told(results), schema.limits.heartbeat_seconds):
                yield event

    headers = {"cache-control": "no-cache", "vary": "Accept, Authorization"}
    return StreamingResponse(stream(), media_type=EVENTS, headers=headers)


async def _told(results: AsyncGenerator[ExecutionResult, None]) -> AsyncGenerator[bytes, None]:
    try:
        async for result in results:
            yield b"event: next\ndata: %s\n\n" % orjson.dumps(result_of(result))
    except Refused as refused:
        body = {"errors": [formatted(error) for error in refused.errors]}
        yield b"event: next\ndata: %s\n\n" % orjson.dumps(body)
    except Stopping:
        # Not complete: a client comes again by itself when the line breaks, and not when all was told.
        return
    finally:
        await results.aclose()
    yield b"event: complete\ndata: \n\n"


async def _beating(
    events: AsyncGenerator[bytes, None], seconds: float
) -> AsyncGenerator[bytes, None]:
    """Yield the events; a comment keeps the line alive where none comes for so long."""
    following: asyncio.Future[bytes] | None = None
    try:
        while True:
            if following is None:
                following = asyncio.ensure_future(anext(events))
            done, _ = await asyncio.wait([following], timeout=seconds)
            if not done:
                yield b":\n\n"
                continue
            try:
                event = following.result()
            except StopAsyncIteration:
                return
            following = None
            yield event
    finally:
        if following is not None:
            following.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await following
        await events.aclose()
