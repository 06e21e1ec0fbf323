"""What answers mean: the server's JSON as objects, and its refusals as errors."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from events.lines.recorded import Receipt
from events.vocabulary.faults import Advice, Fault
from service.client.errors import Problem
from service.client.plans.steps import Answer
from service.client.results import BatchResult, RefusedEvent, Validated
from service.replay.sources.sent_key import NO_KEY

_KEY_REQUIRED: Final = 401


def content(answer: Answer, member: str | None = None) -> Mapping[str, Any]:
    """Return the JSON object of an answer. Raises Problem if there is none, or if it has not this member."""
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict) or (member is not None and member not in body):
        raise Problem(answer.status, _not_ours(answer))
    return body


def check_media_type(answer: Answer, media_type: str) -> None:
    """Return if the answer has this media type. Raises Problem, as for what a proxy or a login page answers."""
    if answer.headers.get("content-type", "").partition(";")[0].strip() != media_type:
        raise Problem(answer.status, _not_ours(answer))


def problem(answer: Answer, first: int = 0) -> Problem:
    """Return a refusal as an error. `first` is the index of the request's first event among those given."""
    try:
        body = orjson.loads(answer.body)
        faults = tuple(map(fault_of, body["errors"]))
        detail = str(body["detail"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return Problem(answer.status, _not_ours(answer))
    if answer.status == _KEY_REQUIRED and not answer.has_key:
        detail = f"{detail} {NO_KEY}"
    return Problem(answer.status, detail, [moved_by(first, fault) for fault in faults], body=body)


def recorded(answer: Answer, first: int, *, lenient: bool) -> BatchResult:
    """Return the outcome of a request that records. Raises Problem."""
    if answer.status in (200, 201):
        body = content(answer, "receipts")
    elif lenient and b'"quarantined"' in answer.body:
        # Nothing was recorded: the refusal, too, has an entry for each event.
        body = content(answer)
    else:
        raise problem(answer, first=first)
    return BatchResult(
        tuple(map(receipt_of, body["receipts"])),
        tuple(_refused(entry, first) for entry in body.get("quarantined", ())),
    )


def validated(answer: Answer, first: int) -> tuple[Validated, ...]:
    """Return the judgement of a request that validates. Raises Problem."""
    if answer.status != 200:
        raise problem(answer, first=first)
    return tuple(
        Validated(
            entry["source"],
            entry["id"],
            entry["streams"],
            entry["would"] == "repeated",
            _warnings(entry),
        )
        for entry in content(answer, "would")["would"]
    )


def receipt_of(entry: Mapping[str, Any]) -> Receipt:
    """Return a receipt of an answer."""
    return Receipt(
        entry["source"],
        entry["id"],
        entry["position"],
        entry["streams"],
        entry["hash"],
        entry["repeated"],
        _warnings(entry),
    )


def fault_of(entry: Mapping[str, Any]) -> Fault:
    """Return an entry of a problem's `errors` as a fault."""
    return Fault(entry["rule"], entry["pointer"], entry["detail"], entry["index"])


def moved_by(first: int, fault: Fault) -> Fault:
    """Return a fault of a request with its index among all events that were given."""
    return fault if fault.index is None else fault.at(fault.index + first)


def _refused(entry: Mapping[str, Any], first: int) -> RefusedEvent:
    faults = tuple(moved_by(first, fault_of(fault)) for fault in entry["errors"])
    return RefusedEvent(entry["index"] + first, entry["id"], faults)


def _warnings(entry: Mapping[str, Any]) -> tuple[Advice, ...]:
    return tuple(Advice(warning["rule"], warning["detail"]) for warning in entry["warnings"])


def _not_ours(answer: Answer) -> str:
    """Return what is wrong with an answer that a server of ours does not give."""
    if 300 <= answer.status < 400:
        return f"the address redirects to {answer.headers.get('location', 'another one')}; use that"
    media = answer.headers.get("content-type", "no media type")
    return f"this is not an answer of howcanwe ({media}); is the address right?"
