"""The streams of `GET /events`: events as lines, or live as server-sent events."""

from typing import Any, Final

from service.http.asyncapi.part import HTTP_BINDING, channel, headers, message, operation
from service.http.event_stream import MEDIA_TYPE as SSE
from service.http.openapi import parameters
from service.http.openapi.component import schema
from service.http.openapi.document import SECURITY
from service.http.openapi.events import recorded_event
from service.http.requests.cloudevents import NDJSON

_POSITION: Final = {"type": "integer", "minimum": 0}

_LINE: Final = message("line", "An event, exactly as it is recorded.", recorded_event)
_EVENT: Final = message(
    "event",
    "An event; the id is its position.",
    recorded_event,
    headers=headers(id=_POSITION),
)
_CAUGHT_UP: Final = message(
    "caughtUp",
    "All events up to this position have been sent. It comes once.",
    schema(
        "CaughtUp",
        {"type": "object", "properties": {"position": _POSITION}, "required": ["position"]},
    ),
    headers=headers(event={"const": "caught-up"}, id=_POSITION),
)

CHANNELS: Final = {
    "lines": channel("/events", "http", "Events, one per line.", {"line": _LINE}),
    "liveEvents": channel(
        "/events", "http", "Events as they are recorded.", {"event": _EVENT, "caughtUp": _CAUGHT_UP}
    ),
}


def _by_get(accept: str) -> dict[str, Any]:
    """Return the part of an operation that says how to ask for the stream."""
    query = {
        one["name"]: {**one["schema"], "description": one["description"]}
        for one in parameters.OF_EVENTS
    }
    asked = {"type": "object", "properties": query, "additionalProperties": False}
    return {
        "description": f"Asked for with `Accept: {accept}`.",
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in SECURITY],
        "bindings": {"http": {"method": "GET", "query": asked, "bindingVersion": HTTP_BINDING}},
    }


OPERATIONS: Final = {
    "sendLines": operation(
        "send", "lines", "Send the selected events.", ["line"], **_by_get(NDJSON)
    ),
    "sendEvents": operation(
        "send",
        "liveEvents",
        "Send the selected events, then each new one.",
        ["event", "caughtUp"],
        **_by_get(SSE),
    ),
}
