"""A database that does not answer: every route reports it in a bounded time, and open requests are settled later."""

import asyncio
import time

import httpx
import orjson
import pytest

from tests.events.samples import noted
from tests.faults.frozen import behind_relay
from tests.service.app import STRUCTURED, Api, complete, open_api

ANSWER_SECONDS = 1.0
BOUND_SECONDS = 12.0
"""The time a route may take: some answers, and a machine that does other things beside."""


async def timely(answer: httpx.Response, began: float, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert time.monotonic() - began < BOUND_SECONDS


async def test_every_route_answers_while_the_database_does_not(database_url: str) -> None:
    async with (
        behind_relay(database_url) as (url, relay),
        open_api(url, database_seconds_max=ANSWER_SECONDS) as api,
    ):
        await api.begin()
        assert (await api.get("/events?limit=1", None)).status_code == 200
        relay.freeze()
        for path, who, status in (
            ("/health/ready", None, 503),
            ("/metrics", None, 200),
            ("/health/live", None, 200),
            ("/events?limit=1", None, 503),
            ("/events?limit=1", "facilitator", 503),
            ("/events/1", "facilitator", 503),
            ("/quarantine", "facilitator", 503),
        ):
            began = time.monotonic()
            answer = await api.get(path, who)
            await timely(answer, began, status)
        began = time.monotonic()
        await timely(await api.post(noted("organisation/mill")), began, 503)
        relay.thaw()
        assert (await api.get("/events?limit=1")).status_code == 200
        assert (await api.post(noted("organisation/mill"))).status_code == 201


@pytest.mark.parametrize("many", [1, 20])
async def test_a_commit_that_is_not_answered_is_settled_by_the_same_id(
    database_url: str, many: int
) -> None:
    async with (
        behind_relay(database_url) as (url, relay),
        # The keys are remembered, so that it is the recording that meets the silence.
        open_api(url, database_seconds_max=ANSWER_SECONDS, key_cache_seconds=600) as api,
    ):
        await api.begin()
        head = await api.head()
        events = [orjson.dumps(complete(noted("organisation/mill"))) for _ in range(many)]
        relay.freeze()
        began = time.monotonic()
        answers = await asyncio.gather(*(api.send(event, STRUCTURED) for event in events))
        for answer in answers:
            await timely(answer, began, 503)
            assert "send the same ids again" in answer.json()["detail"]
        relay.thaw()
        settled = await sent_until_taken(api, events)
        assert sorted(settled) == list(range(head + 1, head + many + 1))
        assert await api.head() == head + many


async def sent_until_taken(api: Api, events: list[bytes]) -> list[int]:
    """Send each event again until it is acknowledged; return their positions."""
    positions = []
    async with asyncio.timeout(60):
        for event in events:
            while (answer := await api.send(event, STRUCTURED)).status_code == 503:
                await asyncio.sleep(0.05)
            assert answer.status_code in (200, 201), answer.text
            positions.append(answer.json()["receipts"][0]["position"])
    return positions
