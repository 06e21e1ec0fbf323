"""A client that follows a log: what is there, what comes, and connections that break between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import pytest

from howcanwe.vocabulary import NoteAdded
from service.client.errors import Problem, Unreachable
from service.client.plans.retries import Retries
from tests.events.samples import noted
from tests.service.client.conftest import Connect
from tests.service.client.proxy import Failure, Proxy
from tests.service.serving import Served, serving


async def test_a_follower_gets_what_is_there_and_what_comes(
    connect: Connect, served: Served
) -> None:
    client = connect()
    events = client.client.follow(after=4)
    assert [event.position for event in await client.take(2, events)] == [5, 6]
    await served.api.post(noted("organisation/mill", text="\u2028 Zeile\u0085 ☕"))
    [new] = await client.take(1, events)
    assert (new.position, new.data["text"]) == (7, "\u2028 Zeile\u0085 ☕")
    lines = (await served.api.get("/events?after=6")).content
    assert new.line + b"\n" == lines
    await client.end(events)


async def test_a_follower_goes_on_after_every_break_and_misses_nothing(
    connect: Connect, proxy: Proxy, served: Served
) -> None:
    client = connect(proxy.url)
    events = client.client.follow(types=[NoteAdded], streams=["organisation/mill"])
    seen = []
    failures = (None, Failure.CUT_BEFORE, Failure.BUSY, Failure.GATEWAY)
    for number, failure in enumerate(failures):
        await served.api.post(noted("organisation/archive"))
        await served.api.post(noted("organisation/mill", text=f"Note {number}."))
        seen += await client.take(1, events)
        if failure is not None:
            proxy.failures = [failure]
        proxy.cut()
    await served.api.post(noted("organisation/mill", text="Last."))
    seen += await client.take(1, events)
    assert [event.data["text"] for event in seen] == [*(f"Note {n}." for n in range(4)), "Last."]
    positions = [event.position for event in seen]
    again = [int(request.headers["last-event-id"]) for request in proxy.requests]
    assert again[0] == 0
    # It asks for what follows the last event that it has seen, or the end that it had reached.
    assert all(any(place >= position for position in positions) for place in again[1:])
    assert again == sorted(again)
    await client.end(events)


async def test_a_follower_of_a_service_that_stops_goes_on_with_the_next(
    connect: Connect, database_url: str, proxy: Proxy, served: Served
) -> None:
    client = connect(proxy.url)
    events = client.client.follow(after=5)
    assert [event.position for event in await client.take(1, events)] == [6]
    async with serving(database_url) as other:
        proxy.target = other.port
        served.api.service.stopping.set()
        other.api.keys |= served.api.keys
        await other.api.post(noted("organisation/mill"))
        [new] = await client.take(1, events)
        assert new.position == 7
        await client.end(events)


async def test_a_follower_ends_with_its_key(connect: Connect, served: Served) -> None:
    client = connect(who="mill")
    events = client.client.follow()
    await client.take(1, events)
    answer = await served.api.get("/keys", "admin")
    [mine] = [one["id"] for one in answer.json()["keys"] if one["id"] in served.api.keys["mill"]]
    ended = await served.api.client.delete(f"/keys/{mine}", headers=served.api.headers("admin"))
    assert ended.status_code in (200, 204)
    with pytest.raises(Problem) as caught:
        await client.take(1_000, events)
    assert caught.value.status == 401


async def test_a_line_that_stays_dead_is_unreachable_in_the_end(
    connect: Connect, proxy: Proxy
) -> None:
    ticks = count()
    bounded = Retries(5, 0.001, 0.001, clock=lambda: float(next(ticks)))
    client = connect(proxy.url, retries=bounded)
    events = client.client.follow()
    assert len(await client.take(6, events)) == 6
    proxy.failures = [Failure.CUT_BEFORE] * 100
    proxy.cut()
    with pytest.raises(Unreachable):
        await client.take(1, events)


async def test_a_connection_without_a_sign_of_life_is_made_again(
    connect: Connect, proxy: Proxy, served: Served
) -> None:
    client = connect(proxy.url, timeout_seconds=0.5)
    proxy.failures = [Failure.SILENT]
    events = client.client.follow(after=5)
    assert [event.position for event in await client.take(1, events)] == [6]
    # Comments keep a quiet connection alive for longer than the timeout.
    seen = len(proxy.requests)
    waiting = asyncio.create_task(client.take(1, events))
    async with quiet(served):
        await served.api.post(noted("organisation/mill"))
    assert [event.position for event in await waiting] == [7]
    assert len(proxy.requests) == seen
    await client.end(events)


@asynccontextmanager
async def quiet(served: Served) -> AsyncIterator[None]:
    """Wait for several comments of a live stream before what is inside."""
    async with served.api.client.stream("GET", "/health/live"):
        reader, writer = await served.connect()
        writer.write(served.head("GET /events?after=6", accept="text/event-stream"))
        for _ in range(5):
            await reader.readuntil(b": nothing new")
    yield


async def test_a_filter_that_is_wrong_is_a_problem_at_once(connect: Connect) -> None:
    client = connect()
    with pytest.raises(Problem) as caught:
        await client.take(1, client.client.follow(streams=["nothing"]))
    assert caught.value.status == 400
