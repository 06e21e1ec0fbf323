"""`/webhooks`: where events are delivered, as `howcanwe webhooks` manages it; each key has its own."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from service.errors import KeyRefused, NoSuchWebhook, TooManyWebhooks
from service.http.openapi.answers import problems
from service.http.openapi.parameters import names
from service.http.openapi.webhooks import (
    CHANGING,
    CREATING,
    FILTERS,
    NEW_WEBHOOK,
    REPLAYING,
    ROTATED,
    SAMPLE,
    TRIED,
    WEBHOOK,
    WEBHOOK_ID,
    WEBHOOKS,
)
from service.http.requests.json_object import read_object
from service.http.requests.selection import check_names
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
from service.problems import malformed, problem
from service.services import Service, key_required, service_of
from service.webhooks import messages, samples
from service.webhooks.webhook import Wanted, Webhook

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

BODY_BYTES_MAX: Final = 64 * 1024
SAMPLES: Final = 3
_WEBHOOK: Final = "webhook"


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
    responses={201: NEW_WEBHOOK, **problems(400, 413, 415, 422)},
    openapi_extra=CREATING,
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


@router.get("", responses={200: WEBHOOKS})
async def list_webhooks(request: Request) -> Response:
    """List the key's webhooks, oldest first, and whether they deliver."""
    found = await service_of(request).webhooks.all(await _owner(request))
    return _json({"webhooks": [webhook.as_json() for webhook in found]})


@router.get(
    "/sample",
    responses={200: SAMPLE, **problems(400)},
    openapi_extra={"parameters": FILTERS},
)
async def sample_webhook(request: Request) -> Response:
    """Read the latest events that a webhook would deliver now, at most three, newest first."""
    service = service_of(request)
    await _owner(request)
    query = request.query_params
    check_names(query, names(FILTERS))
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


@router.get(
    "/{id}",
    responses={200: WEBHOOK, **problems(404)},
    openapi_extra={"parameters": [WEBHOOK_ID]},
)
async def read_webhook(request: Request, id: str) -> Response:
    """Read one of the key's webhooks: what it delivers, its position, and whether it fails."""
    return _json((await _found(request, id)).as_json())


@router.patch(
    "/{id}",
    responses={200: WEBHOOK, **problems(400, 404, 413, 415, 422)},
    openapi_extra={"parameters": [WEBHOOK_ID], **CHANGING},
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
    changed = await service.webhooks.change(webhook.key_id, webhook.id, change.applied_to)
    return _json(changed.as_json())


@router.delete(
    "/{id}",
    status_code=204,
    responses={204: {"description": "It is removed"}, **problems(404)},
    openapi_extra={"parameters": [WEBHOOK_ID]},
)
async def remove_webhook(request: Request, id: str) -> Response:
    """Remove a webhook. Nothing more is delivered."""
    key_id = await _owner(request)
    await service_of(request).webhooks.remove(key_id, id)
    return Response(status_code=204)


@router.post(
    "/{id}/replay",
    responses={200: WEBHOOK, **problems(400, 404, 413, 415, 422)},
    openapi_extra={"parameters": [WEBHOOK_ID], **REPLAYING},
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
    restarted = await service.webhooks.replay(webhook.key_id, webhook.id, body.after)
    return _json(restarted.as_json())


@router.post(
    "/{id}/rotate",
    responses={200: ROTATED, **problems(404)},
    openapi_extra={"parameters": [WEBHOOK_ID]},
)
async def rotate_webhook(request: Request, id: str) -> Response:
    """Give a webhook a new secret, shown only now. For a day, what is delivered is signed with the old one, too."""
    key_id = await _owner(request)
    secret = await service_of(request).webhooks.rotate(key_id, id)
    return _json({"id": id, "secret": secret})


@router.post(
    "/{id}/test",
    responses={200: TRIED, **problems(404)},
    openapi_extra={"parameters": [WEBHOOK_ID]},
)
async def test_webhook(request: Request, id: str) -> Response:
    """Send a message that only tries the webhook, and answer with the receiver's status."""
    service = service_of(request)
    webhook = await _found(request, id)
    outcome = await service.webhook_sender.once(webhook, messages.of_test)
    return _json({"status": outcome.status, "trouble": outcome.trouble})


async def _found(request: Request, webhook_id: str) -> Webhook:
    key_id = await _owner(request)
    return await service_of(request).webhooks.find(key_id, webhook_id)


def _json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    # The answer may contain a secret, so caches must not store it.
    return Response(
        orjson.dumps(content),
        status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type="application/json",
    )
