"""Persons: what is held about somebody, their keys' backups, and another master key."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import orjson

from events.access.principal import RECORD
from events.log import EventLog
from events.recording.vault import Vault, WrongMasterKey
from events.store.appending import lock
from events.store.connections import connect
from events.store.schema import prepare
from events.vocabulary.stream import is_key
from service.errors import BackupRefused, ForeignMasterKey, MixedMasterKeys, NoSuchPerson
from service.privacy.quarantine import resealed
from service.secrets.installation import (
    is_own_master_key,
    lock_facts,
    not_wrapped_by,
    note_master_key,
    opens,
    person_keys,
)
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


@asynccontextmanager
async def prepared(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Give a connection to a database that has the log's tables and the service's."""
    connection = await connect(url)
    try:
        await prepare(connection, url)
        await prepare(connection, url, SERVICE)
        yield connection
    finally:
        await connection.close()


async def backup(connection: asyncpg.Connection, master_key: bytes | None) -> list[bytes]:
    """Return the person keys, a line each, still wrapped by the master key.

    Raises MixedMasterKeys where the master key does not open all of them.
    """
    wrapped = await person_keys(connection)
    if foreign := not_wrapped_by([master_key] if master_key else [], wrapped):
        raise MixedMasterKeys(foreign, len(wrapped))
    return [
        orjson.dumps({"person": person, "wrapped": b64encode(key).decode()}) + b"\n"
        for person, key in wrapped.items()
    ]


@dataclass(frozen=True, slots=True)
class Restored:
    """How many keys of a backup came back, and how many did not: their persons are forgotten, unknown, or have one.

    `foreign` are the persons whose keys another master key wrapped.
    """

    back: int
    left_out: int
    foreign: tuple[str, ...] = ()


async def restore(
    connection: asyncpg.Connection, lines: Iterable[bytes], master_key: bytes
) -> Restored:
    """Put person keys back, as far as the master key opens them; those whom the log has forgotten stay so.

    Raises BackupRefused for what is no backup, WrongMasterKey where the master key opens none of it.
    """
    vault, keys = Vault(master_key), _backed_up(lines)
    good = {person: key for person, key in keys.items() if opens(vault, person, key)}
    if keys and not good:
        raise WrongMasterKey
    async with connection.transaction():
        await lock(connection)
        await lock_facts(connection)
        back = await connection.fetch(_REMEMBER, list(good), list(good.values()))
        await forget_again(connection)
        await note_master_key(connection, master_key)
    foreign = tuple(person for person in keys if person not in good)
    return Restored(len(back), len(good) - len(back), foreign)


def _backed_up(lines: Iterable[bytes]) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for line in lines:
        try:
            found = orjson.loads(line)
            person, wrapped = str(found["person"]), b64decode(found["wrapped"], validate=True)
        except (KeyError, TypeError, ValueError):
            raise BackupRefused from None
        keys[person] = wrapped
    return keys


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How many person keys there are under the new master key, and whose were dropped."""

    kept: int
    dropped: tuple[str, ...] = ()


async def rewrap(
    connection: asyncpg.Connection, old: Sequence[bytes], new: bytes, *, drop: bool = False
) -> Rewrapped:
    """Wrap every person key, and seal everything in quarantine, with the new master key: all or nothing.

    Each is opened with whichever of the old keys wrapped it, or the new one: what is wrapped anew already stays. With
    `drop`, person keys that none of them opens are removed: those names stay unreadable. The database notes the new
    key. Raises ForeignMasterKey or MixedMasterKeys where there are such, and `drop` is not given.
    """
    given = [new, *old]
    async with connection.transaction():
        # Nobody is introduced meanwhile.
        await lock(connection)
        await lock_facts(connection)
        wrapped = await person_keys(connection)
        foreign = not_wrapped_by(given, wrapped)
        if not drop:
            if not await is_own_master_key(connection, given):
                raise ForeignMasterKey("what was given")
            if foreign:
                raise MixedMasterKeys(foreign, len(wrapped))
        await connection.execute("delete from person_keys where person = any($1)", foreign)
        await connection.executemany(
            "update person_keys set wrapped = $2 where person = $1",
            _rewrapped(wrapped, old, new).items(),
        )
        waiting = await connection.fetch("select id, key_id, sealed from quarantine for update")
        await connection.executemany(
            _RESEAL,
            [
                (row["id"], *anew)
                for row in waiting
                for key in old
                if (anew := resealed(row["key_id"], row["sealed"], key, new)) is not None
            ],
        )
        await note_master_key(connection, new)
    return Rewrapped(len(wrapped) - len(foreign), tuple(foreign))


def _rewrapped(wrapped: dict[str, bytes], old: Sequence[bytes], new: bytes) -> dict[str, bytes]:
    """Return the keys that one of the old master keys wrapped, wrapped by the new one."""
    before, after = [Vault(key) for key in old if key != new], Vault(new)
    return {
        person: after.wrap(person, vault.unwrap(person, key))
        for person, key in wrapped.items()
        for vault in before
        if opens(vault, person, key)
    }
