"""The quarantine: events that were refused with lenient handling, kept encrypted for the key that sent them."""

import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from os import urandom
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from events.vocabulary.faults import Fault
from events.vocabulary.stream import is_key
from events.vocabulary.values.strict_json import JsonError, Repeated, parse
from service.problems import as_json

_NONCE_BYTES: Final = 12
_UNSTORABLE: Final = re.compile(r"[\0\ud800-\udfff]")
"""A character that PostgreSQL's texts cannot hold."""

# Events that are there already need no room; of the others, as many as fit are added, in their order.
_ADD: Final = """
with sent as (
    select s.*, s.identity in (select identity from quarantine where key_id = $1) as is_there
    from unnest($2::bytea[], $3::int[], $4::bytea[], $5::text[], $6::bigint[]) with ordinality
        as s(identity, position_in_request, sealed, person, corrected, number)
), placed as (
    select *, row_number() over (partition by is_there order by number) as place from sent
)
insert into quarantine as q (key_id, identity, position_in_request, sealed, person, head)
select $1, identity, position_in_request, sealed, person,
    coalesce(corrected - 1, (select max(position) from events), 0)
from placed
where is_there or place <= $7 - (select count(*) from quarantine where key_id = $1)
on conflict (key_id, identity) do update set
    received_at = now(),
    position_in_request = excluded.position_in_request,
    sealed = excluded.sealed,
    person = excluded.person,
    head = excluded.head
returning q.identity, q.id
"""
# An event with a repeated member may be about several persons.
_EXPIRE: Final = """
with expired as (
    delete from quarantine q
    where q.received_at < now() - $1::interval or q.person is not null and exists (
        select from unnest(string_to_array(q.person, ' ')) p
        join subjects s on s.stream = 'person/' || p and s.state ->> 'forgotten' = 'true'
    )
    returning 1
) select count(*) from expired
"""
# Rows from before heads were stored are compared by time.
_SETTLE: Final = """
delete from quarantine q
using unnest($2::uuid[], $3::text[], $4::text[]) s(entry, source, id)
join events e on e.source = s.source and e.id = s.id
where q.id = s.entry and q.key_id = $1 and e.sender = $1
    and (e.position > q.head or q.head is null and e.recorded_at > q.received_at)
returning q.id
"""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A refused event: its index in the request, its JSON value, its text as sent, and its faults.

    `corrected` is the position of a later event of the same request with the same source and id, if one was recorded.
    """

    index: int
    value: Any
    text: str
    faults: tuple[Fault, ...]
    corrected: int | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An event in quarantine: its text as sent, its index in the request, and its faults."""

    id: UUID
    received: datetime
    index: int
    text: str
    errors: list[dict[str, Any]]


class Quarantine:
    """The events in quarantine: at most `events_max` per key, each for `days` days, and none about a forgotten person.

    Sending the same text again does not add another entry. An entry is removed once the same key has recorded an event
    with its source and id.
    """

    def __init__(
        self, pool: "asyncpg.Pool[asyncpg.Record]", master_key: bytes, *, days: int, events_max: int
    ) -> None:
        self._pool = pool
        self._master_key = master_key
        self._days = days
        self._events_max = events_max

    async def add(self, key_id: str, events: Sequence[Rejected]) -> list[UUID | None]:
        """Store refused events; return their ids, with None for each that the key's quarantine has no room for."""
        secret = _secret(self._master_key, key_id)
        identities = [_identity(secret, event.text) for event in events]
        distinct = dict(zip(identities, events, strict=True))
        await self.expire()
        kept = await self._kept(key_id, secret, distinct)
        if len(kept) < len(distinct):
            # Remove entries that have been corrected meanwhile, to make room.
            await self.all(key_id)
            kept = await self._kept(key_id, secret, distinct)
        return [kept.get(identity) for identity in identities]

    async def _kept(
        self, key_id: str, secret: bytes, events: Mapping[bytes, Rejected]
    ) -> dict[bytes, UUID]:
        """Store the events that there is room for; return their ids."""
        rows = await self._pool.fetch(
            _ADD,
            key_id,
            list(events),
            [event.index for event in events.values()],
            [_sealed(secret, event.text, event.faults) for event in events.values()],
            [" ".join(_persons(event.value)) or None for event in events.values()],
            [event.corrected for event in events.values()],
            self._events_max,
        )
        return {row["identity"]: row["id"] for row in rows}

    async def all(self, key_id: str) -> list[Quarantined]:
        """Return the key's entries, oldest first."""
        await self.expire()
        rows = await self._pool.fetch(
            "select * from quarantine where key_id = $1 order by received_at, position_in_request",
            key_id,
        )
        return await self._waiting(key_id, rows)

    async def find(self, key_id: str, entry: UUID) -> Quarantined | None:
        """Return the key's entry with this id, or None."""
        await self.expire()
        rows = await self._pool.fetch(
            "select * from quarantine where key_id = $1 and id = $2", key_id, entry
        )
        return next(iter(await self._waiting(key_id, rows)), None)

    async def _waiting(self, key_id: str, rows: Sequence[Any]) -> list[Quarantined]:
        """Return the entries of the rows, and remove those that have been recorded in a corrected form since."""
        secret = _secret(self._master_key, key_id)
        entries = [_opened(secret, row) for row in rows]
        named = [(entry.id, *name) for entry in entries if (name := _name(entry.text)) is not None]
        if not named:
            return entries
        corrected = await self._pool.fetch(_SETTLE, key_id, *map(list, zip(*named, strict=True)))
        gone = {row["id"] for row in corrected}
        return [entry for entry in entries if entry.id not in gone]

    async def update_faults(self, key_id: str, entry: Quarantined, faults: Sequence[Fault]) -> None:
        """Store the current faults of the event."""
        sealed = _sealed(_secret(self._master_key, key_id), entry.text, faults)
        await self._pool.execute(
            "update quarantine set sealed = $2 where id = $1", entry.id, sealed
        )

    async def remove(self, key_id: str, entry: UUID) -> bool:
        """Remove the entry; return whether it was there."""
        status: str = await self._pool.execute(
            "delete from quarantine where key_id = $1 and id = $2", key_id, entry
        )
        return status == "DELETE 1"

    async def expire(self) -> int:
        """Delete the entries that are too old or about forgotten persons; return how many."""
        deleted: int = await self._pool.fetchval(_EXPIRE, timedelta(days=self._days))
        return deleted


def _opened(secret: bytes, row: Any) -> Quarantined:
    sealed: bytes = row["sealed"]
    try:
        value = orjson.loads(
            AESGCM(secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        )
    except InvalidTag:
        # Sealed with another master key: the entry can be listed and deleted, but not read.
        value = {"event": "", "errors": []}
    return Quarantined(
        row["id"], row["received_at"], row["position_in_request"], value["event"], value["errors"]
    )


def _name(text: str) -> tuple[str, str] | None:
    """Return the source and id of an event, or None if the log could not hold them."""
    try:
        event = parse(text)
    except JsonError:
        return None
    if not isinstance(event, dict):
        return None
    source, id_ = event.get("source"), event.get("id")
    if not (isinstance(source, str) and isinstance(id_, str)):
        return None
    return None if _UNSTORABLE.search(source + id_) else (source, id_)


def _persons(value: Any) -> list[str]:
    """Return the persons whom the event would have introduced, even if a member is repeated."""
    found = [
        person
        for data in _members(value, "data")
        for person in _members(data, "person")
        if isinstance(person, str) and is_key(person)
    ]
    return list(dict.fromkeys(found))


def _members(value: Any, name: str) -> Iterator[Any]:
    if isinstance(value, dict):
        pairs = value.pairs if isinstance(value, Repeated) else value.items()
        yield from (member for found, member in pairs if found == name)


def _secret(master_key: bytes, key_id: str) -> bytes:
    info = f"howcanwe quarantine {key_id}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master_key)


def _identity(secret: bytes, text: str) -> bytes:
    """Return the event's identity, which reveals nothing about the event without the master key."""
    return hmac.digest(secret, b"identity " + text.encode(), "sha256")


def _sealed(secret: bytes, text: str, faults: Sequence[Fault]) -> bytes:
    value = {"event": text, "errors": [as_json(fault) for fault in faults]}
    nonce = urandom(_NONCE_BYTES)
    return nonce + AESGCM(secret).encrypt(nonce, orjson.dumps(value), None)


def resealed(key_id: str, sealed: bytes, old: bytes, new: bytes) -> tuple[bytes, bytes] | None:
    """Return the content sealed with another master key, and its identity under that key.

    Return None if the old key did not seal it.
    """
    before, after = _secret(old, key_id), _secret(new, key_id)
    try:
        value = AESGCM(before).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    except InvalidTag:
        return None
    nonce = urandom(_NONCE_BYTES)
    return (
        nonce + AESGCM(after).encrypt(nonce, value, None),
        _identity(after, orjson.loads(value)["event"]),
    )
