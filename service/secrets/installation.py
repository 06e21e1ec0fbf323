"""Records in the database which master key is its own and which key signs its checkpoints.

For the master key, a check value is stored that does not reveal the key; for the signing key, its public half. Code
that is about to use a key asks this module first, so that all processes on a database use the same key.
"""

import hmac
from collections.abc import Sequence
from os import urandom
from typing import Final

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.integrity.checkpoint import fingerprint, public_bytes
from events.recording.vault import Vault, WrongMasterKey
from service.errors import (
    ForeignMasterKey,
    ForeignSigningKey,
    MissingMasterKey,
    MissingSigningKey,
    MixedMasterKeys,
)
from service.secrets.master_key import master_key, master_key_place, new_master_key
from service.secrets.signing_key import new_signing_key, signing_key, signing_key_path
from service.settings import Settings

_MASTER_KEY: Final = "master_key"
_SIGNING_KEY: Final = "signing_key"
_CHECKED: Final = b"howcanwe master key v1"
_SALT_BYTES: Final = 16

_NOTED: Final = "select value from facts where name = $1"
_NOTE: Final = """
insert into facts (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value
"""


async def own_master_key(connection: asyncpg.Connection, settings: Settings) -> bytes:
    """Return the database's master key; create it if neither the database nor the settings have one yet.

    If several processes start at once, one of them creates it. Raises MasterKeyError as `checked_master_key` does.
    """
    async with connection.transaction():
        await lock_facts(connection)
        key = await checked_master_key(connection, settings) or new_master_key(settings)
        await note_master_key(connection, key)
    return key


async def checked_master_key(connection: asyncpg.Connection, settings: Settings) -> bytes | None:
    """Return the master key of the settings if it is the database's; None if neither has one yet.

    If an earlier release stored no check value, the person keys are tried instead. Raises MissingMasterKey,
    ForeignMasterKey or MixedMasterKeys.
    """
    key, place = master_key(settings), master_key_place(settings)
    noted = await connection.fetchval(_NOTED, _MASTER_KEY)
    if noted is not None:
        if key is None:
            raise MissingMasterKey(place)
        if not _is_of(key, noted):
            raise ForeignMasterKey(place)
        return key
    wrapped = await person_keys(connection)
    if wrapped and key is None:
        raise MissingMasterKey(place)
    if key is not None:
        foreign = not_wrapped_by([key], wrapped)
        if wrapped and len(foreign) == len(wrapped):
            raise ForeignMasterKey(place)
        if foreign:
            raise MixedMasterKeys(foreign, len(wrapped))
    return key


async def is_own_master_key(connection: asyncpg.Connection, keys: Sequence[bytes]) -> bool:
    """Return whether one of the keys is the database's; true if the database has no check value."""
    noted = await connection.fetchval(_NOTED, _MASTER_KEY)
    return noted is None or any(_is_of(key, noted) for key in keys)


async def note_master_key(connection: asyncpg.Connection, key: bytes) -> None:
    """Record the key as the database's."""
    noted = await connection.fetchval(_NOTED, _MASTER_KEY)
    if noted is None or not _is_of(key, noted):
        salt = urandom(_SALT_BYTES)
        await connection.execute(_NOTE, _MASTER_KEY, f"{salt.hex()}:{_value(key, salt)}")


async def person_keys(connection: asyncpg.Connection) -> dict[str, bytes]:
    """Return the wrapped person keys, by person."""
    rows = await connection.fetch("select person, wrapped from person_keys order by person")
    return {row["person"]: row["wrapped"] for row in rows}


def not_wrapped_by(keys: Sequence[bytes], wrapped: dict[str, bytes]) -> list[str]:
    """Return the persons whose keys none of these master keys opens."""
    vaults = [Vault(key) for key in keys]
    return [
        person
        for person, key in wrapped.items()
        if not any(opens(vault, person, key) for vault in vaults)
    ]


def opens(vault: Vault, person: str, wrapped: bytes) -> bool:
    """Return whether the vault's master key wrapped this person's key."""
    try:
        vault.unwrap(person, wrapped)
    except WrongMasterKey:
        return False
    return True


async def own_signing_key(
    connection: asyncpg.Connection, settings: Settings, *, change: bool = False
) -> Ed25519PrivateKey:
    """Return the key that signs the database's checkpoints; create it if there is none yet.

    With `change`, the key of the settings replaces another one. Raises SigningKeyError.
    """
    path = signing_key_path(settings)
    async with connection.transaction():
        await lock_facts(connection)
        key, noted = signing_key(settings), await noted_signing_key(connection)
        if noted is not None and not change:
            if key is None:
                raise MissingSigningKey(path, fingerprint(noted))
            if public_bytes(key.public_key()) != noted:
                raise ForeignSigningKey(path, fingerprint(noted))
        key = key or new_signing_key(settings)
        public = public_bytes(key.public_key())
        if public != noted:
            await connection.execute(_NOTE, _SIGNING_KEY, public.hex())
    return key


async def noted_signing_key(connection: asyncpg.Connection) -> bytes | None:
    """Return the public key of the database's checkpoints, or None if none was signed."""
    noted = await connection.fetchval(_NOTED, _SIGNING_KEY)
    return None if noted is None else bytes.fromhex(noted)


async def lock_facts(connection: asyncpg.Connection) -> None:
    """Lock the facts until the transaction ends. A statement of its own, so that later ones see earlier commits."""
    await connection.execute("lock table facts in exclusive mode")


def _is_of(key: bytes, noted: str) -> bool:
    salt, _, value = noted.partition(":")
    return hmac.compare_digest(_value(key, bytes.fromhex(salt)), value)


def _value(key: bytes, salt: bytes) -> str:
    return hmac.digest(key, _CHECKED + salt, "sha256").hex()
