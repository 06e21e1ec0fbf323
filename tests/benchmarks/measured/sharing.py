"""Two service processes on one database: together as fast as one, and in one order."""

import asyncio

from events.log import EventLog
from tests.benchmarks.bench import Bench
from tests.benchmarks.load.load import Load
from tests.benchmarks.load.worker import Worker
from tests.benchmarks.measured.appending import TASKS
from tests.benchmarks.table import Row, compared


async def sharing(bench: Bench) -> list[Row]:
    """Measure two processes beside one; then once more, uncounted, while a third follows."""
    url = await bench.database()
    async with await EventLog.open(url) as log:
        prepared = len(await log.append(Load("share").foundation()))
        workers = [await Worker.start("appender", url, "share", TASKS) for _ in range(2)]
        positions: list[int] = []

        async def rate(*appenders: Worker) -> float:
            runs = await asyncio.gather(*(a.answer_to(bench.seconds) for a in appenders))
            for run in runs:
                positions.extend(run["positions"])
            return float(sum(len(run["positions"]) / run["seconds"] for run in runs))

        await rate(*workers)
        rounds = [(await rate(*workers), await rate(workers[0])) for _ in range(bench.rounds)]
        follower = await Worker.start("follower", url)
        await rate(*workers)
        for worker in workers:
            await worker.end()
        head = await log.head()
        bench.tally.followed(await follower.answer_to(head), head)
        await follower.end()
        await bench.tally.check(log, prepared, positions)
        await bench.tally.check_chain(log)
    return [compared(f"append, 2 processes x {TASKS} tasks", "events/s", "1 process", rounds, 0.9)]
