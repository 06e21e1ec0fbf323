"""Signing in at an OpenID provider: who comes back as whom, and what ends the session."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from service.access.signing_in.cookies import LOOPBACK
from tests.service.access.oidc.issuer import Issuer
from tests.service.access.signing_in.browser import HERE
from tests.service.app import Api
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import Visitor
from tests.service.pages.sign_in.provider import (
    MILL,
    OIDC,
    came_back,
    left,
    refusal,
    signed_in,
    trusting,
)

HERITAGE = {"howcanwe_cohorts": ["heritage"]}


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
