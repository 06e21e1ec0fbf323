"""Signing in with an invitation, or with the code of a workshop."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from events.access.policy import Role
from service.access.invitations import Offer
from service.access.signing_in.cookies import LOOPBACK
from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api, open_api
from tests.service.pages.conftest import COHORT, record_demo
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import Visitor
from tests.service.pages.sign_in.test_sign_in import ELSEWHERE, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def workshop(site: Api, uses: int = 2, organisation: str = "mill-museum") -> str:
    """Return the code of a new workshop."""
    end = datetime.now(UTC) + timedelta(hours=3)
    offer = Offer(Role.GUEST, COHORT, end, organisation, (COHORT,), "Open evening", uses)
    return await site.service.invitations.make(offer, made_by="test")


async def test_a_code_says_whom_it_signs_in_and_its_button_does_it(site: Api) -> None:
    code = await workshop(site)
    visitor = Visitor(site)
    for given in (f"{HERE}/sign-in#invitation={code}", code.upper(), code.replace("-", " ")):
        shown = await visitor.post("/sign-in", link=given)
        page = PageReader(shown.text)
        assert shown.status_code == 200
        assert "Take part for Brackwater Mill Museum?" in page.text
        assert "Open evening" in page.text and "The Valley's Keepers" in page.text
        assert "is seen by all of them" in page.text
        assert "is signed in already" not in page.text
        assert visitor.cookies == {}
        assert code in page.attributes("input", "value")
    answer = await visitor.post("/sign-in", invitation=code)
    assert (answer.status_code, answer.headers["location"]) == (303, "/record")
    home = PageReader((await visitor.get("/")).text)
    assert "Brackwater Mill Museum as a guest" in home.text


async def test_a_guest_goes_on_to_where_it_came_from(site: Api) -> None:
    code = await workshop(site)
    answer = await Visitor(site).post("/sign-in", invitation=code, to="/learnings/x")
    assert answer.headers["location"] == "/learnings/x"
    answer = await Visitor(site).post("/sign-in", invitation=code, to="//example.org")
    assert answer.headers["location"] == "/record"


async def test_a_preview_does_not_use_a_code_up(site: Api) -> None:
    code = await workshop(site, 1)
    visitor = Visitor(site)
    for path in ("/sign-in", f"/sign-in?invitation={code}&link={code}"):
        assert (await visitor.get(path)).status_code == 200
    assert (await visitor.post("/sign-in", link=code)).status_code == 200
    assert visitor.cookies == {}
    assert (await visitor.post("/sign-in", invitation=code)).status_code == 303


async def test_used_unknown_expired_and_ended_codes_get_the_same_answer(site: Api) -> None:
    used, expired, ended = [await workshop(site, 1) for _ in range(3)]
    assert (await Visitor(site).post("/sign-in", invitation=used)).status_code == 303
    [newest, *_] = await site.service.invitations.of(COHORT)
    await site.service.invitations.end(newest.id, ended_by="test")
    found = await site.service.invitations.find(expired)
    assert found is not None
    late = "update invitations set expires_at = now() where id = $1"
    await site.execute(late, found.id)
    pages = set()
    for code in (used, expired, ended, "0" * 26, "nothing like a code"):
        for fields in ({"link": code}, {"invitation": code}):
            visitor = Visitor(site)
            answer = await visitor.post("/sign-in", **fields)
            assert (answer.status_code, visitor.cookies) == (403, {})
            assert "This link or code cannot be used." in PageReader(answer.text).text
            pages.add(answer.text)
    assert len(pages) == 1


async def test_a_code_lets_in_as_many_as_it_is_for_also_at_once(site: Api) -> None:
    code = await workshop(site, 3)
    visitors = [Visitor(site) for _ in range(8)]
    answers = await asyncio.gather(*(one.post("/sign-in", invitation=code) for one in visitors))
    assert sorted(answer.status_code for answer in answers) == [303] * 3 + [403] * 5
    secrets = [secret for one in visitors for secret in one.cookies.values()]
    callers = [await site.service.sessions.caller(secret) for secret in secrets]
    assert len({caller.viewer.id for caller in callers if caller}) == 3


async def invited(site: Api) -> tuple[Visitor, dict[str, str]]:
    """Return a browser with the form that redeems the invitation of an evaluator."""
    end = datetime.now(UTC) + timedelta(hours=3)
    offer = Offer(Role.EVALUATOR, COHORT, end, cohorts=(COHORT,), name="The Fund")
    code = await site.service.invitations.make(offer, made_by="test")
    visitor = Visitor(site)
    return visitor, await redeeming(visitor, code)


async def redeeming(visitor: Visitor, code: str) -> dict[str, str]:
    """Return the form that redeems a code, as a page has it that is asked for now."""
    page = PageReader((await visitor.post("/sign-in", link=code)).text)
    hidden = [given for tag, given in page.elements if tag == "input" and "name" in given]
    form = {given["name"] or "": given.get("value") or "" for given in hidden}
    return {name: form[name] for name in ("invitation", "attempt", "to")}


async def test_a_button_that_is_pressed_twice_signs_in_with_one_key(site: Api) -> None:
    visitor, form = await invited(site)
    answers = await asyncio.gather(*(visitor.post("/sign-in", **form) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]
    [key] = {PageReader(answer.text).named["key"] for answer in answers}
    assert key is not None
    viewer = (await site.service.keys.access(key)).viewer
    for answer in answers:
        [secret] = answer.cookies.values()
        caller = await site.service.sessions.caller(secret)
        assert caller is not None and caller.viewer == viewer


async def test_a_guest_who_presses_twice_takes_one_seat(site: Api) -> None:
    code = await workshop(site, 2)
    form = await redeeming(Visitor(site), code)
    for _ in range(3):
        assert (await Visitor(site).post("/sign-in", **form)).status_code == 303
    assert (await Visitor(site).post("/sign-in", invitation=code)).status_code == 303
    assert (await Visitor(site).post("/sign-in", invitation=code)).status_code == 403


async def test_who_could_not_be_signed_in_presses_again(
    site: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, form = await invited(site)
    with monkeypatch.context() as broken:
        broken.setattr(site.service.sessions, "begin", _fail)
        assert (await visitor.post("/sign-in", **form)).status_code == 503
    assert visitor.cookies == {}
    answer = await visitor.post("/sign-in", **form)
    assert answer.status_code == 200
    key = PageReader(answer.text).named["key"]
    assert key is not None
    assert (await site.service.keys.access(key)).viewer.role is Role.EVALUATOR
    assert await visitor.role() == "Sign out"


async def _fail(_: object) -> str:
    raise ConnectionError


async def test_of_two_who_have_the_same_invitation_one_gets_in(site: Api) -> None:
    visitor, form = await invited(site)
    other = Visitor(site)
    theirs = await redeeming(other, form["invitation"])
    assert theirs["attempt"] != form["attempt"]
    assert (await visitor.post("/sign-in", **form)).status_code == 200
    for refused in (theirs, {**form, "attempt": ""}, {**form, "invitation": form["attempt"]}):
        answer = await other.post("/sign-in", **refused)
        assert (answer.status_code, other.cookies) == (403, {})


async def test_guessing_codes_is_limited_like_every_attempt_to_sign_in(database_url: str) -> None:
    async with open_api(database_url, sign_ins_per_minute=3) as api:
        visitor = Visitor(api)
        guesses = ({"link": "0" * 26}, {"invitation": "1" * 26}, {"code": "x" * 22})
        for guess in guesses:
            assert (await visitor.post("/sign-in", **guess)).status_code == 403
        answer = await visitor.post("/sign-in", invitation="2" * 26)
        assert (answer.status_code, visitor.cookies) == (429, {})


async def test_who_is_signed_in_is_told_that_it_will_be_somebody_else(site: Api) -> None:
    code = await workshop(site, organisation="library-trust")
    visitor = await signed_in(site, "mill-museum")
    page = PageReader((await visitor.post("/sign-in", link=code)).text)
    assert "This browser is signed in already." in page.text
    assert "close the page: nothing has happened yet" in page.text
    assert "Brackwater Mill Museum" in (await visitor.get("/")).text
    first = visitor.cookies[LOOPBACK]
    assert (await visitor.post("/sign-in", invitation=code)).status_code == 303
    assert await site.service.sessions.caller(first) is None
    assert "as a guest" in (await visitor.get("/")).text
    # A one-time link says the same.
    link = await site.service.links.make(site.keys["analyst"].split("_")[1], "test")
    assert "is signed in already" in (await visitor.post("/sign-in", link=link)).text


async def test_a_session_is_always_a_new_one(site: Api) -> None:
    # Somebody else set this cookie before, and knows it.
    visitor = Visitor(site, cookies={LOOPBACK: "x" * 43})
    await visitor.post("/sign-in", invitation=await workshop(site))
    assert visitor.cookies[LOOPBACK] != "x" * 43
    fixed = Visitor(site, cookies={LOOPBACK: "x" * 43})
    assert await fixed.role() == "Sign in"


@pytest.mark.parametrize("sent", ELSEWHERE)
async def test_a_form_of_another_site_signs_nobody_in(site: Api, sent: dict[str, str]) -> None:
    code = await workshop(site, 1)
    visitor = Visitor(site)
    for fields in ({"link": code}, {"invitation": code}):
        answer = await visitor.post_from(sent, "/sign-in", **fields)
        assert (answer.status_code, visitor.cookies) == (403, {})
    assert await site.service.invitations.find(code) is not None


async def test_a_code_is_not_taken_where_others_could_read_it(site: Api) -> None:
    code = await workshop(site, 1)
    visitor = Visitor(site, "http://example.org")
    for fields in ({"link": code}, {"invitation": code}):
        answer = await visitor.post("/sign-in", **fields)
        assert (answer.status_code, visitor.cookies) == (403, {})
    assert await site.service.invitations.find(code) is not None


async def test_a_guest_is_signed_out_when_the_code_expires(site: Api) -> None:
    visitor = Visitor(site)
    await visitor.post("/sign-in", invitation=await workshop(site))
    caller = await site.service.sessions.caller(visitor.cookies[LOOPBACK])
    assert caller is not None and caller.expires is not None
    assert caller.expires <= datetime.now(UTC) + timedelta(hours=3)
    await site.execute("update keys set expires_at = now() where id = $1", caller.key_id)
    assert await visitor.role() == "Sign in"


async def test_the_cookie_of_a_guest_opens_pages_and_nothing_else(site: Api) -> None:
    visitor = Visitor(site)
    await visitor.post("/sign-in", invitation=await workshop(site))
    shown = await visitor.get("/cohorts/heritage-2024")
    assert "private" not in PageReader(shown.text).text.lower()
    for path in ("/keys", "/quarantine", "/consumers"):
        assert (await visitor.get(path, accept="application/json")).status_code == 401


async def test_neither_codes_nor_keys_reach_the_log_of_the_service(
    database_url: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with open_api(database_url, lives=True) as api:
        await record_demo(api)
        end = datetime.now(UTC) + timedelta(hours=3)
        offer = Offer(Role.EVALUATOR, COHORT, end, cohorts=(COHORT,), name="The Fund")
        code = await api.service.invitations.make(offer, made_by="test")
        visitor = Visitor(api)
        await visitor.post("/sign-in", link=code)
        key = PageReader((await visitor.post("/sign-in", invitation=code)).text).named["key"]
        await visitor.post("/sign-in", invitation=code)
        [cookie] = visitor.cookies.values()
    written = "".join(capfd.readouterr()) + caplog.text
    for secret in (code, key, key.split("_", 2)[2], cookie):
        assert secret not in written
