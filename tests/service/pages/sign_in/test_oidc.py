"""Signing in at an OpenID provider: the way there and back, each failure, and what others cannot do to a browser."""

import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from service.access.oidc.flow import LASTS_SECONDS
from service.access.signing_in.cookies import FLOW, LOOPBACK, SECURE
from tests.service.access.oidc.issuer import Issuer, issuing
from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api
from tests.service.conftest import Messages, assert_discreet
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import Visitor
from tests.service.pages.sign_in.provider import OIDC, came_back, left, signed_in, trusting
from tests.service.pages.sign_in.test_sign_in import ELSEWHERE

SECRET = "a secret: with/odd+characters"
PUBLIC = "https://howcanwe.example.org"
MILL = {"howcanwe_role": "organisation", "howcanwe_organisation": "mill"}
HERITAGE = {"howcanwe_cohorts": ["heritage"]}


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """A provider on a port of this machine, at which a member of mill signs in."""
    async with issuing() as issuer:
        issuer.habits.person = MILL
        yield issuer


@pytest.fixture
async def service(database_url: str, issuer: Issuer, messages: Messages) -> AsyncIterator[Api]:
    """The service; afterwards no message may contain anything secret of the provider."""
    async with trusting(database_url, issuer) as api:
        yield api
        assert_discreet(messages, api)
        for secret in issuer.secrets:
            assert not [line for line in messages.lines if secret in line and not is_ours(line)]


def is_ours(line: str) -> bool:
    """Say whether the client of these tests logged the line, with the address that it visited."""
    return line.startswith("HTTP Request: GET http") and f"{OIDC}?" in line


async def refusal(visitor: Visitor, address: str, status: int) -> str:
    """Come back with a bad answer; return what the page says."""
    before = visitor.cookies.get(LOOPBACK)
    answer = await came_back(visitor, address)
    assert answer.status_code == status, answer.text
    assert visitor.cookies.get(LOOPBACK) == before
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "Traceback" not in answer.text
    page = PageReader(answer.text)
    assert page.faults == []
    assert OIDC in page.attributes("form", "action")
    return page.text


async def test_a_person_signs_in_at_the_provider_and_comes_back_to_where_they_were(
    service: Api, issuer: Issuer
) -> None:
    visitor = Visitor(service)
    forms = PageReader((await visitor.get("/sign-in?to=/cohorts/heritage")).text)
    assert "Sign in with Museums Together" in forms.text
    address = await left(visitor, "/cohorts/heritage")
    asked = dict(parse_qsl(urlsplit(address).query))
    assert asked["redirect_uri"] == f"{HERE}{OIDC}"
    # What the provider's address has already stays.
    assert asked["tenant"] == "mill"
    answer = await came_back(visitor, issuer.answered(address))
    assert (answer.status_code, answer.headers["location"]) == (303, "/cohorts/heritage")
    assert set(visitor.cookies) == {LOOPBACK}
    caller = await service.service.sessions.caller(visitor.cookies[LOOPBACK])
    assert caller is not None and caller.viewer.organisation == "mill"
    assert await visitor.role() == "Sign out"
    # The verifier went to the provider's token endpoint alone, and only its hash before.
    [form] = issuer.forms
    assert form["code_verifier"] not in address and len(form["code_verifier"]) == 43


@pytest.mark.parametrize(
    ("claims", "role", "cohorts"),
    [
        ({"howcanwe_role": "facilitator", **HERITAGE}, "facilitator", {"heritage"}),
        ({"howcanwe_role": "facilitator", "howcanwe_cohorts": "*"}, "facilitator", set()),
        (MILL, "organisation", set()),
        ({"howcanwe_role": "evaluator", **HERITAGE}, "evaluator", {"heritage"}),
        ({"howcanwe_role": "analyst"}, "analyst", set()),
    ],
)
async def test_every_role_signs_in_and_is_the_same_principal_as_with_a_bearer_token(
    service: Api, issuer: Issuer, claims: dict[str, Any], role: str, cohorts: set[str]
) -> None:
    issuer.habits.person = claims
    visitor = await signed_in(service, issuer)
    caller = await service.service.sessions.caller(visitor.cookies[LOOPBACK])
    assert caller is not None and caller.key_id is None
    tokens = service.service.tokens
    assert tokens is not None
    bearer = await tokens.access(issuer.token(**claims))
    assert caller.viewer == bearer.viewer
    assert (str(caller.viewer.role), set(caller.viewer.cohorts)) == (role, cohorts)
    assert (await visitor.get("/cohorts/heritage")).status_code == 200


async def test_an_evaluator_who_signs_in_is_named_to_the_members(
    service: Api, issuer: Issuer
) -> None:
    issuer.habits.person = {"howcanwe_role": "evaluator", "howcanwe_name": "The Fund", **HERITAGE}
    visitor = await signed_in(service, issuer)
    await visitor.get("/cohorts/heritage")
    named = await service.service.evaluators.of(["heritage"])
    assert "The Fund" in named["heritage"]


@pytest.mark.parametrize(
    "claims",
    [
        {"howcanwe_role": None},
        {"howcanwe_role": "king"},
        {"howcanwe_role": "admin"},
        {"howcanwe_role": "guest", "howcanwe_organisation": "mill", **HERITAGE},
        {"howcanwe_role": "organisation"},
        {"howcanwe_role": "organisation", "howcanwe_organisation": ["mill", "archive"]},
        {"howcanwe_role": "organisation", "howcanwe_organisation": "no key"},
        {"howcanwe_role": "facilitator"},
        {"howcanwe_role": "evaluator", "howcanwe_cohorts": "*"},
    ],
)
async def test_whom_the_provider_gives_no_role_is_told_so_and_stays_signed_out(
    service: Api, issuer: Issuer, claims: dict[str, Any]
) -> None:
    issuer.habits.person = claims
    visitor = Visitor(service)
    text = await refusal(visitor, issuer.answered(await left(visitor)), 403)
    assert "Museums Together knows you, but says nothing about what you may see" in text
    assert visitor.cookies == {}
    assert await service.execute("select count(*) from sessions") == 0


async def test_who_says_no_at_the_provider_stays_signed_out(service: Api, issuer: Issuer) -> None:
    issuer.habits.error = "access_denied"
    visitor = Visitor(service)
    text = await refusal(visitor, issuer.answered(await left(visitor)), 403)
    assert "Museums Together did not sign you in." in text
    assert visitor.cookies == {}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("server_error", 503),
        ("temporarily_unavailable", 503),
        ("invalid_scope", 502),
        ("login_required", 502),
        ("<script>alert(1)</script>", 502),
    ],
)
async def test_other_errors_of_the_provider_are_plain_words_too(
    service: Api, issuer: Issuer, messages: Messages, error: str, status: int
) -> None:
    issuer.habits.error = error
    visitor = Visitor(service)
    text = await refusal(visitor, issuer.answered(await left(visitor)), status)
    assert error not in text
    assert not [line for line in messages.lines if "<script>" in line and '"event"' in line]


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
    "claims",
    [
        {"nonce": None},
        {"nonce": "another"},
        {"aud": "another-client"},
        {"aud": "howcanwe"},
        {"aud": ["howcanwe-pages", "another-client"]},
        {"aud": ["howcanwe-pages", "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"sub": 7},
        {"sub": "a\0b"},
        {"sub": "\ud800"},
    ],
)
async def test_an_id_token_that_is_not_for_this_attempt_is_refused(
    service: Api, issuer: Issuer, claims: dict[str, Any]
) -> None:
    issuer.habits.id_claims = claims
    visitor = Visitor(service)
    text = await refusal(visitor, issuer.answered(await left(visitor)), 502)
    assert "The answer of Museums Together could not be used" in text
    assert await service.execute("select count(*) from sessions") == 0


async def test_an_id_token_with_another_signature_is_refused(service: Api, issuer: Issuer) -> None:
    issuer.habits.signed_by = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    visitor = Visitor(service)
    await refusal(visitor, issuer.answered(await left(visitor)), 502)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"not json",
        b'{"id_token": 7}',
        b'{"id_token": "a.b.c"}',
        b"\xff",
        b" " * 2_000_000,
    ],
    ids=["empty", "list", "nothing", "text", "number", "garbage", "bytes", "large"],
)
async def test_an_answer_that_is_no_token_is_refused(
    service: Api, issuer: Issuer, body: bytes
) -> None:
    issuer.habits.token_body = body
    visitor = Visitor(service)
    await refusal(visitor, issuer.answered(await left(visitor)), 502)


@pytest.mark.parametrize(("status", "expected"), [(503, 503), (500, 503), (429, 503), (401, 502)])
async def test_a_token_endpoint_that_fails_is_reported(
    service: Api, issuer: Issuer, status: int, expected: int
) -> None:
    issuer.habits.token_status = status
    visitor = Visitor(service)
    await refusal(visitor, issuer.answered(await left(visitor)), expected)


async def test_a_provider_that_is_away_is_reported_before_and_after(
    service: Api, issuer: Issuer
) -> None:
    visitor = Visitor(service)
    issuer.is_away = True
    answer = await visitor.post(OIDC, to="/themes")
    assert (answer.status_code, visitor.cookies) == (503, {})
    assert int(answer.headers["retry-after"]) > 0
    page = PageReader(answer.text)
    assert "Museums Together cannot be reached at present." in page.text
    assert "/themes" in page.attributes("input", "value")
    issuer.is_away = False
    address = issuer.answered(await left(visitor))
    issuer.is_away = True
    assert "cannot be reached" in await refusal(visitor, address, 503)
    # Keys need no provider.
    assert (await visitor.post("/sign-in", key=service.keys["mill"])).status_code == 303


@pytest.mark.parametrize(
    ("promised", "iss", "is_good"),
    [
        (False, None, True),
        (False, "own", True),
        (False, "https://elsewhere.example", False),
        (True, "own", True),
        (True, None, False),
        (True, "https://elsewhere.example", False),
        (True, "", False),
    ],
)
async def test_an_answer_of_another_issuer_is_refused(
    service: Api, issuer: Issuer, promised: bool, iss: str | None, is_good: bool
) -> None:
    issuer.habits.names_itself = promised
    issuer.habits.iss = issuer.url if iss == "own" else iss
    visitor = Visitor(service)
    address = issuer.answered(await left(visitor))
    if is_good:
        assert (await came_back(visitor, address)).status_code == 303
    else:
        await refusal(visitor, address, 502)
        assert issuer.forms == []


@pytest.mark.parametrize(
    "methods", [None, ("client_secret_basic",), ("client_secret_post",)], ids=str
)
async def test_a_confidential_client_shows_its_secret_as_the_provider_takes_it(
    database_url: str, issuer: Issuer, messages: Messages, methods: tuple[str, ...] | None
) -> None:
    issuer.habits.secret, issuer.habits.methods = SECRET, methods
    async with trusting(database_url, issuer, oidc_client_secret=SECRET) as service:
        await signed_in(service, issuer)
        issuer.habits.secret = "another"
        visitor = Visitor(service)
        await refusal(visitor, issuer.answered(await left(visitor)), 502)
    assert not [line for line in messages.lines if SECRET in line]


async def test_signing_in_begins_a_new_session_and_ends_the_last_one(
    service: Api, issuer: Issuer
) -> None:
    visitor = Visitor(service)
    # Somebody else set this cookie before, and knows it.
    visitor.cookies[LOOPBACK] = "x" * 43
    await came_back(visitor, issuer.answered(await left(visitor)))
    first = visitor.cookies[LOOPBACK]
    assert first != "x" * 43
    await came_back(visitor, issuer.answered(await left(visitor)))
    assert visitor.cookies[LOOPBACK] != first
    assert await service.service.sessions.caller(first) is None
    with_key = Visitor(service)
    await with_key.post("/sign-in", key=service.keys["archive"])
    before = with_key.cookies[LOOPBACK]
    await came_back(with_key, issuer.answered(await left(with_key)))
    assert await service.service.sessions.caller(before) is None


@pytest.mark.parametrize("to", ["//example.org", "/\\example.org", "https:example.org", "/\t/x"])
async def test_signing_in_never_leads_to_another_site(
    service: Api, issuer: Issuer, to: str
) -> None:
    visitor = Visitor(service)
    answer = await came_back(visitor, issuer.answered(await left(visitor, to)))
    assert answer.headers["location"] == "/"


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


async def test_without_a_client_id_there_is_no_button_and_no_way(
    database_url: str, issuer: Issuer
) -> None:
    async with trusting(
        database_url, issuer, oidc_client_id=None, oidc_sign_in_name=None
    ) as service:
        visitor = Visitor(service)
        page = PageReader((await visitor.get("/sign-in")).text)
        assert OIDC not in page.attributes("form", "action")
        for answer in (await visitor.post(OIDC), await visitor.get(f"{OIDC}?code=x&state=y")):
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert (await service.get("/events", issuer.token())).status_code == 200


async def test_without_a_name_the_button_names_the_providers_host(
    database_url: str, issuer: Issuer
) -> None:
    async with trusting(database_url, issuer, oidc_sign_in_name=None) as service:
        page = PageReader((await Visitor(service).get("/sign-in")).text)
        assert "Sign in with 127.0.0.1" in page.text


@pytest.mark.parametrize("offered", [True, False])
async def test_signing_out_deletes_the_session_and_leads_to_the_providers_sign_out(
    service: Api, issuer: Issuer, offered: bool
) -> None:
    issuer.habits.ends_sessions = offered
    visitor = await signed_in(service, issuer)
    answer = await visitor.post("/sign-out", token=await visitor.token())
    assert (answer.status_code, visitor.cookies) == (303, {})
    assert await service.execute("select count(*) from sessions") == 0
    page = PageReader((await visitor.get("/sign-out")).text)
    assert "You are signed out." in page.text
    links = [link for link in page.links if link.startswith(issuer.url)]
    there = f"{issuer.url}/end?tenant=mill&client_id=howcanwe-pages"
    assert links == ([there] if offered else [])


async def test_the_page_of_sessions_shows_those_of_the_account_and_ends_them(
    service: Api, issuer: Issuer
) -> None:
    one, other = await signed_in(service, issuer), await signed_in(service, issuer)
    issuer.habits.person = {**MILL, "sub": "bob"}
    stranger = await signed_in(service, issuer)
    page = PageReader((await one.get("/sign-in/sessions")).text)
    assert "These browsers are signed in with the same account as you." in page.text
    chosen = [str(given["value"]) for _, given in page.elements if given.get("name") == "session"]
    assert len(chosen) == 2
    caller = await service.service.sessions.caller(other.cookies[LOOPBACK])
    assert caller is not None and caller.session is not None and caller.session.hex() in chosen
    strange = await service.service.sessions.caller(stranger.cookies[LOOPBACK])
    assert strange is not None and strange.session is not None
    token = await one.token()
    for session in (strange.session.hex(), caller.session.hex()):
        await one.post("/sign-in/sessions", token=token, session=session)
    assert [await v.role() for v in (one, other, stranger)] == ["Sign out", "Sign in", "Sign out"]
    await one.post("/sign-in/sessions", token=token, all="yes")
    assert [await v.role() for v in (one, stranger)] == ["Sign in", "Sign out"]
