"""Attempts to sign in at an OpenID provider: each is good once, for the browser that began it."""

import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from service.access.oidc.flow import LASTS_SECONDS
from service.access.signing_in.cookies import FLOW, LOOPBACK, SECURE
from tests.service.access.oidc.issuer import Issuer
from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import Visitor
from tests.service.pages.sign_in.provider import OIDC, came_back, left, refusal, signed_in, trusting
from tests.service.pages.sign_in.test_sign_in import ELSEWHERE

PUBLIC = "https://howcanwe.example.org"


@pytest.mark.parametrize("change", ["missing", "other", "empty", "with blanks"])
async def test_an_answer_with_another_state_is_refused(
    service: Api, issuer: Issuer, change: str
) -> None:
    visitor = Visitor(service)
    address = issuer.answered(await left(visitor))
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    changed = {"other": "x" * 43, "empty": "", "with blanks": f" {query['state']}"}
    query.pop("state")
    query |= {} if change == "missing" else {"state": changed[change]}
    text = await refusal(visitor, f"{HERE}{OIDC}?{urlencode(query)}", 400)
    assert "This attempt to sign in cannot be completed." in text
    # The attempt itself is not disturbed.
    assert issuer.forms == []
    assert (await came_back(visitor, address)).status_code == 303


async def test_a_link_with_somebody_elses_answer_signs_nobody_in(
    service: Api, issuer: Issuer
) -> None:
    attacker, victim = Visitor(service), Visitor(service)
    link = issuer.answered(await left(attacker))
    await refusal(victim, link, 400)
    # Nor while the victim is on the way, and a member who is signed in stays so.
    on_the_way = Visitor(service)
    address = await left(on_the_way)
    await refusal(on_the_way, link, 400)
    assert (await came_back(on_the_way, issuer.answered(address))).status_code == 303
    member = await signed_in(service, issuer)
    await refusal(member, link, 400)
    assert await member.role() == "Sign out"


@pytest.mark.parametrize("sent", ELSEWHERE)
async def test_another_site_cannot_begin_an_attempt(
    service: Api, issuer: Issuer, sent: dict[str, str]
) -> None:
    visitor = Visitor(service)
    answer = await visitor.post_from(sent, OIDC, to="/")
    assert (answer.status_code, visitor.cookies) == (403, {})
    assert issuer.asked == []


async def test_a_link_to_the_address_only_leads_to_the_forms(service: Api) -> None:
    visitor = Visitor(service)
    answer = await visitor.get(OIDC)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert visitor.cookies == {}


async def test_an_answer_is_good_once(service: Api, issuer: Issuer) -> None:
    visitor = Visitor(service)
    address = issuer.answered(await left(visitor))
    flow = visitor.cookies[LOOPBACK + FLOW]
    assert (await came_back(visitor, address)).status_code == 303
    assert LOOPBACK + FLOW not in visitor.cookies
    secret = visitor.cookies[LOOPBACK]
    await refusal(visitor, address, 400)
    # Who kept the cookie is refused by the provider.
    visitor.cookies[LOOPBACK + FLOW] = flow
    await refusal(visitor, address, 400)
    assert visitor.cookies == {LOOPBACK: secret}
    assert await visitor.role() == "Sign out"
    assert await service.execute("select count(*) from sessions") == 1


async def test_a_code_of_another_attempt_is_refused_by_its_verifier_or_nonce(
    service: Api, issuer: Issuer
) -> None:
    attacker, victim = Visitor(service), Visitor(service)
    theirs = dict(parse_qsl(urlsplit(issuer.answered(await left(attacker))).query))
    own = dict(parse_qsl(urlsplit(issuer.answered(await left(victim))).query))
    mixed = urlencode({**own, "code": theirs["code"]})
    await refusal(victim, f"{HERE}{OIDC}?{mixed}", 400)
    assert await service.execute("select count(*) from sessions") == 0


async def test_an_attempt_that_took_too_long_is_refused(
    service: Api, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(service)
    address = issuer.answered(await left(visitor))
    late = time.time() + LASTS_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: late)
    text = await refusal(visitor, address, 400)
    assert "It took too long" in text
    assert issuer.forms == []


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "x" * 43, "x" * 43 + ".9.Lw==", "ü"])
async def test_a_browser_without_its_attempt_is_refused(
    service: Api, issuer: Issuer, cookie: str
) -> None:
    address = issuer.answered(await left(Visitor(service)))
    visitor = Visitor(service, cookies={LOOPBACK + FLOW: cookie} if cookie.isascii() else {})
    await refusal(visitor, address, 400)


@pytest.mark.parametrize(
    ("url", "prefix", "flags"),
    [
        (HERE, LOOPBACK, {"HttpOnly", "SameSite=lax", "Path=/"}),
        (PUBLIC, SECURE, {"HttpOnly", "SameSite=lax", "Path=/", "Secure"}),
    ],
)
async def test_the_cookie_of_an_attempt_is_short_and_closed(
    service: Api, issuer: Issuer, url: str, prefix: str, flags: set[str]
) -> None:
    visitor = Visitor(service, url)
    answer = await visitor.post(OIDC)
    [cookie] = answer.headers.get_list("set-cookie")
    first, *given = cookie.split("; ")
    assert first.partition("=")[0] == prefix + FLOW
    assert set(given) == {*flags, f"Max-Age={LASTS_SECONDS}"}
    [*_, content] = PageReader(answer.text).attributes("meta", "content")
    assert first.partition("=")[2].partition(".")[0] not in str(content)


async def test_the_provider_comes_back_to_the_public_address(
    database_url: str, issuer: Issuer
) -> None:
    async with trusting(database_url, issuer, public_url=PUBLIC) as service:
        visitor = Visitor(service, PUBLIC)
        address = await left(visitor)
        assert dict(parse_qsl(urlsplit(address).query))["redirect_uri"] == PUBLIC + OIDC
        answer = await came_back(visitor, issuer.answered(address))
        assert answer.status_code == 303
        assert set(visitor.cookies) == {SECURE}


async def test_nobody_signs_in_where_others_could_read_along(service: Api, issuer: Issuer) -> None:
    visitor = Visitor(service, "http://example.org")
    page = PageReader((await visitor.get("/sign-in")).text)
    assert OIDC not in page.attributes("form", "action")
    for answer in (await visitor.post(OIDC), await visitor.get(f"{OIDC}?code=x&state=y")):
        assert (answer.status_code, visitor.cookies) == (403, {})
        assert "it is not encrypted" in answer.text
    assert issuer.asked == []


async def test_attempts_are_limited_for_each_address(database_url: str, issuer: Issuer) -> None:
    async with trusting(database_url, issuer, sign_ins_per_minute=2) as service:
        visitor = Visitor(service)
        await came_back(visitor, issuer.answered(await left(visitor)))
        assert (await visitor.post(OIDC)).status_code == 429
        assert (await visitor.get(f"{OIDC}?code=x&state=y")).status_code == 429
