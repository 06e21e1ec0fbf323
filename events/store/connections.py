"""Connections to PostgreSQL."""

import asyncio
import errno
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from events.state.fingerprint import state_fingerprint
from events.store.timestamps import teach
from events.vocabulary.faults import EventsError

CONNECT_SECONDS_MAX: Final = 5.0
ANSWER_SECONDS_MAX: Final = 15.0
RELEASE_SECONDS_MAX: Final = 1.0
QUERIES_MAX: Final = 50_000
UNUSED_SECONDS_MAX: Final = 300.0
LOCK_SECONDS_MAX: Final = 10
IDLE_SECONDS_MAX: Final = 10

FOLDS: Final = "howcanwe.folds"
"""The setting of a connection that says which folds make the states it writes."""

LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # What asyncpg raises when a connection ends where its protocol did not expect it.
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,
)
"""How a connection shows that its server went away, or does not answer: a TimeoutError is an OSError."""

AWAY: Final = (
    *LOST,
    # One that starts or stops intervenes, one with no connection left lacks resources.
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""How the database's absence shows to whoever asks it directly. After `LOST`, what became of a commit is not known."""

CONFLICTS: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
"""How a replica says that it gave up a statement, which stood in the way of what its primary did."""

TRIES_MAX: Final = 3
"""How often a statement is asked of a replica that gives it up."""


class Trouble(StrEnum):
    """What a database that answers says of itself, where it does not do what it is asked: it did not go away."""

    DISK_FULL = "the database's disk is full"
    READ_ONLY = "the database is read-only, as a replica is"
    NO_RIGHTS = "the database's role lacks a right"


TROUBLES: Final = (
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InsufficientPrivilegeError,
)
"""How these show."""


def trouble_in(error: BaseException) -> Trouble | None:
    """Return what the database says of itself with the error, None if it says something else or nothing."""
    source = getattr(error, "orig", None) or error
    if isinstance(source, OSError) and source.errno == errno.ENOSPC:
        return Trouble.DISK_FULL
    states = {kind.sqlstate: trouble for kind, trouble in zip(TROUBLES, Trouble, strict=True)}
    return states.get(getattr(source, "sqlstate", None))


class Unavailable(EventsError):
    """The database cannot be reached, or did not take the events; nothing was recorded."""

    def __init__(self, message: str, trouble: Trouble | None = None) -> None:
        self.trouble = trouble
        super().__init__(message)

    @property
    def summary(self) -> str:
        """What is the matter, in words that name no server."""
        return self.trouble or "the database is away"


class GaveWay(Unavailable):
    """A replica gave up a statement for what its primary did; the same one may do now."""


class OutcomeUnknown(EventsError):
    """The database went away while it recorded the events; sending the same ids again settles what came of them."""


def asyncpg_url(url: str) -> str:
    """Return the URL as asyncpg wants it. Raises ValueError for one of another kind."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme in ("postgres", "postgresql", "postgresql+asyncpg"):
        return f"postgresql://{rest}"
    raise ValueError("a database URL begins postgresql://")


def engine(url: str, **given: Any) -> AsyncEngine:
    """Return an engine whose connections asyncpg makes of the URL: SQLAlchemy's own reading knows no `sslmode`.

    `connecting` of those given is for asyncpg, `check` looks at each new connection, the others are for SQLAlchemy.
    """
    connecting, check = given.pop("connecting", {}), given.pop("check", None)
    dsn = asyncpg_url(url)

    async def connected() -> asyncpg.Connection:
        connection = await asyncpg.connect(dsn, **connecting)
        try:
            await teach(connection)
            if check is not None:
                await check(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    return create_async_engine("postgresql+asyncpg://", async_creator=connected, **given)


def described(url: str) -> str:
    """Return the URL for people, without its password."""
    parts = urlsplit(url)
    host = parts.hostname or parts.query.partition("host=")[2].partition("&")[0] or "localhost"
    return f"{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


async def connect(
    url: str, *, answer_seconds: float | None = None, **settings: str
) -> asyncpg.Connection:
    """Return a new connection with these server settings.

    A statement that is not answered in `answer_seconds` raises TimeoutError; without them it may take its time.
    Raises Unavailable with one clear sentence where there is none to be had.
    """
    try:
        connection = await asyncpg.connect(
            asyncpg_url(url),
            timeout=CONNECT_SECONDS_MAX,
            command_timeout=answer_seconds,
            server_settings={
                "application_name": "howcanwe",
                "timezone": "UTC",
                "jit": "off",
                **settings,
            },
        )
    except (*AWAY, asyncpg.PostgresError) as error:
        reason = str(error) or type(error).__name__
        raise Unavailable(
            f"the database at {described(url)} cannot be reached: {reason}", trouble_in(error)
        ) from error
    await teach(connection)
    return connection


class BoundedPool(asyncpg.Pool):  # type: ignore[misc]  # asyncpg has no types
    """Connections to share; neither waiting for one nor giving it back takes longer than these seconds."""

    def __init__(self, url: str, *, connections_max: int, answer_seconds: float) -> None:
        super().__init__(
            asyncpg_url(url),
            init=teach,
            min_size=0,
            max_size=connections_max,
            max_queries=QUERIES_MAX,
            max_inactive_connection_lifetime=UNUSED_SECONDS_MAX,
            loop=None,
            connection_class=asyncpg.Connection,
            record_class=asyncpg.Record,
            timeout=CONNECT_SECONDS_MAX,
            command_timeout=answer_seconds,
        )

    def acquire(self, *, timeout: float | None = None) -> Any:
        """Lend a connection."""
        return super().acquire(timeout=CONNECT_SECONDS_MAX if timeout is None else timeout)

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:
        """Take a connection back; one that is not idle again in time is ended."""
        await super().release(
            connection, timeout=RELEASE_SECONDS_MAX if timeout is None else timeout
        )

    async def close(self) -> None:
        """End every connection, those that are lent after a while."""
        # Interrupted, a pool lets go of what it has.
        with suppress(TimeoutError):
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                await super().close()


async def connect_for_appending(
    url: str, *, answer_seconds: float | None = None
) -> asyncpg.Connection:
    """Return a connection that gives up the lock when its process freezes, and that never scans for a key."""
    return await connect(
        url,
        answer_seconds=answer_seconds,
        lock_timeout=f"{LOCK_SECONDS_MAX}s",
        idle_in_transaction_session_timeout=f"{IDLE_SECONDS_MAX}s",
        # A fresh, unanalysed log looks small to the planner, which would read all of it for each key.
        **{FOLDS: state_fingerprint()},
        enable_seqscan="off",
        enable_hashjoin="off",
        enable_mergejoin="off",
        plan_cache_mode="force_generic_plan",
    )
