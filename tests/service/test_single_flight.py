"""Sharing: equal requests at the same moment are computed once, and nothing is kept."""

import asyncio
from typing import Any

import asyncpg

from service.access.keys import Keys
from service.single_flight import SingleFlight
from tests.service.app import Api


class Asked:
    """Something that is asked, counted, and answered when the test lets it."""

    def __init__(self) -> None:
        self.times = 0
        self.may_answer = asyncio.Event()

    async def __call__(self) -> int:
        self.times += 1
        number = self.times
        await self.may_answer.wait()
        return number


async def begun(sharing: SingleFlight, asked: Asked, number: int) -> list[asyncio.Task[int]]:
    """Ask so many times at once; all of them wait."""
    tasks = [asyncio.create_task(sharing.get("what", asked)) for _ in range(number)]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_callers_meanwhile_get_the_same_answer_and_later_ones_another() -> None:
    sharing, asked = SingleFlight(), Asked()
    tasks = await begun(sharing, asked, 3)
    asked.may_answer.set()
    assert await asyncio.gather(*tasks) == [1, 1, 1]
    assert await sharing.get("what", asked) == 2


async def test_a_caller_that_goes_away_takes_nothing_from_the_others() -> None:
    sharing, asked = SingleFlight(), Asked()
    first, second = await begun(sharing, asked, 2)
    first.cancel()
    asked.may_answer.set()
    assert await second == 1


async def test_a_forgotten_answer_is_asked_for_again() -> None:
    sharing, asked = SingleFlight(), Asked()
    [first] = await begun(sharing, asked, 1)
    sharing.forget("what")
    [second] = await begun(sharing, asked, 1)
    asked.may_answer.set()
    assert (await first, await second) == (1, 2)


class CountedPool:
    """A pool that counts the rows it is asked for."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self.rows = 0
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    async def fetchrow(self, statement: str, *arguments: object) -> Any:
        self.rows += 1
        return await self._pool.fetchrow(statement, *arguments)


async def test_a_key_is_looked_up_once_for_all_who_come_with_it_at_once(api: Api) -> None:
    async with api.pool() as pool:
        counted: Any = CountedPool(pool)
        keys = Keys(counted, api.service.log.memberships, cache_seconds=60)
        comers = [keys.access(api.keys["mill"]) for _ in range(50)]
        assert len(set(await asyncio.gather(*comers))) == 1
        assert counted.rows == 1
