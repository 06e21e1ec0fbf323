"""`/quarantine`: a key's events that were refused with lenient handling."""

from typing import Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.access.principal import Principal
from events.lines.recorded import Receipt
from events.vocabulary.faults import Refused
from events.vocabulary.values.strict_json import JsonError, parse
from service.http.openapi.answers import FAULT, RECORDED, answer, problems
from service.http.openapi.bodies import MENDING
from service.http.openapi.component import schema
from service.http.openapi.parameters import ENTRY, IF_MATCH
from service.http.requests.body import read_body
from service.http.requests.cloudevents import events_in
from service.http.requests.preconditions import expected_versions
from service.http.resources.recording import checked, received
from service.privacy.quarantine import Quarantined
from service.problems import problem, refusal
from service.services import Service, service_of

router = APIRouter(tags=["quarantine"])

_ENTRIES: Final = schema(
    "Quarantine",
    {
        "type": "object",
        "properties": {
            "quarantined": {
                "type": "array",
                "items": schema(
                    "QuarantinedEvent",
                    {
                        "type": "object",
                        "properties": {
                            "id": {"type": "string", "format": "uuid"},
                            "received": {"type": "string", "format": "date-time"},
                            "index": {"type": "integer", "minimum": 0},
                            "event": {"type": "string", "description": "Exactly what was sent."},
                            "errors": {"type": "array", "items": FAULT},
                        },
                        "required": ["id", "received", "index", "event", "errors"],
                    },
                ),
            }
        },
        "required": ["quarantined"],
    },
)
_LINKS: Final = {
    operation: {
        "operationId": operation,
        "parameters": {"id": "$response.body#/quarantined/0/id"},
    }
    for operation in ("retryQuarantined", "removeQuarantined")
}


@router.get(
    "/quarantine",
    responses={200: answer("The refused events", _ENTRIES, links=_LINKS)},
)
async def list_quarantine(request: Request) -> Response:
    """List the key's refused events and their faults, oldest first."""
    service = service_of(request)
    sender = await service.sender(request)
    entries = [_as_json(entry) for entry in await service.quarantine.all(sender.id)]
    return Response(orjson.dumps({"quarantined": entries}), media_type="application/json")


def _as_json(entry: Quarantined) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "received": entry.received,
        "index": entry.index,
        # As text, because what was sent need not be valid JSON.
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
        detail = "There is no such event in this key's quarantine"
        raise problem(404, "quarantine.unknown", detail, expected=expected)
    return found


@router.post(
    "/quarantine/{id}/retry",
    status_code=201,
    responses={**RECORDED, **problems(404)},
    openapi_extra={"parameters": [ENTRY, IF_MATCH], **MENDING},
)
async def retry_quarantined(request: Request, id: str) -> Response:
    """Try again to record the event, or a corrected event in the body in its place.

    The event is then in the log and no longer in quarantine, or it is refused again.
    """
    service = service_of(request)
    sender = await service.sender(request)
    entry = await _entry(service, sender, id)
    expected = expected_versions(request.headers.getlist("if-match"))
    body = await read_body(request, service.settings.body_bytes_max)
    event = _corrected(request, body) if body else _kept(entry)
    try:
        candidate = checked(service, event, sender)
        outcome = await service.log.record([candidate], sender=sender, expected=expected)
    except Refused as refused:
        if not (body or expected):
            await service.quarantine.update_faults(sender.id, entry, refused.faults)
        raise refusal(refused.faults) from None
    (receipt,) = outcome.receipts
    if receipt.repeated and not _is_of(entry, receipt):
        detail = "The event in the body is another one, and has already been recorded; the quarantine is unchanged"
        raise problem(
            422, "quarantine.other_event", detail, expected="the event in quarantine, corrected"
        )
    await service.quarantine.remove(sender.id, entry.id)
    return received(request, outcome.receipts)


def _is_of(entry: Quarantined, receipt: Receipt) -> bool:
    """Return whether the receipt is for the event in quarantine; assumed if that one is not JSON."""
    try:
        kept = parse(entry.text)
    except JsonError:
        return True
    return isinstance(kept, dict) and (kept.get("source"), kept.get("id")) == (
        receipt.source,
        receipt.id,
    )


def _kept(entry: Quarantined) -> Any:
    """Return the event as it was sent. Raises Problem (422) if it is not JSON."""
    try:
        return parse(entry.text)
    except JsonError:
        raise problem(422, "json", "The event in quarantine is not JSON", expected="JSON") from None


def _corrected(request: Request, body: bytes) -> Any:
    """Return the event in a body. Raises Problem: 400, 415, or 422 unless there is exactly one."""
    events = events_in(request.headers, body, service_of(request).settings.batch_events_max)
    if len(events) != 1:
        expected = "one event: the corrected one"
        raise problem(422, "field", f"The body has {len(events)} events", expected=expected)
    return events[0]


@router.delete(
    "/quarantine/{id}",
    status_code=204,
    responses={204: {"description": "It is no longer in quarantine"}, **problems(404)},
    openapi_extra={"parameters": [ENTRY]},
)
async def remove_quarantined(request: Request, id: str) -> Response:
    """Remove the event from quarantine."""
    service = service_of(request)
    sender = await service.sender(request)
    entry = await _entry(service, sender, id)
    await service.quarantine.remove(sender.id, entry.id)
    return Response(status_code=204)
