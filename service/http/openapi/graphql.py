"""The schemas of GraphQL over HTTP and WebSockets. What is asked and answered is in the schema of the graph."""

from typing import Final

from service.http.openapi.component import schema

_OBJECT: Final = {"type": "object", "additionalProperties": True}
OPERATION: Final = schema(
    "GraphqlOperation",
    {
        "description": "A GraphQL operation, or the hash or id of one that the service knows.",
        "x-beyond-schema": "It has `query`, `documentId`, or in `extensions` the hash of a persisted query. The"
        " operation is valid by the schema of the graph, and within its limits.",
        "type": "object",
        "properties": {
            "query": {
                "type": ["string", "null"],
                "description": "The GraphQL document.",
            },
            "operationName": {"type": ["string", "null"]},
            "variables": {"type": ["object", "null"], "additionalProperties": True},
            "extensions": {"type": ["object", "null"], "additionalProperties": True},
            "documentId": {"type": "string", "description": "The id of a trusted document."},
        },
    },
)
ANSWER: Final = schema(
    "GraphqlAnswer",
    {
        "type": "object",
        "properties": {
            "data": {"type": ["object", "null"], "additionalProperties": True},
            "errors": {
                "type": "array",
                "items": schema(
                    "GraphqlError",
                    {
                        "type": "object",
                        "properties": {
                            "message": {"type": "string"},
                            "locations": {"type": "array", "items": _OBJECT},
                            "path": {"type": "array", "items": {"type": ["string", "integer"]}},
                            "extensions": _OBJECT,
                        },
                        "required": ["message"],
                    },
                ),
            },
            "extensions": _OBJECT,
        },
    },
)
