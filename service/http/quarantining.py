"""`/quarantine`: what a key sent and was refused leniently."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.faults import Fault, Refused
from events.json_text import JsonError, parse
from events.senders import Sender
from service.context import Service, service_of
from service.http.descriptions import RECORDED, problems
from service.http.recording import receipt_as_json
from service.problems import Problem, refusal
from service.quarantine import Quarantined

router = APIRouter(tags=["quarantine"])


@router.get("/quarantine", responses=problems(401, 503))
async def list_quarantine(request: Request) -> Response:
    """List the events that were refused to this key, and why; oldest first."""
    service = service_of(request)
    sender = await service.sender(request)
    entries = [_as_json(entry) for entry in await service.quarantine.all(sender.id)]
    return Response(orjson.dumps({"quarantined": entries}), media_type="application/json")


def _as_json(entry: Quarantined) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "received": entry.received,
        "index": entry.index,
        # What was sent, as text: it need not be JSON that every reader takes.
        "event": entry.text,
        "errors": entry.errors,
    }


async def _entry(service: Service, sender: Sender, entry: str) -> Quarantined:
    try:
        found = await service.quarantine.find(sender.id, UUID(entry))
    except ValueError:
        found = None
    if found is None:
        detail = "the id of an event in this key's quarantine"
        raise Problem(
            404, "no such event in quarantine", (Fault("quarantine.unknown", "", detail, None),)
        )
    return found


@router.post("/quarantine/{id}/retry", status_code=201, responses={**RECORDED, **problems(404)})
async def retry(request: Request, id: str) -> Response:
    """Try once more to record the event; afterwards it is in the log and no longer in quarantine, or still refused."""
    service = service_of(request)
    sender = await service.sender(request)
    entry = await _entry(service, sender, id)
    try:
        raw = parse(entry.text)
    except JsonError:
        raise Problem(
            422, "what was kept is not an event", (Fault("json", "", "JSON", 0),)
        ) from None
    try:
        outcome = await service.log.record([service.log.check(raw, sender)], sender=sender)
    except Refused as refused:
        await service.quarantine.tell(sender.id, entry, refused.faults)
        raise refusal(refused.faults) from None
    await service.quarantine.remove(sender.id, entry.id)
    receipts = [receipt_as_json(receipt) for receipt in outcome.receipts]
    status = 200 if all(receipt.repeated for receipt in outcome.receipts) else 201
    return Response(orjson.dumps({"receipts": receipts}), status, media_type="application/json")


@router.delete("/quarantine/{id}", status_code=204, responses=problems(401, 404, 503))
async def forget(request: Request, id: str) -> Response:
    """Forget the event."""
    service = service_of(request)
    sender = await service.sender(request)
    entry = await _entry(service, sender, id)
    await service.quarantine.remove(sender.id, entry.id)
    return Response(status_code=204)
