"""The rate at which a log records events: so many tasks, each sending again as soon as it is answered."""

import asyncio
import time
from dataclasses import dataclass, field

from events.log import EventLog
from tests.benchmarks.load.load import Load


@dataclass(slots=True)
class Run:
    """What was appended: the positions acknowledged, and in how many seconds."""

    positions: list[int] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Events per second."""
        return len(self.positions) / self.seconds


async def appended(
    log: EventLog, load: Load, *, tasks: int, events: int = 1, seconds: float
) -> Run:
    """Append for so long, `events` at a time from each task."""
    run = Run()
    begin = time.perf_counter()

    async def work() -> None:
        while time.perf_counter() < begin + seconds:
            receipts = await log.append(load.batch(events))
            run.positions += [receipt.position for receipt in receipts]

    await asyncio.gather(*(work() for _ in range(tasks)))
    run.seconds = time.perf_counter() - begin
    return run
