"""Pages take their reader from the session's cookie; no other endpoint does."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.routing import Route

from service.access import endpoints
from service.access.signing_in.cookies import LOOPBACK, SECURE
from service.pages import routes
from service.pages.access import routes as access
from service.pages.live import routes as live
from service.pages.record import routes as record
from service.pages.record.done import routes as done
from service.pages.record.typing import routes as typing
from service.pages.sheets.upload import routes as sheets
from service.pages.sign_in import oidc, sessions
from service.pages.sign_in import routes as sign_in
from service.pages.workshop.hosting import routes as hosting
from service.pages.workshop.notes import routes as notes
from tests.service.access.examples import ASKED
from tests.service.access.signing_in.browser import HERE, read, signed_in, with_a_page
from tests.service.app import BATCH, Api, faults_in, open_api, problem


@pytest.fixture
async def paged(monkeypatch: pytest.MonkeyPatch, database_url: str) -> AsyncIterator[Api]:
    """The API with a page."""
    async with with_a_page(monkeypatch, database_url) as api:
        yield api


def test_every_page_takes_its_reader_from_the_cookie_and_nothing_else_does() -> None:
    recording = (record, done, typing, sheets)
    others = {
        f"{method} {route.path}"
        for room in (sign_in, oidc, sessions, access, *recording, live, hosting, notes)
        for route in room.router.routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    pages = {page.endpoint for page in (*routes.FILES, *routes.PAGES)}
    assert endpoints.PAGES.keys() == pages | others
    assert endpoints.PAGES.items() <= endpoints.HTTP.items()


async def test_a_page_knows_its_reader_by_the_cookie(paged: Api) -> None:
    secret = await signed_in(paged, "mill")
    expected = {
        "role": "organisation",
        "id": paged.keys["mill"].split("_")[1],
        "session": True,
    }
    assert (await read(paged, secret)).json() == expected
    assert (await read(paged, secret, "https://example.org", name=SECURE)).json() == expected
    posted = await paged.client.post(
        f"{HERE}/reading-room", headers={"cookie": f"{LOOPBACK}={secret}"}
    )
    assert posted.json() == expected["id"]


async def test_a_cookie_that_is_not_valid_here_is_the_same_as_none(paged: Api) -> None:
    secret, ended = await signed_in(paged, "mill"), await signed_in(paged, "mill")
    await paged.service.sessions.end(ended)
    without = (await paged.client.get(f"{HERE}/reading-room")).json()
    assert without["role"] == "public" and not without["session"]
    for url, name, value in (
        (HERE, LOOPBACK, ended),
        (HERE, LOOPBACK, "x" * 43),
        (HERE, LOOPBACK, paged.keys["mill"]),
        (HERE, SECURE, secret),
        ("https://example.org", LOOPBACK, secret),
        ("http://example.org", LOOPBACK, secret),
        ("http://example.org", SECURE, secret),
    ):
        answer = await read(paged, value, url, name=name)
        assert (answer.status_code, answer.json()) == (200, without), (url, name)


async def test_who_is_signed_out_is_refused_where_the_public_may_not_come(paged: Api) -> None:
    for cookie in ("", f"{LOOPBACK}={'x' * 43}"):
        answer = await paged.client.post(f"{HERE}/reading-room", headers={"cookie": cookie})
        assert faults_in(problem(answer, 401)) == [(None, "key.required", "")]


async def test_a_role_is_refused_where_it_may_not_come_although_it_is_signed_in(
    paged: Api,
) -> None:
    answer = await read(paged, await signed_in(paged, "analyst"), path="/office")
    problem(answer, 403)
    assert (await read(paged, await signed_in(paged, "admin"), path="/office")).status_code == 200


async def test_a_key_in_the_header_takes_precedence_on_a_page_too(paged: Api) -> None:
    secret = await signed_in(paged, "mill")
    answer = await read(paged, secret, **paged.headers("analyst"))
    assert answer.json()["role"] == "analyst"
    problem(await read(paged, secret, authorization="Bearer garbage"), 401)


async def test_a_secret_that_the_browser_brought_along_is_never_taken_over(paged: Api) -> None:
    # Somebody else set the cookie before the sign-in, and knows it.
    fixed = "x" * 43
    assert (await read(paged, fixed)).json()["role"] == "public"
    own = await signed_in(paged, "mill")
    assert own != fixed
    assert (await read(paged, own)).json()["role"] == "organisation"
    assert (await read(paged, fixed)).json()["role"] == "public"


async def test_the_rate_of_a_key_holds_for_its_sessions_too(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    async with with_a_page(monkeypatch, database_url, key_requests_per_second=0.5) as api:
        secrets = [await signed_in(api, "mill") for _ in range(2)]
        assert (await read(api, secrets[0])).status_code == 200
        problem(await read(api, secrets[1]), 429)
        problem(await api.get("/quarantine", "mill"), 429)


async def test_a_page_is_https_behind_a_proxy_if_the_public_url_is(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    url = "https://howcanwe.example.org"
    async with with_a_page(monkeypatch, database_url, public_url=url) as api:
        secret = await signed_in(api, "mill")
        behind = "http://howcanwe.example.org"
        assert (await read(api, secret, behind, name=SECURE)).json()["session"]
        assert not (await read(api, secret, HERE, name=LOOPBACK)).json()["session"]


@pytest.mark.parametrize("call", sorted(ASKED.keys() - endpoints.PAGES.keys()))
async def test_every_other_endpoint_ignores_the_cookie(api: Api, call: str) -> None:
    secret = await signed_in(api, "admin" if "keys" in call else "facilitator")
    method, _ = call.split(" ")
    path, body = ASKED[call]
    headers = {"content-type": BATCH if "events" in path else "application/json"}
    cookie = {"cookie": f"{LOOPBACK}={secret}; {SECURE}={secret}"}
    for url in (HERE, "https://example.org"):
        without, signed = [
            await api.client.request(method, url + path, content=body, headers=headers | more)
            for more in ({}, cookie)
        ]
        assert signed.status_code == without.status_code
        if call != "GET /metrics":
            assert signed.content == without.content


async def test_the_cookie_shows_nothing_at_events_graphql_and_keys(database_url: str) -> None:
    async with open_api(database_url, lives=True) as api:
        await api.begin()
        cookie = {"cookie": f"{LOOPBACK}={await signed_in(api, 'facilitator')}"}
        assert await api.lines("facilitator") != await api.lines(None)
        lines = await api.client.get(f"{HERE}/events", headers=cookie)
        assert len(lines.content.splitlines()) == len(await api.lines(None))
        asked = {"query": "{ viewer { role } }"}
        viewer = await api.client.post(f"{HERE}/graphql", json=asked, headers=cookie)
        assert viewer.json()["data"]["viewer"]["role"] == "PUBLIC"
        problem(await api.client.get(f"{HERE}/keys", headers=cookie), 401)


async def test_an_open_stream_ends_when_its_session_does_and_not_with_another(paged: Api) -> None:
    sessions, revocations = paged.service.sessions, paged.service.revocations
    secret, other = await signed_in(paged, "mill"), await signed_in(paged, "mill")
    caller, stays = await sessions.caller(secret), await sessions.caller(other)
    assert caller is not None and stays is not None
    with revocations.monitored(caller) as ended, revocations.monitored(stays) as lasting:
        await sessions.end(secret)
        revocations.look()
        async with asyncio.timeout(10):
            await ended.wait()
        assert not lasting.is_set()
        await paged.service.keys.revoke(paged.keys["mill"].split("_")[1], granted_by="test")
        revocations.look()
        async with asyncio.timeout(10):
            await lasting.wait()
