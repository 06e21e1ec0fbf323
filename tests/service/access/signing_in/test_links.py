"""One-time links: they sign in once, within ten minutes, as long as their key lasts."""

import asyncio
from typing import Any

import pytest

from events.access.principal import Role
from service.access.keys import Keys
from service.access.signing_in.links import Links, link
from service.errors import NoSuchKey
from tests.service.app import Api


async def run(api: Api, statement: str, *arguments: Any) -> None:
    """Change the database itself."""
    async with api.pool() as pool:
        await pool.execute(statement, *arguments)


def id_of(api: Api, who: str) -> str:
    """Return the id of a key."""
    return api.keys[who].split("_")[1]


async def test_a_link_says_whom_it_signs_in_and_does_so_once(api: Api) -> None:
    links = api.service.links
    key = await api.key(Role.EVALUATOR, cohorts=("heritage",), name="The Fund")
    code = await links.make(key.split("_")[1], "test")
    expected = await api.service.keys.access(key)
    for _ in range(3):
        # Looking at it does not redeem it.
        assert await links.holder(code) == expected
    assert expected.name == "The Fund"
    assert await links.redeem(code) == expected
    assert await links.redeem(code) is None
    assert await links.holder(code) is None


async def test_a_link_is_redeemed_once_when_several_processes_do_it_at_once(api: Api) -> None:
    codes = [await api.service.links.make(id_of(api, "mill"), "test") for _ in range(10)]
    async with api.pool() as one, api.pool() as two:
        pools = (one, two)
        processes = [Links(p, Keys(p, api.service.log.memberships, cache_seconds=0)) for p in pools]
        for code in codes:
            found = await asyncio.gather(*(links.redeem(code) for links in processes * 4))
            assert sum(caller is not None for caller in found) == 1


@pytest.mark.parametrize("code", ["", "a", "a" * 22, "a" * 23, "ü" * 22, "a\0"])
async def test_an_unknown_link_is_nobody_s(api: Api, code: str) -> None:
    assert await api.service.links.holder(code) is None
    assert await api.service.links.redeem(code) is None


@pytest.mark.parametrize("how", ["revoked", "rotated", "expired", "late"])
async def test_a_link_ends_with_its_key_and_after_ten_minutes(api: Api, how: str) -> None:
    code = await api.service.links.make(id_of(api, "mill"), "test")
    if how == "revoked":
        await api.service.keys.revoke(id_of(api, "mill"), granted_by="test")
    elif how == "rotated":
        api.keys["new"] = await api.service.keys.rotate(id_of(api, "mill"), granted_by="test")
    elif how == "expired":
        await run(api, "update keys set expires_at = now() where id = $1", id_of(api, "mill"))
    else:
        lasts = "select expires_at - created_at = interval '10 minutes' from links"
        assert await api.execute(lasts) is True
        await run(api, "update links set expires_at = now()")
    assert await api.service.links.holder(code) is None
    assert await api.service.links.redeem(code) is None


async def test_a_key_that_has_ended_or_never_was_has_no_links(api: Api) -> None:
    await api.service.keys.revoke(id_of(api, "mill"), granted_by="test")
    await run(api, "update keys set expires_at = now() where id = $1", id_of(api, "analyst"))
    for id_ in (id_of(api, "mill"), id_of(api, "analyst"), "0" * 16, "", "a\0"):
        with pytest.raises(NoSuchKey):
            await api.service.links.make(id_, "test")
    assert await api.execute("select count(*) from links") == 0


async def test_a_link_is_stored_as_a_hash_and_recorded_with_the_key_s_grants(api: Api) -> None:
    code = await api.service.links.make(id_of(api, "mill"), "howcanwe keys")
    assert len(code) == 22
    stored = "select count(*) from links where links::text like '%' || $1 || '%'"
    assert await api.execute(stored, code) == 0
    noted = "select granted_by from grants where key_id = $1 and what = 'linked'"
    assert await api.execute(noted, id_of(api, "mill")) == "howcanwe keys"
    # Who made the key stays who made it.
    key = await api.service.keys.find(id_of(api, "mill"))
    assert key is not None and key.granted_by == "service"


async def test_expired_links_are_deleted_a_number_at_a_time(api: Api) -> None:
    await run(
        api,
        "insert into links (hash, key_id, secret_hash, made_by, expires_at)"
        " select n::text::bytea, 'x', '', 'test', now() - interval '1 day' from generate_series(1, 150) n",
    )
    kept = await api.service.links.make(id_of(api, "mill"), "test")
    for deleted in (100, 50, 0):
        assert await api.service.links.expire() == deleted
    assert await api.execute("select count(*) from links") == 1
    assert await api.service.links.holder(kept) is not None


def test_the_code_stands_in_the_fragment_of_the_address() -> None:
    assert link("https://example.org", "abc") == "https://example.org/sign-in#link=abc"


def test_a_link_may_lead_to_a_page() -> None:
    found = link("https://example.org", "abc", "/record?type=a&b")
    assert found == "https://example.org/sign-in?to=/record%3Ftype%3Da%26b#link=abc"
