"""A log of release 0.1.0 that holds the first instant, which that release stored as `-infinity`: all of it works."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from events.log import EventLog
from projections.updating import builds
from projections.updating.runner import Runner
from tests.events.samples import planned
from tests.projections.updating.test_digest import in_memory, rebuilt
from tests.releases import FIRST_INSTANT, master_key, restored_tables
from tests.service.app import Api, faults_in, open_api, problem
from tests.service.replay.logs import whole
from tests.service.replay.test_export import done

FIRST = "0001-01-01T00:00:00Z"
VOIDED = 485
"""The note of that instant which had been voided."""
QUERIES = (
    "{ iterations(first: 100) { nodes { key time } } }",
    "{ iterations(first: 3, order: {by: TIME}) { nodes { key time } pageInfo { endCursor } } }",
    '{ organisation(key: "odd-o") { timeline(first: 3) { nodes { __typename ... on TimelineEntry { time } } } } }',
)
NEXT = "query ($after: String) { iterations(first: 2, after: $after, order: {by: TIME})"
NEXT += " { nodes { key } pageInfo { endCursor hasNextPage } } }"


@pytest.fixture
async def old_url(server_url: str) -> AsyncIterator[str]:
    """The URL of the log as release 0.1.0 left it."""
    async with restored_tables(server_url, FIRST_INSTANT) as url:
        yield url


async def test_f01_a_log_that_holds_the_first_instant_is_verified_and_restored(
    old_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    assert (await done("verify", "--database-url", old_url)).startswith(b"487 ")
    out = tmp_path / "log.ndjson"
    await done("replay", old_url, "--out", out)
    assert out.read_bytes() == (FIRST_INSTANT / "log.ndjson").read_bytes()
    await done("restore", out, "--database-url", empty_database_url)
    async with await EventLog.open(old_url) as log:
        # Its states were made by the folds of that release.
        await log.refold()
    assert await whole(empty_database_url) == await whole(old_url)
    assert (await done("verify", "--database-url", empty_database_url)).startswith(b"487 ")


async def test_f01_its_digests_agree(old_url: str) -> None:
    async with await EventLog.open(old_url) as log:
        async with Runner(log) as live:
            await live.catch_up()
            _, digest = await live.digest()
        assert {await in_memory(log), await rebuilt(log, 7), await rebuilt(log, 1_000)} == {digest}


async def test_f01_a_row_with_the_first_instant_is_changed_as_any_other(old_url: str) -> None:
    async with (
        await EventLog.open(old_url, master_key=master_key(FIRST_INSTANT)) as log,
        Runner(log, schema=builds.scratch_name()) as live,
    ):
        await live.catch_up()
        positions = [
            event.position
            async for event in log.read()
            if event.content["time"] == FIRST and event.position != VOIDED
        ]
        assert len(positions) == 4
        await log.append(
            [
                {
                    "specversion": "1.0",
                    "id": f"void-{position}",
                    "source": "urn:mending",
                    "type": "org.howcanwe.event.voided.v1",
                    "time": "2026-11-01T10:00:00Z",
                    "data": {"event": position, "reason": "no such day"},
                }
                for position in reversed(positions)
            ]
        )
        await live.catch_up()
        assert await in_memory(log) == (await live.digest())[1]


async def ask(api: Api, query: str, **variables: Any) -> Any:
    response = await api.client.post(
        "/graphql",
        json={"query": query, "variables": variables},
        headers=api.headers("facilitator", {"Min-Position": str(await api.head())}),
    )
    assert "errors" not in response.json(), response.text
    return response.json()["data"]


async def test_f01_its_lists_and_timelines_answer(old_url: str) -> None:
    key = SecretStr(master_key(FIRST_INSTANT).hex())
    async with open_api(old_url, lives=True, min_position_seconds=60, master_key=key) as api:
        everything, by_time, organisation = [await ask(api, query) for query in QUERIES]
        times = {node["key"]: node["time"] for node in everything["iterations"]["nodes"]}
        assert times["odd-first"] == times["odd-first-offset"] == FIRST
        assert [node["time"] for node in by_time["iterations"]["nodes"]][:2] == [FIRST, FIRST]
        entries = organisation["organisation"]["timeline"]["nodes"]
        assert entries[0]["time"] == FIRST and len(entries) == 3

        keys: list[str] = []
        page: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
        while page["hasNextPage"]:
            found = (await ask(api, NEXT, after=page["endCursor"]))["iterations"]
            keys += [node["key"] for node in found["nodes"]]
            page = found["pageInfo"]
        assert keys[:2] == ["odd-first", "odd-first-offset"]
        assert len(keys) == len(set(keys))

        assert len(await api.lines(query=f"?from={FIRST}&to=0001-01-01T00:00:00.000001Z")) == 7
        assert len(await api.lines(query="?to=0001-01-01T00:00:00.000001Z")) == 7


@pytest.mark.parametrize("name", ["log.parquet", "log.arrow", "log.csv"])
async def test_f01_it_is_exported_in_columns(old_url: str, tmp_path: Path, name: str) -> None:
    await done("replay", old_url, "--out", tmp_path / name)
    if name != "log.csv":
        frame = await done("replay", tmp_path / name)
        assert frame == (FIRST_INSTANT / "log.ndjson").read_bytes()


@pytest.mark.parametrize(
    "time", ["0001-01-01T23:59:59.999999Z", FIRST, "0001-01-01T05:45:00+05:45"]
)
async def test_f01_a_new_event_of_the_first_instant_is_refused(
    database_url: str, time: str
) -> None:
    async with open_api(database_url) as api:
        await api.begin()
        refused = await api.post(planned(time=time))
        assert faults_in(problem(refused, 422)) == [(0, "field", "/time")]


async def test_the_last_instant_is_one_like_any_other(database_url: str) -> None:
    """It is what .NET's greatest date becomes, and is stored as `infinity`."""
    async with open_api(database_url) as api:
        await api.begin()
        last = "9999-12-31T23:59:59.9999999Z"
        made = await api.client.post(
            "/keys", json={"role": "analyst", "expires": last}, headers=api.headers("admin")
        )
        assert made.status_code == 201, made.text
        assert (await api.get("/events", made.json()["key"])).status_code == 200
        listed = await api.get("/keys", "admin")
        assert listed.status_code == 200
        assert len(await api.lines(query=f"?to={last}")) == await api.head()


async def test_every_connection_reads_moments_in_utc(database_url: str) -> None:
    """What the driver itself makes of the two instants, should it ever change."""
    connection = await asyncpg.connect(database_url)
    try:
        plain = await connection.fetchval("select '-infinity'::timestamptz")
        assert plain.tzinfo is None
    finally:
        await connection.close()
