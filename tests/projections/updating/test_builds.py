"""The builds: read models of different code stand side by side."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.log import EventLog
from projections.store import statements
from projections.updating import builds
from projections.updating.runner import Runner
from tests.projections.rows import rows_of
from tests.projections.stories import MakeEvent, cohort


@pytest.fixture
async def engine(log: EventLog) -> AsyncIterator[AsyncEngine]:
    engine = statements.engine(log.url, connections_max=1)
    yield engine
    await engine.dispose()


def another_build(monkeypatch: pytest.MonkeyPatch, fingerprint: str) -> None:
    """Let the code from now on be that of another build."""
    monkeypatch.setattr(builds, "fingerprint", lambda: fingerprint)


async def listed(engine: AsyncEngine) -> list[builds.Build]:
    async with engine.begin() as connection:
        return await builds.builds(connection)


async def removed(engine: AsyncEngine, schema: str) -> bool:
    async with engine.begin() as connection:
        return await builds.remove(connection, schema)


async def test_a_new_build_fills_its_own_while_the_old_one_serves(
    log: EventLog,
    runner: Runner,
    make_event: MakeEvent,
    monkeypatch: pytest.MonkeyPatch,
    engine: AsyncEngine,
) -> None:
    await log.append(cohort(make_event))
    await runner.catch_up()
    before = await rows_of(runner)
    another_build(monkeypatch, "0123456789ab")
    async with Runner(log, batch_events_max=2) as new:
        await new.prepare()
        assert (new.position, await rows_of(runner)) == (0, before)
        await new.catch_up()
        assert await rows_of(new) == before
        old, other = await listed(engine)
        assert {old.schema, other.schema} == {runner.schema, new.schema}
        assert (old.position, other.position) == (6, 6)
        assert [build.is_own for build in (old, other)].count(True) == 1


async def test_what_somebody_uses_is_not_removed(
    log: EventLog, runner: Runner, engine: AsyncEngine
) -> None:
    await runner.catch_up()
    assert runner.schema is not None
    [build] = await listed(engine)
    assert build.in_use
    assert not await removed(engine, runner.schema)
    assert await listed(engine) == [build]


async def test_what_nobody_uses_any_more_is_removed(log: EventLog, engine: AsyncEngine) -> None:
    async with Runner(log) as runner:
        await runner.catch_up()
    [build] = await listed(engine)
    assert not build.in_use
    assert build.size_bytes > 0
    assert await removed(engine, build.schema)
    assert await listed(engine) == []


async def test_no_name_is_ever_used_twice(log: EventLog, engine: AsyncEngine) -> None:
    names = set()
    for _ in range(3):
        async with Runner(log) as runner:
            await runner.prepare()
            names.add(runner.schema)
        [build] = await listed(engine)
        await removed(engine, build.schema)
    assert len(names) == 3


async def test_processes_of_one_build_share_one_schema(log: EventLog, engine: AsyncEngine) -> None:
    async with Runner(log) as one, Runner(log) as two, Runner(log) as three:
        await asyncio.gather(one.prepare(), two.prepare(), three.prepare())
        assert one.schema == two.schema == three.schema
        assert len(await listed(engine)) == 1


async def test_one_that_was_not_finished_resumes_where_it_was(
    log: EventLog, make_event: MakeEvent, engine: AsyncEngine
) -> None:
    story = cohort(make_event)
    await log.append(story[:3])
    async with Runner(log) as runner:
        await runner.catch_up()
        schema = runner.schema
    await log.append(story[3:])
    async with Runner(log) as again:
        await again.prepare()
        assert (again.schema, again.position) == (schema, 3)
        await again.catch_up()
        assert again.position == 6
