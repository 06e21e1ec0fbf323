"""The file that each session uploaded last, which the pages of sheets offer again with the ids and keys of its rows."""

from dataclasses import dataclass
from datetime import timedelta
from os import urandom
from typing import Final
from uuid import UUID

import asyncpg
import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.access.credential import hashed

KEPT_FOR: Final = timedelta(days=1)
_NONCE_BYTES: Final = 12
_LINE: Final = b"\n"
_EXPIRED_MAX: Final = 100

# A session that has ended meanwhile keeps nothing.
_KEEP: Final = """
insert into uploads (session, sealed) select hash, $2 from sessions where hash = $1
on conflict (session) do update set id = gen_random_uuid(), sealed = excluded.sealed, made_at = now()
returning id
"""
_EXPIRE: Final = """
with expired as (
    delete from uploads where session = any(array(
        select session from uploads where made_at < now() - $1::interval limit $2 for update skip locked
    )) returning 1
) select count(*) from expired
"""
_FIND: Final = """
select sealed from uploads where session = $1 and id = $2 and made_at >= now() - $3::interval
"""
_HAS: Final = """
select exists (select from uploads where session = $1 and id = $2 and made_at >= now() - $3::interval)
"""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that was uploaded, with its name."""

    name: str
    content: bytes


class Uploads:
    """The uploaded files in the database: one for each session, for a day, and gone with the session.

    After a day, none is found any more; `expire` deletes it.

    They are encrypted with a key that only the cookie of the session gives: neither the database nor a copy of it
    shows them to anybody.
    """

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    async def keep(self, secret: str, file: UploadedFile) -> UUID | None:
        """Keep a file for the session with this secret instead of its last one; return its id.

        None if the session has ended.
        """
        nonce = urandom(_NONCE_BYTES)
        text = orjson.dumps(file.name) + _LINE + file.content
        sealed = nonce + _cipher(secret).encrypt(nonce, text, None)
        found: UUID | None = await self._pool.fetchval(_KEEP, hashed(secret), sealed)
        return found

    async def expire(self) -> int:
        """Delete some files that are older than a day; return how many."""
        deleted: int = await self._pool.fetchval(_EXPIRE, KEPT_FOR, _EXPIRED_MAX)
        return deleted

    async def has(self, secret: str, id_: UUID) -> bool:
        """Return whether the session has this file."""
        found: bool = await self._pool.fetchval(_HAS, hashed(secret), id_, KEPT_FOR)
        return found

    async def find(self, secret: str, id_: UUID) -> UploadedFile | None:
        """Return this file of the session; None if it has another one, or none."""
        sealed = await self._pool.fetchval(_FIND, hashed(secret), id_, KEPT_FOR)
        if sealed is None:
            return None
        text = _cipher(secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        name, _, content = text.partition(_LINE)
        return UploadedFile(orjson.loads(name), content)


def _cipher(secret: str) -> AESGCM:
    info = b"howcanwe uploads"
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode()))
