"""`POST /events` and `POST /events/validate`: the only way to record events over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.access.principal import Principal
from events.lines.candidate import Candidate
from events.lines.recorded import Receipt
from events.recording.envelope import Malformed
from events.recording.request import RequestOutcome
from events.vocabulary.faults import Fault
from service.http.openapi.answers import RECORDED, VALIDATED
from service.http.openapi.bodies import RECORDING
from service.http.raw_route import RawRoute
from service.http.requests.body import read_body
from service.http.requests.cloudevents import Binary, Unparsable, events_in, texts_in
from service.http.requests.preconditions import LENIENT, expected_versions, is_lenient
from service.privacy.quarantine import Rejected
from service.problems import as_json, refusal
from service.services import Service, service_of

router = APIRouter(tags=["record"], route_class=RawRoute)


@router.post("/events", status_code=201, responses=RECORDED, openapi_extra=RECORDING)
async def record_events(request: Request) -> Response:
    """Record one or more events. The answer is sent once they are on disk.

    Either all events are recorded or none, unless `Prefer: handling=lenient` puts refused events into quarantine. 200
    if every event had been recorded before.
    """
    sent = await _sent(request)
    lenient = is_lenient(request.headers.getlist("prefer"))
    outcome = await sent.service.log.record(
        sent.candidates(), sender=sent.sender, expected=sent.expected, lenient=lenient
    )
    if outcome.refused:
        rejected = _rejected(sent.events, texts_in(request.headers, sent.body), outcome)
        entries = await _quarantined(sent.service, sent.sender, rejected)
        answer = _lenient(request, outcome, entries)
    else:
        answer = received(request, outcome.receipts)
    if lenient:
        answer.headers["Preference-Applied"] = LENIENT
    return answer


@router.post("/events/validate", responses=VALIDATED, openapi_extra=RECORDING)
async def validate_events(request: Request) -> Response:
    """Make the same checks and return what recording would answer, without recording anything."""
    sent = await _sent(request)
    outcome = await sent.service.log.record(
        sent.candidates(), sender=sent.sender, expected=sent.expected, dry=True
    )
    return _json({"receipts": [], "would": [_would(receipt) for receipt in outcome.would]})


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a request sent: its sender, its body, the events in it, and the versions that it expects of streams."""

    service: Service
    sender: Principal
    expected: Mapping[str, int]
    body: bytes
    events: Sequence[Any]

    def candidates(self) -> list[Candidate | Malformed]:
        """Return the events as candidates for the log, or the faults of their form."""
        return [checked(self.service, event, self.sender) for event in self.events]


async def _sent(request: Request) -> _Sent:
    """Read a request with events. Raises Problem."""
    service = service_of(request)
    sender = await service.sender(request)
    expected = expected_versions(request.headers.getlist("if-match"))
    body = await read_body(request, service.settings.body_bytes_max)
    events = events_in(request.headers, body, service.settings.batch_events_max)
    return _Sent(service, sender, expected, body, events)


def checked(service: Service, event: Any, sender: Principal) -> Candidate | Malformed:
    """Return an event of a request as a candidate for the log, or the faults of its form."""
    if isinstance(event, Unparsable):
        return Malformed([event.fault])
    candidate = service.log.check(event, sender)
    if isinstance(event, Binary) and isinstance(candidate, Malformed):
        return event.explained(candidate)
    return candidate


def received(
    request: Request, receipts: Sequence[Receipt], quarantined: Sequence[Mapping[str, Any]] = ()
) -> Response:
    """Return the answer with the receipts: 201, with the address of a single event; 200 if all are repeats."""
    body: dict[str, Any] = {"receipts": [_receipt_as_json(receipt) for receipt in receipts]}
    if quarantined:
        body["quarantined"] = quarantined
    elif all(receipt.repeated for receipt in receipts):
        return _json(body)
    answer = _json(body, 201)
    if len(receipts) == 1:
        prefix = request.scope.get("root_path", "")
        answer.headers["Location"] = f"{prefix}/events/{receipts[0].position}"
    return answer


def _receipt_as_json(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt's JSON object."""
    return {
        "source": receipt.source,
        "id": receipt.id,
        "position": receipt.position,
        "streams": receipt.streams,
        "hash": receipt.hash,
        "repeated": receipt.repeated,
        "warnings": [
            {"rule": warning.rule, "detail": warning.detail} for warning in receipt.warnings
        ],
    }


def _would(receipt: Receipt) -> dict[str, Any]:
    """Return the parts of a receipt that apply to an event that was only judged, and so has no position."""
    content = _receipt_as_json(receipt)
    kept = {name: content[name] for name in ("source", "id", "streams", "warnings")}
    return {**kept, "would": "repeated" if receipt.repeated else "recorded"}


def _rejected(raw: Sequence[Any], texts: Sequence[str], outcome: RequestOutcome) -> list[Rejected]:
    """Return the refused events of a request, each with the position of a later one in it that corrects it."""
    taken = (index for index in range(len(raw)) if index not in outcome.refused)
    last = {
        (receipt.source, receipt.id): (index, receipt.position)
        for index, receipt in zip(taken, outcome.receipts, strict=True)
    }
    rejected = []
    for index, faults in outcome.refused.items():
        named = raw[index] if isinstance(raw[index], dict) else {}
        later, position = last.get((str(named.get("source")), str(named.get("id"))), (index, 0))
        corrected = position if later > index else None
        rejected.append(Rejected(index, raw[index], texts[index], faults, corrected))
    return rejected


async def _quarantined(
    service: Service, sender: Principal, rejected: Sequence[Rejected]
) -> list[dict[str, Any]]:
    """Put events into quarantine; return the entry of each for the answer."""
    entries = []
    kept = await service.quarantine.add(sender.id, rejected)
    for event, entry in zip(rejected, kept, strict=True):
        faults = event.faults
        if entry is None:
            detail = "The quarantine of this key is full, so the event was not kept."
            faults = (*faults, Fault("quarantine.full", "", detail, event.index))
        entries.append(
            {
                "index": event.index,
                "id": str(entry) if entry else None,
                "errors": [as_json(fault) for fault in faults],
            }
        )
    return entries


def _lenient(
    request: Request, outcome: RequestOutcome, entries: Sequence[Mapping[str, Any]]
) -> Response:
    """Return the answer to a lenient request with refused events."""
    if outcome.receipts:
        return received(request, outcome.receipts, entries)
    problem = refusal(fault for faults in outcome.refused.values() for fault in faults)
    return replace(problem, more={"receipts": [], "quarantined": entries}).response()


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
