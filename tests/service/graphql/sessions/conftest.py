"""A cohort for the tests of sessions, commitments and names."""

from collections.abc import AsyncIterator

import pytest

from events.log import EventLog
from projections.updating.runner import Runner
from tests.events.samples import begun
from tests.service.graphql.sessions.workshop import Workshop


@pytest.fixture
async def workshop(log: EventLog) -> AsyncIterator[Workshop]:
    """Mill and Archive in the cohort Heritage, Library outside."""
    async with Runner(log) as runner:
        workshop = Workshop(log, runner)
        await workshop.record(*begun())
        async with workshop.asker.http:
            yield workshop
