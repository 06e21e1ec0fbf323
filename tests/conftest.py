"""A real PostgreSQL for every test: one server for the run, a database of its own for each test."""

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from events.log import EventLog
from events.store.schema import prepare
from projections.updating.runner import Runner
from service.postgres import EmbeddedPostgres
from service.store.schema import SERVICE

MASTER_KEY = b"a master key for the tests only."
TEMPLATE = "howcanwe_template"
"""A database with an empty log, the tables of a service, and read models."""
TEMPLATE_WITHOUT_READ_MODELS = f"{TEMPLATE}_without_read_models"

_names = (f"test_{number}" for number in itertools.count(1))


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
    name = next(_names)
    await execute(server_url, f"create database {name} template {template}")
    try:
        yield database(server_url, name)
    finally:
        await execute(server_url, f"drop database {name} with (force)")


async def _make_templates(url: str) -> None:
    await execute(url, f"create database {TEMPLATE_WITHOUT_READ_MODELS}")
    template = database(url, TEMPLATE_WITHOUT_READ_MODELS)
    async with connected(template) as connection:
        await prepare(connection, template, SERVICE)
    async with await EventLog.open(template) as log:
        await log.refold()
    await execute(url, f"create database {TEMPLATE} template {TEMPLATE_WITHOUT_READ_MODELS}")
    async with await EventLog.open(database(url, TEMPLATE)) as log, Runner(log) as runner:
        await runner.catch_up()


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The URL of the run's own server; tests start from copies of its template databases."""
    with (
        tempfile.TemporaryDirectory(prefix="howcanwe-test-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        asyncio.run(_make_templates(server.url))
        yield server.url


@pytest.fixture
async def database_url(server_url: str) -> AsyncIterator[str]:
    """The URL of a database with an empty log and read models of it, gone after the test."""
    async with copied(server_url, TEMPLATE) as url:
        yield url


@pytest.fixture
async def database_url_without_read_models(server_url: str) -> AsyncIterator[str]:
    """The URL of a database with an empty log and no read models, gone after the test."""
    async with copied(server_url, TEMPLATE_WITHOUT_READ_MODELS) as url:
        yield url


@pytest.fixture
async def empty_database_url(server_url: str) -> AsyncIterator[str]:
    """The URL of a database in which nothing of ours exists yet, gone after the test."""
    async with copied(server_url, "template1") as url:
        yield url


@pytest.fixture
async def log(database_url: str) -> AsyncIterator[EventLog]:
    """An open, empty log."""
    async with await EventLog.open(database_url, master_key=MASTER_KEY) as log:
        yield log
