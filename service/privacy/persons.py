"""Persons: reports of what is held about them, backups of their keys, and changes of the master key.

`howcanwe person` calls it; `forget_again` also runs whenever a service starts.
"""

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
from service.secrets import sealing
from service.secrets.installation import (
    is_own_master_key,
    lock_facts,
    not_wrapped_by,
    note_master_key,
    opens,
    person_keys,
)
from service.secrets.sealing import Purpose
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
# Only persons who are in the log and not forgotten; a key that exists is kept.
_REMEMBER: Final = """
insert into person_keys select u.person, u.wrapped from unnest($1::text[], $2::bytea[]) u(person, wrapped)
where exists (
    select from subjects s
    where s.stream = 'person/' || u.person and coalesce(s.state ->> 'forgotten', 'false') <> 'true'
)
on conflict (person) do nothing returning person
"""
# Events from before identities were stored have none.
_RESEAL: Final = """
update quarantine set sealed = $2, identity = case when identity is not null then $3::bytea end where id = $1
"""
_SEALED: Final = (
    (
        "select id as owner, sealed from webhooks for update",
        Purpose.WEBHOOK,
        "update webhooks set sealed = $2 where id = $1",
        "delete from webhooks where id = $1",
    ),
    (
        "select name as owner, sealed from hooks where sealed is not null for update",
        Purpose.HOOK,
        "update hooks set sealed = $2 where name = $1",
        "delete from hooks where name = $1",
    ),
)
"""What is sealed with the master key beside persons' keys: how it is read, changed, and removed if no key opens it."""


async def held_about(log: EventLog, person: str) -> dict[str, Any]:
    """Return what is held about the person: name and e-mail address, and every event about or by them.

    `readable` is false if the name and address cannot be decrypted: the person is `forgotten`, or their key is missing,
    as after a restore.
    Raises NoSuchPerson, NoMasterKey or WrongMasterKey.
    """
    introduced = await log.introduction(person, RECORD) if is_key(person) else None
    if introduced is None:
        raise NoSuchPerson(person)
    personal = (await log.personal([person], RECORD)).get(person)
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
        "name": (personal or {}).get("name"),
        "email": (personal or {}).get("email"),
        "readable": bool(personal),
        "forgotten": forgotten,
        "events": [orjson.loads(line) for line in lines],
    }


async def forget_again(connection: asyncpg.Connection) -> list[str]:
    """Delete the keys of persons whom the log has forgotten, which a backup may restore; return the persons."""
    return [row["person"] for row in await connection.fetch(_FORGET_AGAIN)]


@asynccontextmanager
async def prepared(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Yield a connection to a database that has the tables of the log and of the service."""
    connection = await connect(url)
    try:
        await prepare(connection, url)
        await prepare(connection, url, SERVICE)
        yield connection
    finally:
        await connection.close()


async def backup(connection: asyncpg.Connection, master_key: bytes | None) -> list[bytes]:
    """Return the person keys, one per line, still wrapped by the master key.

    Raises MixedMasterKeys if the master key does not open all of them.
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
    """The numbers of keys that were restored and left out (the person is forgotten, unknown, or has a key).

    `foreign` are the persons whose keys are wrapped with another master key.
    """

    back: int
    left_out: int
    foreign: tuple[str, ...] = ()


async def restore(
    connection: asyncpg.Connection, lines: Iterable[bytes], master_key: bytes
) -> Restored:
    """Restore the person keys that the master key opens; persons whom the log has forgotten stay forgotten.

    Raises BackupRefused if the lines are not a backup, WrongMasterKey if the master key opens none of the keys.
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
    """The number of person keys under the new master key, and the persons whose keys were removed."""

    kept: int
    dropped: tuple[str, ...] = ()


async def rewrap(
    connection: asyncpg.Connection, old: Sequence[bytes], new: bytes, *, drop: bool = False
) -> Rewrapped:
    """Wrap every person key, and seal every event in quarantine and every webhook, with the new master key.

    It is one transaction. Each person key is opened with the old master key that wrapped it; those that the new one has
    wrapped already are kept. With `drop`, person keys that no master key opens are removed, and those names stay
    unreadable. The database records the new key. Raises ForeignMasterKey or MixedMasterKeys if there are such keys and
    `drop` is not given.
    """
    given = [new, *old]
    async with connection.transaction():
        # Nobody can be introduced meanwhile.
        await lock(connection)
        await lock_facts(connection)
        wrapped = await person_keys(connection)
        foreign = not_wrapped_by(given, wrapped)
        if not drop:
            if not await is_own_master_key(connection, given):
                raise ForeignMasterKey("the given files")
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
                (row["id"], *updated)
                for row in waiting
                for key in old
                if (updated := resealed(row["key_id"], row["sealed"], key, new)) is not None
            ],
        )
        for select, purpose, update, delete in _SEALED:
            for row in await connection.fetch(select):
                content = sealing.resealed(old, new, purpose, row["owner"], row["sealed"])
                if content is None:
                    # Nobody can use it any more.
                    await connection.execute(delete, row["owner"])
                else:
                    await connection.execute(update, row["owner"], content)
        await note_master_key(connection, new)
    return Rewrapped(len(wrapped) - len(foreign), tuple(foreign))


def _rewrapped(wrapped: dict[str, bytes], old: Sequence[bytes], new: bytes) -> dict[str, bytes]:
    """Return the keys that one of the old master keys opens, wrapped with the new one."""
    before, after = [Vault(key) for key in old if key != new], Vault(new)
    return {
        person: after.wrap(person, vault.unwrap(person, key))
        for person, key in wrapped.items()
        for vault in before
        if opens(vault, person, key)
    }
