"""The errors of statements that cannot be run, and which of them allow a retry. `read_models` uses it."""

from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from events.store.connections import AWAY, CONFLICTS, LOST, Unavailable, described, trouble_in

UNREADABLE: Final = (DBAPIError, PoolTimeoutError, *AWAY, asyncpg.PostgresError)
"""Raised where a statement returns no answer."""


def unavailable(url: str, error: Exception) -> Unavailable:
    """Return the error to raise instead of one of these, for the read models in the database at `url`."""
    reason = getattr(error, "orig", error)
    return Unavailable(
        f"the read models at {described(url)} cannot be read: {reason}", trouble_in(error)
    )


def can_be_retried(error: Exception) -> bool:
    """Return whether a retry may succeed, over another connection or a moment later."""
    return is_lost(error) or was_cancelled(error)


def is_lost(error: Exception) -> bool:
    """Return whether the connection was lost."""
    return bool(getattr(error, "connection_invalidated", isinstance(error, LOST)))


def was_cancelled(error: Exception) -> bool:
    """Return whether a replica cancelled the statement because of changes on its primary."""
    source = getattr(error, "orig", error)
    return str(getattr(source, "sqlstate", "")) in {found.sqlstate for found in CONFLICTS}
