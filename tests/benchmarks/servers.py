"""HTTP servers in processes of their own, each with one worker."""

import argparse
import asyncio
import os
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

import psutil  # type: ignore[import-untyped]  # it ships no types
import uvicorn
from fastapi import FastAPI

HOST: Final = "127.0.0.1"
START_SECONDS_MAX: Final = 60.0
SERVICE: Final = ("service.cli", "serve")
STILL: Final = ("tests.benchmarks.without_projections", "serve")
MASTER_KEY: Final = "00" * 32
"""What the logs that are measured were recorded with: a database has one master key."""
BARE: Final = ("tests.benchmarks.compared.bare",)
PLAIN: Final = ("tests.benchmarks.compared.plain",)
STOCK: Final = ("tests.benchmarks.compared.stock",)


class Server:
    """A server that answers at `port`."""

    def __init__(self, port: int, process: asyncio.subprocess.Process) -> None:
        self.port = port
        self._process = psutil.Process(process.pid)

    def processor_seconds(self) -> float:
        """Return the processor time that its process has used."""
        used = self._process.cpu_times()
        return float(used.user + used.system)

    def memory(self) -> int:
        """Return the bytes of memory that its process holds."""
        return int(self._process.memory_info().rss)

    def own_memory(self) -> int:
        """Return the bytes of memory that its process shares with no other."""
        return int(self._process.memory_full_info().uss)


@asynccontextmanager
async def serving(command: tuple[str, ...], url: str, **environment: str) -> AsyncIterator[Server]:
    """Run the server on the database at `url`; afterwards it has ended."""
    port = free_port()
    program = (sys.executable, "-m", *command, f"--database-url={url}", f"--port={port}")
    with tempfile.TemporaryDirectory(prefix="howcanwe-bench-serve-") as folder:
        own = {"HOWCANWE_DATA": folder, "HOWCANWE_MASTER_KEY": MASTER_KEY}
        async with running(program, port, environment={**own, **environment}) as server:
            yield server


@asynccontextmanager
async def running(
    program: Sequence[str], port: int, *, environment: Mapping[str, str], stdin: bytes = b""
) -> AsyncIterator[Server]:
    """Run a program that reads `stdin` and serves at the port; afterwards it has ended."""
    process = await asyncio.create_subprocess_exec(
        *program, env={**os.environ, **environment}, stdin=PIPE
    )
    try:
        assert process.stdin is not None
        process.stdin.write(stdin)
        process.stdin.close()
        await asyncio.wait_for(_answers(port, process), START_SECONDS_MAX)
        yield Server(port, process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def new_key(url: str) -> str:
    """Return a new facilitator's key."""
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "service.cli",
            "keys",
            "create",
            "--role",
            "facilitator",
            "--cohort",
            "*",
        ),
        env={**os.environ, "HOWCANWE_DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
    )
    key, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError("no key could be made")
    return key.decode().strip()


def serve(create_app: Callable[[str], FastAPI]) -> None:
    """Serve an application, in a process of its own, until it is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database-url")
    parser.add_argument("--port", type=int)
    given = parser.parse_args()
    app = create_app(given.database_url)
    uvicorn.run(app, host=HOST, port=given.port, access_log=False, log_level="error")


async def _answers(port: int, process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    raise RuntimeError(f"the server ended with code {process.returncode}")


def free_port() -> int:
    """Return a port at which nothing is served."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port
