"""`/event-types`: the event types and the JSON Schemas of their data; `/event-envelope`: the schema of the envelope."""

from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.rules import advice_for, rules_for
from events.vocabulary.catalogue import EventKind
from events.vocabulary.json_schemas import KEYWORDS, json_schema, schema_of
from service.http.envelope_schema import envelope_schema
from service.http.openapi import problems
from service.problems import problem
from service.services import service_of

router = APIRouter(tags=["vocabulary"])


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


@router.get("/event-types")
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


@router.get("/event-types/{type}", responses=problems(404))
async def read_event_type(request: Request, type: str) -> Response:
    """Read the JSON Schema (2020-12) of a type's `data`, with the rules that can refuse an event of the type."""
    found = service_of(request).log.catalogue.find(type)
    schema = schema_of(*found) if found else None
    if found is None or schema is None:
        detail = "There is no event type with this name"
        raise problem(404, "type.unknown", detail, expected="a type that /event-types lists")
    published = {**schema, "x-rules": rules_for(found[0]), "x-advice": advice_for(found[0])}
    return Response(orjson.dumps(published), media_type="application/schema+json")


@router.get("/event-envelope")
async def read_event_envelope() -> Response:
    """Read the JSON Schema (2020-12) of an event's attributes, with words for those that a person fills in.

    `data` has the schema of the event's type.
    """
    return Response(orjson.dumps(envelope_schema()), media_type="application/schema+json")
