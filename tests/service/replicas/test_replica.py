"""A real streaming replica of the database, run by the wheel's programs, from which replays are read."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from tests.events.samples import noted
from tests.service.app import SSE, Api, open_api, problem
from tests.service.replicas.servers import PATIENCE_SECONDS, Pair


@pytest.fixture
async def api(pair: Pair) -> AsyncIterator[Api]:
    """A service on the primary that reads replays from the replica."""
    replica_url = SecretStr(pair.replica_url)
    async with open_api(pair.primary, replica_url=replica_url, min_position_seconds=3.0) as api:
        await api.begin()
        await pair.until_it_has(await api.head())
        yield api


async def test_replays_come_from_the_replica_and_writes_go_to_the_primary(
    pair: Pair, api: Api
) -> None:
    before = (await api.get("/events")).content
    assert before.count(b"\n") == 6
    await pair.replica.pause()
    posted = await api.post(noted("organisation/mill"))
    assert posted.status_code == 201
    assert (await api.get("/events")).content == before
    assert len(await api.lines("mill")) == len(await api.lines("mill", "?limit=100"))
    await pair.replica.resume()
    await pair.until_it_has(7)
    assert (await api.get("/events")).content.startswith(before)


async def test_a_position_that_a_lagging_replica_has_not_is_waited_for_then_refused(
    pair: Pair, api: Api
) -> None:
    await pair.replica.pause()
    await api.post(noted("organisation/mill"))
    refused = await api.get("/events?min_position=7")
    [error] = problem(refused, 503)
    assert error["rule"] == "position.not_reached"
    assert refused.headers["retry-after"]
    assert (await api.get("/events?min_position=6")).status_code == 200
    waiting = asyncio.create_task(api.get("/events?min_position=7"))
    await pair.replica.resume()
    reached = await waiting
    assert (reached.status_code, reached.content.count(b"\n")) == (200, 7)


async def test_a_follower_on_a_replica_gets_what_comes(pair: Pair, api: Api) -> None:
    log = api.service.replica
    assert log is not None
    following = log.follow(after=6)
    coming = asyncio.create_task(anext(following))
    await api.post(noted("organisation/mill"))
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await coming).position == 7
    await following.aclose()


async def test_a_replica_that_is_away_is_reported_and_writes_continue(database_url: str) -> None:
    nowhere = SecretStr("postgresql://howcanwe@127.0.0.1:1/howcanwe")
    async with open_api(database_url, replica_url=nowhere) as api:
        await api.begin()
        for accept in ("application/x-ndjson", SSE):
            problem(await api.get("/events", accept=accept), 503)
        assert (await api.get("/events/1")).status_code == 200
