"""`/consumers`: the positions of a key's named replays, and whether the log is still the one they read."""

from collections.abc import Sequence

import pytest
from httpx import Response

from events.access.principal import Principal
from events.lines.chain import GENESIS, line_hash
from events.lines.recorded import Recorded
from service.access.keys import Keys
from tests.events.samples import noted, shown
from tests.service.app import Api, open_api, problem
from tests.service.graphql.client import caught_up

NIGHTLY = "/consumers/nightly"


async def put(
    api: Api, place: object, who: str | None = "facilitator", to: str = NIGHTLY
) -> Response:
    return await api.client.put(to, json=place, headers=api.headers(who))


async def place(api: Api, position: int, who: str = "facilitator") -> dict[str, object]:
    line = (await api.get(f"/events/{position}", who)).content
    return {"position": position, "hash": line_hash(line)}


async def test_a_place_is_kept_and_moves(story: Api) -> None:
    problem(await story.get(NIGHTLY), 404)
    first, second = await place(story, 2), await place(story, 5)
    new = await put(story, first)
    assert (new.status_code, new.json()) == (201, first)
    moved = await put(story, second)
    assert (moved.status_code, moved.json()) == (200, second)
    assert (await story.get(NIGHTLY)).json() == second
    listed = [{"name": "nightly", **second, "lag": 1}]
    assert (await story.get("/consumers")).json() == {"consumers": listed}


async def test_the_beginning_is_a_place_too(story: Api) -> None:
    beginning = {"position": 0, "hash": GENESIS}
    assert (await put(story, beginning)).status_code == 201
    assert (await story.get(NIGHTLY)).json() == beginning
    problem(await put(story, {"position": 0, "hash": "1" * 64}), 409)


@pytest.mark.parametrize("position", [3, 7, 2**53 - 1])
async def test_another_line_at_the_position_is_reported(story: Api, position: int) -> None:
    kept = await place(story, 2)
    await put(story, kept)
    [error] = problem(await put(story, {"position": position, "hash": "ab" * 32}), 409)
    assert error["rule"] == "log.diverged"
    assert (await story.get(NIGHTLY)).json() == kept


async def test_a_log_that_is_not_the_same_any_more_is_reported(story: Api) -> None:
    await put(story, await place(story, 4))
    # As after an older copy was put back, on which other events were recorded since.
    await story.execute("update consumers set hash = $1", "cd" * 32)
    [error] = problem(await story.get(NIGHTLY), 409)
    assert error["rule"] == "log.diverged"


async def test_consumers_are_a_key_s_own(story: Api) -> None:
    await put(story, await place(story, 2))
    problem(await story.get(NIGHTLY, "mill"), 404)
    assert (await story.get("/consumers", "mill")).json() == {"consumers": []}
    problem(await story.get(NIGHTLY, None), 401)
    problem(await put(story, {"position": 0, "hash": GENESIS}, None), 401)


@pytest.mark.parametrize("who", ["facilitator", "mill", "evaluator", "analyst"])
async def test_the_lag_is_counted_to_the_last_event_that_the_key_may_read(
    story: Api, who: str
) -> None:
    names = {name: f"/consumers/{name}" for name in ("a", "b", "c")}

    async def lags() -> list[int]:
        return [one["lag"] for one in (await story.get("/consumers", who)).json()["consumers"]]

    assert await lags() == []
    await put(story, await place(story, 2, who), who, names["a"])
    await put(story, {"position": 0, "hash": GENESIS}, who, names["b"])
    # More than are looked through at once, which only their organisation and facilitators may read.
    hidden = [noted("organisation/archive", visibility="private") for _ in range(40)]
    assert (await story.post(*hidden)).status_code == 201
    read = (await story.lines(who))[-1]["position"]
    assert read == (46 if who == "facilitator" else 6)
    await put(story, await place(story, read, who), who, names["c"])
    assert await lags() == [read - 2, read, 0]
    await story.post(noted("cohort/heritage"))
    await story.post(*hidden)
    last = (await story.lines(who))[-1]["position"]
    assert last == (87 if who == "facilitator" else 47)
    assert await lags() == [last - 2, last, last - read]


async def test_few_events_are_read_for_the_lag_of_a_key_that_may_read_little(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_api(database_url, lives=True) as api:
        await api.begin()
        hidden = [noted("organisation/archive", visibility="private") for _ in range(100)]
        assert (await api.post(*hidden)).status_code == 201
        await caught_up(api.service)
        await put(api, {"position": 0, "hash": GENESIS}, "analyst", "/consumers/a")
        judged: list[int] = []
        visible = api.service.log.visible

        async def counted(page: Sequence[Recorded], viewer: Principal) -> list[Recorded]:
            judged.extend(recorded.position for recorded in page)
            return await visible(page, viewer)

        monkeypatch.setattr(api.service.log, "visible", counted)
        [listed] = (await api.get("/consumers", "analyst")).json()["consumers"]
        assert (listed["lag"], judged) == (6, [])
        # What the read models do not have yet is looked for in the log.
        served = api.service.served
        monkeypatch.setattr(type(served), "position", property(lambda _: 100))
        [listed] = (await api.get("/consumers", "analyst")).json()["consumers"]
        assert (listed["lag"], judged) == (6, list(range(101, 107)))


async def test_a_consumer_whose_event_was_narrowed_is_not_behind_and_not_astray(story: Api) -> None:
    posted = (await story.post(noted("organisation/mill", visibility="public"))).json()
    [receipt] = posted["receipts"]
    kept = {"position": receipt["position"], "hash": receipt["hash"]}
    await put(story, kept, "analyst")
    assert (await story.post(shown(f"event/{kept['position']}", "private"))).status_code == 201
    problem(await story.get(f"/events/{kept['position']}", "analyst"), 404)
    # It has read the line, and the log still has it.
    assert (await story.get(NIGHTLY, "analyst")).json() == kept
    listed = [{"name": "nightly", **kept, "lag": 0}]
    assert (await story.get("/consumers", "analyst")).json() == {"consumers": listed}
    # What it may not read now, it cannot say that it has read now.
    problem(await put(story, kept, "analyst"), 409)


async def test_a_consumer_is_removed_by_its_key_alone(story: Api) -> None:
    kept = await place(story, 2)
    for who in ("facilitator", "mill"):
        await put(story, kept, who)
    mine = {who: story.headers(who) for who in ("facilitator", "mill", "admin", None)}
    problem(await story.client.delete(NIGHTLY, headers=mine[None]), 401)
    problem(await story.client.delete(NIGHTLY, headers=mine["admin"]), 404)
    removed = await story.client.delete(NIGHTLY, headers=mine["mill"])
    assert (removed.status_code, removed.content) == (204, b"")
    problem(await story.client.delete(NIGHTLY, headers=mine["mill"]), 404)
    problem(await story.client.delete("/consumers/-x", headers=mine["mill"]), 400)
    assert (await story.get(NIGHTLY)).json() == kept
    assert (await put(story, kept, "mill")).status_code == 201


async def test_a_hidden_event_is_not_there_for_a_consumer(story: Api) -> None:
    posted = await story.post(noted("organisation/mill", visibility="private"))
    hidden = posted.json()["receipts"][0]
    problem(
        await put(story, {"position": hidden["position"], "hash": hidden["hash"]}, "analyst"), 409
    )
    kept = await put(story, {"position": hidden["position"], "hash": hidden["hash"]})
    assert kept.status_code == 201


@pytest.mark.parametrize(
    ("shown", "pointer"),
    [
        ([], ""),
        ({"position": 1}, ""),
        ({"position": 1, "hash": "ab" * 32, "more": 1}, ""),
        ({"position": -1, "hash": "ab" * 32}, "/position"),
        ({"position": True, "hash": "ab" * 32}, "/position"),
        ({"position": "1", "hash": "ab" * 32}, "/position"),
        ({"position": 2**53, "hash": "ab" * 32}, "/position"),
        ({"position": 1, "hash": "AB" * 32}, "/hash"),
        ({"position": 1, "hash": None}, "/hash"),
    ],
)
async def test_an_invalid_place_is_refused(story: Api, shown: object, pointer: str) -> None:
    [error] = problem(await put(story, shown), 422)
    assert (error["rule"], error["pointer"]) == ("field", pointer)


async def test_a_body_that_is_no_json_and_a_name_that_is_none_are_malformed(story: Api) -> None:
    sent = story.headers("facilitator")
    problem(await story.client.put(NIGHTLY, content=b"{", headers=sent), 400)
    problem(await put(story, {"position": 0, "hash": GENESIS}, to="/consumers/-x"), 400)
    problem(await story.client.put(NIGHTLY, content=b" " * 5_000, headers=sent), 413)


@pytest.mark.parametrize("position", [b"0", b"0.0", b"0e1"])
async def test_a_position_is_taken_in_any_spelling(story: Api, position: bytes) -> None:
    body = b'{"position":%s,"hash":"%s"}' % (position, GENESIS.encode())
    response = await story.client.put(NIGHTLY, content=body, headers=story.headers("facilitator"))
    assert (response.status_code, response.json()["position"]) == (201, 0)


async def test_a_key_has_so_many_consumers_and_no_more(database_url: str) -> None:
    async with open_api(database_url, consumers_max=2) as api:
        beginning = {"position": 0, "hash": GENESIS}
        for name in ("a", "b"):
            assert (await put(api, beginning, to=f"/consumers/{name}")).status_code == 201
        [error] = problem(await put(api, beginning, to="/consumers/c"), 422)
        assert error["rule"] == "consumers.too_many"
        assert (await put(api, beginning, to="/consumers/a")).status_code == 200
        assert (await put(api, beginning, "mill", "/consumers/c")).status_code == 201


async def test_a_revoked_key_has_no_consumers_any_more_and_gets_none(database_url: str) -> None:
    # Remembered for long, as a key is when another process revokes it.
    async with open_api(database_url, key_cache_seconds=3_600) as api:
        beginning = {"position": 0, "hash": GENESIS}
        for who in ("mill", "archive"):
            assert (await put(api, beginning, who)).status_code == 201
        async with api.pool() as pool:
            elsewhere = Keys(pool, api.service.log.memberships, cache_seconds=0)
            await elsewhere.revoke(api.keys["mill"].split("_")[1], granted_by="a test")
        assert (await api.get("/consumers", "mill")).json() == {"consumers": []}
        [error] = problem(await put(api, beginning, "mill"), 401)
        assert error["rule"] == "key.required"
        assert (await api.get("/consumers", "mill")).json() == {"consumers": []}
        assert (await api.get(NIGHTLY, "archive")).status_code == 200
