"""Whether what is given as a replica is one: it is compared with its primary.

A replica is in recovery, of the same server and database, and has the same lines; it is never ahead.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from events.lines.chain import GENESIS, line_hash
from events.store.connections import CONNECT_SECONDS_MAX, Unavailable, described

Check = Callable[[asyncpg.Connection], Awaitable[None]]
"""Raises Unavailable if a new connection leads to what may not be read."""

_SERVER = """
select (select system_identifier from pg_control_system()) as system,
    (select oid from pg_database where datname = current_database()) as database,
    pg_is_in_recovery() as is_in_recovery
"""
_LINE = """
select position, event::text as line from events
where position <= coalesce($1, (select max(position) from events)) order by position desc limit 1
"""


class NotAReplica(Unavailable):
    """What is given as a replica is none of this database."""

    def __init__(self, url: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"the replica at {described(url)} is no replica of this database: {reason}"
        )

    @property
    def summary(self) -> str:
        """What is the matter, in words that name no server."""
        return "the replica is none of this database"


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """How a log stands on a server: which server and database these are, and the log's last line up to a position."""

    system: int
    database: int
    is_in_recovery: bool
    position: int
    hash: str


async def log_identity(connection: asyncpg.Connection, through: int | None = None) -> LogIdentity:
    """Return how the log stands behind the connection, with its last line up to a position (None: of all)."""
    server = await connection.fetchrow(_SERVER)
    last = await connection.fetchrow(_LINE, through)
    return LogIdentity(
        server["system"],
        server["database"],
        server["is_in_recovery"],
        last["position"] if last else 0,
        line_hash(last["line"].encode()) if last else GENESIS,
    )


def replica_check(primary: Callable[[int], Awaitable[LogIdentity]], url: str) -> Check:
    """Return what holds connections to the replica at `url` against its primary, as it stands up to a position.

    While the primary is away, it is what it was. The check raises NotAReplica; Unavailable where the primary has never
    answered.
    """
    known: LogIdentity | None = None

    async def check(connection: asyncpg.Connection) -> None:
        nonlocal known
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            # The replica first: whatever it has by then, its primary has.
            here = await log_identity(connection)
            try:
                known = await primary(here.position)
            except Unavailable:
                if known is None:
                    raise
                reason = _difference(here, known)
            else:
                reason = _difference(here, known) or _divergence(here, known)
        if reason is not None:
            raise NotAReplica(url, reason)

    return check


def _difference(here: LogIdentity, there: LogIdentity) -> str | None:
    """Return why these are not a replica and its primary, by where they are."""
    if here.system != there.system:
        return "it belongs to another server"
    if here.database != there.database:
        return "it is another database of the server"
    if not here.is_in_recovery:
        return "it is not in recovery"
    return None


def _divergence(here: LogIdentity, there: LogIdentity) -> str | None:
    """Return why the log here is not the one there, of which this is the part up to the same position."""
    if here.position > there.position:
        return f"it is ahead, at position {here.position} of {there.position}"
    if here.hash != there.hash:
        return f"at position {here.position} it has another line"
    return None
