"""The forms that a database's URL may have."""

import pytest

from events.log import EventLog
from events.store.connections import asyncpg_url
from projections.updating.runner import Runner
from tests.service.replay.logs import fill


@pytest.mark.parametrize("more", ["sslmode=disable", "sslmode=prefer&application_name=mine"])
async def test_every_url_that_asyncpg_accepts_is_accepted_everywhere(
    empty_database_url: str, more: str
) -> None:
    url = f"{empty_database_url}&{more}"
    async with await EventLog.open(url, master_key=b"k" * 32) as log:
        await fill(log, cohorts=1)
        async with Runner(log) as runner:
            await runner.catch_up()
            assert runner.position == await log.head()
            positions = range(1, runner.position)
            assert set(await runner.read_models.touched(positions)) == set(positions)


def test_a_url_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with postgresql://"):
        asyncpg_url("mysql://localhost/howcanwe")
