"""GraphQL with a streaming replica: queries are read there, and an answer never hides what the replica lacks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest
from pydantic import SecretStr

from events.access.principal import RECORD
from projections.updating.replica import ReplicaFollower
from tests.events.samples import asked, forgotten, noted
from tests.service.app import PERSONAL, Api, open_api, person, problem
from tests.service.replicas.servers import PATIENCE_SECONDS, Pair
from tests.service.serving import Served, serving

MILL = '{ organisation(key: "mill") { timeline(first: 100) { totalCount liveCursor } } }'
FOLLOWING = """subscription($after: Position) {
  timeline(organisation: "mill", after: $after) { ... on TimelineEntry { position } }
}"""


def replica_settings(pair: Pair, **more: Any) -> dict[str, Any]:
    """Return the settings of a service with the replica."""
    return {
        "replica_url": SecretStr(pair.replica_url),
        "replica_poll_seconds": 0.02,
        "min_position_seconds": 0.5,
        **more,
    }


async def begin(api: Api) -> None:
    """Record a cohort, and wait until the replica has what is made of it."""
    await api.begin()
    await until_served(api, 6)


async def until_served(api: Api, position: int) -> None:
    assert await api.service.served.wait_for(position, PATIENCE_SECONDS)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not api.service.served.state.has_caught_up:
            await asyncio.sleep(0.01)


@pytest.fixture
async def api(pair: Pair) -> AsyncIterator[Api]:
    """A service on the primary that reads from the replica, with a cohort of six events."""
    async with open_api(pair.primary, lives=True, **replica_settings(pair)) as api:
        await begin(api)
        yield api


async def ask(
    api: Api, query: str, who: str | None = "facilitator", **headers: str
) -> httpx.Response:
    return await api.client.post(
        "/graphql", json={"query": query}, headers=api.headers(who, headers)
    )


async def data(api: Api, query: str, who: str = "facilitator") -> Any:
    response = await ask(api, query, who)
    answer = response.json()
    assert response.status_code == 200 and "errors" not in answer, answer
    return answer["data"]


async def refusal(api: Api, query: str, **headers: str) -> dict[str, Any]:
    """Return what a refusal for the time being says in its extensions."""
    response = await ask(api, query, **headers)
    assert response.status_code == 503, response.text
    assert response.headers["retry-after"]
    extensions: dict[str, Any] = response.json()["errors"][0]["extensions"]
    return extensions


async def note(api: Api, number: int = 1) -> None:
    for _ in range(number):
        response = await api.post(noted("organisation/mill"))
        assert response.status_code == 201, response.text


async def until_projected(api: Api, position: int) -> None:
    """Wait until the primary's read models have the position."""
    assert await api.service.runner.wait_for(position, PATIENCE_SECONDS)


async def until_ready(api: Api, status: str) -> dict[str, Any]:
    """Wait until readiness says so; return what else it says."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            response = await api.get("/health/ready", None)
            body: dict[str, Any] = response.json()
            assert (response.status_code == 200) is (body["status"] == "ready")
            if body["status"] == status:
                return body
            await asyncio.sleep(0.02)


async def test_every_query_is_answered_by_the_replica(pair: Pair, api: Api) -> None:
    query = """{
      organisation(key: "mill") {
        timeline(first: 100) { totalCount liveCursor nodes { ... on TimelineEntry { position } } }
        asItIs: journey { position asks(first: 9) { totalCount } }
        asItStood: journey(asOf: {position: 999}) { asks(first: 9) { totalCount } }
      }
      ask(key: "help") { text }
      events(first: 100, stream: "organisation/mill") { nodes { position } }
      event(position: 7) { position }
      search(text: "help", first: 9) { totalCount }
      insights { openAsks { n } }
    }"""
    before = await data(api, query)
    assert before["organisation"]["timeline"]["liveCursor"] == 6
    assert before["ask"] is before["event"] is None
    await pair.replica.pause()
    await api.post(asked("help", text="Who can help us?"))
    await until_projected(api, 7)
    assert await data(api, query) == before
    await pair.replica.resume()
    await until_served(api, 7)
    after = await data(api, query)
    assert after["organisation"] == {
        "timeline": {
            "totalCount": 3,
            "liveCursor": 7,
            "nodes": [{"position": position} for position in (2, 5, 7)],
        },
        "asItIs": {"position": 7, "asks": {"totalCount": 1}},
        "asItStood": {"asks": {"totalCount": 1}},
    }
    assert after["ask"]["text"] == "Who can help us?"
    assert [node["position"] for node in after["events"]["nodes"]] == [2, 5, 7]
    assert after["event"]["position"] == 7
    assert (after["search"]["totalCount"], after["insights"]["openAsks"]["n"]) == (1, 1)


async def test_a_position_that_a_lagging_replica_has_not_is_waited_for_then_refused(
    pair: Pair, api: Api
) -> None:
    await pair.replica.pause()
    await note(api, 2)
    await until_projected(api, 8)
    refused = await refusal(api, MILL, **{"Min-Position": "8"})
    assert refused == {"code": "position.not_reached", "position": 6, "lag": 2}
    assert (await ask(api, MILL, **{"Min-Position": "6"})).status_code == 200
    waiting = asyncio.create_task(ask(api, MILL, **{"Min-Position": "8"}))
    await pair.replica.resume()
    await waiting
    answer = (await ask(api, MILL, **{"Min-Position": "8"})).json()
    assert answer["data"]["organisation"]["timeline"] == {"totalCount": 4, "liveCursor": 8}


async def test_a_name_is_gone_with_its_key_however_far_the_replica_is_behind(
    pair: Pair, api: Api
) -> None:
    await api.post(person())
    await until_served(api, 7)
    query = '{ person(key: "grace") { name email role } }'
    role = {"role": "curator"}
    assert (await data(api, query))["person"] == {
        "name": PERSONAL[0],
        "email": PERSONAL[1],
        **role,
    }
    await pair.replica.pause()
    await api.post(forgotten())
    assert (await data(api, query))["person"] == {"name": None, "email": None, **role}
    assert (await data(api, MILL))["organisation"]["timeline"]["liveCursor"] == 7
    # Keys that are still on the replica open nothing: it is read without the master key.
    assert await pair.on_replica("select count(*) from person_keys") == 1
    assert api.service.replica is not None
    with pytest.raises(Exception, match="no master key"):
        await api.service.replica.personal(["grace"], RECORD)


async def test_a_revoked_key_is_refused_however_far_the_replica_is_behind(
    pair: Pair, api: Api
) -> None:
    assert (await ask(api, MILL, "mill")).status_code == 200
    await pair.replica.pause()
    await api.execute("update keys set revoked_at = now() where organisation = 'mill'")
    assert (await ask(api, MILL, "mill")).status_code == 401


async def test_read_models_that_are_not_on_the_replica_yet_are_waited_for(pair: Pair) -> None:
    await pair.replica.pause()
    async with open_api(pair.primary, lives=True, **replica_settings(pair)) as api:
        await api.begin()
        await until_projected(api, 6)
        body = await until_ready(api, "the read models are not on the replica yet")
        assert (body["replica"]["phase"], body["replica"]["behind"]) == ("catching_up", 6)
        assert (await refusal(api, MILL))["code"] == "read_models.catching_up"
        await pair.replica.resume()
        assert (await until_ready(api, "ready"))["replica"]["phase"] == "following"
        await until_served(api, 6)
        assert (await data(api, MILL))["organisation"]["timeline"]["totalCount"] == 2


async def test_read_models_that_are_not_filled_yet_are_not_served(pair: Pair) -> None:
    async with open_api(pair.primary, **replica_settings(pair)) as api:
        await api.begin()
        await api.service.runner.prepare()
        await pair.until_it_has_all()
        standby = api.service.standby
        assert standby is not None
        watching = asyncio.create_task(standby.run())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while standby.state.head < 6:
                    await asyncio.sleep(0.01)
            refused = await refusal(api, MILL)
            assert refused == {"code": "read_models.catching_up", "position": 0, "head": 6}
            await api.service.runner.catch_up()
            await until_served(api, 6)
            assert (await data(api, MILL))["organisation"]["timeline"]["totalCount"] == 2
        finally:
            watching.cancel()
            await asyncio.wait([watching])


async def test_read_models_rebuilt_in_another_schema_are_found(pair: Pair, api: Api) -> None:
    first = api.service.served.read_models.schema
    # As `read-models prune` of another release does, once nothing holds them.
    await api.service.runner.engine.dispose()
    await pair.on_primary(f'alter schema "{first}" rename to "{first}0"')
    api.service.runner.schema = None
    await note(api)
    await pair.until_it_has_all()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while api.service.served.read_models.schema == first:
            await asyncio.sleep(0.02)
    await until_served(api, 7)
    assert (await data(api, MILL))["organisation"]["timeline"]["liveCursor"] == 7


async def test_a_replica_too_long_behind_is_not_read(pair: Pair) -> None:
    async with open_api(
        pair.primary, lives=True, **replica_settings(pair, replica_lag_seconds_max=0.2)
    ) as api:
        await begin(api)
        await until_ready(api, "ready")
        await pair.replica.pause()
        await note(api)
        body = await until_ready(api, "the replica is behind")
        assert body["replica"]["behind"] == 1
        assert body["replica"]["lag_seconds"] > 0.2
        assert await refusal(api, MILL) == {"code": "replica.behind", "position": 6}
        refused = await api.get("/events")
        [error] = problem(refused, 503)
        assert error["rule"] == "replica.behind"
        assert refused.headers["retry-after"]
        numbers = (await api.get("/metrics", None)).text
        assert "howcanwe_replica_up 1.0" in numbers
        assert "howcanwe_replica_read_models_position 6.0" in numbers
        await pair.replica.resume()
        await until_ready(api, "ready")
        assert (await data(api, MILL))["organisation"]["timeline"]["liveCursor"] == 7
        assert len(await api.lines()) == 7
        assert "howcanwe_replica_lag_seconds 0.0" in (await api.get("/metrics", None)).text


async def test_a_replica_just_too_long_behind_is_not_reported_as_within_the_limit(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = api.service.settings.replica_lag_seconds_max
    lag = property(lambda follower: limit + 0.0004)
    monkeypatch.setattr(ReplicaFollower, "lag_seconds", lag)
    body = await until_ready(api, "the replica is behind")
    assert body["replica"]["lag_seconds"] == limit + 0.001


async def test_a_replica_that_goes_is_reported_and_one_that_comes_back_is_read(
    pair: Pair, api: Api
) -> None:
    await until_ready(api, "ready")
    await pair.replica.stop("QUIT")
    body = await until_ready(api, "the replica is away")
    assert (body["replica"]["phase"], body["read_models"]["phase"]) == ("waiting", "following")
    assert (await refusal(api, MILL))["code"] == "unavailable"
    assert "howcanwe_replica_up 0.0" in (await api.get("/metrics", None)).text
    await note(api)
    await pair.replica.start()
    await until_ready(api, "ready")
    await until_served(api, 7)
    assert (await data(api, MILL))["organisation"]["timeline"]["liveCursor"] == 7


async def test_a_replica_that_is_away_from_the_start_keeps_nobody_from_recording(
    pair: Pair,
) -> None:
    nowhere = SecretStr("postgresql://howcanwe@127.0.0.1:1/howcanwe")
    async with open_api(
        pair.primary, lives=True, **replica_settings(pair, replica_url=nowhere)
    ) as api:
        await until_ready(api, "the replica is away")
        await api.begin()
        assert await refusal(api, MILL) == {"code": "unavailable"}
        assert (await api.get("/events/6")).status_code == 200


async def test_a_replica_that_lags_never_undoes_what_was_shown(pair: Pair, api: Api) -> None:
    standby, log = api.service.standby, api.service.replica
    assert standby is not None and log is not None
    assert (await api.get("/events")).status_code == 200
    # As if what is recorded next had been seen before the replica was started again.
    standby.read_models.has(7)
    log.announcer.announce(7)
    await pair.replica.stop("QUIT")
    await pair.replica.start()
    await until_ready(api, "ready")
    assert (await refusal(api, MILL))["code"] == "unavailable"
    problem(await api.get("/events"), 503)
    await note(api)
    await until_served(api, 7)
    assert (await data(api, MILL))["organisation"]["timeline"]["liveCursor"] == 7
    assert len(await api.lines()) == 7


# Live


@asynccontextmanager
async def following(served: Served, after: int | None) -> AsyncIterator["asyncio.Queue[int]"]:
    """Follow mill's timeline; give a queue with the positions as they come."""
    headers = {**served.api.headers("facilitator"), "accept": "text/event-stream"}
    body = {"query": FOLLOWING, "variables": {"after": after}}
    came: asyncio.Queue[int] = asyncio.Queue()

    async def read(response: httpx.Response) -> None:
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                message = orjson.loads(line.removeprefix("data: "))
                came.put_nowait(message["data"]["timeline"]["position"])

    async with (
        httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client,
        client.stream(
            "POST", f"http://127.0.0.1:{served.port}/graphql", json=body, headers=headers
        ) as response,
    ):
        assert response.status_code == 200
        reading = asyncio.create_task(read(response))
        try:
            yield came
        finally:
            reading.cancel()
            await asyncio.wait([reading])


async def next_of(came: "asyncio.Queue[int]", number: int) -> list[int]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return [await came.get() for _ in range(number)]


async def test_every_entry_comes_once_over_a_replica_that_lags_and_resumes(pair: Pair) -> None:
    async with serving(pair.primary, **replica_settings(pair, heartbeat_seconds=0.1)) as served:
        api = served.api
        await begin(api)
        async with following(served, 0) as came:
            assert await next_of(came, 2) == [2, 5]
            for first in (7, 10, 13):
                await pair.replica.pause()
                await note(api, 3)
                await until_projected(api, first + 2)
                # It is known on the primary by now, and the replica has none of it.
                await refusal(api, MILL, **{"Min-Position": str(first)})
                assert came.empty()
                await pair.replica.resume()
                assert await next_of(came, 3) == [first, first + 1, first + 2]
            await until_served(api, 15)
            assert came.empty()


async def test_a_timeline_continues_when_the_replica_was_away(pair: Pair) -> None:
    async with serving(pair.primary, **replica_settings(pair, heartbeat_seconds=0.1)) as served:
        api = served.api
        await begin(api)
        async with following(served, 0) as came:
            assert await next_of(came, 2) == [2, 5]
            for first in (7, 9):
                await pair.replica.stop("QUIT")
                await until_ready(api, "the replica is away")
                await note(api, 2)
                await pair.replica.start()
                assert await next_of(came, 2) == [first, first + 1]
            await until_served(api, 10)
            assert came.empty()
