"""The schemas of `/mcp`: messages of JSON-RPC 2.0, as the Model Context Protocol has them."""

from typing import Any, Final

from service.http.openapi.answers import PROBLEM, Responses, problems
from service.http.openapi.component import schema
from service.http.requests.cloudevents import JSON
from service.problems import MEDIA_TYPE

_VERSION: Final = {"type": "string", "const": "2.0"}
_OBJECT: Final = {"type": "object", "additionalProperties": True}

_MESSAGE: Final = schema(
    "AssistantMessage",
    {
        "description": "A message of the Model Context Protocol, such as `tools/list` or `tools/call`.",
        "x-beyond-schema": "What each method takes is in the protocol, and what each tool takes in the answer to"
        " `tools/list`.",
        "type": "object",
        "properties": {
            "jsonrpc": _VERSION,
            "id": {
                "description": "A text or an integer, of a request. A message without such an id is a notification."
            },
            "method": {"type": "string"},
            "params": {"type": ["object", "null"], "additionalProperties": True},
        },
        "required": ["jsonrpc", "method"],
    },
)
_ANSWER: Final = schema(
    "AssistantAnswer",
    {
        "type": "object",
        "properties": {
            "jsonrpc": _VERSION,
            "id": {"type": ["string", "integer", "null"]},
            "result": _OBJECT,
            "error": _OBJECT,
        },
        "required": ["jsonrpc"],
    },
)

ASKING: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {
                "schema": _MESSAGE,
                "example": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
            }
        },
    },
}
ANSWERED: Final[Responses] = {
    200: {"description": "The answer", "content": {JSON: {"schema": _ANSWER}}},
    202: {"description": "The notification was received"},
    400: {
        "description": "The message is malformed",
        "content": {JSON: {"schema": _ANSWER}, MEDIA_TYPE: {"schema": PROBLEM}},
    },
    404: {
        "description": "There is no such method",
        "content": {JSON: {"schema": _ANSWER}},
    },
    **problems(406, 413, 415, 501),
}
