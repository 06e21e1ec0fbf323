"""`kill -9` in the middle of a load: nothing acknowledged is lost, nothing is recorded twice, and service resumes."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest

from events.lines.recorded import Recorded
from events.log import EventLog
from tests.faults.followers import LogFollower, StreamFollower, following
from tests.faults.load import Load
from tests.processes import Serving, data_folder, key_for, postmaster_pid, run, until

LONG_ROUNDS = 15


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder in which nothing is left running."""
    with data_folder() as data:
        yield data


def url_of(data: Path) -> str:
    """Return the URL of the embedded database that runs on the folder."""
    socket = (data / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    return f"postgresql://howcanwe@/howcanwe?host={quote(socket)}&port=5432"


class House:
    """A service under load, with followers; parts of it are killed, and it is looked at afterwards."""

    def __init__(self, data: Path, service: Serving, load: Load) -> None:
        self.data = data
        self.service = service
        self.load = load

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


Blow = Callable[[House], Awaitable[None]]


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


@asynccontextmanager
async def under_load(data: Path, seed: int) -> AsyncIterator[House]:
    """Serve under load; afterwards everything that was promised holds, and the service ends in order."""
    service = Serving(data)
    house: House | None = None
    try:
        await asyncio.to_thread(service.ready)
        load = Load(service.address, await asyncio.to_thread(key_for, data), Random(seed))
        house = House(data, service, load)
        await load.begin()
        live = LogFollower(url_of(data))
        stream = StreamFollower(service.address, load.key)
        async with following(live, stream):
            async with load.running():
                await load.resumes()
                yield house
                await load.resumes()
            lines = await house.lines()
            load.check(lines)
            await live.saw(lines)
            await stream.saw(lines)
        verified = await asyncio.to_thread(run, "verify", "--data", data)
        assert (verified.returncode, verified.stdout.split()[0]) == (0, b"%d" % len(lines))
        assert house.service.stop() == 0
        assert "trace=" not in house.service.err.text, house.service.err.text
        assert "Traceback" not in house.service.err.text, house.service.err.text
    except BaseException as error:
        error.add_note(
            f"The service wrote: {(house.service if house is not None else service).err.text}"
        )
        raise
    finally:
        with house.service if house is not None else service:
            pass


@pytest.mark.parametrize("blow", [the_service, the_database, both])
async def test_a_kill_in_the_middle_of_a_load_loses_nothing(data: Path, blow: Blow) -> None:
    async with under_load(data, seed=1) as house:
        await blow(house)
        back_s = await house.load.resumes()
    load = house.load
    print(  # noqa: T201 - the measured times, shown by pytest -s
        f"{blow.__name__}: answers again after {back_s:.2f} s; {len(load.acknowledged)} acknowledged,"
        f" {load.refused_503} x 503, {load.unknown} unknown, {load.cut} cut"
    )
    assert load.refused_503 or load.cut


async def test_while_the_database_is_away_requests_get_503_and_then_it_is_back(data: Path) -> None:
    async with under_load(data, seed=2) as house:
        first = postmaster_pid(data)
        await the_database(house)
        await house.load.resumes()
        assert postmaster_pid(data) != first
        assert house.load.refused_503, "no request was answered with 503"
        messages = house.service.err.text
        assert messages.count("PostgreSQL has died") == 1
        assert messages.count("PostgreSQL is running again") == 1


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
async def test_many_kills_in_a_row_lose_nothing(data: Path, seed: int) -> None:
    random = Random(seed)
    async with under_load(data, seed) as house:
        for _ in range(LONG_ROUNDS):
            await random.choice((the_service, the_database, both))(house)
            await house.load.resumes(random.randint(1, 500))
