"""`/consumers`: the positions of named consumers, which the server stores."""

import re
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from events.access.principal import Principal
from events.lines.chain import GENESIS, line_hash
from events.log import PAGE_EVENTS
from events.store.connections import Unavailable
from events.store.reading import Selection
from events.vocabulary.fields.field_types import INTEGER_MAX
from events.vocabulary.stream import is_key
from events.vocabulary.values.strict_json import JsonError, parse
from projections.queries import timelines
from service.access.consumers import Consumer
from service.errors import KeyRefused, LogDiverged, TooManyConsumers
from service.http.openapi.answers import answer, problems
from service.http.openapi.component import schema
from service.http.openapi.parameters import CONSUMER as NAME
from service.http.requests.body import read_body
from service.problems import Problem, malformed, problem
from service.services import Service, key_required, service_of

router = APIRouter(tags=["replay"])

BODY_BYTES_MAX: Final = 4_096
WINDOW_EVENTS_MIN: Final = 16
_CONSUMER: Final = "consumer"
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_MEMBERS: Final[dict[str, Any]] = {
    "position": {
        "type": "integer",
        "minimum": 0,
        "maximum": INTEGER_MAX,
        "description": "The last position that it has read.",
        "x-beyond-schema": "The log has the line, and the sender may see it; else 409.",
    },
    "hash": {
        "type": "string",
        "pattern": f"^{_HASH.pattern}$",
        "description": "The SHA-256 of the line at that position; 64 zeros at position 0.",
    },
}
_POSITION: Final = schema(
    "ConsumerPosition",
    {
        "type": "object",
        "properties": _MEMBERS,
        "required": [*_MEMBERS],
        "additionalProperties": False,
    },
)
_NAMED: Final = {
    "name": {"type": "string"},
    **_MEMBERS,
    "lag": {
        "type": "integer",
        "minimum": 0,
        "description": "How many positions ahead the last event is that the key may read; 0 if it has that event.",
    },
}
_LISTED: Final = schema(
    "Consumers",
    {
        "type": "object",
        "properties": {
            "consumers": {
                "type": "array",
                "items": schema(
                    "Consumer",
                    {"type": "object", "properties": _NAMED, "required": [*_NAMED]},
                ),
            }
        },
        "required": ["consumers"],
    },
)
_ANSWER: Final = answer("The consumer's position", _POSITION)


@router.get("/consumers", responses={200: answer("The key's consumers", _LISTED)})
async def list_consumers(request: Request) -> Response:
    """List the key's consumers, by name, and how far each is behind."""
    service = service_of(request)
    sender = await service.sender(request)
    found = await service.consumers.all(sender.id)
    positions = [consumer.position for consumer in found]
    head = await _last_visible(service, sender, min(positions)) if positions else 0
    listed = [
        {
            "name": consumer.name,
            "position": consumer.position,
            "hash": consumer.hash,
            "lag": max(head - consumer.position, 0),
        }
        for consumer in found
    ]
    return _json({"consumers": listed})


@router.get(
    "/consumers/{name}",
    responses={200: _ANSWER, **problems(400, 404, 409)},
    openapi_extra={"parameters": [NAME]},
)
async def read_consumer(request: Request, name: str) -> Response:
    """Read a consumer's position; 409 if the log no longer has its line, as after a restore of an older copy."""
    service = service_of(request)
    sender = await service.sender(request)
    _check_name(name)
    found = await service.consumers.find(sender.id, name)
    if found is None:
        raise _unknown()
    # Without asking for its level: what was narrowed meanwhile was read all the same.
    await _check_line(service, found)
    return _json({"position": found.position, "hash": found.hash})


@router.put(
    "/consumers/{name}",
    responses={
        200: _ANSWER,
        201: {**_ANSWER, "description": "The position of a new consumer"},
        **problems(400, 409, 413, 415, 422),
    },
    openapi_extra={
        "parameters": [NAME],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": _POSITION,
                    "example": {"position": 0, "hash": GENESIS},
                }
            },
        },
    },
)
async def keep_consumer(request: Request, name: str) -> Response:
    """Store a consumer's position: the last one it has read, and the hash of its line (64 zeros at position 0)."""
    service = service_of(request)
    sender = await service.sender(request)
    _check_name(name)
    consumer = _consumer_in(name, await read_body(request, BODY_BYTES_MAX))
    await _check_line(service, consumer, sender)
    try:
        is_new = await service.consumers.keep(sender.id, consumer)
    except KeyRefused:
        raise key_required(
            "The key has been revoked", expected="a key that is known and valid"
        ) from None
    except TooManyConsumers as error:
        raise problem(422, "consumers.too_many", str(error), refused=_CONSUMER) from None
    content = {"position": consumer.position, "hash": consumer.hash}
    return _json(content, 201 if is_new else 200)


@router.delete(
    "/consumers/{name}",
    responses={204: {"description": "The consumer is removed"}, **problems(400, 404)},
    openapi_extra={"parameters": [NAME]},
)
async def remove_consumer(request: Request, name: str) -> Response:
    """Remove a consumer; a replay with its name begins from the start."""
    service = service_of(request)
    sender = await service.sender(request)
    _check_name(name)
    if not await service.consumers.remove(sender.id, name):
        raise _unknown()
    return Response(status_code=204)


async def _last_visible(service: Service, sender: Principal, after: int) -> int:
    """Return the position of the last event that the sender may read, or `after` if none follows it.

    The read models find it by one statement. What they do not have yet is looked for in the log, from its end.
    """
    end, size = await service.log.head(), WINDOW_EVENTS_MIN
    if sender.facilitates_everything:
        return max(end, after)
    known, last = await _last_indexed(service, sender, after)
    while end > known:
        begin = max(end - size, known)
        page = await service.log.page(Selection(through=end), after=begin, limit=size)
        if seen := await service.log.visible(page, sender):
            return seen[-1].position
        end, size = begin, min(4 * size, PAGE_EVENTS)
    return last


async def _last_indexed(service: Service, sender: Principal, after: int) -> tuple[int, int]:
    """Return a position up to which the read models know the answer, and the answer; `after` twice if they do not."""
    position = service.served.position
    statement = timelines.last_visible_line(after)
    try:
        rows = await service.served.read_models.seen(sender, statement, unhidden=False)
    except Unavailable:
        return after, after
    last = rows[0]["position"] if rows else after
    if rows and await service.log.visible_event(last, sender) is None:
        # It was hidden just now, so that the read models do not know of it.
        return after, after
    return max(position, after), last


def _unknown() -> Problem:
    expected = "the name of a consumer of this key"
    return problem(404, "consumer.unknown", "This key has no such consumer", expected=expected)


def _check_name(name: str) -> None:
    if not is_key(name):
        expected = "a name: 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -"
        raise malformed("The consumer's name is malformed", "consumer", expected=expected)


def _consumer_in(name: str, body: bytes) -> Consumer:
    """Return the consumer with the position that a body gives. Raises Problem (400, 422)."""
    try:
        content = parse(body)
    except JsonError as error:
        raise malformed(str(error), "json") from None
    if not isinstance(content, dict) or set(content) != {"position", "hash"}:
        raise _invalid("", 'an object {"position", "hash"}')
    # In JSON, 12.0 is 12.
    given = content["position"]
    whole = int(given) if isinstance(given, float) and given.is_integer() else given
    match whole, content["hash"]:
        case bool(), _:
            raise _invalid("/position", "an integer, 0 or more")
        case int(position), str(hash_) if 0 <= position <= INTEGER_MAX and _HASH.fullmatch(hash_):
            return Consumer(name, position, hash_)
        case int(position), _ if 0 <= position <= INTEGER_MAX:
            raise _invalid("/hash", "64 lower-case hex digits")
        case _:
            raise _invalid("/position", "an integer, 0 or more")


def _invalid(pointer: str, expected: str) -> Problem:
    detail = "The position cannot be stored; see errors"
    return problem(422, "field", detail, expected=expected, pointer=pointer, refused=_CONSUMER)


async def _check_line(
    service: Service, consumer: Consumer, sender: Principal | None = None
) -> None:
    """Raise Problem (409) if the log does not have the line with this hash, or a given sender may not see it."""
    known = GENESIS
    if consumer.position:
        recorded = await service.log.event(consumer.position)
        seen = [recorded] if recorded else []
        if sender is not None:
            seen = await service.log.visible(seen, sender)
        known = line_hash(seen[0].line) if seen else ""
    if known != consumer.hash:
        raise problem(409, "log.diverged", str(LogDiverged(consumer.position)))


def _json(content: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
