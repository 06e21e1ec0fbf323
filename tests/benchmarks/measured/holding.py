"""Appending while another session holds a snapshot open, and on a log that was never analysed.

Two logs with the same history take turns; only the first is in that state. (A snapshot holds back the cleaning up
of its own database, not of the other one.)
"""

import time
from contextlib import AsyncExitStack

import asyncpg

from events.log import EventLog
from tests.benchmarks.bench import Bench
from tests.benchmarks.load.load import Load
from tests.benchmarks.load.pace import appended
from tests.benchmarks.measured.appending import TASKS
from tests.benchmarks.table import Row, compared

TABLES = ("events", "stream_events", "subjects")
HISTORY_SECONDS = 2.0


async def holding(bench: Bench) -> list[Row]:
    """Measure both."""
    return [await _under_a_snapshot(bench), await _unanalysed(bench)]


class _Log:
    """A log that takes its turns, and what it acknowledged."""

    def __init__(self, url: str, log: EventLog) -> None:
        self.url = url
        self.log = log
        self.load = Load("hold")
        self.positions: list[int] = []
        self.prepared = 0

    async def prepare(self) -> None:
        self.prepared = len(await self.log.append(self.load.foundation()))

    async def rate(self, seconds: float) -> float:
        run = await appended(self.log, self.load, tasks=TASKS, seconds=seconds)
        self.positions += run.positions
        return run.rate


async def _opened(bench: Bench, stack: AsyncExitStack) -> _Log:
    url = await bench.database()
    log = _Log(url, await stack.enter_async_context(await EventLog.open(url)))
    await log.prepare()
    return log


async def _under_a_snapshot(bench: Bench) -> Row:
    async with AsyncExitStack() as stack:
        held, free = await _opened(bench, stack), await _opened(bench, stack)
        for log in (held, free):
            await log.rate(HISTORY_SECONDS)
        other = await asyncpg.connect(held.url)
        stack.push_async_callback(other.close)
        await other.execute("begin isolation level repeatable read")
        await other.execute("select 1 from events limit 1")
        rounds = []
        until = time.monotonic() + bench.snapshot_seconds
        while time.monotonic() < until:
            rounds.append((await held.rate(bench.seconds), await free.rate(bench.seconds)))
        await other.execute("commit")
        for log in (held, free):
            await bench.tally.check(log.log, log.prepared, log.positions)
    # A snapshot's effect grows with time: the second half shows it.
    what = f"append, {TASKS} tasks, a snapshot open for {bench.snapshot_seconds:.0f} s"
    return compared(what, "events/s", "no snapshot", rounds[len(rounds) // 2 :], 0.9)


async def _unanalysed(bench: Bench) -> Row:
    async with AsyncExitStack() as stack:
        fresh, analysed = await _opened(bench, stack), await _opened(bench, stack)
        session = await asyncpg.connect(fresh.url)
        stack.push_async_callback(session.close)
        for table in TABLES:
            await session.execute(f"alter table {table} set (autovacuum_enabled = off)")
        await analysed.rate(HISTORY_SECONDS)
        other = await asyncpg.connect(analysed.url)
        stack.push_async_callback(other.close)
        await other.execute("analyze")
        rounds = [
            (await fresh.rate(bench.seconds), await analysed.rate(bench.seconds))
            for _ in range(bench.rounds)
        ]
        for log in (fresh, analysed):
            await bench.tally.check(log.log, log.prepared, log.positions)
    return compared(
        f"append, {TASKS} tasks, fresh and unanalysed", "events/s", "analysed", rounds, 0.9
    )
