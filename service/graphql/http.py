"""GraphQL over HTTP, as its specification says, and over server-sent events (GraphQL-SSE, distinct connections)."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import orjson
from graphql import ExecutionResult, GraphQLError
from starlette.requests import Request
from starlette.responses import Response

from events.json_text import unmarked
from service.connected import Connected, TooMany, counted
from service.graphql.context import Context
from service.graphql.errors import refusal, told
from service.graphql.limits import Limits
from service.graphql.requests import GraphQLRequest, formatted
from service.graphql.schema import Refused, Schema, is_for_later
from service.graphql.subscription import Stopping
from service.http.accepting import accepted
from service.http.body import read_body
from service.http.cloudevents import JSON, media_type
from service.http.event_stream import MEDIA_TYPE as EVENTS
from service.http.event_stream import event_stream, written
from service.problems import problem

RESPONSE: Final = "application/graphql-response+json"


async def answer(
    request: Request, context: Context, schema: Schema, connected: Connected
) -> Response:
    """Return the answer to a request by GET or POST. Raises Problem: 406, 415, and 413 or 400 of the body."""
    media = accepted(request.headers.getlist("accept"), (JSON, RESPONSE, EVENTS))
    try:
        body = await _body(request, schema.limits.request_bytes_max)
        asked = GraphQLRequest.read(body, schema.limits.trusted_documents)
    except GraphQLError as error:
        return _refused([told(error)], media, 400, schema.limits)
    if media == EVENTS:
        return await _events(request, asked, context, schema, connected)
    try:
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


async def _body(request: Request, bytes_max: int) -> object:
    if request.method == "GET":
        body: dict[str, Any] = dict(request.query_params)
        for name in ("variables", "extensions"):
            if name in body:
                body[name] = _json(body[name].encode(), name) if body[name] else None
        return body
    if media_type(request.headers) != JSON:
        raise problem(415, "media_type", f"a request as {JSON}", headers={"Accept-Post": JSON})
    return _json(await read_body(request, bytes_max), "body")


def _json(text: bytes, argument: str) -> object:
    try:
        found: object = orjson.loads(unmarked(text))
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

    return event_stream(
        _told(results), place=place, heartbeat_seconds=schema.limits.heartbeat_seconds
    )


async def _told(results: AsyncGenerator[ExecutionResult, None]) -> AsyncGenerator[bytes, None]:
    try:
        async for result in results:
            yield written(orjson.dumps(result_of(result)), name="next")
    except Refused as refused:
        body = {"errors": [formatted(error) for error in refused.errors]}
        yield written(orjson.dumps(body), name="next")
    except Stopping:
        # Not complete: a client comes again by itself when the line breaks, and not when all was told.
        return
    finally:
        await results.aclose()
    yield written(b"", name="complete")
