"""Appending, beside `eventsourcing`: which keeps one stream and no rules, chain or receipts."""

import asyncio

from events.log import EventLog
from tests.benchmarks.bench import Bench
from tests.benchmarks.compared.peers import eventsourcing
from tests.benchmarks.load.load import BATCH_EVENTS, Load
from tests.benchmarks.load.pace import appended
from tests.benchmarks.table import Row, compared

TASKS = 16
WARM_UP_SECONDS = 0.5


async def appending(bench: Bench) -> list[Row]:
    """Measure one event at a time from 16 tasks (the peer: threads) and from one, and batches from one."""
    return [
        await _compared(bench, f"append, {TASKS} tasks", tasks=TASKS, events=1, at_least=4),
        await _compared(bench, "append, 1 task", tasks=1, events=1, at_least=1),
        await _compared(
            bench,
            f"append, batches of {BATCH_EVENTS}",
            tasks=1,
            events=BATCH_EVENTS,
            at_least=0.6,
        ),
    ]


async def _compared(bench: Bench, what: str, *, tasks: int, events: int, at_least: float) -> Row:
    rounds = []
    positions: list[int] = []
    load = Load("append")
    with eventsourcing(await bench.database()) as peer:
        async with await EventLog.open(await bench.database()) as log:
            prepared = len(await log.append(load.foundation()))
            for seconds in (WARM_UP_SECONDS, *[bench.seconds] * bench.rounds):
                other = await asyncio.to_thread(
                    peer.store, threads=tasks, events=events, seconds=seconds
                )
                run = await appended(log, load, tasks=tasks, events=events, seconds=seconds)
                positions += run.positions
                rounds.append((run.rate, other))
            await bench.tally.check(log, prepared, positions)
    return compared(what, "events/s", "eventsourcing", rounds[1:], at_least)
