"""The quarantine: what was refused leniently, kept encrypted for the key that sent it, within bounds."""

import json
from collections.abc import Sequence
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

from events.faults import Fault
from events.fields import is_key
from service.problems import as_json

_NONCE_BYTES: Final = 12

_ADD: Final = """
insert into quarantine (key_id, position_in_request, sealed, person)
select $1, $2, $3, $5 where (select count(*) from quarantine where key_id = $1) < $4
returning id
"""
_FORGET: Final = """
delete from quarantine q using subjects s
where q.person is not null and s.stream = 'person/' || q.person and s.state ->> 'forgotten' = 'true'
"""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An event in quarantine: what was sent (JSON text), where it stood in its request, and what was wrong with it."""

    id: UUID
    received: datetime
    index: int
    text: str
    errors: list[dict[str, Any]]


class Quarantine:
    """Events in quarantine, at most `events_max` a key, each for `days`; none of a person who is forgotten."""

    def __init__(
        self, pool: "asyncpg.Pool[asyncpg.Record]", master_key: bytes, *, days: int, events_max: int
    ) -> None:
        self._pool = pool
        self._master_key = master_key
        self._days = days
        self._events_max = events_max

    async def add(self, key_id: str, index: int, raw: Any, faults: Sequence[Fault]) -> UUID | None:
        """Keep an event that was refused; return its id, None where the key's quarantine is full."""
        sealed = self._sealed(
            key_id, {"event": _text(raw), "errors": [as_json(fault) for fault in faults]}
        )
        await self._expire()
        added: UUID | None = await self._pool.fetchval(
            _ADD, key_id, index, sealed, self._events_max, _person(raw)
        )
        return added

    async def all(self, key_id: str) -> list[Quarantined]:
        """Return the key's events, oldest first."""
        await self._expire()
        rows = await self._pool.fetch(
            "select * from quarantine where key_id = $1 order by received_at, position_in_request",
            key_id,
        )
        return [self._opened(row) for row in rows]

    async def find(self, key_id: str, entry: UUID) -> Quarantined | None:
        """Return one of the key's events, None where it has none of this id."""
        await self._expire()
        row = await self._pool.fetchrow(
            "select * from quarantine where key_id = $1 and id = $2", key_id, entry
        )
        return None if row is None else self._opened(row)

    async def tell(self, key_id: str, entry: Quarantined, faults: Sequence[Fault]) -> None:
        """Keep what is wrong with the event by now."""
        sealed = self._sealed(
            key_id, {"event": entry.text, "errors": [as_json(fault) for fault in faults]}
        )
        await self._pool.execute(
            "update quarantine set sealed = $2 where id = $1", entry.id, sealed
        )

    async def remove(self, key_id: str, entry: UUID) -> bool:
        """Forget the event; say whether it was there."""
        status: str = await self._pool.execute(
            "delete from quarantine where key_id = $1 and id = $2", key_id, entry
        )
        return status == "DELETE 1"

    async def _expire(self) -> None:
        await self._pool.execute(
            "delete from quarantine where received_at < now() - $1::interval",
            timedelta(days=self._days),
        )
        await self._pool.execute(_FORGET)

    def _sealed(self, key_id: str, value: dict[str, Any]) -> bytes:
        nonce = urandom(_NONCE_BYTES)
        return nonce + _cipher(self._master_key, key_id).encrypt(nonce, orjson.dumps(value), None)

    def _opened(self, row: Any) -> Quarantined:
        sealed: bytes = row["sealed"]
        try:
            value = orjson.loads(
                _cipher(self._master_key, row["key_id"]).decrypt(
                    sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None
                )
            )
        except InvalidTag:
            # Sealed with another master key: it can be told of and deleted, not read.
            value = {"event": "", "errors": []}
        return Quarantined(
            row["id"],
            row["received_at"],
            row["position_in_request"],
            value["event"],
            value["errors"],
        )


def _person(raw: Any) -> str | None:
    """Return the person whom the event would have introduced, None where it tells of none."""
    data = raw.get("data") if isinstance(raw, dict) else None
    person = data.get("person") if isinstance(data, dict) else None
    return person if isinstance(person, str) and is_key(person) else None


def _text(raw: Any) -> str:
    """Return what was sent as JSON text; lone surrogates stay escaped."""
    return json.dumps(raw, ensure_ascii=True)


def _cipher(master_key: bytes, key_id: str) -> AESGCM:
    info = f"howcanwe quarantine {key_id}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master_key))


def resealed(key_id: str, sealed: bytes, old: bytes, new: bytes) -> bytes | None:
    """Return what was sealed under one master key sealed under another; None where that one did not seal it."""
    try:
        text = _cipher(old, key_id).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    except InvalidTag:
        return None
    nonce = urandom(_NONCE_BYTES)
    return nonce + _cipher(new, key_id).encrypt(nonce, text, None)
