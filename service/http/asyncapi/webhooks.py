"""What webhooks deliver to an address that somebody chose, signed as Standard Webhooks describes."""

from typing import Final

from service.http.asyncapi.part import HTTP_BINDING, channel, headers, message, operation
from service.http.openapi.component import schema
from service.http.openapi.events import recorded_event
from service.webhooks.messages import CLOUDEVENT, JSON, TEST_TYPE, TEXT_CHARACTERS_MAX

_HEADERS: Final = schema(
    "WebhookHeaders",
    {
        **headers(
            **{
                "webhook-id": {
                    "type": "string",
                    "pattern": "^msg_[0-9a-z_]+$",
                    "description": "Stays the same when the message is sent again: leave out what you have.",
                },
                "webhook-timestamp": {
                    "type": "string",
                    "pattern": "^[0-9]+$",
                    "description": "When this attempt was signed, in seconds since 1970.",
                },
                "webhook-signature": {
                    "type": "string",
                    "pattern": "^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$",
                    "description": "`v1,` and the HMAC-SHA256 of id, timestamp and body, joined by dots, in base64;"
                    " one for each secret that signs. The secret is what follows `whsec_`, in base64.",
                },
            }
        ),
        "description": "The headers of Standard Webhooks. Its libraries verify them.",
    },
)
_TEXT: Final = {"type": "string"}

_MESSAGES: Final = {
    "deliveredEvent": message(
        "deliveredEvent",
        "An event, as `GET /events` gives it to the webhook's key.",
        recorded_event,
        headers=_HEADERS,
        contentType=CLOUDEVENT,
    ),
    "deliveredText": message(
        "deliveredText",
        "With `format: slack`: a sentence about an event.",
        schema(
            "WebhookText",
            {
                "type": "object",
                "properties": {
                    # Three characters have entities in their places.
                    "text": {"type": "string", "maxLength": TEXT_CHARACTERS_MAX * len("&amp;")}
                },
                "required": ["text"],
            },
        ),
        headers=_HEADERS,
        contentType=JSON,
    ),
    "test": message(
        "test",
        "Tries the webhook, after `POST /webhooks/{id}/test`. It is not an event of the log.",
        schema(
            "WebhookTest",
            {
                "type": "object",
                "properties": {
                    "specversion": {"const": "1.0"},
                    "id": _TEXT,
                    "source": {"type": "string", "format": "uri-reference"},
                    "type": {"const": TEST_TYPE},
                    "time": {"type": "string", "format": "date-time"},
                    "data": {
                        "type": "object",
                        "properties": {"text": _TEXT},
                        "required": ["text"],
                    },
                },
                "required": ["specversion", "id", "source", "type", "time", "data"],
            },
        ),
        headers=_HEADERS,
        contentType=CLOUDEVENT,
    ),
}

CHANNELS: Final = {
    "webhook": channel(None, "receiver", "The address that a webhook has.", _MESSAGES)
}
OPERATIONS: Final = {
    "deliver": operation(
        "send",
        "webhook",
        "Deliver each event that a webhook selects and that its key may see, in the order of the log.",
        _MESSAGES,
        description="A status from 200 to 299 takes the message, and the next one follows. After any other the same"
        " message is sent again, over three days, not before `Retry-After`; after 410 nothing more is sent.",
        bindings={"http": {"method": "POST", "bindingVersion": HTTP_BINDING}},
    )
}
