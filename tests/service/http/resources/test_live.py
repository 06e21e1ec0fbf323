"""`GET /events` as a live stream of server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import orjson
import pytest

from tests.events.samples import assessed, noted, registered
from tests.service.app import SSE, faults_in, problem
from tests.service.conftest import Messages, assert_discreet
from tests.service.serving import Served, serving

IN_TIME_SECONDS = 20


@dataclass(frozen=True)
class Block:
    """The text between two blank lines."""

    event: str | None = None
    id: str | None = None
    data: str | None = None
    comment: str | None = None


class Live:
    """An open stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def block(self) -> Block | None:
        """Return the next block, None at the stream's end."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(IN_TIME_SECONDS):
            async for line in self._lines:
                if not line:
                    return Block(**fields)
                name, _, value = line.partition(":")
                assert name not in fields
                fields[name or "comment"] = value.removeprefix(" ")
        assert not fields
        return None

    async def until_caught_up(self) -> list[Block]:
        """Return the blocks up to `caught-up`, with it."""
        blocks: list[Block] = []
        while not blocks or blocks[-1].event != "caught-up":
            block = await self.block()
            assert block is not None
            blocks.append(block)
        return blocks


@pytest.fixture
async def served(database_url: str, messages: Messages) -> AsyncIterator[Served]:
    """A real server over a story; a comment is sent after half a second of silence."""
    async with serving(database_url, heartbeat_seconds=0.3) as served:
        await served.api.begin()
        yield served
    assert_discreet(messages, served.api)
    assert not [line for line in messages.lines if "Traceback" in line]


@asynccontextmanager
async def live(
    served: Served, query: str = "", who: str | None = "facilitator", **headers: str
) -> AsyncIterator[Live]:
    given = {"accept": SSE, **{name.replace("_", "-"): text for name, text in headers.items()}}
    address = f"http://127.0.0.1:{served.port}/events{query}"
    timeout = httpx.Timeout(IN_TIME_SECONDS)
    async with (
        httpx.AsyncClient(timeout=timeout) as client,
        client.stream("GET", address, headers=served.api.headers(who, given)) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].partition(";")[0] == SSE
        yield Live(response)


async def test_recorded_events_come_first_then_caught_up_once_then_new_ones(
    served: Served,
) -> None:
    lines = (await served.api.get("/events")).text.splitlines()
    async with live(served) as stream:
        blocks = await stream.until_caught_up()
        assert blocks[:-1] == [
            Block(id=str(position), data=line) for position, line in enumerate(lines, 1)
        ]
        assert blocks[-1] == Block(event="caught-up", id="6", data='{"position":6}')
        for position in (7, 8, 9):
            await served.api.post(noted("organisation/mill"))
            block = await stream.block()
            while block is not None and block.comment is not None:
                block = await stream.block()
            assert block is not None
            line = (await served.api.get(f"/events/{position}")).text
            assert block == Block(id=str(position), data=line)


async def test_one_key_or_address_has_so_many_streams_and_takes_none_of_others(
    database_url: str,
) -> None:
    async with serving(database_url, live_streams_max=1) as served:
        here, there = {"x_forwarded_for": "192.0.2.1"}, {"x_forwarded_for": "192.0.2.2"}

        async def refused(who: str | None, **headers: str) -> bool:
            """Say whether there is no place for another."""
            given = {"accept": SSE, **{name.replace("_", "-"): at for name, at in headers.items()}}
            address = f"http://127.0.0.1:{served.port}/events?limit=0"
            async with httpx.AsyncClient(timeout=IN_TIME_SECONDS) as client:
                response = await client.get(address, headers=served.api.headers(who, given))
            if response.status_code == 200:
                return False
            assert faults_in(problem(response, 429)) == [(None, "streams.too_many", "")]
            assert response.headers["retry-after"]
            return True

        async with live(served, who=None, **here) as public, live(served, who="mill") as mill:
            await public.until_caught_up()
            await mill.until_caught_up()
            assert await refused(None, **here)
            assert await refused("mill", **there)
            assert not await refused(None, **there)
            assert not await refused("archive", **here)
        async with asyncio.timeout(IN_TIME_SECONDS):
            while await refused(None, **here) or await refused("mill"):
                await asyncio.sleep(0.01)


async def test_an_empty_log_is_caught_up_at_0(database_url: str) -> None:
    async with serving(database_url) as served, live(served) as stream:
        assert await stream.block() == Block(event="caught-up", id="0", data='{"position":0}')


async def test_the_last_event_id_takes_the_place_of_after(served: Served) -> None:
    async with live(served, "?after=1", last_event_id="4") as stream:
        blocks = await stream.until_caught_up()
    assert [block.id for block in blocks] == ["5", "6", "6"]


@pytest.mark.parametrize("last", ["x", "-1", "1.5"])
async def test_a_last_event_id_that_is_no_position_is_malformed(served: Served, last: str) -> None:
    problem(await served.api.get("/events", accept=SSE, last_event_id=last), 400)


async def test_silence_is_broken_by_comments(served: Served) -> None:
    async with live(served, "?after=6") as stream:
        await stream.until_caught_up()
        for _ in range(3):
            block = await stream.block()
            assert block is not None
            assert block.comment
            assert (block.id, block.event, block.data) == (None, None, None)


async def test_a_selection_holds_for_what_comes_live_too(served: Served) -> None:
    async with live(served, "?stream=organisation/archive&after=3") as stream:
        assert [block.id for block in await stream.until_caught_up()] == ["6", "6"]
        await served.api.post(noted("organisation/mill"))
        await served.api.post(noted("organisation/archive"))
        block = await stream.block()
        while block is not None and block.comment is not None:
            block = await stream.block()
        assert block is not None
        assert block.id == "8"


async def test_a_viewer_gets_live_only_what_may_be_seen(served: Served) -> None:
    async with live(served, "?after=6", who="archive") as stream:
        await stream.until_caught_up()
        await served.api.post(assessed("mill", visibility="private"))
        await served.api.post(registered("tower"))
        block = await stream.block()
        while block is not None and block.comment is not None:
            block = await stream.block()
        assert block is not None
        assert block.data is not None
        assert orjson.loads(block.data)["data"]["organisation"] == "tower"


async def test_a_limit_ends_the_stream(served: Served) -> None:
    async with live(served, "?limit=2") as stream:
        assert [(await stream.block() or Block()).id for _ in range(2)] == ["1", "2"]
        assert await stream.block() is None


async def test_a_position_beyond_the_log_waits_for_what_comes_after_it(served: Served) -> None:
    async with live(served, "?after=7") as stream:
        assert [block.id for block in await stream.until_caught_up()] == ["7"]
        await served.api.post(noted("organisation/mill"), noted("organisation/mill"))
        block = await stream.block()
        while block is not None and block.comment is not None:
            block = await stream.block()
        assert block is not None
        assert block.id == "8"


async def test_the_stream_ends_when_the_service_stops(served: Served) -> None:
    async with live(served, "?after=6") as stream:
        await stream.until_caught_up()
        served.api.service.stopping.set()
        blocks = [await stream.block() for _ in range(2)]
        assert blocks[-1] is None or await stream.block() is None


async def test_a_reader_who_goes_away_is_forgotten(served: Served) -> None:
    before = len(asyncio.all_tasks())
    for _ in range(5):
        async with live(served, "?after=6") as stream:
            await stream.until_caught_up()
    async with asyncio.timeout(IN_TIME_SECONDS):
        # The announcer's own task stays.
        while len(asyncio.all_tasks()) > before + 1:
            await asyncio.sleep(0.05)
