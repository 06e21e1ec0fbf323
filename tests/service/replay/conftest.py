"""What the tests of replays share."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from events.log import EventLog
from tests.conftest import MASTER_KEY, TEMPLATE
from tests.databases import copied, database, execute
from tests.service.replay.logs import fill

FILLED = "howcanwe_filled"
LONG = "howcanwe_long"


async def _fill(url: str, cohorts: int, scale: float) -> None:
    async with await EventLog.open(url, master_key=MASTER_KEY) as log:
        await fill(log, cohorts, scale=scale)


@contextmanager
def _filled(server_url: str, name: str, cohorts: int, scale: float = 1.0) -> Iterator[None]:
    """A database of this name with a log of invented cohorts, gone afterwards."""
    asyncio.run(execute(server_url, f"create database {name} template {TEMPLATE}"))
    asyncio.run(_fill(database(server_url, name), cohorts, scale))
    yield
    asyncio.run(execute(server_url, f"drop database {name} with (force)"))


@pytest.fixture(scope="session")
def filled_template(server_url: str) -> Iterator[str]:
    """The name of a database with a log of two invented cohorts, to be copied."""
    with _filled(server_url, FILLED, cohorts=2):
        yield FILLED


@pytest.fixture(scope="session")
def long_url(server_url: str) -> Iterator[str]:
    """The URL of a log that takes a while to read, and is only read."""
    with _filled(server_url, LONG, cohorts=1, scale=40):
        yield database(server_url, LONG)


@pytest.fixture
async def filled_url(server_url: str, filled_template: str) -> AsyncIterator[str]:
    """The URL of a log of two invented cohorts, gone after the test."""
    async with copied(server_url, filled_template) as url:
        yield url
