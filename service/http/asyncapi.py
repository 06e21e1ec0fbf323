"""The AsyncAPI 3.0 document: the streams of events, and the subscriptions of GraphQL."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from service.http.event_stream import MEDIA_TYPE as SSE
from service.http.openapi import parameters
from service.http.openapi.component import Component, Components, referring, schema
from service.http.openapi.document import SECURITY, SUMMARY, TITLE
from service.http.openapi.events import recorded_event
from service.http.openapi.graphql import ANSWER, OPERATION
from service.http.requests.cloudevents import NDJSON

_ABOUT: Final = """What the service sends as it happens. Every other call is in `/openapi.json`.

- `GET /events` with `Accept: text/event-stream` sends the selected events, then `caught-up`, then each new event. After
  a broken connection, send the last `id` as `Last-Event-ID`.
- `GET /events` with `Accept: application/x-ndjson` sends the selected events, and ends.
- `/graphql` sends what a subscription asks for, by WebSocket (`graphql-transport-ws`) or as server-sent events.
- A key or a token is sent as `Authorization: Bearer …`, by WebSocket in the payload of `connection_init`. Without one,
  a stream has what is public. A stream ends when its key does."""

_LICENSE: Final = {
    "name": "Apache License 2.0",
    "url": "https://www.apache.org/licenses/LICENSE-2.0",
}
_HOST: Final = {"host": {"default": "127.0.0.1:8000", "description": "Where the service is."}}
_SERVERS: Final = {
    "http": {"host": "{host}", "protocol": "http", "variables": _HOST},
    "websocket": {"host": "{host}", "protocol": "ws", "variables": _HOST},
}
_TEXT: Final = {"type": "string"}
_POSITION: Final = {"type": "integer", "minimum": 0}
_BINDING: Final = "0.3.0"

_QUERY: Final = (
    *(parameters.AFTER, parameters.LIMIT, parameters.STREAMS, parameters.TYPES),
    *(parameters.SOURCE, parameters.ID, parameters.FROM, parameters.TO, parameters.MIN_POSITION),
)


def _message(name: str, about: str, payload: Any, **more: Any) -> Component:
    content = {"name": name, "summary": about, "payload": payload, **more}
    return Component("messages", name, content)


def _frame(kind: str, **members: Any) -> dict[str, Any]:
    """Return the schema of a message of `graphql-transport-ws`."""
    properties = {"type": {"const": kind}, **members}
    needed = [name for name in properties if (kind, name) != ("connection_init", "payload")]
    return {"type": "object", "properties": properties, "required": needed}


def _headers(**properties: Any) -> dict[str, Any]:
    """Return the schema of the fields that a server-sent event has beside its data."""
    return {"type": "object", "properties": properties, "required": [*properties]}


_LINE: Final = _message("line", "An event, exactly as it is recorded.", recorded_event)
_EVENT: Final = _message(
    "event",
    "An event; the id is its position.",
    recorded_event,
    headers=_headers(id=_POSITION),
)
_CAUGHT_UP: Final = _message(
    "caughtUp",
    "All events up to this position have been sent. It comes once.",
    schema(
        "CaughtUp",
        {"type": "object", "properties": {"position": _POSITION}, "required": ["position"]},
    ),
    headers=_headers(event={"const": "caught-up"}, id=_POSITION),
)
_FRAMES: Final = {
    "connectionInit": _message(
        "connectionInit",
        "Begin, with a key or a token.",
        _frame(
            "connection_init",
            payload={"type": "object", "properties": {"authorization": _TEXT, "token": _TEXT}},
        ),
    ),
    "connectionAck": _message("connectionAck", "The key is accepted.", _frame("connection_ack")),
    "subscribe": _message(
        "subscribe", "Ask for a subscription.", _frame("subscribe", id=_TEXT, payload=OPERATION)
    ),
    "next": _message("next", "An answer.", _frame("next", id=_TEXT, payload=ANSWER)),
    "error": _message(
        "error",
        "The operation is refused.",
        _frame("error", id=_TEXT, payload=ANSWER["properties"]["errors"]),
    ),
    "complete": _message("complete", "The operation has ended.", _frame("complete", id=_TEXT)),
}
_EVENTS_OF_GRAPHQL: Final = {
    "sentNext": _message(
        "sentNext", "An answer.", ANSWER, headers=_headers(event={"const": "next"})
    ),
    "sentComplete": _message(
        "sentComplete",
        "The operation has ended.",
        {},
        headers=_headers(event={"const": "complete"}),
    ),
    "ask": _message("ask", "Ask for a subscription.", OPERATION),
}
_BY_CLIENT: Final = ("connectionInit", "subscribe", "complete")
_BY_SERVICE: Final = ("connectionAck", "next", "error", "complete")


def _channel(address: str, server: str, about: str, messages: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "address": address,
        "description": about,
        "servers": [{"$ref": f"#/servers/{server}"}],
        "messages": dict(messages),
    }


_CHANNELS: Final = {
    "lines": _channel("/events", "http", "Events, one per line.", {"line": _LINE}),
    "liveEvents": _channel(
        "/events", "http", "Events as they are recorded.", {"event": _EVENT, "caughtUp": _CAUGHT_UP}
    ),
    "subscriptions": _channel("/graphql", "websocket", "Subscriptions by WebSocket.", _FRAMES),
    "sentSubscriptions": _channel(
        "/graphql", "http", "Subscriptions as server-sent events.", _EVENTS_OF_GRAPHQL
    ),
}


def _operation(action: str, channel: str, about: str, messages: Any, **more: Any) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": about,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
        **more,
    }


def _by_get(accept: str) -> dict[str, Any]:
    """Return the part of an operation that says how to ask for the stream."""
    query = {one["name"]: {**one["schema"], "description": one["description"]} for one in _QUERY}
    asked = {"type": "object", "properties": query, "additionalProperties": False}
    return {
        "description": f"Asked for with `Accept: {accept}`.",
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in SECURITY],
        "bindings": {"http": {"method": "GET", "query": asked, "bindingVersion": _BINDING}},
    }


_OPERATIONS: Final = {
    "sendLines": _operation(
        "send", "lines", "Send the selected events.", ["line"], **_by_get(NDJSON)
    ),
    "sendEvents": _operation(
        "send",
        "liveEvents",
        "Send the selected events, then each new one.",
        ["event", "caughtUp"],
        **_by_get(SSE),
    ),
    "receiveOperation": _operation("receive", "subscriptions", "Take a subscription.", _BY_CLIENT),
    "sendAnswers": _operation("send", "subscriptions", "Send what is new.", _BY_SERVICE),
    "receiveQuery": _operation("receive", "sentSubscriptions", "Take a subscription.", ["ask"]),
    "sendSentAnswers": _operation(
        "send", "sentSubscriptions", "Send what is new.", ["sentNext", "sentComplete"]
    ),
}


def asyncapi() -> dict[str, Any]:
    """Return the document."""
    components: Components = {"securitySchemes": dict(SECURITY)}
    channels, operations = referring(_CHANNELS, components), referring(_OPERATIONS, components)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": TITLE,
            "version": version("howcanwe"),
            "description": f"{SUMMARY}\n\n{_ABOUT}",
            "license": _LICENSE,
        },
        "defaultContentType": "application/json",
        "servers": _SERVERS,
        "channels": channels,
        "operations": operations,
        "components": {
            section: {name: _without_mapping(part) for name, part in sorted(parts.items())}
            for section, parts in sorted(components.items())
        },
    }


def _without_mapping(part: dict[str, Any]) -> dict[str, Any]:
    """Return a component whose discriminator is the name of a property: AsyncAPI has no other form."""
    if "discriminator" not in part:
        return part
    return {**part, "discriminator": part["discriminator"]["propertyName"]}
