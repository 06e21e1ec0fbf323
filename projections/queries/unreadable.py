"""How it shows that read models cannot be read, and when the same may be asked again."""

from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from events.store.connections import AWAY, CONFLICTS, LOST, Unavailable, described, trouble_in

UNREADABLE: Final = (DBAPIError, PoolTimeoutError, *AWAY, asyncpg.PostgresError)
"""What is raised where a statement gives no answer."""


def unavailable(url: str, error: Exception) -> Unavailable:
    """Return what is raised instead of these, of the read models in the database at `url`."""
    reason = getattr(error, "orig", error)
    return Unavailable(
        f"the read models at {described(url)} cannot be read: {reason}", trouble_in(error)
    )


def may_be_asked_again(error: Exception) -> bool:
    """Say whether the same may be answered over another connection, or a moment later."""
    return is_lost(error) or gave_way(error)


def is_lost(error: Exception) -> bool:
    """Say whether the connection was lost: another may serve."""
    return bool(getattr(error, "connection_invalidated", isinstance(error, LOST)))


def gave_way(error: Exception) -> bool:
    """Say whether a replica gave up the statement for what its primary did: the same one may do now."""
    source = getattr(error, "orig", error)
    return str(getattr(source, "sqlstate", "")) in {found.sqlstate for found in CONFLICTS}
