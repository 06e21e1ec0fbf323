"""What the tests of replays share."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from events.log import EventLog
from tests.conftest import MASTER_KEY, TEMPLATE
from tests.databases import copied, database, execute
from tests.service.replay.logs import fill

FILLED = "howcanwe_filled"


async def _fill(url: str) -> None:
    async with await EventLog.open(url, master_key=MASTER_KEY) as log:
        await fill(log)


@pytest.fixture(scope="session")
def filled_template(server_url: str) -> Iterator[str]:
    """The name of a database with a log of two invented cohorts, to be copied."""
    asyncio.run(execute(server_url, f"create database {FILLED} template {TEMPLATE}"))
    asyncio.run(_fill(database(server_url, FILLED)))
    yield FILLED
    asyncio.run(execute(server_url, f"drop database {FILLED} with (force)"))


@pytest.fixture
async def filled_url(server_url: str, filled_template: str) -> AsyncIterator[str]:
    """The URL of a log of two invented cohorts, gone after the test."""
    async with copied(server_url, filled_template) as url:
        yield url
