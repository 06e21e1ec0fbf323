"""The route `/mcp`. `service.app` includes it, and gives the application its server of the protocol."""

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from events.vocabulary.values.strict_json import JsonError, parse, unmarked
from service.assistants.asker import ContextOf
from service.assistants.origins import may_call
from service.graphql.schema import Schema
from service.http.openapi.assistants import ANSWERED, ASKING
from service.http.raw_route import RawRoute
from service.http.requests.accept import accepted
from service.http.requests.body import read_body
from service.http.requests.cloudevents import JSON, media_type
from service.problems import malformed, problem
from service.services import service_of

if TYPE_CHECKING:
    from service.assistants.server import AssistantServer

SDK: Final = "mcp"
"""The package of the protocol's official SDK, which the extra `assistants` installs."""

router = APIRouter(tags=["assist"], route_class=RawRoute)


def server_of(schema: Schema, context_of: ContextOf) -> "AssistantServer | None":
    """Return the server whose tools ask the graph within the limits of the schema; None if the SDK is not installed."""
    if find_spec(SDK) is None:
        return None
    from service.assistants.server import AssistantServer

    # Our own queries need nobody's trust.
    limits = replace(schema.limits, trusted_documents=None)
    asked = schema if limits == schema.limits else Schema(limits)
    return AssistantServer(asked, context_of)


@router.post("/mcp", operation_id="assist", responses=ANSWERED, openapi_extra=ASKING)
async def assist(request: Request) -> Response:
    """Answer a message of the Model Context Protocol, by which assistants read the record, and record.

    This is its transport Streamable HTTP without sessions: each message is a request of its own, and each answer is
    complete, as JSON. Without a key, tools show what is public. `record` is listed for keys that may record. Errors of
    tools are problems, as text. A web page may call only from an origin that the settings name; from others, 403.
    """
    service = service_of(request)
    server: AssistantServer | None = request.app.state.assistants
    if server is None:
        detail = "This installation cannot be used by assistants"
        raise problem(501, "assistants.missing", detail, expected="the extra assistants")
    if not may_call(request.headers.get("origin"), service.settings):
        detail = "Pages of this origin may not call the service"
        expected = "no Origin, or one that HOWCANWE_PUBLIC_URL or HOWCANWE_CORS_ORIGINS names"
        raise problem(403, "origin", detail, expected=expected)
    accepted(request.headers.getlist("accept"), [JSON])
    if media_type(request.headers) != JSON:
        detail = "The body is not JSON"
        raise problem(415, "media_type", detail, expected=JSON, headers={"Accept-Post": JSON})
    body = unmarked(await read_body(request, service.settings.body_bytes_max))
    try:
        message = parse(body)
    except JsonError as error:
        raise malformed(str(error), "json") from None
    return await server.answer(request, await service.access(request), body, message)
