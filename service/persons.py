"""Persons: what is held about somebody, their keys' backups, and another master key."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import orjson

from events.fields import is_key
from events.log import EventLog
from events.senders import RECORD
from events.store.connections import connect
from events.store.record import lock
from events.store.schema import prepare
from events.vault import Vault, WrongMasterKey
from service.errors import BackupRefused, NoSuchPerson
from service.quarantine import resealed
from service.store.schema import SERVICE

_HELD: Final = """
select event::text from events
where position in (select position from stream_events where stream = 'person/' || $1)
    or event ->> 'actor' = 'person/' || $1
order by position
"""
_IS_FORGOTTEN: Final = """
select coalesce(
    (select state ->> 'forgotten' = 'true' from subjects where stream = 'person/' || $1), false
)
"""
_FORGET_AGAIN: Final = """
delete from person_keys k using subjects s
where s.stream = 'person/' || k.person and s.state ->> 'forgotten' = 'true' returning k.person
"""
# Only those who are known and were not forgotten; whoever has a key keeps it.
_REMEMBER: Final = """
insert into person_keys select u.person, u.wrapped from unnest($1::text[], $2::bytea[]) u(person, wrapped)
where exists (
    select from subjects s
    where s.stream = 'person/' || u.person and coalesce(s.state ->> 'forgotten', 'false') <> 'true'
)
on conflict (person) do nothing returning person
"""
# What was kept before there were identities has none.
_RESEAL: Final = """
update quarantine set sealed = $2, identity = case when identity is not null then $3::bytea end where id = $1
"""


async def held_about(log: EventLog, person: str) -> dict[str, Any]:
    """Return what is held about the person: who they are, and every event of or by them.

    `readable` says whether name and address are in clear: not where the person is `forgotten`, and not where their
    key is not here, as after a restore.
    Raises NoSuchPerson, NoMasterKey or WrongMasterKey.
    """
    introduced = await log.introduction(person, RECORD) if is_key(person) else None
    if introduced is None:
        raise NoSuchPerson(person)
    told = (await log.personal([person], RECORD)).get(person)
    connection = await connect(log.url)
    try:
        lines = [row[0] for row in await connection.fetch(_HELD, person)]
        forgotten = await connection.fetchval(_IS_FORGOTTEN, person)
    finally:
        await connection.close()
    return {
        "person": person,
        "organisation": introduced.data["organisation"],
        "role": introduced.data["role"],
        "name": (told or {}).get("name"),
        "email": (told or {}).get("email"),
        "readable": bool(told),
        "forgotten": forgotten,
        "events": [orjson.loads(line) for line in lines],
    }


async def forget_again(connection: asyncpg.Connection) -> list[str]:
    """Destroy the keys of those whom the log has forgotten, whatever backup they came from; return who they are."""
    return [row["person"] for row in await connection.fetch(_FORGET_AGAIN)]


async def backup(url: str) -> AsyncIterator[bytes]:
    """Yield the person keys, a line each, still wrapped by the master key."""
    connection = await connect(url)
    try:
        async with connection.transaction():
            async for row in connection.cursor("select * from person_keys order by person"):
                wrapped = b64encode(row["wrapped"]).decode()
                yield orjson.dumps({"person": row["person"], "wrapped": wrapped}) + b"\n"
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class Restored:
    """How many keys of a backup came back, and how many did not: their persons are forgotten, unknown, or have one."""

    back: int
    left_out: int


async def restore(url: str, lines: Iterable[bytes], master_key: bytes) -> Restored:
    """Put person keys back; those whom the log has forgotten stay so.

    Raises BackupRefused for what is no backup, WrongMasterKey for one that another master key wrapped.
    """
    vault = Vault(master_key)
    keys: dict[str, bytes] = {}
    for line in lines:
        try:
            found = orjson.loads(line)
            person, wrapped = str(found["person"]), b64decode(found["wrapped"], validate=True)
        except (KeyError, TypeError, ValueError):
            raise BackupRefused from None
        vault.unwrap(person, wrapped)
        keys[person] = wrapped
    connection = await connect(url)
    try:
        async with connection.transaction():
            await lock(connection)
            back = await connection.fetch(_REMEMBER, list(keys), list(keys.values()))
            await forget_again(connection)
    finally:
        await connection.close()
    return Restored(len(back), len(keys) - len(back))


async def rewrap(url: str, old: bytes, new: bytes) -> int:
    """Wrap every person key, and seal everything in quarantine, with another master key: all or nothing.

    Returns how many person keys there are. Where the new key is the present one already, nothing is done. Raises
    WrongMasterKey where neither is.
    """
    connection = await connect(url)
    try:
        await prepare(connection, url)
        await prepare(connection, url, SERVICE)
        async with connection.transaction():
            # Nobody is introduced meanwhile.
            await lock(connection)
            rows = await connection.fetch("select person, wrapped from person_keys for update")
            changed = _rewrapped({row["person"]: row["wrapped"] for row in rows}, old, new)
            await connection.executemany(
                "update person_keys set wrapped = $2 where person = $1", changed.items()
            )
            waiting = await connection.fetch("select id, key_id, sealed from quarantine for update")
            await connection.executemany(
                _RESEAL,
                [
                    (row["id"], *anew)
                    for row in waiting
                    if (anew := resealed(row["key_id"], row["sealed"], old, new)) is not None
                ],
            )
    finally:
        await connection.close()
    return len(rows)


def _rewrapped(wrapped: dict[str, bytes], old: bytes, new: bytes) -> dict[str, bytes]:
    before, after = Vault(old), Vault(new)
    try:
        return {
            person: after.wrap(person, before.unwrap(person, key))
            for person, key in wrapped.items()
        }
    except WrongMasterKey:
        # Broken off after the keys were wrapped, and called again.
        for person, key in wrapped.items():
            after.unwrap(person, key)
        return {}
