"""How many requests a client may send, and which pages may ask."""

import pytest

from service.middleware.rates import Rate
from tests.service.app import Api, faults_in, open_api, problem


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def test_two_seconds_worth_may_come_at_once_and_then_the_rate_holds() -> None:
    clock = Clock()
    rate = Rate(5, clock=clock)
    assert [rate.wait_seconds("a") for _ in range(11)] == [0] * 10 + [1]
    assert rate.wait_seconds("b") == 0
    clock.seconds += 0.2
    assert [rate.wait_seconds("a") for _ in range(2)] == [0, 1]
    clock.seconds += 100
    assert [rate.wait_seconds("a") for _ in range(11)] == [0] * 10 + [1]


def test_a_client_that_waits_as_long_as_retry_after_says_is_let_in() -> None:
    clock = Clock()
    rate = Rate(0.1, clock=clock)
    assert rate.wait_seconds("a") == 0
    wait = rate.wait_seconds("a")
    assert wait == 10
    clock.seconds += wait
    assert rate.wait_seconds("a") == 0


def test_0_is_no_limit() -> None:
    rate = Rate(0, clock=Clock())
    assert {rate.wait_seconds("a") for _ in range(1_000)} == {0}


async def test_a_key_beyond_its_rate_gets_the_time_to_come_again(database_url: str) -> None:
    async with open_api(database_url, key_requests_per_second=0.05) as api:
        assert (await api.get("/event-types", "mill")).status_code == 200
        assert (await api.get("/quarantine", "mill")).status_code == 200
        response = await api.get("/quarantine", "mill")
        assert faults_in(problem(response, 429)) == [(None, "rate.exceeded", "")]
        assert 0 < int(response.headers["retry-after"]) <= 20
        # Nobody else is.
        assert (await api.get("/quarantine", "archive")).status_code == 200
        assert (await api.get("/events", None)).status_code == 200


async def test_an_address_beyond_its_rate_is_refused_before_anything_is_asked(
    database_url: str,
) -> None:
    async with open_api(database_url, address_requests_per_second=1.5) as api:
        answers = [await api.get("/events", who) for who in ("mill", None, "wrong")]
        assert [answer.status_code for answer in answers] == [200, 200, 401]
        response = await api.get("/nowhere", None)
        problem(response, 429)
        assert response.headers["retry-after"] == "1"


async def test_pages_of_an_origin_may_ask_where_it_is_named(database_url: str) -> None:
    async with open_api(
        database_url, cors_origins="https://journeys.example, https://other.example"
    ) as api:
        preflight = {
            "origin": "https://journeys.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type,if-match",
        }
        response = await api.client.options("/events", headers=preflight)
        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == "https://journeys.example"
        assert "authorization" in response.headers["access-control-allow-headers"].lower()
        response = await api.get("/events", origin="https://journeys.example")
        assert response.headers["access-control-allow-origin"] == "https://journeys.example"
        assert "ETag" in response.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in response.headers
        refused = await api.get("/events", None, origin="https://else.example")
        assert "access-control-allow-origin" not in refused.headers
        bad = await api.get("/events", "wrong", origin="https://other.example")
        assert bad.headers["access-control-allow-origin"] == "https://other.example"


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_no_page_may_ask_where_none_is_named(api: Api, method: str) -> None:
    response = await api.client.request(
        method,
        "/events",
        headers={"origin": "https://journeys.example", "access-control-request-method": "GET"},
    )
    assert "access-control-allow-origin" not in response.headers
