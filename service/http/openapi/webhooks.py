"""The schemas of webhooks: what is sent to create and change them, and the answers about them."""

from typing import Any, Final

from pydantic import BaseModel

from events.vocabulary.fields.field_types import INTEGER_MAX
from events.vocabulary.stream import KEY_PATTERN
from events.vocabulary.types.exchange import HelpAsked
from events.vocabulary.types.learnings import LearningCaptured
from service.http.openapi.answers import answer
from service.http.openapi.component import schema
from service.http.openapi.events import recorded_event
from service.http.openapi.parameters import STREAMS, TYPES, parameter
from service.http.requests.webhook_bodies import ReplayBody, WebhookBody, WebhookChange
from service.webhooks.sender import Trouble
from service.webhooks.webhook import URL_CHARACTERS_MAX, Form, State

_TEXT: Final = {"type": "string"}
_POSITION: Final = {"type": "integer", "minimum": 0, "maximum": INTEGER_MAX}
_TIME: Final = {"type": "string", "format": "date-time"}
_TIME_OR_NULL: Final = {"type": ["string", "null"], "format": "date-time"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_COHORTS: Final = {"type": "array", "items": {"type": "string", "pattern": f"^{KEY_PATTERN}$"}}
_TROUBLE: Final = {"type": ["string", "null"], "enum": [*Trouble, None]}
_STATUS: Final = {"type": ["integer", "null"]}
_SECRET: Final = {
    "type": "string",
    "description": "The secret that signs what is delivered. It is shown only now.",
}

_MEMBERS: Final[dict[str, Any]] = {
    "id": _TEXT,
    "key": {"type": "string", "description": "The id of the key that it belongs to."},
    "url": _TEXT,
    "format": {"type": "string", "enum": [*Form]},
    "types": _TEXTS,
    "streams": _TEXTS,
    "cohorts": _TEXTS,
    "created": _TIME,
    "position": {
        **_POSITION,
        "description": "Everything up to this position was delivered, or left out.",
    },
    "state": {"type": "string", "enum": [*State]},
    "failures": {
        "type": "integer",
        "minimum": 0,
        "description": "Failed attempts since the last success.",
    },
    "failing_since": _TIME_OR_NULL,
    "next_attempt": _TIME_OR_NULL,
    "parked": _TIME_OR_NULL,
    "last_attempt": _TIME_OR_NULL,
    "last_status": {
        **_STATUS,
        "description": "The status of the last answer; null if there was none.",
    },
    "last_trouble": {**_TROUBLE, "description": "What prevented an answer."},
}


def _object(name: str, members: dict[str, Any]) -> Any:
    return schema(name, {"type": "object", "properties": members, "required": [*members]})


_SHOWN: Final = _object("Webhook", _MEMBERS)
WEBHOOK: Final = answer("The webhook", _SHOWN)
WEBHOOKS: Final = answer(
    "The key's webhooks", _object("Webhooks", {"webhooks": {"type": "array", "items": _SHOWN}})
)
NEW_WEBHOOK: Final = answer(
    "The webhook, with its secret",
    _object("NewWebhook", {**_MEMBERS, "secret": _SECRET}),
    headers={
        "Location": {
            "description": "The webhook's address.",
            "schema": {"type": "string", "format": "uri-reference"},
        }
    },
    links={
        operation: {"operationId": operation, "parameters": {"id": "$response.body#/id"}}
        for operation in (
            *("readWebhook", "changeWebhook", "removeWebhook"),
            *("replayWebhook", "rotateWebhook", "testWebhook"),
        )
    },
)
ROTATED: Final = answer(
    "The new secret", _object("RotatedWebhook", {"id": _TEXT, "secret": _SECRET})
)
TRIED: Final = answer(
    "The receiver's status, or what prevented an answer",
    _object("TriedWebhook", {"status": _STATUS, "trouble": _TROUBLE}),
)
SAMPLE: Final = answer("Events, newest first", {"type": "array", "items": recorded_event})

WEBHOOK_ID: Final = parameter(
    "path",
    "id",
    "The id of a webhook.",
    {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
    component="WebhookId",
)
FILTERS: Final = [
    parameter(
        "query",
        name,
        f"As `{name}` of a webhook. Can be repeated.",
        {"type": "array", "items": values["items"]},
        component=f"Webhook{name.capitalize()}",
    )
    for name, values in (
        ("types", TYPES["schema"]),
        ("streams", STREAMS["schema"]),
        ("cohorts", _COHORTS),
    )
]

_VALUES: Final[dict[str, Any]] = {
    "url": {
        "type": "string",
        "format": "uri",
        "maxLength": URL_CHARACTERS_MAX,
        "x-beyond-schema": "An https address without a user's name or a fragment, and no address of a private network,"
        " unless the service allows these.",
    },
    "types": {"items": TYPES["schema"]["items"]},
    "streams": {"items": STREAMS["schema"]["items"]},
    "cohorts": {"items": _COHORTS["items"]},
    "format": {"type": "string", "enum": [*Form]},
    "after": {"x-beyond-schema": "A position that the log has."},
}
_BEYOND: Final = "A key has at most so many webhooks as the service is set to allow."


def _body(
    model: type[BaseModel], name: str, example: dict[str, Any], *, is_required: bool = True
) -> dict[str, Any]:
    found = model.model_json_schema()
    found.pop("$defs", None)
    members = {
        member: {
            **{key: value for key, value in about.items() if key != "$ref"},
            **_VALUES.get(member, {}),
        }
        for member, about in found["properties"].items()
    }
    if model is WebhookChange:
        # What is left out stays as it is.
        for about in members.values():
            about.pop("default", None)
    content = {"schema": schema(name, {**found, "properties": members}), "example": example}
    return {
        "requestBody": {
            "required": is_required,
            "x-beyond-schema": _BEYOND,
            "content": {"application/json": content},
        }
    }


_EXAMPLE: Final = {"url": "https://receiver.example/in", "types": [LearningCaptured.name]}
CREATING: Final = _body(WebhookBody, "WebhookRequest", _EXAMPLE)
CHANGING: Final = _body(WebhookChange, "WebhookChange", {"types": [HelpAsked.name]})
REPLAYING: Final = _body(ReplayBody, "WebhookReplay", {"after": 0}, is_required=False)
