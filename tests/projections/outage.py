"""Taking the database away from those who use it."""

from urllib.parse import urlsplit, urlunsplit

import asyncpg


async def terminate(url: str, application: str) -> None:
    """End the sessions of this name."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where application_name = $1 and datname = current_database()",
            application,
        )
    finally:
        await connection.close()


async def _administer(url: str, statement: str) -> None:
    parts = urlsplit(url)
    connection = await asyncpg.connect(urlunsplit(parts._replace(path="/postgres")))
    try:
        await connection.execute(statement.format(parts.path[1:]))
    finally:
        await connection.close()


async def refuse_connections(url: str) -> None:
    """Make the database unavailable: existing connections are cut, and new ones refused."""
    await _administer(url, "alter database {} allow_connections false")
    await _administer(
        url,
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{}'",
    )


async def accept_connections(url: str) -> None:
    """Let the database be back."""
    await _administer(url, "alter database {} allow_connections true")
