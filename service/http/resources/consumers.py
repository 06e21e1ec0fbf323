"""`/consumers`: named replays, whose place in the log the server keeps."""

import re
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.access.principal import Principal
from events.lines.chain import GENESIS, line_hash
from events.vocabulary.fields import INTEGER_MAX
from events.vocabulary.stream import is_key
from events.vocabulary.strict_json import JsonError, parse
from service.consumers import Consumer
from service.errors import KeyRefused, LogDiverged, TooManyConsumers
from service.http.openapi import problems
from service.http.requests.body import read_body
from service.problems import Problem, malformed, problem
from service.services import Service, key_required, service_of

router = APIRouter(tags=["replay"])

BODY_BYTES_MAX: Final = 4_096
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_PLACE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "position": {"type": "integer", "minimum": 0, "maximum": INTEGER_MAX},
        "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
    "required": ["position", "hash"],
    "additionalProperties": False,
}
_ANSWER: Final = {
    "description": "The consumer's place",
    "content": {"application/json": {"schema": _PLACE}},
}


@router.get("/consumers", responses=problems(401, 503))
async def list_consumers(request: Request) -> Response:
    """List the key's consumers, by name."""
    service = service_of(request)
    sender = await service.sender(request)
    found = [
        {"name": consumer.name, "position": consumer.position, "hash": consumer.hash}
        for consumer in await service.consumers.all(sender.id)
    ]
    return _json({"consumers": found})


@router.get("/consumers/{name}", responses={200: _ANSWER, **problems(400, 401, 404, 409, 503)})
async def read_consumer(request: Request, name: str) -> Response:
    """Read where a consumer is; 409 where the log has not that line any more, as after a restore of an older copy."""
    service = service_of(request)
    sender = await service.sender(request)
    _check_name(name)
    found = await service.consumers.find(sender.id, name)
    if found is None:
        expected = "the name of a consumer of this key"
        raise problem(404, "consumer.unknown", "no such consumer", expected=expected)
    await _check_line(service, sender, found)
    return _json({"position": found.position, "hash": found.hash})


@router.put(
    "/consumers/{name}",
    responses={
        200: _ANSWER,
        201: {**_ANSWER, "description": "The place of a new consumer"},
        **problems(400, 401, 409, 413, 422, 503),
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": _PLACE}}}
    },
)
async def keep_consumer(request: Request, name: str) -> Response:
    """Keep where a consumer is: the last position it has, and the hash of that line (64 zeros at position 0)."""
    service = service_of(request)
    sender = await service.sender(request)
    _check_name(name)
    consumer = _told(name, await read_body(request, BODY_BYTES_MAX))
    await _check_line(service, sender, consumer)
    try:
        is_new = await service.consumers.keep(sender.id, consumer)
    except KeyRefused:
        raise key_required("the key is no longer good") from None
    except TooManyConsumers as error:
        raise problem(422, "consumers.too_many", str(error)) from None
    place = {"position": consumer.position, "hash": consumer.hash}
    return _json(place, 201 if is_new else 200)


def _check_name(name: str) -> None:
    if not is_key(name):
        raise malformed("a name: 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -", "consumer")


def _told(name: str, body: bytes) -> Consumer:
    """Return the place that a body tells. Raises Problem (400, 422)."""
    try:
        told = parse(body)
    except JsonError as error:
        raise malformed(str(error), "json") from None
    if not isinstance(told, dict) or set(told) != {"position", "hash"}:
        raise _wrong("", 'an object {"position", "hash"}')
    match told["position"], told["hash"]:
        case bool(), _:
            raise _wrong("/position", "an integer from 0 on")
        case int(position), str(hash_) if 0 <= position <= INTEGER_MAX and _HASH.fullmatch(hash_):
            return Consumer(name, position, hash_)
        case int(position), _ if 0 <= position <= INTEGER_MAX:
            raise _wrong("/hash", "64 hex digits in small letters")
        case _:
            raise _wrong("/position", "an integer from 0 on")


def _wrong(pointer: str, expected: str) -> Problem:
    detail = "the place cannot be kept; see errors"
    return problem(422, "field", detail, expected=expected, pointer=pointer)


async def _check_line(service: Service, sender: Principal, consumer: Consumer) -> None:
    """Raise Problem (409) where the log has not the line with this hash, or not for this sender."""
    known = GENESIS
    if consumer.position:
        recorded = await service.log.event(consumer.position)
        seen = await service.log.visible([recorded], sender) if recorded else []
        known = line_hash(seen[0].line) if seen else ""
    if known != consumer.hash:
        raise problem(409, "log.diverged", str(LogDiverged(consumer.position)))


def _json(content: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
