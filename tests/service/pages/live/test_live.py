"""The stream of new entries, for pages that are open."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from events.access.principal import Role
from service.access.open_connections import TooMany
from tests.events.samples import asked, voided
from tests.service.access.examples import in_relation
from tests.service.access.signing_in.browser import signed_in
from tests.service.app import Api, open_api, problem
from tests.service.pages.live.streams import Open, opened

COHORT = {"cohort": "heritage"}
MEMBER = {"as": "member"}


@pytest.fixture
async def begun(database_url: str) -> AsyncIterator[Api]:
    """A cohort with two organisations, mill and archive, and a third outside, library."""
    async with open_api(database_url, lives=True, live_streams_max=2) as api:
        await api.begin()
        yield api


async def ask(api: Api, key: str, visibility: str, who: str = "mill") -> int:
    """Record a request for help, and return its position."""
    response = await api.post(
        asked(key, organisation=who, cohort="heritage", visibility=visibility), who=who
    )
    assert response.status_code == 201, response.text
    position: int = response.json()["receipts"][0]["position"]
    return position


async def addresses(stream: Open, position: int) -> list[str]:
    """Return the addresses of the entries up to a position."""
    return [one["address"] for one in await stream.until(position)]


async def test_it_sends_each_new_entry_once_with_its_position(begun: Api) -> None:
    after = await begun.head()
    secret = await signed_in(begun, "mill")
    async with opened(begun, secret=secret, after=after, language="de", **COHORT) as stream:
        first = await ask(begun, "one", "cohort")
        [entry] = await stream.until(first)
        assert entry["position"] == first
        assert entry["address"] == "/asks/one"
        assert entry["summary"]
        assert entry["day"][0].isdigit()
        second = await ask(begun, "two", "cohort")
        [entry] = await stream.until(second)
        assert entry["position"] == second
    async with opened(begun, secret=secret, after=0, last=first, **COHORT) as stream:
        assert [one["position"] for one in await stream.until(second)] == [second]
    assert await begun.head() == second


@pytest.mark.parametrize(
    ("who", "query", "expected"),
    [
        ("facilitator", {}, ["hidden", "paired", "shared", "open"]),
        ("mill", {}, ["hidden", "paired", "shared", "open"]),
        ("archive", {}, ["shared", "open"]),
        ("facilitator", MEMBER, ["shared", "open"]),
        ("mill", MEMBER, ["shared", "open"]),
        ("archive", MEMBER, ["shared", "open"]),
        ("evaluator", MEMBER, ["shared", "open"]),
        ("analyst", MEMBER, ["shared", "open"]),
    ],
)
async def test_it_sends_what_the_visitor_or_any_member_may_see(
    begun: Api, who: str, query: dict[str, str], expected: list[str]
) -> None:
    after = await begun.head()
    for key, level in (("hidden", "private"), ("paired", "pair"), ("shared", "cohort")):
        await ask(begun, key, level)
    last = await ask(begun, "open", "public")
    async with opened(begun, who, after=after, **COHORT, **query) as stream:
        assert await addresses(stream, last) == [f"/asks/{key}" for key in expected]


async def test_a_stranger_gets_the_public_part_as_a_member(database_url: str) -> None:
    async with open_api(database_url, lives=True) as api:
        assert (await api.post(*in_relation())).status_code == 201
        after = await api.head()
        await ask(api, "shared", "cohort")
        last = await ask(api, "open", "public")
        assert await api.service.served.wait_for(last, 10)
        for who in ("library", "admin", None):
            async with opened(api, who, after=after, **COHORT, **MEMBER) as stream:
                assert await addresses(stream, last) == ["/asks/open"]


async def test_what_every_member_sees_is_lost_with_the_membership(database_url: str) -> None:
    async with open_api(database_url, lives=True) as api:
        assert (await api.post(*in_relation())).status_code == 201
        bakery = await api.key(Role.ORGANISATION, organisation="bakery")
        joining = next(
            line["position"]
            for line in await api.lines()
            if "organisation.joined" in line["type"] and line["data"]["organisation"] == "bakery"
        )
        after = await api.head()
        assert await api.service.served.wait_for(after, 10)
        async with opened(api, bakery, after=after, **COHORT, **MEMBER) as stream:
            first = await ask(api, "shared", "cohort")
            assert await addresses(stream, first) == ["/asks/shared"]
            assert (await api.post(voided(joining))).status_code == 201
            await ask(api, "later", "cohort")
            last = await ask(api, "open", "public")
            assert "/asks/later" not in await addresses(stream, last)


@pytest.mark.parametrize(
    "query", ["", "?cohort=", "?cohort=a&organisation=b", "?cohort=heritage&after=x", "?after=1"]
)
async def test_an_address_without_one_scope_and_a_position_is_refused(
    begun: Api, query: str
) -> None:
    problem(await begun.get(f"/live{query}"), 400)


async def test_hidden_and_unknown_scopes_are_answered_alike(begun: Api) -> None:
    answers = [
        await begun.get(f"/live?{scope}", None)
        for scope in ("cohort=heritage", "cohort=none", "organisation=mill", "organisation=none")
    ]
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    problem(answers[0], 404)


async def test_it_says_so_when_the_session_ends_and_sends_nothing_more(begun: Api) -> None:
    secret = await signed_in(begun, "mill")
    async with opened(begun, secret=secret, **COHORT) as stream:
        waiting = asyncio.create_task(stream.next())
        await begun.service.sessions.end(secret)
        begun.service.revocations.look()
        ended = await waiting
        assert ended is not None
        assert ended["event"] == "ended"
        await ask(begun, "later", "cohort")
        assert await stream.next() is None


async def test_it_says_so_when_the_key_ends(begun: Api) -> None:
    begun.keys["short"] = await begun.key(Role.ANALYST)
    secret = await signed_in(begun, "short")
    async with opened(begun, secret=secret, **COHORT) as stream:
        waiting = asyncio.create_task(stream.next())
        await begun.service.keys.revoke(begun.keys["short"].split("_")[1], granted_by="test")
        begun.service.revocations.look()
        ended = await waiting
        assert ended is None or ended["event"] == "ended"
    # A browser that comes back gets the same answer, and does not become the public.
    async with opened(begun, secret=secret, **COHORT, **{"signed-in": "yes"}) as stream:
        ended = await stream.next()
        assert ended is not None
        assert ended["event"] == "ended"
        assert await stream.next() is None


async def test_it_ends_without_a_word_when_the_service_stops(begun: Api) -> None:
    async with opened(begun, "mill", **COHORT) as stream:
        waiting = asyncio.create_task(stream.next())
        begun.service.stopping.set()
        assert await waiting is None


async def test_an_open_stream_does_not_keep_a_session_in_use(begun: Api) -> None:
    secret = await signed_in(begun, "mill")
    async with opened(begun, secret=secret, **COHORT) as stream:
        await begun.execute("update sessions set last_used_at = now() - interval '2 minutes'")
        before = await begun.execute("select last_used_at from sessions")
        await stream.until(await ask(begun, "one", "cohort"))
        await stream.until(await ask(begun, "two", "cohort"))
        assert await begun.execute("select last_used_at from sessions") == before


async def test_the_streams_of_each_session_are_limited(begun: Api) -> None:
    first, second = await signed_in(begun, "mill"), await signed_in(begun, "mill")
    async with (
        opened(begun, secret=first, after=0, **COHORT) as one,
        opened(begun, secret=first, after=0, **COHORT) as two,
    ):
        for stream in (one, two):
            assert await stream.next() is not None
        with pytest.raises(TooMany):
            async with opened(begun, secret=first, **COHORT):
                pass
        async with opened(begun, secret=second, after=0, **COHORT) as other:
            assert await other.next() is not None


async def test_it_is_not_kept_and_lives_while_nothing_happens(database_url: str) -> None:
    async with open_api(database_url, lives=True, heartbeat_seconds=0.05) as api:
        await api.begin()
        async with opened(api, "mill", **COHORT) as stream:
            assert stream.headers["cache-control"] == "no-store"
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert (await anext(stream.chunks)).startswith(b":")
