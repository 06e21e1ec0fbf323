"""The page of the browsers that are signed in with one's key."""

import pytest

from events.access.principal import Role
from service.access.signing_in.cookies import LOOPBACK
from tests.service.app import Api
from tests.service.pages.conftest import COHORT
from tests.service.pages.live.streams import opened
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import Visitor
from tests.service.pages.sign_in.test_sign_in import ELSEWHERE, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

SESSIONS = "/sign-in/sessions"


async def alone(site: Api, count: int) -> list[Visitor]:
    """Return as many browsers, all signed in with one new key."""
    key = await site.key(Role.FACILITATOR, cohorts=(COHORT,))
    return [await signed_in(site, key) for _ in range(count)]


async def shown(visitor: Visitor) -> list[str]:
    """Return the sessions that the visitor's page has buttons for."""
    page = PageReader((await visitor.get(SESSIONS)).text)
    assert page.faults == []
    return [
        str(given["value"])
        for tag, given in page.elements
        if tag == "input" and given.get("name") == "session"
    ]


async def test_it_shows_the_sessions_of_the_own_key_and_which_one_this_is(site: Api) -> None:
    one, other = await alone(site, 2)
    stranger = await signed_in(site, "mill-museum")
    assert set(await shown(one)) == set(await shown(other))
    assert len(await shown(one)) == 2
    page = (await one.get(SESSIONS)).text
    assert PageReader(page).text.count("· this browser") == 1
    assert not set(await shown(stranger)) & set(await shown(one))
    # The secret of a session is nowhere.
    assert one.cookies[LOOPBACK] not in page and other.cookies[LOOPBACK] not in page


async def test_one_of_them_is_signed_out_with_its_live_streams(site: Api) -> None:
    one, other = await alone(site, 2)
    caller = await site.service.sessions.caller(other.cookies[LOOPBACK])
    assert caller is not None and caller.session is not None
    async with opened(site, None, other.cookies[LOOPBACK], cohort=COHORT) as stream:
        answer = await one.post(SESSIONS, token=await one.token(), session=caller.session.hex())
        assert (answer.status_code, answer.headers["location"]) == (303, SESSIONS)
        ended = await stream.next()
        assert ended is not None and ended["event"] == "ended"
    assert (await one.role(), await other.role()) == ("Sign out", "Sign in")


async def test_this_browser_is_signed_out(site: Api) -> None:
    one, other = await alone(site, 2)
    caller = await site.service.sessions.caller(one.cookies[LOOPBACK])
    assert caller is not None and caller.session is not None
    answer = await one.post(SESSIONS, token=await one.token(), session=caller.session.hex())
    assert answer.headers["location"] == "/sign-out"
    assert one.cookies == {}
    assert await other.role() == "Sign out"


async def test_all_of_them_are_signed_out_and_nobody_else(site: Api) -> None:
    one, other = await alone(site, 2)
    stranger = await signed_in(site, "mill-museum")
    answer = await one.post(SESSIONS, token=await one.token(), all="yes")
    assert answer.headers["location"] == "/sign-out"
    assert (await one.role(), await other.role()) == ("Sign in", "Sign in")
    assert await stranger.role() == "Sign out"


async def test_sessions_of_others_are_not_ended(site: Api) -> None:
    [one] = await alone(site, 1)
    stranger = await signed_in(site, "mill-museum")
    caller = await site.service.sessions.caller(stranger.cookies[LOOPBACK])
    assert caller is not None and caller.session is not None
    token = await one.token()
    for session in (caller.session.hex(), "0" * 64, "", "x", "ü" * 64, "0" * 63):
        answer = await one.post(SESSIONS, token=token, session=session)
        assert (answer.status_code, answer.headers["location"]) == (303, SESSIONS)
    assert (await one.role(), await stranger.role()) == ("Sign out", "Sign out")


@pytest.mark.parametrize("sent", ELSEWHERE)
async def test_forms_of_other_sites_end_nothing(site: Api, sent: dict[str, str]) -> None:
    [one] = await alone(site, 1)
    answer = await one.post_from(sent, SESSIONS, token=await one.token(), all="yes")
    assert answer.status_code == 403
    assert await one.role() == "Sign out"


async def test_a_form_without_the_token_of_the_session_ends_nothing(site: Api) -> None:
    one, other = await alone(site, 2)
    for wrong in ({}, {"token": "x"}, {"token": await other.token()}):
        assert (await one.post(SESSIONS, all="yes", **wrong)).status_code == 403
    assert (await one.role(), await other.role()) == ("Sign out", "Sign out")


async def test_without_signing_in_there_is_nothing(site: Api) -> None:
    assert (await Visitor(site).get(SESSIONS)).status_code == 401
    assert (await Visitor(site).post(SESSIONS, all="yes")).status_code in (401, 403)


async def test_a_key_in_the_header_sees_its_sessions_without_buttons(site: Api) -> None:
    await signed_in(site, "library-trust")
    answer = await Visitor(site).get(SESSIONS, **site.headers("library-trust"))
    page = PageReader(answer.text)
    assert "Since" in page.text
    assert "post" not in page.attributes("form", "method")


async def test_the_page_of_signing_out_leads_there(site: Api) -> None:
    visitor = await signed_in(site)
    assert SESSIONS in PageReader((await visitor.get("/sign-out")).text).links
