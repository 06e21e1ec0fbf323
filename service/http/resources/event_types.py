"""`/event-types`: the event types and the JSON Schemas of their data."""

from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.rules import RULES
from events.vocabulary.catalogue import EventKind
from events.vocabulary.json_schemas import schema_of
from service.http.openapi import problems
from service.problems import problem
from service.services import service_of

router = APIRouter(tags=["vocabulary"])


def described(kind: EventKind) -> dict[str, Any]:
    """Return the catalogue's description of an event type."""
    return {
        "type": kind.wire_name,
        "earlier_types": list(kind.wire_names[:-1]),
        "description": " ".join((kind.model.__doc__ or "").split()),
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
        "rules": sorted({rule.id for rule in RULES if kind.name in rule.names}),
    }


@router.get("/event-types")
async def list_event_types(request: Request) -> Response:
    """List every event type: what it means, who records it, what it creates and refers to, and its own rules."""
    kinds = service_of(request).log.catalogue.kinds
    return Response(
        orjson.dumps({"event_types": [described(kind) for kind in kinds]}),
        media_type="application/json",
    )


@router.get("/event-types/{type}", responses=problems(404))
async def read_event_type(request: Request, type: str) -> Response:
    """Read the JSON Schema (2020-12) of a type's `data`."""
    found = service_of(request).log.catalogue.find(type)
    schema = schema_of(*found) if found else None
    if schema is None:
        detail = "There is no event type with this name"
        raise problem(404, "type.unknown", detail, expected="a type that /event-types lists")
    return Response(orjson.dumps(schema), media_type="application/schema+json")
