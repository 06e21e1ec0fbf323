"""Keys: made, listed, rotated and revoked by admins; a key's open streams end with it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from events.access.principal import Role
from tests.events.samples import asked, formed, noted, registered, shown
from tests.processes import run
from tests.projections.outage import accept_connections, refuse_connections
from tests.service.app import SSE, Api, checked_problem, faults_in, open_api, problem
from tests.service.conftest import Messages, assert_discreet
from tests.service.http.resources.test_live import live
from tests.service.serving import serving

IN_TIME_SECONDS = 20


async def made(api: Api, who: str | None = "admin", **grant: Any) -> httpx.Response:
    return await api.send(orjson.dumps(grant), "application/json", who, "/keys")


def key_id(key: str) -> str:
    return key.split("_")[1]


async def listed(api: Api, id_: str) -> dict[str, Any]:
    keys = (await api.get("/keys", "admin")).json()["keys"]
    (found,) = [key for key in keys if key["id"] == id_]
    return dict(found)


async def test_a_key_that_was_made_is_shown_once_and_lets_in(api: Api) -> None:
    response = await made(api, role="facilitator", cohorts=["heritage"], sources=["urn:a"])
    assert response.status_code == 201
    assert response.headers["cache-control"] == "no-store"
    key = response.json()["key"]
    api.keys[key] = key
    assert key_id(key) == response.json()["id"]
    assert (await api.get("/quarantine", key)).status_code == 200
    again = await api.get("/keys", "admin")
    assert key.split("_", 2)[2] not in again.text
    listing = await listed(api, key_id(key))
    assert (listing["role"], listing["cohorts"], listing["sources"]) == (
        "facilitator",
        ["heritage"],
        ["urn:a"],
    )
    assert listing["granted_by"] == key_id(api.keys["admin"])
    assert listing["last_used"] is not None
    assert listing["revoked"] is None


async def test_a_facilitator_of_everything_is_asked_for_by_a_star(api: Api) -> None:
    key = (await made(api, role="facilitator", cohorts=["*"])).json()["key"]
    api.keys[key] = key
    assert (await listed(api, key_id(key)))["cohorts"] == ["*"]
    assert (await api.post(formed(), who=key)).status_code == 201


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
        ({"role": "evaluator"}, ""),
        ({"role": "evaluator", "cohorts": []}, ""),
        ({"role": "evaluator", "cohorts": ["*"]}, ""),
        ({"role": "evaluator", "cohorts": ["heritage", "no key"]}, ""),
        ({"role": "evaluator", "cohorts": ["heritage"], "organisation": "mill"}, ""),
        ({"role": "organisation", "organisation": ""}, ""),
        ({"role": "organisation", "organisation": "*"}, ""),
        ({"role": "organisation", "organisation": "mill", "cohorts": ["*"]}, ""),
        ({"role": "analyst", "cohorts": ["*"]}, ""),
        ({"role": "analyst", "organisation": ""}, ""),
        ({"role": "analyst", "sources": ["urn:of-others"]}, ""),
        ({"role": "evaluator", "cohorts": ["heritage"], "sources": ["urn:of-others"]}, ""),
        ({"role": "admin", "sources": [""]}, ""),
        ({"role": "admin", "sources": ["\0"]}, ""),
        ({"role": "analyst", "expires": "tomorrow"}, ""),
        ({"role": "analyst", "expires": "2001-01-01T00:00:00Z"}, ""),
        ({"role": "analyst", "colour": "red"}, "/colour"),
    ],
)
async def test_a_grant_that_makes_no_sense_is_refused(
    api: Api, grant: dict[str, Any], pointer: str
) -> None:
    assert faults_in(problem(await made(api, **grant), 422)) == [(None, "grant", pointer)]


@pytest.mark.parametrize(
    "grant", [{"role": "king"}, {"role": "public"}, {"role": "analyst", "colour": "red"}]
)
async def test_the_title_of_a_refused_grant_is_about_the_key(
    api: Api, grant: dict[str, Any]
) -> None:
    body = checked_problem(await made(api, **grant))
    assert (body["type"], body["title"]) == (
        "urn:howcanwe:problem:key-refused",
        "The key was refused",
    )
    twice = b'{"role": "analyst", "role": "analyst"}'
    body = checked_problem(await api.send(twice, "application/json", "admin", "/keys"))
    assert body["title"] == "The key was refused"


@pytest.mark.parametrize(
    ("grant", "detail"),
    [
        (
            {"role": "facilitator", "cohort": ["heritage"]},
            "Expected cohorts, one of the members role, cohorts, organisation, sources, expires, name;"
            ' found "cohort".',
        ),
        (
            {"role": "analyst", "colour": "red"},
            'Expected one of role, cohorts, organisation, sources, expires, name; found "colour".',
        ),
        ({"role": "facilitator", "cohorts": "heritage"}, 'Expected a list; found "heritage".'),
    ],
)
async def test_a_refused_grant_says_what_was_expected_and_what_was_found(
    api: Api, grant: dict[str, Any], detail: str
) -> None:
    [fault] = problem(await made(api, **grant), 422)
    assert fault["detail"] == detail


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100])
async def test_a_grant_that_is_not_json_is_malformed(api: Api, body: bytes) -> None:
    problem(await api.send(body, "application/json", "admin", "/keys"), 400)


async def test_every_grant_is_kept_with_who_gave_it(api: Api) -> None:
    key = (await made(api, role="analyst")).json()["key"]
    api.keys[key] = key
    rotated = (
        await api.client.post(f"/keys/{key_id(key)}/rotate", headers=api.headers("admin"))
    ).json()
    api.keys["rotated"] = rotated["key"]
    await api.client.delete(f"/keys/{key_id(key)}", headers=api.headers("admin"))
    grants = await api.execute(
        "select array_agg(what || ' by ' || granted_by order by number) from grants where key_id = $1",
        key_id(key),
    )
    admin = key_id(api.keys["admin"])
    assert grants == [f"created by {admin}", f"rotated by {admin}", f"revoked by {admin}"]


async def test_a_rotated_key_stays_the_same_sender_and_its_old_secret_is_no_longer_good(
    api: Api,
) -> None:
    first = await api.post(
        registered("mill", id="same", source="urn:a", time="2024-03-01T09:00:00Z")
    )
    assert first.status_code == 201
    old = api.keys["facilitator"]
    response = await api.client.post(f"/keys/{key_id(old)}/rotate", headers=api.headers("admin"))
    new = response.json()["key"]
    api.keys["new"] = new
    assert key_id(new) == key_id(old)
    problem(await api.get("/quarantine", old), 401)
    again = await api.post(
        registered("mill", id="same", source="urn:a", time="2024-03-01T09:00:00Z"), who=new
    )
    assert again.json()["receipts"][0]["repeated"] is True


@pytest.mark.parametrize("call", ["POST /keys/{}/rotate", "DELETE /keys/{}"])
@pytest.mark.parametrize("id_", ["0000000000000000", "nobody", "%00", "-"])
async def test_a_key_that_is_not_there_is_unknown(api: Api, call: str, id_: str) -> None:
    method, path = call.format(id_).split()
    response = await api.client.request(method, path, headers=api.headers("admin"))
    assert faults_in(problem(response, 404)) == [(None, "key.unknown", "")]


async def test_a_key_that_would_end_at_once_is_refused(story: Api) -> None:
    grant = {"role": "organisation", "organisation": "mill"}
    refused = await made(story, **grant, cohorts=["next"])
    assert faults_in(problem(refused, 422)) == [(None, "grant", "")]
    # The answer does not name the key: those who make keys need not be able to see it.
    assert "heritage" not in refused.text
    assert (await made(story, **grant, cohorts=["next", "heritage"])).status_code == 201
    assert (await made(story, **grant | {"organisation": "library"}, cohorts=["next"])).is_success


async def test_a_revoked_key_is_refused_and_cannot_be_revoked_again(api: Api) -> None:
    id_ = key_id(api.keys["mill"])
    path = f"/keys/{id_}"
    assert (await api.client.delete(path, headers=api.headers("admin"))).status_code == 204
    problem(await api.get("/quarantine", "mill"), 401)
    problem(await api.client.delete(path, headers=api.headers("admin")), 404)
    assert (await listed(api, id_))["revoked"] is not None


async def test_a_key_bound_to_a_prefix_keeps_others_from_it(api: Api) -> None:
    bound = (await made(api, role="facilitator", cohorts=["*"], sources=["urn:theirs:"])).json()[
        "key"
    ]
    api.keys[bound] = bound
    problem(await api.post(registered("mill", source="urn:theirs:1")), 403)
    problem(await api.post(registered("mill", source="urn:ours:1"), who=bound), 403)
    assert (await api.post(registered("mill", source="urn:theirs:1"), who=bound)).status_code == 201


@pytest.mark.parametrize("how", ["revoked", "rotated", "revoked by a command", "expired"])
async def test_what_a_key_has_open_ends_with_it(
    database_url: str, messages: Messages, how: str, tmp_path: Any
) -> None:
    async with serving(database_url, heartbeat_seconds=30, key_cache_seconds=0.1) as served:
        api = served.api
        await api.begin()
        limits: dict[str, Any] = {}
        if how == "expired":
            limits["expires"] = datetime.now(UTC) + timedelta(seconds=2)
        key = await api.key(Role.ANALYST, **limits)
        async with live(served, who=key) as stream, live(served, who="analyst") as other:
            await stream.until_caught_up()
            await other.until_caught_up()
            path = f"/keys/{key_id(key)}"
            if how == "revoked":
                await api.client.delete(path, headers=api.headers("admin"))
            elif how == "rotated":
                answer = await api.client.post(f"{path}/rotate", headers=api.headers("admin"))
                api.keys["rotated"] = answer.json()["key"]
            elif how == "revoked by a command":
                place = ("--database-url", database_url, "--data", tmp_path)
                done = await asyncio.to_thread(run, "keys", "revoke", key_id(key), *place)
                assert done.returncode == 0, done.stderr
            assert await stream.block() is None
            # Nobody else's ends.
            await api.post(noted("organisation/mill"))
            block = await other.block()
            assert block is not None and block.id == "7"
        problem(await api.get("/events", key, accept=SSE), 401)
    assert_discreet(messages, api)


async def test_a_level_that_changes_takes_effect_on_what_is_open(database_url: str) -> None:
    async with serving(database_url, heartbeat_seconds=30) as served:
        api = served.api
        await api.begin()
        position = await api.head()
        await api.post(asked(cohort="heritage", visibility="private"), who="mill")
        async with live(served, f"?after={position}", who="archive") as stream:
            assert len(await stream.until_caught_up()) == 1
            for level in ("cohort", "private", "public"):
                change = await api.post(shown("ask/ask", level), who="mill")
                assert change.status_code == 201, change.text
                note = noted("ask/ask", organisation="mill")
                last = (await api.post(note, who="mill")).json()["receipts"][0]["position"]
                seen = [str(last - 1), str(last)]
                if level == "private":
                    # What comes after it is seen: by then the stream has gone past both.
                    later = await api.post(noted("organisation/archive"))
                    last = later.json()["receipts"][0]["position"]
                    seen = [str(last)]
                ids: list[str | None] = []
                while not ids or ids[-1] != str(last):
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
    (listed,) = [orjson.loads(line) for line in run("keys", "list", *place).stdout.splitlines()]
    assert (listed["id"], listed["role"], listed["granted_by"]) == (
        key_id(key),
        "admin",
        "howcanwe keys",
    )
    assert listed["revoked"] is not None
    for secret in (key, rotated.stdout.decode().strip()):
        assert secret.split("_", 2)[2] not in str(listed)


async def test_a_key_that_cannot_be_looked_up_is_answered_as_an_outage(database_url: str) -> None:
    async with open_api(database_url) as api:
        assert (await api.get("/events", "facilitator")).status_code == 200
        await refuse_connections(database_url)
        try:
            refused = await api.get("/events", "facilitator")
        finally:
            await accept_connections(database_url)
        [error] = problem(refused, 503)
        assert error["rule"] == "database.away"
        assert refused.headers["Retry-After"]
