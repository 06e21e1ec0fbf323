"""The runner: every event once, through failures and restarts."""

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import asyncpg
import pytest
import structlog
from sqlalchemy import event as hooks
from sqlalchemy import select, text

from events.lines.recorded import Recorded
from events.log import EventLog
from projections.folding.decorators import enters
from projections.folding.fold import Undigested
from projections.folding.projection import Projection
from projections.folding.step import Step
from projections.folding.tables import Key, Row
from projections.models.cohorts import Organisations
from projections.models.record import Timeline, Voids
from projections.store import statements as store
from projections.store.progress import Phase
from projections.updating.runner import LOST, Runner
from tests.projections.generated import record_generated
from tests.projections.outage import accept_connections, refuse_connections, terminate
from tests.projections.rows import position_in, rows_of
from tests.projections.stories import EventJson, MakeEvent, cohort, published

PAIRED = "org.howcanwe.organisations.paired.v1"


@asynccontextmanager
async def running(runner: Runner) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(runner.run())
    try:
        yield task
    finally:
        await end(task)


async def end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


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


class Choosy(Projection):
    """Cannot take in that organisations are paired."""

    table = Voids.table

    def keys(self, step: Step) -> list[Key]:
        return [(step.position,)]

    @enters("organisations.paired")
    def paired(self, step: Step, key: Key) -> Row:
        raise ValueError("no pairs, please")


class Overfull(Choosy):
    """Makes a row that the database refuses of the fact that organisations are paired."""

    @enters("organisations.paired")
    def paired(self, step: Step, key: Key) -> Row:
        return dict.fromkeys(self.table.columns.keys()) | {"position": key[0]}


def taken_back(make_event: MakeEvent) -> list[list[EventJson]]:
    """Return a cohort's story in which a level and a registration are voided; each list is a request."""
    return [
        [
            *cohort(make_event),
            make_event(
                "visibility.changed", "2025-02-01", of="organisation/mill", visibility="pair"
            ),
            make_event(
                "organisation.registered", "2025-02-01", organisation="x", name="X", sector="y"
            ),
        ],
        [
            make_event("event.voided", "2025-02-02", event=7, reason="a slip"),
            make_event("event.voided", "2025-02-02", event=8, reason="twice"),
        ],
    ]


async def test_what_is_recorded_is_in_the_read_models_once_caught_up(
    log: EventLog, runner: Runner
) -> None:
    await log.append(published())
    await runner.catch_up()
    assert runner.position == await log.head()
    organisations = Organisations.table.c
    query = select(organisations.name, organisations.country)
    [found] = await runner.read_models.rows(query.where(organisations.key == "amnesty-uk"))
    assert tuple(found) == ("Amnesty International UK", "GB")


async def test_batches_of_any_size_give_the_same_rows(log: EventLog, make_event: MakeEvent) -> None:
    for request in taken_back(make_event):
        await log.append(request)
    found = []
    for size in (1, 3, 500):
        async with Runner(log, schema=f"of_{size}", batch_events_max=size) as runner:
            await runner.catch_up()
            found.append(await rows_of(runner))
    assert found[0] == found[1] == found[2]
    assert [void[:2] for void in found[0]["voids"]] == [(7, 9), (8, 10)]


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


async def test_new_events_are_followed_live(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    async with running(runner):
        receipts = await log.append(cohort(make_event))
        assert await runner.wait_for(receipts[-1].position, 10)
        assert await runner.wait_for(receipts[0].position, 0)
        await until(lambda: runner.state.is_ready)


async def _counted(runner: Runner) -> float:
    """Return how many rows PostgreSQL counted among the organisations; -1 if it did not."""
    name = f"{runner.schema}.{Organisations.table.name}"
    counted = text("select reltuples from pg_class where oid = cast(:name as regclass)")
    async with runner.engine.connect() as connection:
        return float((await connection.execute(counted, {"name": name})).scalar_one())


@pytest.mark.parametrize("follows", [False, True])
async def test_postgresql_knows_how_large_the_read_models_are_once_they_have_doubled(
    log: EventLog, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch, follows: bool
) -> None:
    monkeypatch.setattr("projections.updating.runner.ANALYZED_EVENTS_MIN", 10)

    async def reach(head: int) -> None:
        async with Runner(log) as runner:
            if follows:
                async with running(runner):
                    assert await runner.wait_for(head, 10)
                    await until(lambda: runner.state.is_ready)
            else:
                await runner.catch_up()
            counted.append(await _counted(runner))

    counted: list[float] = []
    first, *others = [
        make_event(
            "organisation.registered",
            "2025-01-01",
            organisation=f"o{number}",
            name="One",
            sector="civic",
        )
        for number in range(21)
    ]
    for batch in ([first], others[:9], others[9:]):
        receipts = await log.append(batch)
        await reach(receipts[-1].position)
    assert counted == [-1, -1, 21]


async def test_waiting_for_what_was_not_recorded_ends_in_time(runner: Runner) -> None:
    async with running(runner):
        assert not await runner.wait_for(1, 0.05)


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
            assert await runner.wait_for(receipts[-1].position, 10)
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
    assert await runner.wait_for(6, 10)
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
        assert await runner.wait_for(6, 10)
        await until(lambda: runner.state.phase is Phase.FOLLOWING)
        assert (runner.state.is_ready, runner.seconds_waiting) == (True, 0)


async def test_a_connection_lost_while_following_is_made_again(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    async with running(runner):
        await until(lambda: runner.state.is_ready)
        await terminate(log.url, "howcanwe projections")
        receipts = await log.append(cohort(make_event))
        assert await runner.wait_for(receipts[-1].position, 10)


@pytest.mark.parametrize("choosy", [Choosy(), Overfull()], ids=["in code", "in the database"])
async def test_an_event_that_cannot_be_digested_stops_the_projection_before_it(
    log: EventLog, make_event: MakeEvent, choosy: Projection
) -> None:
    receipts = await log.append(cohort(make_event))
    async with Runner(log, projections=(Organisations(), Timeline(), choosy)) as runner:
        await asyncio.wait_for(runner.run(), 10)
        state = runner.state
        assert (state.phase, state.position) == (Phase.STOPPED, 5)
        assert state.undigested is not None
        assert (state.undigested.position, state.undigested.type) == (6, PAIRED)
        assert not await runner.wait_for(receipts[-1].position, 10)
        assert {entry[2] for entry in (await rows_of(runner))["timeline"]} == {1, 2, 3, 4, 5}
        with pytest.raises(Undigested):
            await runner.catch_up()


async def test_two_runners_on_one_database_take_every_event_once(
    log: EventLog, runner: Runner, make_event: MakeEvent
) -> None:
    async with Runner(log, batch_events_max=2) as other, running(runner), running(other):
        for event in cohort(make_event):
            await log.append([event])
        assert await runner.wait_for(6, 10)
        assert await other.wait_for(6, 10)
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
            assert await runner.wait_for(3, 10)
        await log.append(story[3:])
        assert await other.wait_for(6, 10)


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
                assert await runner.wait_for(6, 10)
                assert (await rows_of(runner))["timeline"] == []
                await holder.execute("begin")
    finally:
        await holder.close()


async def until(holds: Callable[[], bool]) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.005)


async def until_waiting_for_lock(connection: asyncpg.Connection) -> None:
    """Wait until some session waits for a lock."""
    async with asyncio.timeout(10):
        while not await connection.fetchval(
            "select count(*) from pg_stat_activity"
            " where wait_event_type = 'Lock' and datname = current_database()"
        ):
            await asyncio.sleep(0.005)


async def test_catching_up_says_from_time_to_time_how_far_it_is(
    log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    minutes = itertools.count(step=60)
    async with Runner(log, batch_events_max=2, clock=lambda: float(next(minutes))) as runner:
        with structlog.testing.capture_logs() as logged:
            async with running(runner):
                assert await runner.wait_for(6, 10)
    [first, *_] = [entry for entry in logged if entry["event"] == "projections catch up"]
    assert (first["position"], first["head"]) == (2, 6)
    assert first["events_per_second"] >= 0
    assert first["seconds_left"] > 0


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
