"""OpenAPI descriptions of bodies that FastAPI does not parse."""

from typing import Any, Final

from service.http.envelope_schema import embedded
from service.http.requests.cloudevents import BATCH, JSON, LINES, STRUCTURED
from service.problems import MEDIA_TYPE

_FAULT: Final = {
    "type": "object",
    "properties": {
        "index": {
            "type": ["integer", "null"],
            "description": "The event's index in the request; null if the fault is the request's.",
        },
        "pointer": {"type": "string", "description": "JSON pointer into the event."},
        "rule": {"type": "string", "description": "The rule that is broken."},
        "detail": {"type": "string", "description": "What was expected."},
    },
    "required": ["index", "pointer", "rule", "detail"],
}

PROBLEM: Final = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": _FAULT},
    },
    "required": ["type", "title", "status", "detail", "errors"],
}

EVENT: Final = embedded()

_TOLD: Final[dict[str, Any]] = {
    "source": {"type": "string"},
    "id": {"type": "string"},
    "streams": {"type": "object", "additionalProperties": {"type": "integer"}},
    "warnings": {"type": "array", "items": {"type": "object"}},
}

RECEIPTS: Final = {
    "type": "object",
    "properties": {
        "receipts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    **_TOLD,
                    "position": {"type": "integer"},
                    "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    "repeated": {"type": "boolean"},
                },
            },
        },
        "quarantined": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["receipts"],
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the descriptions of problems with these statuses."""
    return {
        status: {"description": "Refused", "content": {MEDIA_TYPE: {"schema": PROBLEM}}}
        for status in statuses
    }


RECORDED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Every event had been recorded before",
        "content": {"application/json": {"schema": RECEIPTS}},
    },
    201: {
        "description": "The events are recorded, on disk",
        "headers": {
            "Location": {
                "description": "The event's address, if the request has a single event.",
                "schema": {"type": "string"},
            },
            "Preference-Applied": {
                "description": "`handling=lenient`, if the request asked for it.",
                "schema": {"type": "string"},
            },
        },
        "content": {"application/json": {"schema": RECEIPTS}},
    },
    **problems(400, 401, 403, 409, 412, 413, 415, 422, 503),
}

VALIDATED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The events are valid: what recording would answer now. Nothing was recorded",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "receipts": {"type": "array", "maxItems": 0},
                        "would": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {
                                    **_TOLD,
                                    "would": {"type": "string", "enum": ["recorded", "repeated"]},
                                },
                            },
                        },
                    },
                    "required": ["receipts", "would"],
                }
            }
        },
    },
    **problems(400, 401, 403, 409, 412, 413, 415, 422, 503),
}

_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": 'The versions that streams must have, such as "organisation/mill-museum:7".',
}

RECORDING: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            STRUCTURED: {"schema": EVENT},
            BATCH: {"schema": {"type": "array", "items": EVENT}},
            **{
                media: {"schema": {"type": "string", "description": "One CloudEvent per line."}}
                for media in LINES
            },
            JSON: {
                "schema": {
                    "description": "An event, or an array of events. In binary mode (ce- headers): the data.",
                    "anyOf": [
                        EVENT,
                        {"type": "array", "items": EVENT},
                        {"type": "object", "description": "The data of an event."},
                    ],
                }
            },
        },
    },
    "parameters": [
        _IF_MATCH,
        {
            "name": "Prefer",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "`handling=lenient` records the valid events and puts the others into quarantine.",
        },
    ],
}

MENDING: Final[dict[str, Any]] = {
    "requestBody": {
        "required": False,
        "description": "The corrected event. Without a body, the event is retried as it was sent.",
        "content": {STRUCTURED: {"schema": EVENT}, JSON: {"schema": EVENT}},
    },
    "parameters": [_IF_MATCH],
}
