"""`kill -9` in the middle of a load: nothing acknowledged is lost, nothing is recorded twice, and service resumes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from tests.faults.followers import LogFollower, StreamFollower, following
from tests.faults.house import House, both, the_database, the_service, url_of
from tests.faults.load import Load
from tests.processes import Serving, data_folder, key_for, postmaster_pid, run

LONG_ROUNDS = 15


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder in which nothing is left running."""
    with data_folder() as data:
        yield data


class Loaded(House):
    """A service under load, with followers."""

    def __init__(self, data: Path, service: Serving, load: Load) -> None:
        super().__init__(data, service)
        self.load = load


Blow = Callable[[House], Awaitable[None]]


@asynccontextmanager
async def under_load(data: Path, seed: int) -> AsyncIterator[Loaded]:
    """Serve under load; afterwards everything that was promised holds, and the service ends in order."""
    service = Serving(data)
    house: Loaded | None = None
    try:
        await asyncio.to_thread(service.ready)
        load = Load(service.address, await asyncio.to_thread(key_for, data), Random(seed))
        house = Loaded(data, service, load)
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
