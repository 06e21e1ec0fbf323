"""`/quarantine`: what a key sent and was refused leniently."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.access.principal import Principal
from events.lines.recorded import Receipt
from events.vocabulary.faults import Refused
from events.vocabulary.strict_json import JsonError, parse
from service.http.openapi import MENDING, RECORDED, problems
from service.http.requests.body import read_body
from service.http.requests.cloudevents import events_in
from service.http.requests.preconditions import expected_versions
from service.http.resources.recording import checked, received
from service.privacy.quarantine import Quarantined
from service.problems import problem, refusal
from service.services import Service, service_of

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


async def _entry(service: Service, sender: Principal, entry: str) -> Quarantined:
    try:
        found = await service.quarantine.find(sender.id, UUID(entry))
    except ValueError:
        found = None
    if found is None:
        expected = "the id of an event in this key's quarantine"
        detail = "no such event in quarantine"
        raise problem(404, "quarantine.unknown", detail, expected=expected)
    return found


@router.post(
    "/quarantine/{id}/retry",
    status_code=201,
    responses={**RECORDED, **problems(404)},
    openapi_extra=MENDING,
)
async def retry(request: Request, id: str) -> Response:
    """Try once more to record the event, or a mended one in its place, which the body holds.

    Afterwards it is in the log and no longer in quarantine, or still refused.
    """
    service = service_of(request)
    sender = await service.sender(request)
    entry = await _entry(service, sender, id)
    expected = expected_versions(request.headers.getlist("if-match"))
    body = await read_body(request, service.settings.body_bytes_max)
    event = _mended(request, body) if body else _kept(entry)
    try:
        candidate = checked(service, event, sender)
        outcome = await service.log.record([candidate], sender=sender, expected=expected)
    except Refused as refused:
        if not (body or expected):
            await service.quarantine.tell(sender.id, entry, refused.faults)
        raise refusal(refused.faults) from None
    (receipt,) = outcome.receipts
    if receipt.repeated and not _is_of(entry, receipt):
        detail = (
            "The event in the body was recorded before, and is not the one kept; the kept one stays"
        )
        raise problem(422, "quarantine.other_event", detail, expected="the kept event, mended")
    await service.quarantine.remove(sender.id, entry.id)
    return received(request, outcome.receipts)


def _is_of(entry: Quarantined, receipt: Receipt) -> bool:
    """Say whether the receipt is for the event that is kept; of one that is no JSON, nobody can tell."""
    try:
        kept = parse(entry.text)
    except JsonError:
        return True
    return isinstance(kept, dict) and (kept.get("source"), kept.get("id")) == (
        receipt.source,
        receipt.id,
    )


def _kept(entry: Quarantined) -> Any:
    """Return the event as it was sent. Raises Problem (422)."""
    try:
        return parse(entry.text)
    except JsonError:
        raise problem(422, "json", "what was kept is not an event", expected="JSON") from None


def _mended(request: Request, body: bytes) -> Any:
    """Return the event that a body holds. Raises Problem: 400, 415, or 422 where it is not one."""
    events = events_in(request.headers, body, service_of(request).settings.batch_events_max)
    if len(events) != 1:
        raise problem(422, "field", "one event: the mended one")
    return events[0]


@router.delete("/quarantine/{id}", status_code=204, responses=problems(401, 404, 503))
async def forget(request: Request, id: str) -> Response:
    """Forget the event."""
    service = service_of(request)
    sender = await service.sender(request)
    entry = await _entry(service, sender, id)
    await service.quarantine.remove(sender.id, entry.id)
    return Response(status_code=204)
