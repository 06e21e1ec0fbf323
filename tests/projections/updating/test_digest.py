"""The digest: the same rows wherever and however a log is folded."""

from random import Random

import orjson
import pytest

from events.lines.recorded import Recorded
from events.log import EventLog
from projections.folding.step import linked
from projections.in_memory.rows import fold
from projections.updating import builds
from projections.updating.digest import rows_digest
from projections.updating.runner import Runner
from tests.projections.corrected import as_written, without_marks
from tests.projections.generated import meddle, record_generated
from tests.projections.stories import published

pytestmark = pytest.mark.generated

SHORT_SEEDS = range(6)
LONG_SEEDS = range(6, 206)


async def in_memory(log: EventLog) -> str:
    steps = linked([recorded async for recorded in log.read()], log.catalogue)
    return rows_digest(fold(steps))


async def rebuilt(log: EventLog, batch_events: int) -> str:
    async with Runner(log, schema=builds.scratch_name(), batch_events_max=batch_events) as runner:
        await runner.catch_up()
        position, digest = await runner.digest()
        assert position == await log.head()
        return digest


async def agree(log: EventLog, seed: int) -> None:
    """Record a log while the live read models follow it bit by bit, and compare every way to fold it."""
    random = Random(seed)
    async with Runner(log, batch_events_max=random.randint(1, 60)) as live:
        await record_generated(log, seed)
        await live.catch_up()
        for _ in range(3):
            await meddle(log, random, 4)
            await live.catch_up()
        _, digest = await live.digest()
    found = {size: await rebuilt(log, size) for size in (1, 7, 1_000)}
    assert {await in_memory(log), *found.values()} == {digest}


@pytest.mark.parametrize("seed", SHORT_SEEDS)
async def test_live_rebuilt_and_in_memory_agree(log: EventLog, seed: int) -> None:
    await agree(log, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG_SEEDS)
async def test_live_rebuilt_and_in_memory_agree_on_many_logs(log: EventLog, seed: int) -> None:
    await agree(log, seed)


async def test_the_published_record_gives_one_digest(log: EventLog) -> None:
    await log.append(published())
    assert await in_memory(log) == await rebuilt(log, 7) == await rebuilt(log, 1_000)


async def test_a_void_by_source_and_id_gives_the_rows_of_one_by_position(log: EventLog) -> None:
    await record_generated(log, 4, meddled=40)
    lines = [recorded async for recorded in log.read()]
    by_position = []
    for recorded in lines:
        content = recorded.content
        if isinstance(content["data"].get("event"), dict):
            data = {**content["data"], "event": content["about"]}
            line = orjson.dumps({**content, "data": data})
            by_position.append(Recorded(recorded.position, line, recorded.streams))
        else:
            by_position.append(recorded)
    assert sum(one is not other for one, other in zip(lines, by_position, strict=True)) > 3
    one, other = (linked(record, log.catalogue) for record in (lines, by_position))
    assert rows_digest(fold(one)) == rows_digest(fold(other)) == await rebuilt(log, 7)
    # All that figures are made of.
    assert [(step.data, step.about_position) for step in one] == [
        (step.data, step.about_position) for step in other
    ]


async def test_the_digest_distinguishes_rows(log: EventLog) -> None:
    await log.append(published())
    before = await in_memory(log)
    await meddle(log, Random(1), 1)
    note = published()[1] | {
        "id": "one-more",
        "data": {"about": "organisation/amnesty-uk", "text": "!"},
    }
    await log.append([note])
    assert await in_memory(log) != before


async def test_it_does_not_depend_on_the_order_of_rows(log: EventLog) -> None:
    await record_generated(log, 3)
    steps = linked([recorded async for recorded in log.read()], log.catalogue)
    tables = fold(steps)
    assert rows_digest({name: rows[::-1] for name, rows in tables.items()}) == rows_digest(tables)


async def everything_but_marks_agrees(log: EventLog, seed: int) -> None:
    """Compare the rows of a log with corrections with those of the log as it would be had it been written so."""
    await record_generated(log, seed, meddled=80)
    lines = [recorded async for recorded in log.read()]
    written = as_written(lines)
    gone = {one.position for one in lines} - {one.position for one in written}
    assert gone
    one, other = (fold(linked(record, log.catalogue)) for record in (lines, written))
    assert without_marks(one.items(), gone) == without_marks(other.items(), gone)


@pytest.mark.parametrize("seed", SHORT_SEEDS)
async def test_after_corrections_rows_are_those_of_the_log_written_so(
    log: EventLog, seed: int
) -> None:
    await everything_but_marks_agrees(log, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG_SEEDS)
async def test_after_corrections_rows_are_those_of_many_logs_written_so(
    log: EventLog, seed: int
) -> None:
    await everything_but_marks_agrees(log, seed)
