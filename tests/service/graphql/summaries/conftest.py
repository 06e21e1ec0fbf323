"""A cohort for the tests of summaries."""

from collections.abc import AsyncIterator

import pytest

from events.log import EventLog
from projections.updating.runner import Runner
from tests.events.samples import begun
from tests.service.graphql.summaries.summaries import Summaries


@pytest.fixture
async def summaries(log: EventLog) -> AsyncIterator[Summaries]:
    """Mill and Archive in the cohort Heritage; nothing else happened yet."""
    async with Runner(log) as runner:
        summaries = Summaries(log, runner)
        await summaries.record(*begun())
        async with summaries.asker.http:
            yield summaries
