"""The AsyncAPI 3.0 document. `/asyncapi.json` and `howcanwe asyncapi` have it."""

from importlib.metadata import version
from typing import Any, Final

from service.http.asyncapi import events, subscriptions, webhooks
from service.http.openapi.component import Components, referring
from service.http.openapi.document import SECURITY, SUMMARY, TITLE

_ABOUT: Final = """What the service sends as it happens. Every other call is in `/openapi.json`.

- `GET /events` with `Accept: text/event-stream` sends the selected events, then `caught-up`, then each new event. After
  a broken connection, send the last `id` as `Last-Event-ID`.
- `GET /events` with `Accept: application/x-ndjson` sends the selected events, and ends.
- `/graphql` sends what a subscription asks for, by WebSocket (`graphql-transport-ws`) or as server-sent events.
- A key or a token is sent as `Authorization: Bearer …`, by WebSocket in the payload of `connection_init`. Without one,
  a stream has what is public. A stream ends when its key does.
- A webhook sends events to an address that `POST /webhooks` names, signed as Standard Webhooks describes."""

_LICENSE: Final = {
    "name": "Apache License 2.0",
    "url": "https://www.apache.org/licenses/LICENSE-2.0",
}
_HOST: Final = {"host": {"default": "127.0.0.1:8000", "description": "Where the service is."}}
_RECEIVER: Final = {
    "host": {"default": "receiver.example", "description": "The host of the webhook's `url`."}
}
_SERVERS: Final = {
    "http": {"host": "{host}", "protocol": "http", "variables": _HOST},
    "websocket": {"host": "{host}", "protocol": "ws", "variables": _HOST},
    "receiver": {"host": "{host}", "protocol": "https", "variables": _RECEIVER},
}
_CHANNELS: Final = events.CHANNELS | subscriptions.CHANNELS | webhooks.CHANNELS
_OPERATIONS: Final = events.OPERATIONS | subscriptions.OPERATIONS | webhooks.OPERATIONS


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
