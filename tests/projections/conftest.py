"""A runner of each test's own."""

from collections.abc import AsyncIterator

import pytest

from events.log import EventLog
from projections.updating.runner import Runner
from tests.projections.stories import MakeEvent, event_maker


@pytest.fixture
def make_event() -> MakeEvent:
    """Make events, each with an id of its own."""
    return event_maker()


@pytest.fixture
async def runner(log: EventLog) -> AsyncIterator[Runner]:
    """A runner on the log, not running yet."""
    async with Runner(log, retry_seconds=0.05) as runner:
        yield runner
