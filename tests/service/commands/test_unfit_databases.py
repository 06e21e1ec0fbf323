"""Databases that `howcanwe serve` does not serve: it says why in one sentence, and ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg

from tests.processes import run

VERSION = b"server_version\0"


async def served(url: str, data: Path) -> tuple[int, list[str]]:
    """Return the exit code of `serve` on the database, and the lines that it wrote."""
    settings = {"HOWCANWE_DATABASE_URL": url}
    done = await asyncio.to_thread(run, "serve", "--port", "0", "--data", data, settings=settings)
    assert done.stdout == b""
    return done.returncode, done.stderr.decode().splitlines()


@asynccontextmanager
async def dated(url: str, version: bytes) -> AsyncIterator[str]:
    """Give a URL at which the database appears to run another version of PostgreSQL, as its greeting reports."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    socket = f"{query['host'][0]}/.s.PGSQL.{query.get('port', ['5432'])[0]}"
    relays: set[asyncio.Task[None]] = set()

    async def up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def down(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                kind = await reader.readexactly(1)
            except asyncio.IncompleteReadError:
                break
            length = int.from_bytes(await reader.readexactly(4), "big")
            body = await reader.readexactly(length - 4)
            if kind == b"S" and body.startswith(VERSION):
                body = VERSION + version + b"\0"
            writer.write(kind + (len(body) + 4).to_bytes(4, "big") + body)
            await writer.drain()
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(socket)
        for task in (
            asyncio.create_task(up(reader, inner_writer)),
            asyncio.create_task(down(inner_reader, writer)),
        ):
            relays.add(task)
            task.add_done_callback(relays.discard)

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user, password = parts.username or "", parts.password
    login = quote(user) + (f":{password}" if password else "")
    try:
        yield f"postgresql://{login}@127.0.0.1:{port}{parts.path}?sslmode=disable"
    finally:
        server.close()
        await asyncio.gather(*relays, return_exceptions=True)
        await server.wait_closed()


async def test_a_server_that_is_too_old_is_not_served(
    empty_database_url: str, tmp_path: Path
) -> None:
    async with dated(empty_database_url, b"14.9") as url:
        assert await served(url, tmp_path) == (
            1,
            ["howcanwe: the database server is PostgreSQL 14; howcanwe needs 15 or later"],
        )


async def test_a_database_that_may_lose_what_it_acknowledged_is_not_served(
    database_url: str, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        name = urlsplit(database_url).path[1:]
        await connection.execute(f"alter database {name} set synchronous_commit = off")
    finally:
        await connection.close()
    code, [reported] = await served(database_url, tmp_path)
    assert code == 1
    assert reported.startswith("howcanwe: the database has synchronous_commit off")


async def test_a_log_of_a_later_release_is_not_served(database_url: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("update alembic_version set version_num = '9999'")
    finally:
        await connection.close()
    code, [reported] = await served(database_url, tmp_path)
    assert code == 1
    assert "use a later release" in reported
