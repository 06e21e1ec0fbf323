"""Keys: made, listed, rotated and revoked by admins; what a key had open ends with it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from events.access.principal import Role
from tests.events.samples import asked, formed, noted, registered, shown
from tests.processes import run
from tests.service.app import SSE, Door, problem, told_faults
from tests.service.conftest import Messages, assert_discreet
from tests.service.http.resources.test_live import live
from tests.service.serving import serving

IN_TIME_SECONDS = 20


async def made(door: Door, who: str | None = "admin", **grant: Any) -> httpx.Response:
    return await door.send(orjson.dumps(grant), "application/json", who, "/keys")


def key_id(key: str) -> str:
    return key.split("_")[1]


async def listed(door: Door, id_: str) -> dict[str, Any]:
    keys = (await door.get("/keys", "admin")).json()["keys"]
    (found,) = [key for key in keys if key["id"] == id_]
    return dict(found)


async def test_a_key_that_was_made_is_shown_once_and_lets_in(door: Door) -> None:
    response = await made(door, role="facilitator", cohorts=["heritage"], sources=["urn:a"])
    assert response.status_code == 201
    assert response.headers["cache-control"] == "no-store"
    key = response.json()["key"]
    door.keys[key] = key
    assert key_id(key) == response.json()["id"]
    assert (await door.get("/quarantine", key)).status_code == 200
    again = await door.get("/keys", "admin")
    assert key.split("_", 2)[2] not in again.text
    told = await listed(door, key_id(key))
    assert (told["role"], told["cohorts"], told["sources"]) == (
        "facilitator",
        ["heritage"],
        ["urn:a"],
    )
    assert told["granted_by"] == key_id(door.keys["admin"])
    assert told["last_used"] is not None
    assert told["revoked"] is None


async def test_a_facilitator_of_everything_is_asked_for_by_a_star(door: Door) -> None:
    key = (await made(door, role="facilitator", cohorts=["*"])).json()["key"]
    door.keys[key] = key
    assert (await listed(door, key_id(key)))["cohorts"] == ["*"]
    assert (await door.post(formed(), who=key)).status_code == 201


@pytest.mark.parametrize(
    ("grant", "pointer"),
    [
        ({}, "/role"),
        ({"role": "king"}, "/role"),
        ({"role": "public"}, ""),
        ({"role": "organisation"}, ""),
        ({"role": "analyst", "organisation": "mill"}, ""),
        ({"role": "admin", "cohorts": ["heritage"]}, ""),
        ({"role": "facilitator", "cohorts": ["no key"]}, ""),
        ({"role": "facilitator", "cohorts": "heritage"}, "/cohorts"),
        ({"role": "facilitator"}, ""),
        ({"role": "facilitator", "cohorts": []}, ""),
        ({"role": "facilitator", "cohorts": [""]}, ""),
        ({"role": "facilitator", "cohorts": ["*", "heritage"]}, ""),
        ({"role": "organisation", "organisation": ""}, ""),
        ({"role": "organisation", "organisation": "*"}, ""),
        ({"role": "organisation", "organisation": "mill", "cohorts": ["*"]}, ""),
        ({"role": "analyst", "cohorts": ["*"]}, ""),
        ({"role": "analyst", "organisation": ""}, ""),
        ({"role": "analyst", "sources": [""]}, ""),
        ({"role": "analyst", "sources": ["\0"]}, ""),
        ({"role": "analyst", "expires": "tomorrow"}, ""),
        ({"role": "analyst", "expires": "2001-01-01T00:00:00Z"}, ""),
        ({"role": "analyst", "colour": "red"}, "/colour"),
    ],
)
async def test_a_grant_that_makes_no_sense_is_refused(
    door: Door, grant: dict[str, Any], pointer: str
) -> None:
    assert told_faults(problem(await made(door, **grant), 422)) == [(None, "grant", pointer)]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100])
async def test_a_grant_that_is_not_json_is_malformed(door: Door, body: bytes) -> None:
    problem(await door.send(body, "application/json", "admin", "/keys"), 400)


async def test_every_grant_is_kept_with_who_gave_it(door: Door) -> None:
    key = (await made(door, role="analyst")).json()["key"]
    door.keys[key] = key
    rotated = (
        await door.client.post(f"/keys/{key_id(key)}/rotate", headers=door.headers("admin"))
    ).json()
    door.keys["rotated"] = rotated["key"]
    await door.client.delete(f"/keys/{key_id(key)}", headers=door.headers("admin"))
    told = await door.execute(
        "select array_agg(what || ' by ' || granted_by order by number) from grants where key_id = $1",
        key_id(key),
    )
    admin = key_id(door.keys["admin"])
    assert told == [f"created by {admin}", f"rotated by {admin}", f"revoked by {admin}"]


async def test_a_rotated_key_stays_the_same_sender_and_its_old_secret_is_no_longer_good(
    door: Door,
) -> None:
    first = await door.post(
        registered("mill", id="same", source="urn:a", time="2024-03-01T09:00:00Z")
    )
    assert first.status_code == 201
    old = door.keys["facilitator"]
    response = await door.client.post(f"/keys/{key_id(old)}/rotate", headers=door.headers("admin"))
    new = response.json()["key"]
    door.keys["new"] = new
    assert key_id(new) == key_id(old)
    problem(await door.get("/quarantine", old), 401)
    again = await door.post(
        registered("mill", id="same", source="urn:a", time="2024-03-01T09:00:00Z"), who=new
    )
    assert again.json()["receipts"][0]["repeated"] is True


@pytest.mark.parametrize("call", ["POST /keys/{}/rotate", "DELETE /keys/{}"])
@pytest.mark.parametrize("id_", ["0000000000000000", "nobody", "%00", "-"])
async def test_a_key_that_is_not_there_is_unknown(door: Door, call: str, id_: str) -> None:
    method, path = call.format(id_).split()
    response = await door.client.request(method, path, headers=door.headers("admin"))
    assert told_faults(problem(response, 404)) == [(None, "key.unknown", "")]


async def test_a_key_that_would_end_at_once_is_refused(story: Door) -> None:
    grant = {"role": "organisation", "organisation": "mill"}
    refused = await made(story, **grant, cohorts=["next"])
    assert told_faults(problem(refused, 422)) == [(None, "grant", "")]
    # Not which: whoever makes keys need not be one who sees it.
    assert "heritage" not in refused.text
    assert (await made(story, **grant, cohorts=["next", "heritage"])).status_code == 201
    assert (await made(story, **grant | {"organisation": "library"}, cohorts=["next"])).is_success


async def test_a_revoked_key_is_refused_and_cannot_be_revoked_again(door: Door) -> None:
    id_ = key_id(door.keys["mill"])
    path = f"/keys/{id_}"
    assert (await door.client.delete(path, headers=door.headers("admin"))).status_code == 204
    problem(await door.get("/quarantine", "mill"), 401)
    problem(await door.client.delete(path, headers=door.headers("admin")), 404)
    assert (await listed(door, id_))["revoked"] is not None


async def test_a_key_bound_to_a_prefix_keeps_others_from_it(door: Door) -> None:
    bound = (await made(door, role="facilitator", cohorts=["*"], sources=["urn:theirs:"])).json()[
        "key"
    ]
    door.keys[bound] = bound
    problem(await door.post(registered("mill", source="urn:theirs:1")), 403)
    problem(await door.post(registered("mill", source="urn:ours:1"), who=bound), 403)
    assert (
        await door.post(registered("mill", source="urn:theirs:1"), who=bound)
    ).status_code == 201


@pytest.mark.parametrize("how", ["revoked", "rotated", "revoked by a command", "expired"])
async def test_what_a_key_has_open_ends_with_it(
    database_url: str, messages: Messages, how: str, tmp_path: Any
) -> None:
    async with serving(database_url, heartbeat_seconds=30, key_cache_seconds=0.1) as served:
        door = served.door
        await door.begin()
        limits: dict[str, Any] = {}
        if how == "expired":
            limits["expires"] = datetime.now(UTC) + timedelta(seconds=2)
        key = await door.key(Role.ANALYST, **limits)
        async with live(served, who=key) as stream, live(served, who="analyst") as other:
            await stream.until_caught_up()
            await other.until_caught_up()
            path = f"/keys/{key_id(key)}"
            if how == "revoked":
                await door.client.delete(path, headers=door.headers("admin"))
            elif how == "rotated":
                answer = await door.client.post(f"{path}/rotate", headers=door.headers("admin"))
                door.keys["rotated"] = answer.json()["key"]
            elif how == "revoked by a command":
                place = ("--database-url", database_url, "--data", tmp_path)
                done = await asyncio.to_thread(run, "keys", "revoke", key_id(key), *place)
                assert done.returncode == 0, done.stderr
            assert await stream.block() is None
            # Nobody else's ends.
            await door.post(noted("organisation/mill"))
            block = await other.block()
            assert block is not None and block.id == "7"
        problem(await door.get("/events", key, accept=SSE), 401)
    assert_discreet(messages, door)


async def test_a_level_that_changes_takes_effect_on_what_is_open(database_url: str) -> None:
    async with serving(database_url, heartbeat_seconds=30) as served:
        door = served.door
        await door.begin()
        position = await door.head()
        await door.post(asked(cohort="heritage", visibility="private"), who="mill")
        async with live(served, f"?after={position}", who="archive") as stream:
            assert len(await stream.until_caught_up()) == 1
            for level in ("cohort", "private", "public"):
                change = await door.post(shown("ask/ask", level), who="mill")
                assert change.status_code == 201, change.text
                note = noted("ask/ask", organisation="mill")
                told = (await door.post(note, who="mill")).json()["receipts"][0]["position"]
                seen = [str(told - 1), str(told)]
                if level == "private":
                    # What comes after it is seen: by then the stream has gone past both.
                    later = await door.post(noted("organisation/archive"))
                    told = later.json()["receipts"][0]["position"]
                    seen = [str(told)]
                ids: list[str | None] = []
                while not ids or ids[-1] != str(told):
                    block = await stream.block()
                    assert block is not None
                    ids.append(block.id)
                assert ids == seen


def test_the_commands_list_rotate_and_revoke(database_url: str, tmp_path: Any) -> None:
    place = ("--database-url", database_url, "--data", tmp_path)
    key = run("keys", "create", "--role", "admin", *place).stdout.decode().strip()
    rotated = run("keys", "rotate", key_id(key), *place)
    assert rotated.returncode == 0
    assert rotated.stdout.decode().strip() != key
    assert key_id(rotated.stdout.decode().strip()) == key_id(key)
    assert run("keys", "revoke", key_id(key), *place).returncode == 0
    again = run("keys", "revoke", key_id(key), *place)
    assert (again.returncode, again.stdout) == (1, b"")
    (told,) = [orjson.loads(line) for line in run("keys", "list", *place).stdout.splitlines()]
    assert (told["id"], told["role"], told["granted_by"]) == (key_id(key), "admin", "howcanwe keys")
    assert told["revoked"] is not None
    for secret in (key, rotated.stdout.decode().strip()):
        assert secret.split("_", 2)[2] not in str(told)
