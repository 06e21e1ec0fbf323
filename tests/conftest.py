"""A real PostgreSQL for every test: one server for the run, a database of its own for each test."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from events.log import EventLog
from events.store.schema import prepare
from projections.updating.runner import Runner
from service.postgres import EmbeddedPostgres
from service.store.schema import SERVICE
from tests.databases import Copies, connected, database, execute

MASTER_KEY = b"a master key for the tests only."
TEMPLATE = "howcanwe_template"
"""A database with an empty log, the tables of a service, and read models."""
TEMPLATE_WITHOUT_READ_MODELS = f"{TEMPLATE}_without_read_models"


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


@pytest.fixture(scope="session")
def copies(server_url: str) -> dict[str, Copies]:
    """The databases that are copies of each template."""
    templates = (TEMPLATE, TEMPLATE_WITHOUT_READ_MODELS, "template1")
    return {template: Copies(server_url, template) for template in templates}


@pytest.fixture
async def database_url(copies: dict[str, Copies]) -> AsyncIterator[str]:
    """The URL of a database with an empty log and read models of it, for this test alone."""
    async with copies[TEMPLATE].copy() as url:
        yield url


@pytest.fixture
async def database_url_without_read_models(copies: dict[str, Copies]) -> AsyncIterator[str]:
    """The URL of a database with an empty log and no read models, for this test alone."""
    async with copies[TEMPLATE_WITHOUT_READ_MODELS].copy() as url:
        yield url


@pytest.fixture
async def empty_database_url(copies: dict[str, Copies]) -> AsyncIterator[str]:
    """The URL of a database in which nothing of ours exists yet, for this test alone."""
    async with copies["template1"].copy() as url:
        yield url


@pytest.fixture
async def log(database_url: str) -> AsyncIterator[EventLog]:
    """An open, empty log."""
    async with await EventLog.open(database_url, master_key=MASTER_KEY) as log:
        yield log
