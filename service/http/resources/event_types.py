"""`/event-types`: the event types and the JSON Schemas of their data; `/event-envelope`: the schema of the envelope."""

from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.rules import advice_for, rules_for
from events.vocabulary.catalogue import EventKind
from events.vocabulary.json_schemas import KEYWORDS, json_schema, schema_of
from service.http.envelope_schema import envelope_schema
from service.http.openapi.answers import answer, problems
from service.http.openapi.component import schema
from service.http.openapi.parameters import EVENT_TYPE
from service.problems import problem
from service.services import service_of

router = APIRouter(tags=["vocabulary"])

SCHEMA: Final = "application/schema+json"
_JSON_SCHEMA: Final = schema(
    "JsonSchema",
    {
        "description": "A JSON Schema (2020-12).",
        "type": "object",
        "additionalProperties": True,
    },
)
_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_KIND: Final = {
    "type": {"type": "string", "description": "Its full name."},
    "earlier_types": {**_TEXTS, "description": "The full names of its earlier versions."},
    "description": _TEXT,
    "use_when": {"type": ["string", "null"], "description": "When to record it."},
    "before": {**_TEXTS, "description": "The types that usually come before it."},
    "after": {**_TEXTS, "description": "The types that usually come after it."},
    "effect": _TEXT,
    "recorded_by": _TEXT,
    "dataschema": _TEXT,
    "schema": {"type": "string", "description": "The address of the JSON Schema of its data."},
    "creates": {**_TEXTS, "description": "The kinds of subjects that it creates."},
    "names": {
        "type": "object",
        "description": "The fields that name subjects, each with the kinds that it may name.",
        "additionalProperties": schema(
            "Reference",
            {
                "type": "object",
                "properties": {"kinds": _TEXTS, "many": {"type": "boolean"}},
                "required": ["kinds", "many"],
            },
        ),
    },
    "rules": {**_TEXTS, "description": "The rules that can refuse it."},
    "advice": {**_TEXTS, "description": "The advice that can be given on it."},
}
_LISTED: Final = schema(
    "EventTypes",
    {
        "type": "object",
        "properties": {
            "event_types": {
                "type": "array",
                "items": schema(
                    "EventTypeDescription",
                    {"type": "object", "properties": _KIND, "required": [*_KIND]},
                ),
            },
            "envelope": _TEXT,
            "keywords": {"type": "object", "additionalProperties": _TEXT},
        },
        "required": ["event_types", "envelope", "keywords"],
    },
)


def described(kind: EventKind) -> dict[str, Any]:
    """Return the catalogue's description of an event type."""
    schema = json_schema(kind)
    return {
        "type": kind.wire_name,
        "earlier_types": list(kind.wire_names[:-1]),
        "description": schema["description"],
        "use_when": schema.get("x-use-when"),
        "before": schema.get("x-before", []),
        "after": schema.get("x-after", []),
        "effect": kind.mark.value,
        "recorded_by": kind.model.recorded_by.value,
        "dataschema": kind.dataschema,
        "schema": f"/event-types/{kind.wire_name}",
        "creates": list(kind.creates),
        "names": {
            reference.field: {"kinds": list(reference.kinds), "many": reference.many}
            for reference in kind.references
            if reference.creates is None
        },
        "rules": rules_for(kind),
        "advice": advice_for(kind),
    }


@router.get("/event-types", responses={200: answer("Every event type", _LISTED)})
async def list_event_types(request: Request) -> Response:
    """List every event type: what it means, when to use it, who records it, and which rules can refuse it.

    `envelope` is the address of the JSON Schema of what all events have beside their data. `keywords` explains the
    keywords of the JSON Schemas that JSON Schema does not have.
    """
    kinds = service_of(request).log.catalogue.kinds
    listed = {
        "event_types": [described(kind) for kind in kinds],
        "envelope": "/event-envelope",
        "keywords": KEYWORDS,
    }
    return Response(orjson.dumps(listed), media_type="application/json")


@router.get(
    "/event-types/{type}",
    responses={200: answer("The schema of the type's data", _JSON_SCHEMA, SCHEMA), **problems(404)},
    openapi_extra={"parameters": [EVENT_TYPE]},
)
async def read_event_type(request: Request, type: str) -> Response:
    """Read the JSON Schema (2020-12) of a type's `data`, with the rules that can refuse an event of the type.

    A short name gives the present version.
    """
    catalogue = service_of(request).log.catalogue
    # A short name stands for the present version.
    found = next(map(catalogue.find, reversed(catalogue.versions(type))), None)
    schema = schema_of(*found) if found else None
    if found is None or schema is None:
        detail = "There is no event type with this name"
        raise problem(404, "type.unknown", detail, expected=catalogue.expected(type))
    published = {**schema, "x-rules": rules_for(found[0]), "x-advice": advice_for(found[0])}
    return Response(orjson.dumps(published), media_type=SCHEMA)


@router.get(
    "/event-envelope",
    responses={200: answer("The schema of the envelope", _JSON_SCHEMA, SCHEMA)},
)
async def read_event_envelope() -> Response:
    """Read the JSON Schema (2020-12) of an event's attributes, with words for those that a person fills in.

    `data` has the schema of the event's type.
    """
    return Response(orjson.dumps(envelope_schema()), media_type=SCHEMA)
