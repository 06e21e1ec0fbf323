"""The subscriptions of GraphQL, by WebSocket or as server-sent events."""

from typing import Any, Final

from service.http.asyncapi.part import channel, headers, message, operation
from service.http.openapi.graphql import ANSWER, OPERATION

_TEXT: Final = {"type": "string"}


def _frame(kind: str, **members: Any) -> dict[str, Any]:
    """Return the schema of a message of `graphql-transport-ws`."""
    properties = {"type": {"const": kind}, **members}
    needed = [name for name in properties if (kind, name) != ("connection_init", "payload")]
    return {"type": "object", "properties": properties, "required": needed}


_FRAMES: Final = {
    "connectionInit": message(
        "connectionInit",
        "Begin, with a key or a token.",
        _frame(
            "connection_init",
            payload={"type": "object", "properties": {"authorization": _TEXT, "token": _TEXT}},
        ),
    ),
    "connectionAck": message("connectionAck", "The key is accepted.", _frame("connection_ack")),
    "subscribe": message(
        "subscribe", "Ask for a subscription.", _frame("subscribe", id=_TEXT, payload=OPERATION)
    ),
    "next": message("next", "An answer.", _frame("next", id=_TEXT, payload=ANSWER)),
    "error": message(
        "error",
        "The operation is refused.",
        _frame("error", id=_TEXT, payload=ANSWER["properties"]["errors"]),
    ),
    "complete": message("complete", "The operation has ended.", _frame("complete", id=_TEXT)),
}
_EVENTS: Final = {
    "sentNext": message("sentNext", "An answer.", ANSWER, headers=headers(event={"const": "next"})),
    "sentComplete": message(
        "sentComplete",
        "The operation has ended.",
        {},
        headers=headers(event={"const": "complete"}),
    ),
    "ask": message("ask", "Ask for a subscription.", OPERATION),
}
_BY_CLIENT: Final = ("connectionInit", "subscribe", "complete")
_BY_SERVICE: Final = ("connectionAck", "next", "error", "complete")

CHANNELS: Final = {
    "subscriptions": channel("/graphql", "websocket", "Subscriptions by WebSocket.", _FRAMES),
    "sentSubscriptions": channel(
        "/graphql", "http", "Subscriptions as server-sent events.", _EVENTS
    ),
}
OPERATIONS: Final = {
    "receiveOperation": operation("receive", "subscriptions", "Take a subscription.", _BY_CLIENT),
    "sendAnswers": operation("send", "subscriptions", "Send what is new.", _BY_SERVICE),
    "receiveQuery": operation("receive", "sentSubscriptions", "Take a subscription.", ["ask"]),
    "sendSentAnswers": operation(
        "send", "sentSubscriptions", "Send what is new.", ["sentNext", "sentComplete"]
    ),
}
