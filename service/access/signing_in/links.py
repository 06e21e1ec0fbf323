"""One-time links: within ten minutes, a browser signs in with one as the holder of its key, without the key."""

import re
from datetime import timedelta
from typing import Final
from urllib.parse import quote

import asyncpg

from service.access.caller import Caller
from service.access.credential import hashed, new_credential
from service.access.keys import NOTE_GRANT, Keys
from service.errors import NoSuchKey

CODE_BITS: Final = 128
LINK_LASTS: Final = timedelta(minutes=10)

_CODE: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_EXPIRED_MAX: Final = 100

_MAKE: Final = """
insert into links (hash, key_id, secret_hash, made_by, expires_at) values ($1, $2, $3, $4, now() + $5::interval)
"""
# An array is selected once; a subquery may be run again for each row, and its limit would not hold.
_EXPIRE: Final = """
with expired as (
    delete from links where hash = any(array(
        select hash from links where expires_at <= now() limit $1 for update skip locked
    )) returning 1
) select count(*) from expired
"""
_UNUSED: Final = "hash = $1 and redeemed_at is null and expires_at > now()"
_FIND: Final = f"select key_id, secret_hash from links where {_UNUSED}"
# A second process waits for the first one's lock, and then finds the link redeemed.
_REDEEM: Final = (
    f"update links set redeemed_at = now() where {_UNUSED} returning key_id, secret_hash"
)


class Links:
    """The one-time links in the database. Each is a code that stands in the fragment of an address."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", keys: Keys) -> None:
        self._pool = pool
        self._keys = keys

    async def make(self, key_id: str, made_by: str) -> str:
        """Make a link for the key and return its code, which is the only copy of it.

        That it was made is recorded with the key's grants. Raises NoSuchKey if there is no such key or it has ended.
        """
        hashes = {} if "\0" in key_id else await self._keys.secret_hashes([key_id])
        if (secret_hash := hashes.get(key_id)) is None:
            raise NoSuchKey(key_id)
        code = new_credential(CODE_BITS)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_MAKE, hashed(code), key_id, secret_hash, made_by, LINK_LASTS)
            await connection.execute(NOTE_GRANT, key_id, "linked", made_by)
        return code

    async def expire(self) -> int:
        """Delete some links that have expired; return how many."""
        deleted: int = await self._pool.fetchval(_EXPIRE, _EXPIRED_MAX)
        return deleted

    async def holder(self, code: str) -> Caller | None:
        """Return the caller whom the link signs in, which does not redeem it.

        None if there is no such link, if it has been redeemed or has expired, or if its key has ended.
        """
        return await self._caller(_FIND, code)

    async def redeem(self, code: str) -> Caller | None:
        """Return the caller whom the link signs in, once; None whenever `holder` would return None."""
        return await self._caller(_REDEEM, code)

    async def _caller(self, statement: str, code: str) -> Caller | None:
        if _CODE.fullmatch(code) is None:
            return None
        row = await self._pool.fetchrow(statement, hashed(code))
        if row is None:
            return None
        return await self._keys.caller(row["key_id"], row["secret_hash"])


def link(address: str, code: str, page: str | None = None) -> str:
    """Return the address of a link on the service at `address`, which leads to a page if one is given.

    Browsers send its fragment, the code, to nobody.
    """
    to = "" if page is None else f"?to={quote(page)}"
    return f"{address}/sign-in{to}#link={code}"
