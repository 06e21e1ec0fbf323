"""Runners that follow a log, and waiting for what they come to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from projections.updating.runner import Runner

PATIENCE_S = 60
"""How long a test waits for what must come."""


@asynccontextmanager
async def running(runner: Runner) -> AsyncIterator[asyncio.Task[None]]:
    """Yield the task of a runner that follows the log, and end it afterwards."""
    task = asyncio.create_task(runner.run())
    try:
        yield task
    finally:
        await end(task)


async def end(task: asyncio.Task[None]) -> None:
    """Cancel a task, and wait for its end."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until(holds: Callable[[], bool]) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():
            await asyncio.sleep(0.005)
