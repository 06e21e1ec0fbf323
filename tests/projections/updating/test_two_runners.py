"""Two runners on one database: every event is taken in once, and one takes over from the other."""

import asyncio

import asyncpg
import pytest

from events.log import EventLog
from projections.store import statements as store
from projections.updating.runner import Runner
from tests.projections.rows import rows_of
from tests.projections.stories import MakeEvent, cohort
from tests.projections.updating.following import PATIENCE_S, running


async def test_two_runners_on_one_database_take_every_event_once(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    async with Runner(log, batch_events_max=2) as other, running(runner), running(other):
        for event in cohort(make_event):
            await log.append([event])
        assert await runner.wait_for(6, PATIENCE_S)
        assert await other.wait_for(6, PATIENCE_S)
    after = await rows_of(runner)
    assert [(entry[0], entry[2]) for entry in after["timeline"]] == [
        *(("cohort/valley", position) for position in (1, 4, 5, 6)),
        *(("organisation/farm", position) for position in (3, 5, 6)),
        *(("organisation/mill", position) for position in (2, 4, 6)),
    ]


async def test_one_takes_over_when_the_other_ends(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    story = cohort(make_event)
    async with Runner(log) as other, running(other):
        async with running(runner):
            await log.append(story[:3])
            assert await runner.wait_for(3, PATIENCE_S)
        await log.append(story[3:])
        assert await other.wait_for(6, PATIENCE_S)


async def test_while_one_holds_the_checkpoint_the_other_waits(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    await runner.prepare()
    await log.append(cohort(make_event))
    holder = await asyncpg.connect(log.url)
    try:
        async with holder.transaction():
            await holder.execute(f'select * from "{runner.schema}".checkpoint for update')
            async with running(runner):
                await until_waiting_for_lock(holder)
                assert runner.position == 0
                await holder.execute(f'update "{runner.schema}".checkpoint set position = 6')
                # The row is released with the transaction; the runner continues behind what the other wrote.
                await holder.execute("commit")
                assert await runner.wait_for(6, PATIENCE_S)
                assert (await rows_of(runner))["timeline"] == []
                await holder.execute("begin")
    finally:
        await holder.close()


async def until_waiting_for_lock(connection: asyncpg.Connection) -> None:
    """Wait until some session waits for a lock."""
    async with asyncio.timeout(PATIENCE_S):
        while not await connection.fetchval(
            "select count(*) from pg_stat_activity"
            " where wait_event_type = 'Lock' and datname = current_database()"
        ):
            await asyncio.sleep(0.005)


@pytest.mark.long
async def test_one_takes_over_from_another_that_froze_in_the_middle_of_a_batch(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    await runner.prepare()
    assert runner.schema is not None
    frozen = store.within(store.writing_engine(log.url), runner.schema)
    try:
        async with frozen.connect() as connection:
            await store.lock(connection)
            receipts = await log.append(cohort(make_event))
            async with running(runner):
                assert await runner.wait_for(receipts[-1].position, 3 * store.IDLE_SECONDS_MAX)
            await connection.invalidate()
    finally:
        await frozen.dispose()
