"""The check that a database is a replica of the primary. The log and the read models make it on new connections.

A replica is in recovery, belongs to the same server and database, and has the same lines; it is never ahead.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from events.lines.chain import GENESIS, line_hash
from events.store.connections import CONNECT_SECONDS_MAX, Unavailable, described

Check = Callable[[asyncpg.Connection], Awaitable[None]]
"""Is called with a new connection; raises Unavailable if it leads to a database that must not be read."""

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
    """The configured replica is not a replica of this database."""

    def __init__(self, url: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"the replica at {described(url)} is not a replica of this database: {reason}"
        )

    @property
    def summary(self) -> str:
        """The reason, in words that do not name the server."""
        return "the replica is none of this database"


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """A log's server and database, and its last line up to a position."""

    system: int
    database: int
    is_in_recovery: bool
    position: int
    hash: str


async def log_identity(connection: asyncpg.Connection, through: int | None = None) -> LogIdentity:
    """Return the identity of the connection's log, with its last line up to a position (None: its last line)."""
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
    """Return the check that compares connections to the replica at `url` with its primary.

    `primary` returns the primary's identity up to a position. While it is away, its last answer is used. The check
    raises NotAReplica, and Unavailable if the primary has never answered.
    """
    known: LogIdentity | None = None

    async def check(connection: asyncpg.Connection) -> None:
        nonlocal known
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            # The replica is asked first, because its primary then has all that it has.
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
    """Return why these are not a replica and its primary, by server and database; None if they are."""
    if here.system != there.system:
        return "it belongs to another server"
    if here.database != there.database:
        return "it is another database of the server"
    if not here.is_in_recovery:
        return "it is not in recovery"
    return None


def _divergence(here: LogIdentity, there: LogIdentity) -> str | None:
    """Return why the log `here` differs from the log `there` up to the same position; None if it does not."""
    if here.position > there.position:
        return f"it is ahead, at position {here.position} of {there.position}"
    if here.hash != there.hash:
        return f"at position {here.position} it has another line"
    return None
