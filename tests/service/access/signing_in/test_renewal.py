"""Sessions of those who signed in at an OpenID provider: how long they last, and what the provider says later."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.access.principal import Role
from service.access.caller import Caller
from service.access.signing_in import sessions
from service.access.signing_in.cookies import LOOPBACK
from tests.events.samples import EventJson, asked
from tests.service.access.oidc.issuer import Issuer, issuing
from tests.service.app import Api
from tests.service.conftest import Messages, assert_discreet
from tests.service.pages.live.streams import opened
from tests.service.pages.sign_in.provider import signed_in, trusting

MILL = {"howcanwe_role": "organisation", "howcanwe_organisation": "mill"}
ARCHIVE = {"howcanwe_role": "organisation", "howcanwe_organisation": "archive"}
DUE = "update sessions set ask_at = now() - interval '1 second'"


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """A provider that gives refresh tokens, at which a member of mill signs in."""
    async with issuing() as issuer:
        issuer.habits.person, issuer.habits.refreshes = MILL, True
        yield issuer


@pytest.fixture
async def service(database_url: str, issuer: Issuer, messages: Messages) -> AsyncIterator[Api]:
    """The service; afterwards no message may contain a token."""
    async with trusting(database_url, issuer) as api:
        yield api
        assert_discreet(messages, api)


async def entered(api: Api, issuer: Issuer) -> str:
    """Sign in, and return the session's secret."""
    return (await signed_in(api, issuer)).cookies[LOOPBACK]


async def run(api: Api, statement: str, *arguments: Any) -> None:
    """Change the database itself. The service caches nothing here."""
    async with api.pool() as pool:
        await pool.execute(statement, *arguments)


async def caller(api: Api, secret: str) -> Caller | None:
    """Return the caller with a session."""
    return await api.service.sessions.caller(secret)


def ask_of(organisation: str, key: str) -> EventJson:
    """Return a request for help that only the organisation and its facilitators see."""
    return asked(key, organisation=organisation, cohort="heritage", visibility="private")


async def until(
    api: Api, issuer: Issuer, holds: str, *arguments: Any, asked: int | None = None
) -> None:
    """Wait until the statement holds, after the provider was asked so often."""
    async with asyncio.timeout(20):
        while asked is not None and refreshes(issuer) < asked:
            await asyncio.sleep(0.01)
        while not await api.execute(holds, *arguments):
            await asyncio.sleep(0.01)


def refreshes(issuer: Issuer) -> int:
    """Return how often the provider was asked again."""
    return sum(form["grant_type"] == "refresh_token" for form in issuer.forms)


async def test_what_the_provider_said_is_relied_on_for_hours(
    database_url: str, issuer: Issuer
) -> None:
    issuer.habits.refreshes = False
    async with trusting(database_url, issuer, session_hours=3) as api:
        secret = await entered(api, issuer)
        found = await caller(api, secret)
        assert found is not None and found.expires is not None
        left = found.expires - datetime.now(UTC)
        assert timedelta(hours=2, minutes=58) < left <= timedelta(hours=3)
        await run(api, "update sessions set expires_at = now()")
        assert await caller(api, secret) is None


async def test_only_the_claims_that_grant_something_are_kept_and_no_token_is_readable(
    service: Api, issuer: Issuer
) -> None:
    issuer.habits.person = {**MILL, "email": "ada@example.org", "name": "Ada"}
    secret = await entered(service, issuer)
    row = str(await service.execute("select sessions::text from sessions"))
    assert "ada@example.org" not in row and "Ada" not in row and '"mill"' in row
    for hidden in (*issuer.secrets, secret):
        assert hidden not in row
        assert hidden.encode().hex() not in row


async def test_it_is_asked_again_when_it_says_and_the_session_continues(
    service: Api, issuer: Issuer
) -> None:
    secret = await entered(service, issuer)
    for _ in range(3):
        assert await caller(service, secret) is not None
    assert refreshes(issuer) == 0
    left = "select extract(epoch from ask_at - now()) between 290 and 300 from sessions"
    assert await service.execute(left) is True
    late = "update sessions set created_at = now() - interval '2 days', ask_at = now()"
    await run(service, f"{late}, expires_at = now() + interval '1 minute'")
    for _ in range(3):
        found = await caller(service, secret)
        assert found is not None and found.expires is not None
        assert found.expires > datetime.now(UTC) + timedelta(hours=7)
    assert refreshes(issuer) == 1
    assert await service.execute(left) is True
    # Each refresh token is good once at this provider, and the newest is kept.
    await run(service, DUE)
    assert await caller(service, secret) is not None
    assert refreshes(issuer) == 2


async def test_a_session_never_lasts_longer_than_its_days(service: Api, issuer: Issuer) -> None:
    secret = await entered(service, issuer)
    old = "update sessions set created_at = now() - interval '13 days 23 hours', ask_at = now()"
    await run(service, old)
    found = await caller(service, secret)
    assert found is not None and found.expires is not None
    assert found.expires <= datetime.now(UTC) + timedelta(hours=1)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(1, 60), (None, 8 * 3600), (2**62, 8 * 3600), (-5, 60)]
)
async def test_it_is_asked_again_neither_too_often_nor_too_late(
    service: Api, issuer: Issuer, seconds: int | None, expected: int
) -> None:
    issuer.habits.expires_in = seconds
    await entered(service, issuer)
    asked_after = await service.execute(
        "select round(extract(epoch from ask_at - created_at))::int from sessions"
    )
    assert asked_after == expected


@pytest.mark.parametrize(
    ("now", "role", "organisation"),
    [
        (ARCHIVE, Role.ORGANISATION, "archive"),
        ({"howcanwe_role": "analyst"}, Role.ANALYST, None),
        ({"howcanwe_role": "facilitator", "howcanwe_cohorts": "*"}, Role.FACILITATOR, None),
    ],
)
async def test_another_role_or_organisation_holds_from_the_next_refresh_on(
    service: Api, issuer: Issuer, now: dict[str, Any], role: Role, organisation: str | None
) -> None:
    secret = await entered(service, issuer)
    issuer.habits.person = now
    before = await caller(service, secret)
    assert before is not None and before.viewer.organisation == "mill"
    await run(service, DUE)
    after = await caller(service, secret)
    assert after is not None and after.viewer.id == before.viewer.id
    assert (after.viewer.role, after.viewer.organisation) == (role, organisation)


@pytest.mark.parametrize(
    "change",
    [
        {"denies": True},
        {"person": {"howcanwe_role": None}},
        {"person": {"howcanwe_role": "king"}},
        {"person": {**MILL, "sub": "bob"}},
        {"id_claims": {"aud": "another"}},
        {"id_claims": {"exp": 1}},
        {"token_body": b"[]"},
        {"token_status": 401},
    ],
    ids=str,
)
async def test_the_session_ends_when_the_provider_says_no(
    service: Api, issuer: Issuer, change: dict[str, Any]
) -> None:
    secret, other = await entered(service, issuer), await entered(service, issuer)
    for name, value in change.items():
        setattr(issuer.habits, name, value)
    found = await caller(service, secret)
    assert found is not None
    await run(service, f"{DUE} where hash = $1", found.session)
    assert await caller(service, secret) is None
    assert await service.execute("select count(*) from sessions") == 1
    assert await caller(service, other) is not None


@pytest.mark.parametrize("change", [{"token_status": 503}, {"token_status": 429}], ids=str)
async def test_while_the_provider_is_away_the_session_goes_on_until_its_hours_are_over(
    service: Api, issuer: Issuer, change: dict[str, Any]
) -> None:
    secret = await entered(service, issuer)
    issuer.habits.token_status = change["token_status"]
    await run(service, DUE)
    for _ in range(3):
        assert await caller(service, secret) is not None
    # It is left alone for a while.
    assert refreshes(issuer) == 1
    assert await service.execute("select ask_at > now() + interval '50 seconds' from sessions")
    issuer.habits.token_status = None
    await run(service, DUE)
    assert await caller(service, secret) is not None
    assert refreshes(issuer) == 2
    await run(service, "update sessions set expires_at = now()")
    assert await caller(service, secret) is None


async def test_a_refresh_without_new_claims_does_not_put_the_end_off(
    service: Api, issuer: Issuer
) -> None:
    secret = await entered(service, issuer)
    issuer.habits.id_token_again = False
    end = await service.execute("select expires_at from sessions")
    for _ in range(2):
        await run(service, DUE)
        assert await caller(service, secret) is not None
    assert refreshes(issuer) == 2
    assert await service.execute("select expires_at from sessions") == end


async def test_a_refresh_token_is_used_once_by_all_who_find_that_it_is_time(
    service: Api, issuer: Issuer, database_url: str
) -> None:
    secret = await entered(service, issuer)
    async with trusting(database_url, issuer, begins=False) as other:
        await run(service, DUE)
        found = await asyncio.gather(
            *(caller(api, secret) for api in (service, other) for _ in range(10))
        )
        assert None not in found
    assert refreshes(issuer) == 1


async def test_who_goes_away_while_the_provider_is_asked_does_not_lose_the_session(
    service: Api, issuer: Issuer
) -> None:
    secret = await entered(service, issuer)
    await run(service, DUE)
    impatient = asyncio.create_task(caller(service, secret))
    async with asyncio.timeout(20):
        while refreshes(issuer) == 0:
            await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    assert await caller(service, secret) is not None
    await run(service, DUE)
    assert await caller(service, secret) is not None
    assert refreshes(issuer) == 2


async def test_a_provider_that_is_slow_keeps_nobody_waiting_and_its_answer_counts(
    service: Api, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "WAIT_SECONDS_MAX", 0.05)
    secret = await entered(service, issuer)
    issuer.habits.answers = asyncio.Event()
    issuer.habits.person = ARCHIVE
    await run(service, DUE)
    found = await caller(service, secret)
    assert found is not None and found.viewer.organisation == "mill"
    assert refreshes(issuer) == 0
    issuer.habits.answers.set()
    moved = "select claims ->> 'howcanwe_organisation' = 'archive' from sessions"
    await until(service, issuer, moved, asked=1)
    found = await caller(service, secret)
    assert found is not None and found.viewer.organisation == "archive"


async def test_an_open_stream_is_renewed_and_ends_when_the_provider_says_no(
    service: Api, issuer: Issuer
) -> None:
    secret = await entered(service, issuer)
    used = "update sessions set last_used_at = now() - interval '2 minutes', ask_at = now()"
    async with opened(service, None, secret, cohort="heritage") as stream:
        coming = asyncio.create_task(stream.next())
        await run(service, used)
        await until(service, issuer, "select ask_at > now() from sessions", asked=1)
        # Nobody has visited a page meanwhile.
        assert await service.execute(
            "select last_used_at < ask_at - interval '1 minute' from sessions"
        )
        issuer.habits.denies = True
        await run(service, used)
        event = await coming
        assert event is not None and event["event"] == "ended"
    assert refreshes(issuer) == 2
    assert await caller(service, secret) is None
    assert await service.execute("select count(*) from sessions") == 0


async def test_a_stream_goes_on_after_the_end_that_was_put_off(
    service: Api, issuer: Issuer
) -> None:
    secret = await entered(service, issuer)
    soon = "update sessions set expires_at = now() + interval '3 seconds'"
    await run(service, soon)
    first_end = await service.execute("select expires_at from sessions")
    async with opened(service, None, secret, cohort="heritage") as stream:
        coming = asyncio.create_task(stream.next())
        await run(service, DUE)
        later = "select expires_at > now() + interval '1 hour' from sessions"
        await until(service, issuer, later, asked=1)
        await until(
            service, issuer, "select now() > $1::timestamptz + interval '1 second'", first_end
        )
        answer = await service.post(ask_of("mill", "late"), who="mill")
        assert answer.status_code == 201, answer.text
        entry = await coming
        assert entry is not None and entry["data"]["address"] == "/asks/late"


async def test_an_open_stream_shows_what_the_new_organisation_may_see(
    service: Api, issuer: Issuer
) -> None:
    secret = await entered(service, issuer)
    after = await service.head()
    async with opened(service, None, secret, cohort="heritage", after=after) as stream:
        answer = await service.post(ask_of("mill", "first"), who="mill")
        [entry] = await stream.until(answer.json()["receipts"][0]["position"])
        assert entry["address"] == "/asks/first"
        coming = asyncio.create_task(stream.next())
        issuer.habits.person = ARCHIVE
        await run(service, DUE)
        moved = "select claims ->> 'howcanwe_organisation' = 'archive' from sessions"
        await until(service, issuer, moved, asked=1)
        number = 0
        # The feed looks at the rights of its reader from time to time.
        async with asyncio.timeout(20):
            while not coming.done():
                number += 1
                await service.post(ask_of("archive", f"third-{number}"), who="archive")
                await asyncio.wait([coming], timeout=0.2)
        await service.post(ask_of("mill", "second"), who="mill")
        answer = await service.post(ask_of("archive", "fourth"), who="archive")
        entries = await stream.until(answer.json()["receipts"][0]["position"])
        found = [coming.result(), *entries]
        assert "/asks/second" not in str(found) and "/asks/fourth" in str(found)


async def test_with_another_master_key_or_issuer_or_without_one_the_session_ends(
    service: Api, issuer: Issuer, database_url: str
) -> None:
    secret = await entered(service, issuer)
    async with (
        issuing() as another,
        trusting(database_url, another, begins=False) as elsewhere,
        trusting(
            database_url, issuer, begins=False, oidc_client_id=None, oidc_sign_in_name=None
        ) as without,
    ):
        assert await caller(elsewhere, secret) is None
        assert await caller(without, secret) is None
    assert await caller(service, secret) is not None
    await run(service, f"{DUE}, refresh_token = substr(refresh_token, 1, 12) || 'another key'")
    assert await caller(service, secret) is None


async def test_roles_that_the_settings_take_away_are_gone_at_once(
    service: Api, issuer: Issuer, database_url: str
) -> None:
    secret = await entered(service, issuer)
    roles = {"organisation": "evaluator"}
    async with trusting(database_url, issuer, begins=False, oidc_roles=roles) as other:
        assert await caller(other, secret) is None


async def test_a_list_says_when_a_session_that_is_renewed_ends_at_the_latest(
    service: Api, issuer: Issuer
) -> None:
    await entered(service, issuer)
    issuer.habits.refreshes = False
    found = await caller(service, await entered(service, issuer))
    assert found is not None
    ends = {one.expires - one.began for one in await service.service.sessions.of(found.viewer.id)}
    assert ends == {timedelta(days=14), timedelta(hours=8)}


async def test_a_session_opens_pages_only(service: Api, issuer: Issuer) -> None:
    cookie = {"cookie": f"{LOOPBACK}={await entered(service, issuer)}"}
    here = "http://127.0.0.1:8000"
    lines = await service.client.get(f"{here}/events", headers=cookie)
    public = await service.client.get(f"{here}/events")
    assert lines.content == public.content
    assert (await service.client.get(f"{here}/quarantine", headers=cookie)).status_code == 401
