"""What the tests of replays share."""

from collections.abc import AsyncIterator

import pytest

from events.log import EventLog
from tests.service.replay.logs import fill


@pytest.fixture
async def filled_url(log: EventLog) -> AsyncIterator[str]:
    """The URL of a log of two invented cohorts."""
    await fill(log)
    yield log.url
