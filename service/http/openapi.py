"""OpenAPI descriptions of bodies that FastAPI does not parse; the events' schemas come from the catalogue."""

from typing import Any, Final

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.terms import TimePrecision
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

_EXTENSION: Final = {"type": ["string", "integer", "boolean", "null"], "maxLength": 256}

EVENT: Final[dict[str, Any]] = {
    "title": "CloudEvent",
    "type": "object",
    "description": "A CloudEvent 1.0. `data` follows the schema of its type (see /event-types).",
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1, "maxLength": 256},
        "source": {"type": "string", "format": "uri-reference", "minLength": 1, "maxLength": 1024},
        "type": {
            "type": "string",
            "enum": [name for kind in VOCABULARY.kinds for name in kind.wire_names],
        },
        "time": {"type": "string", "format": "date-time", "maxLength": 64},
        "subject": {"type": ["string", "null"]},
        "visibility": {"enum": ["private", "pair", "cohort", "public", None]},
        "actor": {"type": ["string", "null"]},
        "correlationid": _EXTENSION,
        "causationid": _EXTENSION,
        "timeprecision": {"enum": [*TimePrecision, None]},
        "data": {"type": "object"},
    },
    "required": ["specversion", "id", "source", "type", "time", "data"],
    "additionalProperties": True,
}

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
