"""Connections to PostgreSQL."""

from typing import Final
from urllib.parse import urlsplit

import asyncpg

from events.faults import EventsError

CONNECT_SECONDS_MAX: Final = 5.0
LOCK_SECONDS_MAX: Final = 10
IDLE_SECONDS_MAX: Final = 10

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
"""How a connection shows that its server went away."""

CONFLICTS: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
"""How a replica says that it gave up a statement, which stood in the way of what its primary did."""

TRIES_MAX: Final = 3
"""How often a statement is asked of a replica that gives it up."""


class Unavailable(EventsError):
    """The database cannot be reached, or did not take the events; nothing was recorded."""


class GaveWay(Unavailable):
    """A replica gave up a statement for what its primary did; the same one may do now."""


class OutcomeUnknown(EventsError):
    """The database went away while it recorded the events; sending the same ids again settles what came of them."""


def sqlalchemy_url(url: str) -> str:
    """Return the URL as SQLAlchemy wants it, with its asyncpg driver."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme in ("postgres", "postgresql", "postgresql+asyncpg"):
        return f"postgresql+asyncpg://{rest}"
    raise ValueError("a database URL begins postgresql://")


def asyncpg_url(url: str) -> str:
    """Return the URL as asyncpg wants it."""
    return "postgresql://" + sqlalchemy_url(url).partition("://")[2]


def described(url: str) -> str:
    """Return the URL for people, without its password."""
    parts = urlsplit(url)
    host = parts.hostname or parts.query.partition("host=")[2].partition("&")[0] or "localhost"
    return f"{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


async def connect(url: str, **settings: str) -> asyncpg.Connection:
    """Return a new connection with these server settings.

    Raises Unavailable with one clear sentence where there is none to be had.
    """
    try:
        return await asyncpg.connect(
            asyncpg_url(url),
            timeout=CONNECT_SECONDS_MAX,
            server_settings={
                "application_name": "howcanwe",
                "timezone": "UTC",
                "jit": "off",
                **settings,
            },
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        raise Unavailable(
            f"the database at {described(url)} cannot be reached: {reason}"
        ) from error


async def connect_for_appending(url: str) -> asyncpg.Connection:
    """Return a connection that gives up the lock when its process freezes, and that never scans for a key."""
    return await connect(
        url,
        lock_timeout=f"{LOCK_SECONDS_MAX}s",
        idle_in_transaction_session_timeout=f"{IDLE_SECONDS_MAX}s",
        # A fresh, unanalysed log looks small to the planner, which would read all of it for each key.
        enable_seqscan="off",
        enable_hashjoin="off",
        enable_mergejoin="off",
        plan_cache_mode="force_generic_plan",
    )
