"""Databases for tests: copies of a template, which are emptied and used again.

To copy a template takes hundreds of files and a tenth of a second or more; to empty a database a few milliseconds. One
whose tables, functions or triggers a test changed is dropped.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

_NAMES: Final = (f"test_{number}" for number in count(1))

_OWN: Final = (
    "nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and nspname !~ '^pg_temp'"
)

_SHAPE: Final = f"""
    select md5(string_agg(line, '|' order by line)) from (
        select format('%s.%s %s %s %s', nspname, relname, relkind, c.oid, relacl) as line
        from pg_class c join pg_namespace n on n.oid = relnamespace where {_OWN}
        union all
        select format('%s.%s %s', nspname, proname, md5(prosrc))
        from pg_proc p join pg_namespace n on n.oid = pronamespace where {_OWN}
        union all
        select format('%s %s %s', tgrelid, tgname, tgenabled) from pg_trigger
        union all
        select format('%s %s %s', attrelid, attname, atttypid)
        from pg_attribute where attrelid >= 16384
        union all
        select format('%s %s', conrelid, pg_get_constraintdef(oid)) from pg_constraint where conrelid >= 16384
        union all
        select format('%s', setconfig) from pg_db_role_setting
        where setdatabase = (select oid from pg_database where datname = current_database())
        union all
        select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()
    ) as lines
"""
_TABLES: Final = f"""
    select format('%I.%I', nspname, relname) from pg_class c join pg_namespace n on n.oid = relnamespace
    where relkind in ('r', 'p') and {_OWN} order by 1
"""
_SEQUENCES: Final = (
    "select format('%I.%I', schemaname, sequencename) as name, last_value from pg_sequences"
)


def database(url: str, name: str) -> str:
    """Return the URL of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection"]:
    """A connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def execute(url: str, statement: str) -> None:
    """Run one statement in a connection of its own."""
    async with connected(url) as connection:
        await connection.execute(statement)


@asynccontextmanager
async def copied(server_url: str, template: str) -> AsyncIterator[str]:
    """The URL of a new database that is a copy of another, gone afterwards."""
    name = next(_NAMES)
    await execute(server_url, f"create database {name} template {template}")
    try:
        yield database(server_url, name)
    finally:
        await execute(server_url, f"drop database {name} with (force)")


class Copies:
    """Copies of the template of this name on the server at `url`."""

    def __init__(self, url: str, template: str) -> None:
        self._url = url
        self._template = template
        self._empty: list[str] = []
        self._shape: str | None = None
        self._emptying = ""

    @asynccontextmanager
    async def copy(self) -> AsyncIterator[str]:
        """The URL of a copy that nobody else uses."""
        name = self._empty.pop() if self._empty else await self._made()
        url = database(self._url, name)
        try:
            yield url
        finally:
            if await self._emptied(url):
                self._empty.append(name)
            else:
                await execute(self._url, f"drop database {name} with (force)")

    async def _made(self) -> str:
        name = next(_NAMES)
        await execute(self._url, f"create database {name} template {self._template}")
        if self._shape is None:
            async with connected(database(self._url, name)) as connection:
                self._emptying = await _emptying(connection)
                self._shape = await connection.fetchval(_SHAPE)
        return name

    async def _emptied(self, url: str) -> bool:
        """End all connections to the database, and make it what the template is. Return whether that was possible."""
        try:
            async with connected(url) as connection:
                await connection.execute(
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
                if await connection.fetchval(_SHAPE) != self._shape:
                    return False
                await connection.execute(self._emptying)
        except (asyncpg.PostgresError, OSError):
            return False
        return True


async def _emptying(connection: "asyncpg.Connection") -> str:
    """Return the statements that give every table of the database the rows that it has now."""
    tables = [row[0] for row in await connection.fetch(_TABLES)]
    statements = ["begin", "set local session_replication_role = replica"]
    statements += [f"delete from {table}" for table in tables]
    for table in tables:
        for row in await connection.fetch(f"select entry::text from {table} as entry"):
            statements.append(f"insert into {table} select ({_literal(row[0])}::{table}).*")
    for row in await connection.fetch(_SEQUENCES):
        value = row["last_value"]
        statements.append(
            f"select setval('{row['name']}', {value or 1}, {'true' if value else 'false'})"
        )
    return ";\n".join([*statements, "commit"])


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
