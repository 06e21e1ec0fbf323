"""Sessions: they begin under new secrets, and end by sign-out, idleness, age and their key."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.access.principal import PUBLIC, Role
from service.access.caller import Caller
from service.access.grant import Grant
from service.access.keys import Keys
from service.access.signing_in.sessions import Sessions, form_token, is_form_token
from service.errors import KeyRefused
from tests.events.samples import formed, joined
from tests.service.access.signing_in.browser import signed_in
from tests.service.app import Api


async def run(api: Api, statement: str, *arguments: Any) -> None:
    """Change the database itself."""
    async with api.pool() as pool:
        await pool.execute(statement, *arguments)


async def last_uses(api: Api) -> list[Any]:
    """Return when each session was last used."""
    async with api.pool() as pool:
        return [row[0] for row in await pool.fetch("select last_used_at from sessions")]


async def test_a_session_is_the_caller_with_its_key(api: Api) -> None:
    with_key = await api.service.keys.access(api.keys["mill"])
    caller = await api.service.sessions.caller(await signed_in(api, "mill"))
    assert caller is not None and caller.session is not None and with_key.session is None
    assert caller.viewer == with_key.viewer
    assert (caller.key_id, caller.secret_hash) == (with_key.key_id, with_key.secret_hash)
    assert caller.expires is not None
    left = caller.expires - datetime.now(UTC)
    assert timedelta(days=13, hours=23) < left <= timedelta(days=14)
    assert api.service.sessions.seconds_max == 14 * 24 * 3600


async def test_every_sign_in_gives_a_new_secret_that_is_stored_as_a_hash(api: Api) -> None:
    secrets = {await signed_in(api, "mill") for _ in range(3)}
    assert len(secrets) == 3
    for secret in secrets:
        assert len(secret) == 43
        stored = "select count(*) from sessions where sessions::text like '%' || $1 || '%'"
        assert await api.execute(stored, secret) == 0
    assert await api.execute("select count(*) from sessions") == 3


@pytest.mark.parametrize("secret", ["", "a", "a" * 43, "a" * 10_000, "ü" * 43, "a\0", "' or 1=1"])
async def test_an_unknown_secret_is_nobody_before_and_after_a_sign_in(
    api: Api, secret: str
) -> None:
    assert await api.service.sessions.caller(secret) is None
    await signed_in(api, "mill")
    assert await api.service.sessions.caller(secret) is None
    await api.service.sessions.end(secret)


async def test_who_has_no_key_cannot_sign_in(api: Api) -> None:
    with pytest.raises(KeyRefused):
        await api.service.sessions.begin(Caller(PUBLIC))


async def test_a_session_that_was_ended_is_nobody_and_others_stay(api: Api) -> None:
    ended, stays = await signed_in(api, "mill"), await signed_in(api, "mill")
    assert await api.service.sessions.caller(ended) is not None
    await api.service.sessions.end(ended)
    assert await api.service.sessions.caller(ended) is None
    assert await api.service.sessions.caller(stays) is not None


@pytest.mark.parametrize("how", ["revoked", "rotated", "expired", "made again", "organisation"])
async def test_a_session_ends_with_its_key(story: Api, how: str) -> None:
    keys = story.service.keys
    key = await story.key(Role.ORGANISATION, organisation="mill", cohorts=("heritage",))
    id_ = key.split("_")[1]
    secret = await signed_in(story, key)
    assert await story.service.sessions.caller(secret) is not None
    if how == "revoked":
        await keys.revoke(id_, granted_by="test")
    elif how == "rotated":
        story.keys["rotated"] = await keys.rotate(id_, granted_by="test")
    elif how == "expired":
        await run(story, "update keys set expires_at = now() where id = $1", id_)
    elif how == "made again":
        story.keys["again"] = await keys.create(
            Grant(Role.ORGANISATION, organisation="mill"), key_id=id_
        )
    else:
        await story.post(formed("next"))
        assert (await story.post(joined("mill", "next"))).status_code == 201
    assert await story.service.sessions.caller(secret) is None


async def test_a_session_ends_when_its_key_expires_at_the_latest(api: Api) -> None:
    expires = datetime.now(UTC) + timedelta(hours=1)
    key = await api.key(Role.ANALYST, expires=expires)
    caller = await api.service.sessions.caller(await signed_in(api, key))
    assert caller is not None and caller.expires == expires
    # A session cannot give itself more time.
    again = await api.service.sessions.caller(await api.service.sessions.begin(caller))
    assert again is not None and again.expires == expires


@pytest.mark.parametrize(
    ("ago", "lasts"),
    [("11 hours 59 minutes", True), ("12 hours 1 second", False)],
)
async def test_a_session_ends_after_hours_without_a_request(
    api: Api, ago: str, lasts: bool
) -> None:
    secret = await signed_in(api, "mill")
    await run(api, f"update sessions set last_used_at = now() - interval '{ago}'")
    assert (await api.service.sessions.caller(secret) is not None) is lasts
    # A request in time begins the hours again, one after them does not.
    assert (await api.service.sessions.caller(secret) is not None) is lasts
    [used] = await last_uses(api)
    assert (datetime.now(UTC) - used < timedelta(hours=1)) is lasts


async def test_a_session_ends_after_days_although_it_is_used(api: Api) -> None:
    secret = await signed_in(api, "mill")
    await run(api, "update sessions set expires_at = now() - interval '1 second'")
    assert await api.service.sessions.caller(secret) is None


async def test_a_use_is_noted_at_most_once_a_minute(api: Api) -> None:
    secret = await signed_in(api, "mill")
    began = await last_uses(api)
    assert await api.service.sessions.caller(secret) is not None
    assert await last_uses(api) == began
    await run(api, "update sessions set last_used_at = now() - interval '61 seconds'")
    assert await api.service.sessions.caller(secret) is not None
    assert await last_uses(api) > began


async def test_ended_sessions_are_deleted_a_number_at_a_time(api: Api) -> None:
    kept = await signed_in(api, "mill")
    idle, old = await signed_in(api, "mill"), await signed_in(api, "mill")
    caller = await api.service.sessions.caller(idle)
    assert caller is not None
    other = await api.service.sessions.caller(old)
    assert other is not None
    late = "update sessions set {} = now() - interval '13 hours' where hash = $1"
    await run(api, late.format("last_used_at"), caller.session)
    await run(api, late.format("expires_at"), other.session)
    await run(
        api,
        "insert into sessions (hash, key_id, secret_hash, expires_at)"
        " select n::text::bytea, 'x', '', now() - interval '1 day' from generate_series(1, 150) n",
    )
    assert await api.execute("select count(*) from sessions") == 153
    for deleted in (100, 52, 0):
        assert await api.service.sessions.expire() == deleted
    assert await api.execute("select count(*) from sessions") == 1
    assert await api.service.sessions.caller(kept) is not None


async def test_a_session_is_cached_and_looked_up_once_by_all_who_come_with_it_at_once(
    api: Api,
) -> None:
    secret = await signed_in(api, "mill")
    async with api.pool() as pool:
        keys = Keys(pool, api.service.log.memberships, cache_seconds=600)
        sessions = Sessions(pool, keys, idle_hours=12, days=14, cache_seconds=600)
        callers = await asyncio.gather(*(sessions.caller(secret) for _ in range(20)))
        assert len(set(callers)) == 1 and callers[0] is not None
        # Another process ends it: the cache has it for so long, and where it is ended not at all.
        await api.service.sessions.end(secret)
        assert await sessions.caller(secret) is not None
        await sessions.end(secret)
        assert await sessions.caller(secret) is None


async def test_a_cached_session_ends_when_its_time_is_over(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = await signed_in(api, "mill")
    async with api.pool() as pool:
        keys = Keys(pool, api.service.log.memberships, cache_seconds=60)
        sessions = Sessions(pool, keys, idle_hours=12, days=14, cache_seconds=60)
        assert await sessions.caller(secret) is not None
        await api.service.sessions.end(secret)
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 61)
        assert await sessions.caller(secret) is None


async def test_a_form_s_token_is_that_of_its_session_alone(api: Api) -> None:
    secret, other = await signed_in(api, "mill"), await signed_in(api, "mill")
    token = form_token(secret)
    assert token == form_token(secret) and len(token) == 64
    assert secret not in token
    assert is_form_token(secret, token)
    for wrong in ("", "ü", token[:-1], token.upper(), secret, form_token(other)):
        assert not is_form_token(secret, wrong), wrong
