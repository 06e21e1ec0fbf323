"""`/webhooks`: where events are delivered, as `howcanwe webhooks` manages it; each key has its own."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from service.errors import KeyRefused, NoSuchWebhook, TooManyWebhooks
from service.http.openapi import EVENT, problems
from service.http.requests.json_object import read_object
from service.http.requests.webhook_bodies import (
    ALLOW_PRIVATE,
    HEAD,
    ReplayBody,
    WebhookBody,
    WebhookChange,
    cohort_named,
    stream_named,
    type_named,
)
from service.problems import Problem, malformed, problem
from service.services import Service, key_required, service_of
from service.webhooks import messages, samples
from service.webhooks.webhook import Form, Wanted, Webhook

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

BODY_BYTES_MAX: Final = 64 * 1024
SAMPLES: Final = 3
_WEBHOOK: Final = "webhook"


_TIME: Final = {"type": ["string", "null"], "format": "date-time"}
_SHOWN: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "key": {"type": "string", "description": "The id of the key that it belongs to."},
        "url": {"type": "string"},
        "format": {"type": "string", "enum": [*Form]},
        "types": {"type": "array", "items": {"type": "string"}},
        "streams": {"type": "array", "items": {"type": "string"}},
        "cohorts": {"type": "array", "items": {"type": "string"}},
        "created": {"type": "string", "format": "date-time"},
        "position": {
            "type": "integer",
            "description": "Everything up to this position was delivered, or left out.",
        },
        "state": {"type": "string", "enum": ["active", "failing", "parked", "ended"]},
        "failures": {"type": "integer", "description": "Failed attempts since the last success."},
        "failing_since": _TIME,
        "next_attempt": _TIME,
        "parked": _TIME,
        "last_attempt": _TIME,
        "last_status": {
            "type": ["integer", "null"],
            "description": "The status of the last answer; null if there was none.",
        },
        "last_trouble": {
            "type": ["string", "null"],
            "description": "What prevented an answer: address, connection, timeout or internal.",
        },
    },
}
_SECRET: Final = {
    "type": "string",
    "description": "The secret that signs what is delivered. Shown only now.",
}


def _answer(description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _takes(model: type[BaseModel], *, is_required: bool = True) -> dict[str, Any]:
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": is_required, "content": content}}


_ONE: Final = _answer("The webhook", _SHOWN)
_MADE: Final = {
    **_answer(
        "The webhook, with its secret",
        {**_SHOWN, "properties": {**_SHOWN["properties"], "secret": _SECRET}},
    ),
    "headers": {
        "Location": {"description": "The webhook's address.", "schema": {"type": "string"}}
    },
}
_ALL: Final = _answer(
    "The key's webhooks",
    {"type": "object", "properties": {"webhooks": {"type": "array", "items": _SHOWN}}},
)
_ROTATED: Final = _answer(
    "The new secret",
    {"type": "object", "properties": {"id": {"type": "string"}, "secret": _SECRET}},
)
_TESTED: Final = _answer(
    "What the receiver answered",
    {
        "type": "object",
        "properties": {
            "status": {"type": ["integer", "null"]},
            "trouble": {"type": ["string", "null"]},
        },
    },
)
_SAMPLE: Final = _answer("Events, newest first", {"type": "array", "items": EVENT})


async def _owner(request: Request) -> str:
    """Return the id of the request's key. Raises Problem: 403 for a token, which ends too soon to deliver anything."""
    caller = await service_of(request).access(request)
    if caller.key_id is None:
        expected = "a key of howcanwe, not a token"
        raise problem(403, "sender.not_allowed", "Webhooks belong to keys", expected=expected)
    return caller.key_id


async def _context(service: Service) -> dict[str, Any]:
    return {
        ALLOW_PRIVATE: service.settings.webhooks_allow_private,
        HEAD: await service.log.head(),
    }


@router.post(
    "",
    status_code=201,
    responses={201: _MADE, **problems(400, 401, 403, 413, 415, 422, 503)},
    openapi_extra=_takes(WebhookBody),
)
async def create_webhook(request: Request) -> Response:
    """Create a webhook. It delivers what its key may see, in the order of the log, each event at least once.

    `secret` is shown only in this answer. The webhook ends with its key.
    """
    service = service_of(request)
    key_id = await _owner(request)
    context = await _context(service)
    body = await read_object(
        request,
        WebhookBody,
        bytes_max=BODY_BYTES_MAX,
        rule="field",
        refused=_WEBHOOK,
        context=context,
    )
    after = context[HEAD] if body.after is None else body.after
    try:
        webhook_id, secret = await service.webhooks.create(key_id, body.wanted, after=after)
        created = await service.webhooks.find(key_id, webhook_id)
    except (KeyRefused, NoSuchWebhook):
        raise key_required(
            "The key has been revoked", expected="a key that is known and valid"
        ) from None
    except TooManyWebhooks as error:
        raise problem(422, "webhooks.too_many", str(error), refused=_WEBHOOK) from None
    content = {**created.as_json(), "secret": secret}
    return _json(content, 201, {"Location": f"/webhooks/{webhook_id}"})


@router.get("", responses={200: _ALL, **problems(401, 403, 503)})
async def list_webhooks(request: Request) -> Response:
    """List the key's webhooks, oldest first, and whether they deliver."""
    found = await service_of(request).webhooks.all(await _owner(request))
    return _json({"webhooks": [webhook.as_json() for webhook in found]})


@router.get(
    "/sample",
    responses={200: _SAMPLE, **problems(400, 401, 403, 503)},
    openapi_extra={
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "schema": {"type": "array", "items": {"type": "string"}},
                "description": f"As `{name}` of a webhook. Can be repeated.",
            }
            for name in ("types", "streams", "cohorts")
        ]
    },
)
async def sample_webhook(request: Request) -> Response:
    """Read the latest events that a webhook would deliver now, at most three, newest first."""
    service = service_of(request)
    await _owner(request)
    query = request.query_params
    if unknown := set(query) - {"types", "streams", "cohorts"}:
        detail = f"There is no parameter {min(unknown)!r}"
        raise malformed(detail, "query", expected="one of: cohorts, streams, types")
    given: dict[str, Any] = {}
    for name, check in (
        ("types", type_named),
        ("streams", stream_named),
        ("cohorts", cohort_named),
    ):
        try:
            given[name] = [check(value) for value in query.getlist(name)]
        except ValueError as error:
            detail = f"{name} has a value that cannot be used"
            raise malformed(detail, "query", expected=f"{name}: {error}") from None
    viewer = await service.viewer(request)
    found = await samples.latest(service.log, viewer, Wanted("", **given), SAMPLES)
    body = b"[" + b",".join(recorded.line for recorded in found) + b"]"
    return Response(body, media_type="application/json", headers={"Vary": "Authorization"})


@router.get("/{id}", responses={200: _ONE, **problems(401, 403, 404, 503)})
async def read_webhook(request: Request, id: str) -> Response:
    """Read one of the key's webhooks: what it delivers, its position, and whether it fails."""
    return _json((await _found(request, id)).as_json())


@router.patch(
    "/{id}",
    responses={200: _ONE, **problems(400, 401, 403, 404, 413, 415, 422, 503)},
    openapi_extra=_takes(WebhookChange),
)
async def change_webhook(request: Request, id: str) -> Response:
    """Change what a webhook delivers, or where. What is left out stays as it is, the position too."""
    service = service_of(request)
    webhook = await _found(request, id)
    change = await read_object(
        request,
        WebhookChange,
        bytes_max=BODY_BYTES_MAX,
        rule="field",
        refused=_WEBHOOK,
        context=await _context(service),
    )
    try:
        changed = await service.webhooks.change(webhook.key_id, webhook.id, change.applied_to)
    except NoSuchWebhook as error:
        raise _unknown(error) from None
    return _json(changed.as_json())


@router.delete("/{id}", status_code=204, responses=problems(401, 403, 404, 503))
async def remove_webhook(request: Request, id: str) -> Response:
    """Remove a webhook. Nothing more is delivered."""
    key_id = await _owner(request)
    try:
        await service_of(request).webhooks.remove(key_id, id)
    except NoSuchWebhook as error:
        raise _unknown(error) from None
    return Response(status_code=204)


@router.post(
    "/{id}/replay",
    responses={200: _ONE, **problems(400, 401, 403, 404, 413, 415, 422, 503)},
    openapi_extra=_takes(ReplayBody, is_required=False),
)
async def replay_webhook(request: Request, id: str) -> Response:
    """Deliver from a position on, again if need be; a parked webhook starts again."""
    service = service_of(request)
    webhook = await _found(request, id)
    body = await read_object(
        request,
        ReplayBody,
        bytes_max=BODY_BYTES_MAX,
        rule="field",
        refused="replay",
        context=await _context(service),
        may_be_empty=True,
    )
    try:
        restarted = await service.webhooks.replay(webhook.key_id, webhook.id, body.after)
    except NoSuchWebhook as error:
        raise _unknown(error) from None
    return _json(restarted.as_json())


@router.post("/{id}/rotate", responses={200: _ROTATED, **problems(401, 403, 404, 503)})
async def rotate_webhook(request: Request, id: str) -> Response:
    """Give a webhook a new secret, shown only now. For a day, what is delivered is signed with the old one, too."""
    key_id = await _owner(request)
    try:
        secret = await service_of(request).webhooks.rotate(key_id, id)
    except NoSuchWebhook as error:
        raise _unknown(error) from None
    return _json({"id": id, "secret": secret})


@router.post("/{id}/test", responses={200: _TESTED, **problems(401, 403, 404, 503)})
async def test_webhook(request: Request, id: str) -> Response:
    """Send a message that only tries the webhook, and answer with the receiver's status."""
    service = service_of(request)
    webhook = await _found(request, id)
    outcome = await service.webhook_sender.once(webhook, messages.of_test)
    return _json({"status": outcome.status, "trouble": outcome.trouble})


async def _found(request: Request, webhook_id: str) -> Webhook:
    key_id = await _owner(request)
    try:
        return await service_of(request).webhooks.find(key_id, webhook_id)
    except NoSuchWebhook as error:
        raise _unknown(error) from None


def _unknown(error: NoSuchWebhook) -> Problem:
    return problem(404, "webhook.unknown", str(error), expected="the id of a webhook of this key")


def _json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    # The answer may contain a secret, so caches must not store it.
    return Response(
        orjson.dumps(content),
        status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type="application/json",
    )
