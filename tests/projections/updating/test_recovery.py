"""After a crash, a lost connection or an error, a runner continues, and nothing is in the read models by half."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event as hooks

from events.lines.recorded import Recorded
from events.log import EventLog
from projections.store.progress import Phase
from projections.updating.runner import LOST, Runner
from tests.projections.generated import record_generated
from tests.projections.outage import accept_connections, refuse_connections, terminate
from tests.projections.rows import position_in, rows_of
from tests.projections.stories import MakeEvent, cohort
from tests.projections.updating.following import PATIENCE_S, end, running, until


class Crash(Exception):
    """Something broke on the way."""


@contextmanager
def crashing_at(runner: Runner, statement: int, sent: list[str]) -> Iterator[None]:
    """Crash when the runner sends its n-th statement (COPY and commit count too); `sent` collects them."""
    engine = runner.engine.sync_engine
    copy = asyncpg.Connection.copy_records_to_table

    def counted(text: str) -> None:
        sent.append(text)
        if len(sent) == statement:
            raise Crash

    def before_execute(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
        counted(text)

    def before_commit(connection: Any) -> None:
        counted("commit")

    async def counted_copy(connection: Any, table: str, **rest: Any) -> Any:
        counted(f"copy {table}")
        return await copy(connection, table, **rest)

    hooks.listen(engine, "before_cursor_execute", before_execute)
    hooks.listen(engine, "commit", before_commit)
    asyncpg.Connection.copy_records_to_table = counted_copy
    try:
        yield
    finally:
        asyncpg.Connection.copy_records_to_table = copy
        hooks.remove(engine, "before_cursor_execute", before_execute)
        hooks.remove(engine, "commit", before_commit)


async def test_a_crash_at_any_statement_of_a_batch_changes_nothing(log: EventLog) -> None:
    await record_generated(log, 5, cohorts=1, scale=0.4)
    head = await log.head()
    statements: list[str] = []
    async with Runner(log, batch_events_max=2 * head // 3) as runner:
        await runner.prepare()
        states = [await rows_of(runner)]
        for statement in range(1, 1_000):
            statements.clear()
            with crashing_at(runner, statement, statements), suppress(Crash):
                await runner.catch_up()
            if len(statements) < statement:
                break
            now = await rows_of(runner)
            if now != states[-1]:
                # A batch was written whole, and the crash came after its commit.
                assert position_in(now) > position_in(states[-1])
                states.append(now)
        after = await rows_of(runner)
        assert position_in(after) == head
        assert len(states) <= 3
        assert any(text.startswith("copy ") for text in statements)
        assert any(text.startswith("DELETE") for text in statements)
    async with Runner(log, schema="beside") as beside:
        await beside.catch_up()
        assert await rows_of(beside) == after


async def test_a_connection_lost_in_the_middle_of_a_batch_changes_nothing(
    log: EventLog, runner: Runner, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log.append(cohort(make_event))
    await runner.prepare()
    before = await rows_of(runner)
    page = log.page

    async def page_while_the_connection_breaks(*args: Any, **kwargs: Any) -> list[Recorded]:
        await terminate(log.url, "howcanwe projections")
        return await page(*args, **kwargs)

    with monkeypatch.context() as broken:
        broken.setattr(log, "page", page_while_the_connection_breaks)
        with pytest.raises(LOST):
            await runner.catch_up()
    assert await rows_of(runner) == before
    await runner.catch_up()
    assert position_in(await rows_of(runner)) == await log.head()


async def test_a_database_that_is_away_is_waited_for(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    await refuse_connections(log.url)
    try:
        async with running(runner):
            await until(lambda: runner.state.phase is Phase.WAITING)
            assert runner.state.trouble
            await until(lambda: runner.seconds_waiting > 0)
            assert not runner.state.is_ready
            await accept_connections(log.url)
            receipts = await log.append(cohort(make_event))
            assert await runner.wait_for(receipts[-1].position, PATIENCE_S)
            await until(lambda: runner.state.is_ready)
            assert runner.seconds_waiting == 0
    finally:
        await accept_connections(log.url)


async def test_an_outage_of_any_length_leaves_the_connections_as_they_were(runner: Runner) -> None:
    def calls() -> int:
        """Return how many functions are called on the way to the connections."""
        found = []
        sys.setprofile(lambda frame, happening, argument: found.append(happening))
        try:
            assert runner.engine.sync_engine.pool is not None
        finally:
            sys.setprofile(None)
        return found.count("call")

    await runner.prepare()
    at_first = calls()
    for _ in range(5):
        await runner.prepare()
    assert calls() == at_first


async def test_an_unforeseen_error_is_logged_and_the_step_tried_again(
    log: EventLog, runner: Runner, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*args: Any, **kwargs: Any) -> list[Recorded]:
        raise RuntimeError("the cellar is flooded")

    await log.append(cohort(make_event))
    with monkeypatch.context() as patch:
        patch.setattr(log, "page", broken)
        task = asyncio.create_task(runner.run())
        await until(lambda: runner.state.trouble == "RuntimeError")
    assert await runner.wait_for(6, PATIENCE_S)
    await end(task)


async def test_read_models_that_had_caught_up_are_ready_while_something_is_tried_again(
    log: EventLog, runner: Runner, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*args: Any, **kwargs: Any) -> list[Recorded]:
        raise RuntimeError("the cellar is flooded")

    async with running(runner):
        await until(lambda: runner.state.is_ready)
        with monkeypatch.context() as patch:
            patch.setattr(log, "page", broken)
            await log.append(cohort(make_event))
            await until(lambda: runner.state.phase is Phase.WAITING)
            assert runner.state.is_ready
            await until(lambda: runner.seconds_waiting > 0)
        assert await runner.wait_for(6, PATIENCE_S)
        await until(lambda: runner.state.phase is Phase.FOLLOWING)
        assert (runner.state.is_ready, runner.seconds_waiting) == (True, 0)


async def test_a_connection_lost_while_following_is_made_again(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    async with running(runner):
        await until(lambda: runner.state.is_ready)
        await terminate(log.url, "howcanwe projections")
        receipts = await log.append(cohort(make_event))
        assert await runner.wait_for(receipts[-1].position, PATIENCE_S)
