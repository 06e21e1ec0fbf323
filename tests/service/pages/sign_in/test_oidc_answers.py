"""What an OpenID provider answers to the service, and its failures in plain words."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.service.access.oidc.issuer import Issuer
from tests.service.app import Api
from tests.service.conftest import Messages
from tests.service.pages.reading import PageReader
from tests.service.pages.sign_in.browser import Visitor
from tests.service.pages.sign_in.provider import OIDC, came_back, left, refusal, signed_in, trusting

SECRET = "a secret: with/odd+characters"


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
