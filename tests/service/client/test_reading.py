"""What a client reads: events by position, by id and in pages, and versions of streams."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import pytest

from howcanwe.vocabulary import NoteAdded, OrganisationJoined, OrganisationRegistered
from service.client.errors import Problem
from service.client.new_event import NewEvent
from tests.service.client.conftest import SOURCE, Connect
from tests.service.client.proxy import Failure, Proxy
from tests.service.serving import Served


async def test_events_are_typed_and_exact(connect: Connect, served: Served) -> None:
    lines = (await served.api.get("/events")).content.splitlines()
    found = await connect().all("events")
    assert [event.line for event in found] == lines
    assert [event.position for event in found] == list(range(1, 7))
    assert isinstance(found[1].model, OrganisationRegistered)
    assert found[1].model.name_ == found[1].data["name"]


async def test_events_are_read_page_by_page(connect: Connect, proxy: Proxy) -> None:
    client = connect(proxy.url)
    data = NoteAdded(about="organisation/mill", text="Again.")
    await client.do("record", [NewEvent(data) for _ in range(2_000)])
    proxy.requests.clear()
    proxy.failures = [None, Failure.CUT_WITHIN]
    found = await client.all("events")
    assert [event.position for event in found] == list(range(1, 2_007))
    assert [request.line.split()[1].partition("?")[2] for request in proxy.requests] == [
        "after=0&limit=1000",
        "after=1000&limit=1000",
        "after=1000&limit=1000",
        "after=2000&limit=1000",
    ]
    first = client.client.events(after=1_500)
    assert [event.position for event in await client.take(2, first)] == [1_501, 1_502]
    await client.end(first)
    assert [event.position for event in await client.all("events", 4, limit=1)] == [5]
    assert await client.all("events", limit=0) == []


async def test_an_answer_that_a_revocation_cuts_off_is_not_taken_for_whole(
    connect: Connect, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lines(**given: Any) -> AsyncGenerator[bytes, None]:
        async for chunk in all_lines(**given):
            yield chunk
            await served.api.service.keys.revoke(facilitator, granted_by="test")
            served.api.service.revocations.look()
            await asyncio.Event().wait()

    all_lines = served.api.service.replayed.lines
    facilitator = served.api.keys["facilitator"].split("_")[1]
    monkeypatch.setattr(served.api.service.replayed, "lines", lines)
    with pytest.raises(Problem) as caught:
        await connect().all("events")
    assert caught.value.status == 401


async def test_events_are_chosen_by_type_stream_and_time(connect: Connect) -> None:
    client = connect()
    joined = await client.all("events", types=[OrganisationJoined])
    assert [event.type for event in joined] == ["organisation.joined"] * 2
    assert await client.all("events", types=["organisation.joined"]) != []
    of_mill = await client.all("events", streams=["organisation/mill"])
    assert {event.data["organisation"] for event in of_mill} == {"mill"}
    time = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
    assert [event.position for event in await client.all("events", from_=time)] == [5, 6]
    assert [event.position for event in await client.all("events", to=time)] == [1, 2, 3, 4]
    with pytest.raises(Problem, match=r"type: an event type"):
        await client.all("events", types=["cohort.dreamt"])


async def test_one_event_is_found_by_position_or_by_its_id(connect: Connect) -> None:
    client = connect()
    data = NoteAdded(about="organisation/mill", text="Größe?")
    receipt = await client.do("record", data, id="a/b c?&=%20 ☕")
    found = await client.do("find", SOURCE, "a/b c?&=%20 ☕", min_position=receipt.position)
    assert (found.position, found.model) == (receipt.position, data)
    assert await client.do("find", SOURCE, "another") is None
    assert (await client.do("event", receipt.position)).hash == receipt.hash
    with pytest.raises(Problem) as caught:
        await client.do("event", receipt.position + 1)
    assert caught.value.status == 404
    assert caught.value.rules == {"event.unknown"}


async def test_a_key_reads_what_it_may_see(connect: Connect) -> None:
    seen = await connect(who="analyst").all("events")
    assert 0 < len(seen) <= 6
    assert await connect(who="analyst").do("stream_version", "question", "heritage-question") >= 0


async def test_a_stream_s_version_is_the_one_to_expect(connect: Connect) -> None:
    client = connect()
    assert await client.do("stream_version", "learning", "none") == 0
    version = await client.do("stream_version", "organisation", "mill")
    receipt = await client.do("record", NoteAdded(about="organisation/mill", text="More."))
    after = await client.do("stream_version", "organisation", "mill", min_position=receipt.position)
    assert after == receipt.streams["organisation/mill"] == version + 1
    with pytest.raises(Problem):
        await client.do("stream_version", "organisation", "no/key")
