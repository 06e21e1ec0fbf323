"""A replica is only read if it belongs to its primary; otherwise readiness says why."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from events.log import EventLog
from events.store.connections import Unavailable
from events.store.replica import LogIdentity, NotAReplica, replica_check
from tests.events.samples import noted
from tests.service.app import Api, open_api, problem
from tests.service.replicas.servers import PATIENCE_SECONDS, Pair, replicated
from tests.service.replicas.test_graphql import begin, replica_settings


async def refused(api: Api) -> dict[str, Any]:
    """Check that nothing is read on the replica; return what readiness reports of it."""
    problem(await api.get("/events"), 503)
    standby = api.service.standby
    assert standby is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (standby.is_foreign and api.service.runner.state.is_ready):
            await asyncio.sleep(0.02)
    response = await api.get("/health/ready", None)
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["status"]) == (503, "the replica is none of this database")
    replica: dict[str, Any] = body["replica"]
    return replica


async def test_another_database_of_the_server_is_no_replica(
    database_url: str, empty_database_url: str
) -> None:
    async with await EventLog.open(empty_database_url):
        pass
    async with open_api(database_url, lives=True, replica_url=SecretStr(empty_database_url)) as api:
        await api.begin()
        refusal = await refused(api)
        assert refusal["trouble"].endswith(": it is another database of the server")
        assert refusal["phase"] == "waiting"
        (error,) = problem(await api.get("/events", accept="application/x-ndjson"), 503)
        assert error["rule"] == "replica.foreign"
        assert (await api.post(noted("organisation/mill"))).status_code == 201


async def test_the_primary_itself_is_no_replica(database_url: str) -> None:
    async with open_api(database_url, lives=True, replica_url=SecretStr(database_url)) as api:
        await api.begin()
        assert (await refused(api))["trouble"].endswith(": it is not in recovery")


async def test_a_replica_of_another_server_is_none(pair: Pair, database_url: str) -> None:
    settings = {"replica_url": SecretStr(pair.replica_url)}
    async with open_api(database_url, lives=True, **settings) as api:
        await api.begin()
        assert (await refused(api))["trouble"].endswith(": it belongs to another server")


async def test_a_replica_is_never_ahead_and_has_the_primarys_lines(pair: Pair) -> None:
    async with open_api(pair.primary) as api:
        await api.begin()
        await pair.until_it_has(6)
        log = api.service.log
        connection = await asyncpg.connect(pair.replica_url)

        async def held(**otherwise: Any) -> None:
            async def primary(through: int) -> LogIdentity:
                return replace(await log.identity(through), **otherwise)

            await replica_check(primary, pair.replica_url)(connection)

        await held()
        with pytest.raises(NotAReplica, match=r"it is ahead, at position 6 of 5$"):
            await held(position=5)
        with pytest.raises(NotAReplica, match=r"at position 6 it has another line$"):
            await held(hash="f" * 64)
        with pytest.raises(NotAReplica, match=r"it belongs to another server$"):
            await held(system=1)

        answers = [True, False, False]

        async def sometimes(through: int) -> LogIdentity:
            if answers.pop(0):
                return await log.identity(through)
            raise Unavailable("the primary is away")

        check = replica_check(sometimes, pair.replica_url)
        await check(connection)
        # It is what it was.
        await check(connection)
        with pytest.raises(Unavailable, match=r"away"):
            await replica_check(sometimes, pair.replica_url)(connection)
        await connection.close()


@pytest.fixture
def own() -> Iterator[Pair]:
    """A primary and a replica that may become something else."""
    with replicated() as pair:
        yield pair


async def test_a_replica_that_becomes_a_primary_is_read_no_more(own: Pair) -> None:
    async with open_api(own.primary, lives=True, **replica_settings(own)) as api:
        await begin(api)
        assert (await api.get("/events")).status_code == 200
        assert (await api.get("/health/ready", None)).status_code == 200
        await own.on_replica("select pg_promote()")
        standby = api.service.standby
        assert standby is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not standby.is_foreign:
                await asyncio.sleep(0.02)
        endings = (": it is no longer in recovery", ": it is not in recovery")
        assert (await refused(api))["trouble"].endswith(endings)
