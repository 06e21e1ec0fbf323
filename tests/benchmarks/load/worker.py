"""Work in a process of its own: it reports that it is ready, begins on order, and ends with one line of JSON."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from typing import Any

READY = "ready"
READY_SECONDS_MAX = 60.0


class Worker:
    """A worker, as the bench sees it: `python -m tests.benchmarks.<module> arguments…`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, module: str, *arguments: object) -> "Worker":
        """Start it; afterwards it is ready."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            f"tests.benchmarks.load.{module}",
            *map(str, arguments),
            stdin=PIPE,
            stdout=PIPE,
            limit=1 << 26,
        )
        worker = cls(process)
        reported = await asyncio.wait_for(worker.line(), READY_SECONDS_MAX)
        assert reported == READY, f"{module} says {reported!r}"
        return worker

    async def answer_to(self, order: object = "") -> Any:
        """Order it to begin, or what to do next, and return its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n".encode())
        await self._process.stdin.drain()
        return json.loads(await self.line())

    async def end(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def line(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()


def ready() -> None:
    """Say, in the worker, that it is ready."""
    print(READY, flush=True)


def orders() -> Callable[[], "asyncio.Future[str]"]:
    """Return, in the worker, what waits for the next order; an empty text is the end."""
    loop = asyncio.get_running_loop()
    return lambda: loop.run_in_executor(None, sys.stdin.readline)


def say(result: Any) -> None:
    """Print, in the worker, its result."""
    print(json.dumps(result), flush=True)
