"""OpenID Connect tokens beside keys: whom they let in, as whom, and whom not."""

import asyncio
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from service.access.oidc.issuer import Issuer as Published
from service.errors import IssuerAway
from tests.events.samples import asked, registered
from tests.service.access.oidc.issuer import Issuer, issuing
from tests.service.app import Api, faults_in, open_api, problem
from tests.service.conftest import Messages, assert_discreet
from tests.service.http.resources.test_live import live
from tests.service.serving import serving


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """An issuer on a port of this machine."""
    async with issuing() as issuer:
        yield issuer


@pytest.fixture
async def trusting(database_url: str, issuer: Issuer, messages: Messages) -> AsyncIterator[Api]:
    """The API over a story, which trusts the issuer."""
    async with open_api(
        database_url, oidc_issuer=issuer.url, oidc_leeway_seconds=0, oidc_keys_again_seconds=0
    ) as api:
        await api.begin()
        yield api
        assert_discreet(messages, api)


def identity(issuer: Issuer, subject: str = "ada") -> str:
    return sha256(f"{issuer.url}\n{subject}".encode()).hexdigest()[:32]


async def test_a_token_lets_in_with_its_role_and_records_as_its_subject(
    trusting: Api, issuer: Issuer
) -> None:
    token = issuer.token(howcanwe_role="organisation", howcanwe_organisation="mill")
    response = await trusting.post(asked(organisation="mill"), who=token)
    assert response.status_code == 201, response.text
    (line,) = await trusting.lines("facilitator", "?after=6")
    assert line["actor"] == f"service/{identity(issuer)}"
    problem(await trusting.post(asked("other", organisation="archive"), who=token), 403)
    problem(await trusting.post(registered("tower"), who=issuer.token()), 403)
    assert len(await trusting.lines(issuer.token())) == 7


@pytest.mark.parametrize(
    ("claims", "count"),
    [
        ({"howcanwe_cohorts": ["heritage"]}, 7),
        ({"howcanwe_cohorts": "heritage"}, 7),
        ({"howcanwe_cohorts": ["*"]}, 7),
        ({"howcanwe_cohorts": ["another"]}, 6),
    ],
)
async def test_a_facilitator_by_token_is_one_of_the_cohorts_it_names(
    trusting: Api, issuer: Issuer, claims: dict[str, Any], count: int
) -> None:
    await trusting.post(asked(cohort="heritage", visibility="private"), who="mill")
    token = issuer.token(howcanwe_role="facilitator", **claims)
    assert len(await trusting.lines(token)) == count


@pytest.mark.parametrize(
    ("claims", "count"),
    [
        ({"howcanwe_cohorts": ["heritage"]}, 7),
        ({"howcanwe_cohorts": ["another", "heritage"]}, 7),
        ({"howcanwe_cohorts": "another"}, 6),
    ],
)
async def test_an_evaluator_by_token_is_one_of_the_cohorts_it_names(
    trusting: Api, issuer: Issuer, claims: dict[str, Any], count: int
) -> None:
    await trusting.post(asked(cohort="heritage", visibility="private"), who="mill")
    token = issuer.token(howcanwe_role="evaluator", **claims)
    assert len(await trusting.lines(token)) == count
    problem(await trusting.post(registered("tower"), who=token), 403)


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"exp": None},
        {"exp": 1e30},
        {"exp": "soon"},
        {"nbf": 99_999_999_999},
        {"aud": "another"},
        {"aud": None},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"sub": None},
        {"howcanwe_role": None},
        {"howcanwe_role": "king"},
        {"howcanwe_role": "admin"},
        {"howcanwe_role": "public"},
        {
            "howcanwe_role": "guest",
            "howcanwe_organisation": "mill",
            "howcanwe_cohorts": ["heritage"],
        },
        {"howcanwe_role": {"analyst": True}},
        {"howcanwe_role": "facilitator"},
        {"howcanwe_role": "facilitator", "howcanwe_cohorts": []},
        {"howcanwe_role": "facilitator", "howcanwe_cohorts": ["no key"]},
        {"howcanwe_role": "evaluator"},
        {"howcanwe_role": "evaluator", "howcanwe_cohorts": []},
        {"howcanwe_role": "evaluator", "howcanwe_cohorts": ["*"]},
        {"howcanwe_role": "evaluator", "howcanwe_cohorts": ["heritage", "no key"]},
        {"howcanwe_role": "organisation"},
        {"howcanwe_role": "organisation", "howcanwe_organisation": ["mill", "archive"]},
        {"howcanwe_role": "organisation", "howcanwe_organisation": "no key"},
        {"howcanwe_role": "organisation", "howcanwe_organisation": ""},
        {"howcanwe_role": "organisation", "howcanwe_organisation": [""]},
    ],
)
async def test_a_token_that_says_something_else_is_refused(
    trusting: Api, issuer: Issuer, claims: dict[str, Any]
) -> None:
    response = await trusting.get("/events", issuer.token(**claims))
    assert faults_in(problem(response, 401)) == [(None, "key.required", "")]


async def test_a_token_of_another_signature_is_refused(trusting: Api, issuer: Issuer) -> None:
    foreign = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    good = issuer.token()
    head, body, signature = good.split(".")
    secret = "a shared secret that is long enough for the algorithm"
    claims = jwt.decode(good, options={"verify_signature": False})
    for token in (
        issuer.token(signed_by=foreign),
        issuer.token(headers={"kid": "nobody's"}),
        jwt.encode(claims, secret, algorithm="HS256", headers={"kid": issuer.present}),
        jwt.encode(claims, "", algorithm="none", headers={"kid": issuer.present}),
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body}x.{signature}",
        "a.b.c",
        good + "A" * 20_000,
    ):
        problem(await trusting.get("/events", token), 401)


async def test_roles_are_mapped_and_claims_found_by_path(database_url: str, issuer: Issuer) -> None:
    async with open_api(
        database_url,
        oidc_issuer=issuer.url,
        oidc_audience="museum",
        oidc_role_claim="realm_access.roles",
        oidc_organisation_claim="https://example.org/house",
        oidc_roles={"staff": "organisation", "reader": "analyst"},
    ) as api:
        await api.begin()
        token = issuer.token(
            aud=["museum", "shop"],
            howcanwe_role=None,
            realm_access={"roles": ["reader", "staff"]},
            **{"https://example.org/house": "mill"},
        )
        assert (await api.post(asked(organisation="mill"), who=token)).status_code == 201


async def test_no_value_is_mapped_to_a_guest(database_url: str, issuer: Issuer) -> None:
    given: dict[str, Any] = {"oidc_issuer": issuer.url, "oidc_audience": "howcanwe"}
    async with open_api(database_url, **given, oidc_roles={"visitor": "guest"}) as api:
        claims = {"howcanwe_organisation": "mill", "howcanwe_cohorts": ["heritage"]}
        token = issuer.token(howcanwe_role="visitor", **claims)
        problem(await api.get("/events", token), 401)


async def test_the_issuers_keys_are_kept_and_fetched_again_for_a_new_one(
    database_url: str, issuer: Issuer
) -> None:
    async with open_api(database_url, oidc_issuer=issuer.url, oidc_keys_again_seconds=0) as api:
        before = issuer.token()
        for _ in range(3):
            assert (await api.get("/events", before)).status_code == 200
        assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]
        issuer.rotate(curve=True)
        after = issuer.token()
        assert (await api.get("/events", after)).status_code == 200
        assert (await api.get("/events", before)).status_code == 200
        assert len(issuer.asked) == 4
        issuer.rotate(forget=True)
        assert (await api.get("/events", issuer.token())).status_code == 200
        problem(await api.get("/events", after), 401)


async def test_unknown_keys_do_not_make_the_issuer_be_asked_again_and_again(
    database_url: str, issuer: Issuer
) -> None:
    async with open_api(database_url, oidc_issuer=issuer.url) as api:
        for number in range(5):
            token = issuer.token(headers={"kid": f"unknown-{number}"})
            problem(await api.get("/events", token), 401)
        assert len(issuer.asked) == 2


async def test_an_issuer_that_is_away_is_reported_and_known_keys_stay_valid(
    database_url: str, issuer: Issuer
) -> None:
    async with open_api(
        database_url, oidc_issuer=issuer.url, oidc_keys_seconds=0, oidc_keys_again_seconds=0
    ) as api:
        issuer.is_away = True
        response = await api.get("/events", issuer.token())
        assert faults_in(problem(response, 503)) == [(None, "issuer.away", "")]
        assert response.headers["retry-after"]
        issuer.is_away = False
        assert (await api.get("/events", issuer.token())).status_code == 200
        issuer.is_away = True
        assert (await api.get("/events", issuer.token())).status_code == 200
        # Keys need no issuer.
        assert (await api.get("/events", "analyst")).status_code == 200


async def test_while_the_issuer_is_away_it_is_asked_no_more_often(issuer: Issuer) -> None:
    seconds = 100.0
    async with httpx.AsyncClient() as client:
        keys = Published(
            issuer.url, client, keep_seconds=600, again_seconds=10, clock=lambda: seconds
        )

        async def away(number: int) -> bool:
            try:
                return await keys.key(f"made-up-{number}") is not None
            except IssuerAway:
                return True

        issuer.is_away = True
        assert all(await asyncio.gather(*map(away, range(5))))
        assert len(issuer.asked) == 1
        issuer.is_away = False
        seconds += 10
        known = issuer.present
        assert await keys.key(known) is not None
        assert await keys.key("made-up") is None
        issuer.is_away = True
        seconds += 10
        assert all(await asyncio.gather(*map(away, range(5))))
        assert await keys.key(known) is not None
        assert len(issuer.asked) == 4
        issuer.is_away = False
        issuer.rotate()
        seconds += 10
        assert await keys.key(issuer.present) is not None
        assert await keys.key("made-up") is None
        assert len(issuer.asked) == 6


async def test_without_an_issuer_no_token_is_good(api: Api, issuer: Issuer) -> None:
    problem(await api.get("/events", issuer.token()), 401)


async def test_what_a_token_has_open_ends_with_it(database_url: str, issuer: Issuer) -> None:
    async with serving(
        database_url,
        heartbeat_seconds=30,
        key_cache_seconds=0.1,
        oidc_issuer=issuer.url,
        oidc_leeway_seconds=0,
    ) as served:
        await served.api.begin()
        token = issuer.token(exp=int(time.time()) + 3)
        async with live(served, who=token) as stream:
            await stream.until_caught_up()
            assert await stream.block() is None
        assert time.time() >= jwt.decode(token, options={"verify_signature": False})["exp"]
