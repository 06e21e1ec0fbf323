"""Signing in with a key or a one-time link, and signing out."""

import pytest

from events.access.principal import Role
from service.access.credential import hashed
from service.access.signing_in.cookies import LOOPBACK, SECURE
from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api, open_api, problem
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

ELSEWHERE: tuple[dict[str, str], ...] = (
    {},
    {"origin": "https://example.org"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": "http://other.localhost"},
    {"origin": "null"},
)
"""What browsers say of forms that other sites send, and of those of which they say nothing."""


async def code_for(site: Api, who: str) -> str:
    """Return the code of a new link for a key."""
    return await site.service.links.make(site.keys[who].split("_")[1], "test")


async def signed_in(site: Api, who: str = "mill-museum", url: str = HERE) -> Visitor:
    """Return a visitor who has signed in with a key."""
    visitor = Visitor(site, url)
    answer = await visitor.post("/sign-in", key=site.keys[who])
    assert answer.status_code == 303, answer.text
    return visitor


async def test_a_key_signs_in_and_leads_to_where_the_visitor_came_from(site: Api) -> None:
    visitor = Visitor(site)
    form = PageReader((await visitor.get("/sign-in?to=/cohorts/heritage-2024")).text)
    assert {"to", "key", "link"} <= set(form.attributes("input", "name"))
    assert "/cohorts/heritage-2024" in form.attributes("input", "value")
    answer = await visitor.post(
        "/sign-in", key=f" {site.keys['mill-museum']}\n", to="/cohorts/heritage-2024"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/cohorts/heritage-2024")
    assert "Brackwater Mill Museum" in (await visitor.get("/")).text
    assert await visitor.role() == "Sign out"


@pytest.mark.parametrize("to", ["//example.org", "/\\example.org", "https:example.org", "/\t/x"])
async def test_signing_in_never_leads_to_another_site(site: Api, to: str) -> None:
    answer = await Visitor(site).post("/sign-in", key=site.keys["analyst"], to=to)
    assert answer.headers["location"] == "/"
    shown = await Visitor(site).get("/sign-in?to=//example.org")
    assert "example.org" not in PageReader(shown.text).attributes("input", "value")


@pytest.mark.parametrize(
    ("url", "name", "flags"),
    [
        (HERE, LOOPBACK, {"HttpOnly", "SameSite=lax", "Path=/"}),
        ("https://example.org", SECURE, {"HttpOnly", "SameSite=lax", "Path=/", "Secure"}),
    ],
)
async def test_the_cookie_has_its_flags(site: Api, url: str, name: str, flags: set[str]) -> None:
    answer = await Visitor(site, url).post("/sign-in", key=site.keys["analyst"])
    [cookie] = answer.headers.get_list("set-cookie")
    first, *given = cookie.split("; ")
    assert first.partition("=")[0] == name
    assert {one for one in given if not one.startswith("Max-Age=")} == flags


async def test_a_wrong_key_is_refused_and_not_repeated(site: Api) -> None:
    unknown = f"hcw_{'0' * 16}_{'x' * 43}"
    for wrong in (unknown, "", "<script>", f"{site.keys['analyst']}x"):
        visitor = Visitor(site)
        answer = await visitor.post("/sign-in", key=wrong)
        assert (answer.status_code, visitor.cookies) == (403, {})
        page = PageReader(answer.text)
        assert "This key is unknown, expired or revoked." in page.text
        assert wrong not in [value for value in page.attributes("input", "value") if value]
        assert not wrong or wrong not in page.text
        assert "location" not in answer.headers


async def test_a_link_says_whom_it_signs_in_and_its_button_does_it_once(site: Api) -> None:
    code = await code_for(site, "mill-museum")
    visitor = Visitor(site)
    for _ in range(2):
        shown = await visitor.post("/sign-in", link=f"{HERE}/sign-in#link={code}", to="/cohorts")
        assert shown.status_code == 200
        assert "Sign in as Brackwater Mill Museum?" in PageReader(shown.text).text
        assert visitor.cookies == {}
        assert code in PageReader(shown.text).attributes("input", "value")
    answer = await visitor.post("/sign-in", code=code, to="/cohorts")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cohorts")
    assert "Brackwater Mill Museum" in (await visitor.get("/")).text
    other = Visitor(site)
    for fields in ({"link": code}, {"code": code}):
        again = await other.post("/sign-in", **fields)
        assert (again.status_code, other.cookies) == (403, {})
        assert "This link or code cannot be used." in PageReader(again.text).text


async def test_used_unknown_expired_and_ended_links_get_the_same_answer(site: Api) -> None:
    used, expired = await code_for(site, "mill-museum"), await code_for(site, "mill-museum")
    site.keys["ending"] = await site.key(Role.ANALYST)
    ended = await code_for(site, "ending")
    await site.service.keys.revoke(site.keys["ending"].split("_")[1], granted_by="test")
    assert (await Visitor(site).post("/sign-in", code=used)).status_code == 303
    past = "update links set expires_at = now() where hash = $1"
    await site.execute(past, hashed(expired))
    pages = set()
    for code in (used, expired, ended, "x" * 22, "", "nothing like a code"):
        for fields in ({"link": code}, {"code": code}):
            visitor = Visitor(site)
            answer = await visitor.post("/sign-in", **fields)
            assert (answer.status_code, visitor.cookies) == (403, {})
            pages.add(answer.text)
    assert len(pages) == 1


async def test_a_preview_does_not_use_a_link_up(site: Api) -> None:
    code = await code_for(site, "analyst")
    preview = await Visitor(site).get("/sign-in")
    assert preview.status_code == 200
    assert (await Visitor(site).get(f"/sign-in?link={code}&code={code}")).status_code == 200
    assert (await Visitor(site).post("/sign-in", code=code)).status_code == 303


async def test_signing_in_is_refused_where_others_could_read_the_key(site: Api) -> None:
    visitor = Visitor(site, "http://example.org")
    code = await code_for(site, "analyst")
    page = PageReader((await visitor.get("/sign-in")).text)
    assert "it is not encrypted" in page.text
    assert page.attributes("input", "name") == ["q"]
    for fields in ({"key": site.keys["analyst"]}, {"link": code}, {"code": code}):
        answer = await visitor.post("/sign-in", **fields)
        assert (answer.status_code, visitor.cookies) == (403, {})
        assert "it is not encrypted" in answer.text
    assert (await Visitor(site).post("/sign-in", code=code)).status_code == 303


@pytest.mark.parametrize("sent", ELSEWHERE)
async def test_a_form_of_another_site_signs_nobody_in_or_out(
    site: Api, sent: dict[str, str]
) -> None:
    visitor = Visitor(site)
    code = await code_for(site, "analyst")
    for fields in ({"key": site.keys["analyst"]}, {"link": code}, {"code": code}):
        answer = await visitor.post_from(sent, "/sign-in", **fields)
        assert (answer.status_code, visitor.cookies) == (403, {})
        assert "This form was not accepted" in PageReader(answer.text).text
    visitor = await signed_in(site)
    answer = await visitor.post_from(sent, "/sign-out", token=await visitor.token())
    assert answer.status_code == 403
    assert await visitor.role() == "Sign out"


async def test_signing_in_begins_a_new_session_and_ends_the_last_one(site: Api) -> None:
    visitor = Visitor(site)
    # Somebody else set this cookie before, and knows it.
    visitor.cookies[LOOPBACK] = "x" * 43
    await visitor.post("/sign-in", key=site.keys["mill-museum"])
    first = visitor.cookies[LOOPBACK]
    assert first != "x" * 43
    await visitor.post("/sign-in", key=site.keys["library-trust"])
    assert visitor.cookies[LOOPBACK] != first
    assert await site.service.sessions.caller(first) is None
    fixed = Visitor(site, cookies={LOOPBACK: "x" * 43})
    assert await fixed.role() == "Sign in"


async def test_signing_out_takes_a_button_with_the_token_of_the_session(site: Api) -> None:
    visitor, other = await signed_in(site), await signed_in(site, "library-trust")
    token = await visitor.token()
    for wrong in ({}, {"token": ""}, {"token": "x"}, {"token": await other.token()}):
        answer = await visitor.post("/sign-out", **wrong)
        assert answer.status_code == 403
        assert "This form was not accepted" in answer.text
    assert (await visitor.get("/sign-out")).status_code == 200
    assert await visitor.role() == "Sign out"
    secret = visitor.cookies[LOOPBACK]
    answer = await visitor.post("/sign-out", token=token)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-out")
    assert visitor.cookies == {}
    assert "You are signed out." in (await visitor.get("/sign-out")).text
    assert await site.service.sessions.caller(secret) is None
    assert await other.role() == "Sign out"


async def test_a_key_in_the_header_has_nothing_to_sign_out_of(site: Api) -> None:
    page = await Visitor(site).get("/sign-out", **site.headers("analyst"))
    assert "there is nothing to sign out of" in page.text


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"key=%ff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=b"] * 1_000), "application/x-www-form-urlencoded", 400),
        (b"key=" + b"a" * 100_000, "application/x-www-form-urlencoded", 413),
        (b"\xff", "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused(
    site: Api, body: bytes, media: str, status: int
) -> None:
    headers = {"sec-fetch-site": "same-origin", "content-type": media}
    answer = await site.client.post(f"{HERE}/sign-in", content=body, headers=headers)
    problem(answer, status)
    page = await site.client.post(
        f"{HERE}/sign-in", content=body, headers={**headers, "accept": "text/html"}
    )
    assert page.status_code == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"


async def test_pages_with_forms_are_not_kept_framed_or_named_to_others(site: Api) -> None:
    visitor = await signed_in(site)
    code = await code_for(site, "analyst")
    for answer in (
        await visitor.get("/sign-in"),
        await visitor.get("/sign-out"),
        await visitor.post("/sign-in", link=code),
        await visitor.post("/sign-in", key="x"),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        # Browsers that do not say from which site a form comes say its origin then, instead of null.
        assert answer.headers["referrer-policy"] == "same-origin"
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        page = PageReader(answer.text)
        assert page.faults == []
        assert len(page.ids) == len(set(page.ids))


async def test_attempts_to_sign_in_are_limited_for_each_address(database_url: str) -> None:
    async with open_api(database_url, sign_ins_per_minute=3) as api:
        visitor = Visitor(api)
        for _ in range(3):
            assert (await visitor.post("/sign-in", key="x")).status_code == 403
        answer = await visitor.post("/sign-in", key=api.keys["analyst"])
        assert (answer.status_code, visitor.cookies) == (429, {})
        assert int(answer.headers["retry-after"]) > 0
        assert "Too many requests" in answer.text
        assert (await visitor.get("/sign-in")).status_code == 200
