"""A worker that follows a log live, in a process of its own. `python -m … URL`."""

import asyncio
import sys
from contextlib import suppress

from events.log import EventLog
from tests.benchmarks.load.worker import orders, ready, say


async def main(url: str) -> None:
    """Follow; the order gives the position to stop at. Return the positions that came, in their order."""
    positions: list[int] = []
    next_order = orders()
    async with await EventLog.open(url) as log:

        async def follow() -> None:
            async for recorded in log.follow():
                positions.append(recorded.position)

        following = asyncio.create_task(follow())
        ready()
        head = int(await next_order())
        while not positions or positions[-1] < head:
            await asyncio.sleep(0.01)
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
    say(positions)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
