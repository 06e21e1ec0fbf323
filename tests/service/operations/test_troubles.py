"""A database's own words are reported: a full disk, a missing right, a read-only server are not an absence."""

import asyncio
import re
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import orjson
import pytest

from events.store.connections import Trouble, Unavailable
from events.store.pooled_connection import PooledConnection
from service.operations.clock import Clock
from tests.databases import execute
from tests.events.samples import noted, registered
from tests.processes import Serving, run
from tests.service.app import Api, open_api, problem
from tests.service.conftest import Messages

FULL = """
alter function append_events rename to appended;
create function append_events(
    bigint, timestamptz, text, text, text, timestamptz[], text, text, text, text, text, text[], bytea[], text[]
) returns text language plpgsql as $$
begin
    raise exception 'could not extend file "base/1/2": No space left on device' using errcode = '53100';
end $$
"""
SPACE = "drop function append_events; alter function appended rename to append_events"


async def ready(api: Api) -> tuple[int, str]:
    """Return readiness and its reason."""
    response = await api.get("/health/ready", None)
    return response.status_code, response.json()["status"]


async def until_ready(api: Api) -> None:
    """Wait until the service is ready, for at most a minute."""
    async with asyncio.timeout(60):
        while (await ready(api))[0] != 200:
            await asyncio.sleep(0.02)


async def test_a_full_disk_is_reported_in_the_answer_the_log_and_readiness(
    database_url: str, messages: Messages
) -> None:
    async with open_api(database_url, lives=True, ready_waiting_seconds=60.0) as api:
        await api.begin()
        await until_ready(api)
        await execute(database_url, FULL)
        refused = await api.post(noted("organisation/mill"))
        [error] = problem(refused, 503)
        assert error["rule"] == "database.disk_full"
        assert refused.json()["detail"] == "The database's disk is full; nothing was recorded"
        assert refused.headers["retry-after"]
        await api.post(noted("organisation/mill"))
        assert await ready(api) == (503, "the database's disk is full")
        logged = [line for line in messages.lines if "events cannot be recorded" in line]
        assert len(logged) == 1
        assert "the database's disk is full" in logged[0]
        await execute(database_url, SPACE)
        assert (await api.post(noted("organisation/mill"))).status_code == 201
        assert (await ready(api))[0] == 200
        assert any("events are recorded again" in line for line in messages.lines)


async def test_a_disk_that_was_full_a_while_ago_is_tried_again(database_url: str) -> None:
    async with open_api(database_url, lives=True, ready_waiting_seconds=0.0) as api:
        await api.begin()
        await execute(database_url, FULL)
        problem(await api.post(noted("organisation/mill")), 503)
        async with asyncio.timeout(60):
            # Nobody would send anything that shows whether there is space again.
            while (await ready(api))[0] != 200:
                await asyncio.sleep(0.02)


async def test_a_disk_that_is_full_for_reading_is_reported_to_readers(
    database_url: str,
) -> None:
    async with open_api(database_url, lives=True) as api:
        await api.begin()
        await until_ready(api)
        # As where a sort or a hash writes a file.
        schema = api.service.runner.read_models.schema
        await execute(
            database_url,
            f"""
            create function full_disk() returns boolean language plpgsql as $$
            begin
                raise exception 'could not write to file "base/1": No space left on device' using errcode = '53100';
            end $$;
            alter table "{schema}".organisations rename to kept;
            create view "{schema}".organisations as select * from "{schema}".kept where full_disk();
            """,
        )
        query = {"query": "{ organisations(first: 1) { nodes { key } } }"}
        headers = api.headers("facilitator", {})
        answer = await api.client.post("/graphql", json=query, headers=headers)
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["extensions"]["code"]) == (503, "unavailable")
        assert error["message"] == "The database's disk is full; try again."


async def test_a_service_whose_recording_another_release_has_taken_over_says_so(
    database_url: str,
) -> None:
    async with open_api(database_url, lives=True, ready_waiting_seconds=60.0) as api:
        await api.begin()
        await until_ready(api)
        await execute(database_url, "update folds set fingerprint = 'that of a later release'")
        refused = await api.post(registered("park"))
        [error] = problem(refused, 503)
        assert error["rule"] == "database.superseded"
        detail = "Another release has taken over the recording; nothing was recorded"
        assert refused.json()["detail"] == detail
        assert await ready(api) == (503, "another release has taken over the recording")


async def test_read_models_that_find_the_disk_full_say_so_and_are_not_ready_at_once(
    database_url: str,
) -> None:
    async with open_api(database_url, lives=True, ready_waiting_seconds=60.0) as api:
        await api.begin()
        await until_ready(api)
        schema = api.service.runner.read_models.schema
        await execute(
            database_url,
            f"""
            create function full_disk() returns trigger language plpgsql as $$
            begin
                raise exception 'could not extend file "base/1": No space left on device' using errcode = '53100';
            end $$;
            create trigger full_disk before update on "{schema}".checkpoint
            for each statement execute function full_disk();
            """,
        )
        assert (await api.post(noted("organisation/mill"))).status_code == 201
        async with asyncio.timeout(60):
            while (found := await ready(api))[0] == 200:
                await asyncio.sleep(0.02)
        assert found == (503, "the database's disk is full")
        await execute(database_url, f'drop trigger full_disk on "{schema}".checkpoint')
        await until_ready(api)


async def test_a_server_that_is_read_only_did_not_go_away(
    database_url: str, tmp_path: Path
) -> None:
    name = urlsplit(database_url).path[1:]
    await execute(database_url, f"alter database {name} set default_transaction_read_only = on")
    assert (await recorded(database_url, tmp_path)).startswith(
        "howcanwe: the database is read-only, as a replica is: cannot execute "
    )


async def test_a_role_without_rights_gets_a_sentence(database_url: str, tmp_path: Path) -> None:
    name = urlsplit(database_url).path[1:]
    await execute(database_url, f"create role {name}_poor; grant {name}_poor to current_user")
    try:
        # Every connection is that role's.
        await execute(
            database_url, f"alter role current_user in database {name} set role = {name}_poor"
        )
        assert (await recorded(database_url, tmp_path)).startswith(
            "howcanwe: the database's role lacks a right: permission denied for "
        )
    finally:
        owner = database_url.replace(f"/{name}?", "/postgres?")
        await execute(owner, f"alter role current_user in database {name} reset role")
        await execute(owner, f"drop role {name}_poor")


async def test_a_right_that_a_new_connection_lacks_is_reported(database_url: str) -> None:
    name = urlsplit(database_url).path[1:]
    await execute(database_url, f"create role {name}_poor")

    async def held(connection: asyncpg.Connection) -> None:
        await connection.execute(f"set role {name}_poor; select from events")

    try:
        async with asyncpg.create_pool(database_url, min_size=0, init=held) as pool:
            with pytest.raises(Unavailable) as caught:
                async with PooledConnection(pool, database_url):
                    pass
        assert caught.value.trouble is Trouble.NO_RIGHTS
    finally:
        await execute(database_url, f"drop role {name}_poor")


async def recorded(url: str, data: Path) -> str:
    """Return what `record` says that has to end."""
    place = ("--database-url", url, "--data", data)
    done = await asyncio.to_thread(run, "record", "-", *place, stdin=b"")
    assert done.returncode == 1
    return done.stderr.decode()


async def test_a_clock_that_differs_from_the_databases_is_logged_once_and_measured(
    database_url: str, messages: Messages
) -> None:
    def lines() -> list[str]:
        return [line for line in messages.lines if "differs from the database's" in line]

    async with open_api(database_url, lives=True, clock_seconds=0.01) as api:
        await api.begin()
        metrics = (await api.get("/metrics", None)).text
        assert "# HELP howcanwe_clock_ahead_seconds" in metrics
        pool = await asyncpg.create_pool(database_url, min_size=0)
        off = [0.0]
        clock = Clock(pool, seconds_max=2.0, every_seconds=60, now=lambda: time.time() + off[0])
        await clock.look()
        assert clock.ahead_seconds is not None and abs(clock.ahead_seconds) < 2
        assert not lines()
        for off[0] in (86_400.0, 86_400.0, -86_400.0):
            await clock.look()
            assert abs(clock.ahead_seconds - off[0]) < 2
        assert len(lines()) == 1
        off[0] = 0.0
        await clock.look()
        assert any("agrees with the database's again" in line for line in messages.lines)
        await pool.close()


def test_with_json_messages_nothing_else_is_on_that_stream(
    database_url: str, tmp_path: Path
) -> None:
    settings = {"HOWCANWE_LOG_FORMAT": "json", "HOWCANWE_DATABASE_URL": database_url}
    with Serving(tmp_path / "data", settings=settings).ready() as service:
        port = int(re.findall(r"serving on http://127.0.0.1:(\d+)", service.err.text)[0])
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"nonsense\r\n\r\n")
            client.recv(100)
        assert service.stop() == 0
    refused = run("person", "export", "nobody", "--data", tmp_path / "data", settings=settings)
    misset = run("verify", settings={**settings, "HOWCANWE_PORT": "abc"})
    lines = [
        orjson.loads(line)
        for text in (service.err.text, refused.stderr.decode(), misset.stderr.decode())
        for line in text.splitlines()
    ]
    names = [line["event"] for line in lines]
    assert any(event.startswith("serving on http://") for event in names)
    assert "the log has no person nobody" in names
    assert any("HOWCANWE_PORT" in event for event in names)
    [odd] = [line for line in lines if line["event"] == "a request was refused unread"]
    assert odd["address"] == "127.0.0.1"
