"""Answers of several calls: problems, receipts, and what every answer has. Resources name those that they give."""

from typing import Any, Final

from service.http.openapi.component import HEADERS, RESPONSES, Component, schema
from service.middleware.request_ids import HEADER, PATTERN
from service.problems import MEDIA_TYPE, TITLES

Responses = dict[int | str, dict[str, Any]]

_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer", "minimum": 0}

FAULT: Final = schema(
    "Fault",
    {
        "description": "What is wrong with a request, or with one of its events.",
        "type": "object",
        "properties": {
            "index": {
                "type": ["integer", "null"],
                "description": "The event's index in the request; null if the fault is the request's.",
            },
            "pointer": {"type": "string", "description": "A JSON pointer into the event."},
            "rule": {
                "type": "string",
                "description": "The rule that is broken. It does not change.",
            },
            "detail": {"type": "string", "description": "What was expected."},
        },
        "required": ["index", "pointer", "rule", "detail"],
    },
)

ADVICE: Final = schema(
    "Advice",
    {
        "description": "What the sender may want to look at. The event is recorded all the same.",
        "type": "object",
        "properties": {"rule": _TEXT, "detail": _TEXT},
        "required": ["rule", "detail"],
    },
)

_STREAMS: Final = {
    "type": "object",
    "description": "The streams that the event is in and that the sender may see, each with its version.",
    "additionalProperties": {"type": "integer", "minimum": 1},
}
_OF_EVENT: Final = {
    "source": {"type": "string", "description": "As the sender gave it."},
    "id": {"type": "string", "description": "As the sender gave it."},
    "streams": _STREAMS,
    "warnings": {"type": "array", "items": ADVICE},
}

RECEIPT: Final = schema(
    "Receipt",
    {
        "description": "What has become of an event that is recorded.",
        "type": "object",
        "properties": {
            **_OF_EVENT,
            "position": {"type": "integer", "minimum": 1, "description": "Its place in the log."},
            "hash": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "The SHA-256 of its line.",
            },
            "repeated": {"type": "boolean", "description": "Whether it had been recorded before."},
        },
        "required": ["source", "id", "position", "streams", "hash", "repeated", "warnings"],
    },
)

REJECTED: Final = schema(
    "RejectedEvent",
    {
        "description": "An event of a lenient request that was refused.",
        "type": "object",
        "properties": {
            "index": _NUMBER,
            "id": {
                "type": ["string", "null"],
                "description": "Its id in the quarantine; null if that is full.",
            },
            "errors": {"type": "array", "items": FAULT},
        },
        "required": ["index", "id", "errors"],
    },
)

_RECEIPTS: Final = {"type": "array", "items": RECEIPT}
_REJECTED: Final = {"type": "array", "items": REJECTED}

RECEIPTS: Final = schema(
    "Receipts",
    {
        "description": "A receipt for each event, in the order of the request.",
        "type": "object",
        "properties": {"receipts": _RECEIPTS, "quarantined": _REJECTED},
        "required": ["receipts"],
    },
)

VALIDATION: Final = schema(
    "Validation",
    {
        "description": "What recording would answer now, for each event.",
        "type": "object",
        "properties": {
            "receipts": {"type": "array", "items": RECEIPT, "maxItems": 0},
            "would": {
                "type": "array",
                "items": schema(
                    "WouldBe",
                    {
                        "type": "object",
                        "properties": {
                            **_OF_EVENT,
                            "would": {"type": "string", "enum": ["recorded", "repeated"]},
                        },
                        "required": ["source", "id", "streams", "warnings", "would"],
                    },
                ),
            },
        },
        "required": ["receipts", "would"],
    },
)

PROBLEM: Final = schema(
    "Problem",
    {
        "description": "A refusal (RFC 9457), with everything that is wrong.",
        "type": "object",
        "properties": {
            "type": {
                "type": "string",
                "format": "uri",
                "description": "The kind of problem. It does not change.",
            },
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "errors": {"type": "array", "items": FAULT},
            "receipts": {**_RECEIPTS, "description": "Of a lenient request: an empty list."},
            "quarantined": {
                **_REJECTED,
                "description": "Of a lenient request: the refused events.",
            },
            "position": {**_NUMBER, "description": "With 503: the position that is reached."},
            "lag": {**_NUMBER, "description": "With 503: how far that is behind the wanted one."},
        },
        "required": ["type", "title", "status", "detail", "errors"],
    },
)

REQUEST_ID: Final = Component(
    HEADERS,
    "RequestId",
    {
        "description": "The id of the request. The service's messages about the request have it, too.",
        "schema": {"type": "string", "pattern": f"^{PATTERN}$"},
        "example": "0af7651916cd43dd8448eb211c80319c",
    },
)
NEXT: Final = {
    "Link": {
        "description": 'Of a page that has a next one: its address, with `rel="next"`.',
        "schema": _TEXT,
    }
}
"""The header of answers in pages."""

_RETRY_AFTER: Final = Component(
    HEADERS,
    "RetryAfter",
    {
        "description": "In how many seconds to try again.",
        "schema": {"type": "integer", "minimum": 0},
    },
)
_CHALLENGE: Final = Component(
    HEADERS,
    "WwwAuthenticate",
    {"description": "How to authenticate (RFC 6750).", "schema": _TEXT},
)
_OF_STATUS: Final = {
    401: {"WWW-Authenticate": _CHALLENGE},
    429: {"Retry-After": _RETRY_AFTER},
    503: {"Retry-After": _RETRY_AFTER},
}


def answer(
    description: str, content: Any, media: str = "application/json", **more: Any
) -> dict[str, Any]:
    """Return the description of an answer that has this schema."""
    return {"description": description, "content": {media: {"schema": content}}, **more}


def problem_of(status: int) -> Component:
    """Return the description of the problems with a status."""
    slug, title = TITLES[status]
    name = "".join(part.capitalize() for part in slug.split("-"))
    described = answer(f"{title}.", PROBLEM, MEDIA_TYPE)
    headers = {HEADER: REQUEST_ID, **_OF_STATUS.get(status, {})}
    return Component(RESPONSES, name, {**described, "headers": headers})


def problems(*statuses: int) -> Responses:
    """Return the descriptions of problems with these statuses."""
    return {status: problem_of(status) for status in statuses}


RECORDED: Final[Responses] = {
    200: answer("Every event had been recorded before", RECEIPTS),
    201: answer(
        "The events are recorded, on disk",
        RECEIPTS,
        headers={
            "Location": {
                "description": "The event's address, if the request has a single event.",
                "schema": {"type": "string", "format": "uri-reference"},
            },
            "Preference-Applied": {
                "description": "`handling=lenient`, if the request asked for it.",
                "schema": _TEXT,
            },
        },
        links={
            "readEvent": {
                "operationId": "readEvent",
                "parameters": {"position": "$response.body#/receipts/0/position"},
            }
        },
    ),
    **problems(400, 409, 412, 413, 415, 422),
}

VALIDATED: Final[Responses] = {
    200: answer(
        "The events are valid: what recording would answer now. Nothing was recorded", VALIDATION
    ),
    **problems(400, 409, 412, 413, 415, 422),
}
