"""A service that runs as a process on a data folder; parts of it are killed, and its log is read afterwards."""

import asyncio
import os
import signal
from pathlib import Path
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]  # it ships no types

from events.lines.recorded import Recorded
from events.log import EventLog
from tests.processes import Serving, postmaster_pid, until


def url_of(data: Path) -> str:
    """Return the URL of the embedded database that runs on the folder."""
    socket = (data / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    return f"postgresql://howcanwe@/howcanwe?host={quote(socket)}&port=5432"


class House:
    """A service and the data folder that it runs on."""

    def __init__(self, data: Path, service: Serving) -> None:
        self.data = data
        self.service = service

    def kill_service(self) -> None:
        """Kill the serving process; its database runs on without it."""
        os.kill(self.service.pid, signal.SIGKILL)
        assert self.service.wait() == -signal.SIGKILL
        assert "Traceback" not in self.service.err.text
        assert "trace=" not in self.service.err.text

    def kill_database(self) -> None:
        """Kill the database's first process."""
        os.kill(postmaster_pid(self.data), signal.SIGKILL)

    async def restart_service(self) -> None:
        """Start the service again where it was."""
        port = self.service.port
        self.service = Serving(self.data, port=port)
        await asyncio.to_thread(self.service.ready)

    async def lines(self) -> list[Recorded]:
        """Return the log."""
        async with await EventLog.open(url_of(self.data)) as log:
            return [recorded async for recorded in log.read()]


async def the_service(house: House) -> None:
    """Kill the service, and start it again."""
    house.kill_service()
    await house.restart_service()


async def the_database(house: House) -> None:
    """Kill the database, which comes back by itself."""
    before = postmaster_pid(house.data)
    house.kill_database()
    await asyncio.to_thread(until, lambda: _new_postmaster(house.data, before))


async def both(house: House) -> None:
    """Kill both, and start the service again."""
    house.kill_database()
    house.kill_service()
    await house.restart_service()


def _new_postmaster(data: Path, before: int) -> bool:
    try:
        pid = postmaster_pid(data)
    except (OSError, IndexError, ValueError):
        return False
    return pid != before and bool(psutil.pid_exists(pid))
