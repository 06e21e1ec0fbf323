"""A worker that appends to a log: a service process as far as the log is concerned. `python -m … URL NAME TASKS`."""

import asyncio
import sys

from events.log import EventLog
from tests.benchmarks.load.load import Load
from tests.benchmarks.load.pace import appended
from tests.benchmarks.load.worker import orders, ready, say


async def main(url: str, name: str, tasks: int) -> None:
    """Append for as many seconds as each order says."""
    load = Load(name)
    load.foundation()
    next_order = orders()
    async with await EventLog.open(url) as log:
        ready()
        while seconds := (await next_order()).strip():
            run = await appended(log, load, tasks=tasks, seconds=float(seconds))
            say({"positions": run.positions, "seconds": run.seconds})


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
