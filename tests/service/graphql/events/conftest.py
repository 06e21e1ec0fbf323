"""A graph over an empty log."""

from collections.abc import AsyncIterator

import pytest

from events.log import EventLog
from projections.updating.runner import Runner
from tests.service.graphql.client import Asker


@pytest.fixture
async def asker(log: EventLog) -> AsyncIterator[Asker]:
    """A GraphQL client, as facilitator of everything."""
    async with Runner(log) as runner:
        asker = Asker(log, runner)
        async with asker.http:
            yield asker
