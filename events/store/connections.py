"""Connections to PostgreSQL, and the errors that they raise. Everything that uses the database opens them here."""

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
RELEASE_SECONDS_MAX: Final = 1.0
QUERIES_MAX: Final = 50_000
UNUSED_SECONDS_MAX: Final = 300.0
LOCK_SECONDS_MAX: Final = 10
IDLE_SECONDS_MAX: Final = 10

FOLDS: Final = "howcanwe.folds"
"""The setting of a connection for the fingerprint of the folds whose states it writes."""

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
"""The errors that mean that the server is away or does not answer. OSError includes TimeoutError."""

AWAY: Final = (
    *LOST,
    # One that starts or stops intervenes, one with no connection left lacks resources.
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""The errors that mean that the database is away. After those of `LOST`, the outcome of a commit is not known."""

CONFLICTS: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
"""The errors with which a replica cancels a statement that conflicts with changes from its primary."""

TRIES_MAX: Final = 3
"""How often a statement runs on a replica that cancels it."""


class Trouble(StrEnum):
    """Why a database that is available refuses to do what it is asked."""

    DISK_FULL = "the database's disk is full"
    READ_ONLY = "the database is read-only, as a replica is"
    NO_RIGHTS = "the database's role lacks a right"
    SUPERSEDED = "another release has taken over the recording"


_BY_STATE: Final = {
    asyncpg.DiskFullError: Trouble.DISK_FULL,
    asyncpg.ReadOnlySQLTransactionError: Trouble.READ_ONLY,
    asyncpg.InsufficientPrivilegeError: Trouble.NO_RIGHTS,
}

TROUBLES: Final = tuple(_BY_STATE)
"""The errors that mean these by their state alone."""


def trouble_in(error: BaseException) -> Trouble | None:
    """Return the trouble that the error means, None if it means none of them."""
    source = getattr(error, "orig", None) or error
    if isinstance(source, OSError) and source.errno == errno.ENOSPC:
        return Trouble.DISK_FULL
    # These are the words of the trigger `same_folds`; its state means other things, too.
    if str(source).startswith(Trouble.SUPERSEDED):
        return Trouble.SUPERSEDED
    states = {kind.sqlstate: trouble for kind, trouble in _BY_STATE.items()}
    return states.get(getattr(source, "sqlstate", None))


class Unavailable(EventsError):
    """The database cannot be reached, or did not take the events; nothing was recorded."""

    def __init__(self, message: str, trouble: Trouble | None = None) -> None:
        self.trouble = trouble
        super().__init__(message)

    @property
    def summary(self) -> str:
        """The reason, in words that do not name the server."""
        return self.trouble or "the database is away"


class GaveWay(Unavailable):
    """A replica cancelled a statement that conflicted with its primary's changes. The statement may be repeated."""


class OutcomeUnknown(EventsError):
    """The connection was lost while events were recorded. Send the same ids again to find out what was recorded."""


def asyncpg_url(url: str) -> str:
    """Return the URL in asyncpg's form. Raises ValueError if it is not a URL of PostgreSQL."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme in ("postgres", "postgresql", "postgresql+asyncpg"):
        return f"postgresql://{rest}"
    raise ValueError("a database URL begins with postgresql://")


def engine(url: str, **given: Any) -> AsyncEngine:
    """Return an engine whose connections asyncpg opens from the URL: SQLAlchemy itself does not understand `sslmode`.

    The argument `connecting` is for asyncpg; `check` is called with each new connection; all others are for SQLAlchemy.
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
    """Return the URL without its password, for messages."""
    parts = urlsplit(url)
    host = parts.hostname or parts.query.partition("host=")[2].partition("&")[0] or "localhost"
    return f"{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


async def connect(
    url: str, *, answer_seconds: float | None = None, **settings: str
) -> asyncpg.Connection:
    """Return a new connection with these server settings.

    A statement that is not answered in `answer_seconds` raises TimeoutError; without it there is no limit. Raises
    Unavailable if no connection can be opened.
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


async def _reached(*address: Any, **settings: Any) -> asyncpg.Connection:
    """Return a new connection of a pool. Raises an error of `AWAY` or `TROUBLES` if none can be opened.

    The same states of SQL mean something else after a statement than here, such as 55000, with which a database refuses
    connections.
    """
    try:
        return await asyncpg.connect(*address, **settings)
    except asyncpg.PostgresError as error:
        if isinstance(error, (*AWAY, *TROUBLES)):
            raise
        raise ConnectionRefusedError(str(error)) from error


class BoundedPool(asyncpg.Pool):  # type: ignore[misc]  # asyncpg has no types
    """A pool of connections. Neither waiting for one nor returning one takes longer than `answer_seconds`."""

    def __init__(self, url: str, *, connections_max: int, answer_seconds: float) -> None:
        super().__init__(
            asyncpg_url(url),
            init=teach,
            min_size=0,
            max_size=connections_max,
            max_queries=QUERIES_MAX,
            max_inactive_connection_lifetime=UNUSED_SECONDS_MAX,
            connect=_reached,
            loop=None,
            connection_class=asyncpg.Connection,
            record_class=asyncpg.Record,
            timeout=CONNECT_SECONDS_MAX,
            command_timeout=answer_seconds,
        )

    def acquire(self, *, timeout: float | None = None) -> Any:
        """Return a connection of the pool, as a context manager."""
        return super().acquire(timeout=CONNECT_SECONDS_MAX if timeout is None else timeout)

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:
        """Return a connection to the pool. If it is lost or not idle in time, it is terminated.

        What was done with it is done, so that is no error of the caller's.
        """
        with suppress(*AWAY):
            await super().release(
                connection, timeout=RELEASE_SECONDS_MAX if timeout is None else timeout
            )

    async def close(self) -> None:
        """Close every connection; those in use are terminated after some time."""
        # If this is interrupted, the pool terminates its connections.
        with suppress(TimeoutError):
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                await super().close()


async def connect_for_appending(
    url: str, *, answer_seconds: float | None = None
) -> asyncpg.Connection:
    """Return a connection that loses its lock if its process freezes, and that looks up keys with indexes only."""
    return await connect(
        url,
        answer_seconds=answer_seconds,
        lock_timeout=f"{LOCK_SECONDS_MAX}s",
        idle_in_transaction_session_timeout=f"{IDLE_SECONDS_MAX}s",
        # To the planner a new log that was not analysed looks small, so it would scan the whole table for each key.
        **{FOLDS: state_fingerprint()},
        enable_seqscan="off",
        enable_hashjoin="off",
        enable_mergejoin="off",
        plan_cache_mode="force_generic_plan",
    )
