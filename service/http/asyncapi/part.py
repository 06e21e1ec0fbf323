"""The parts of the AsyncAPI document: messages, the channels that carry them, and the operations that send them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from service.http.openapi.component import Component

HTTP_BINDING: Final = "0.3.0"
"""The version of the HTTP binding."""


def message(name: str, about: str, payload: Any, **more: Any) -> Component:
    """Return a message, which stands in the components."""
    return Component("messages", name, {"name": name, "summary": about, "payload": payload, **more})


def headers(**properties: Any) -> dict[str, Any]:
    """Return the schema of what a message has beside its payload; everything is required."""
    return {"type": "object", "properties": properties, "required": [*properties]}


def channel(
    address: str | None, server: str, about: str, messages: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a channel of a server; an address that somebody chooses is None."""
    return {
        "address": address,
        "description": about,
        "servers": [{"$ref": f"#/servers/{server}"}],
        "messages": dict(messages),
    }


def operation(
    action: str, channel: str, about: str, messages: Iterable[str], **more: Any
) -> dict[str, Any]:
    """Return an operation on a channel, with some of the channel's messages."""
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": about,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
        **more,
    }
