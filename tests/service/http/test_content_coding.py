"""What is compressed is the same content, comes as early, and is never taken for whole if it is cut off."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from typing import Any, Final

import httpx
import pytest
import zstandard

from events.store.reading import Selection
from howcanwe import AsyncClient
from service.access.keys import Keys
from service.client.errors import Unreachable
from service.client.plans.retries import Retries
from service.http.content_coding import encoded, encoded_whole
from service.replay.errors import SourceLost
from service.replay.sources import server as server_module
from service.replay.sources.server import ServerSource
from tests.events.samples import noted
from tests.service.app import BATCH, NDJSON, SSE, Api
from tests.service.serving import Served, serving

ARROW: Final = "application/vnd.apache.arrow.stream"
CODINGS: Final = ("zstd", "gzip")
LINES: Final = [b'{"position":%d,"text":"how can we"}\n' % number for number in range(1, 2_001)]
DECODERS: Final[dict[str, Callable[[], Any]]] = {
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj(),
    "gzip": lambda: zlib.decompressobj(wbits=31),
}


def decoded(coding: str, content: bytes) -> bytes:
    decoder = DECODERS[coding]()
    made: bytes = decoder.decompress(content)
    assert decoder.eof and not decoder.unused_data
    return made


async def sent(api: Api, path: str, who: str | None, accept: str, coding: str) -> tuple[Any, bytes]:
    """Return the headers and the content as they are on their way."""
    headers = api.headers(who, {"accept": accept, "accept-encoding": coding})
    async with api.client.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200
        return response.headers, b"".join([part async for part in response.aiter_raw()])


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("accept", [NDJSON, BATCH, ARROW])
@pytest.mark.parametrize("who", ["facilitator", "mill", "analyst", None])
async def test_the_content_is_the_same_in_every_coding(
    story: Api, who: str | None, accept: str, coding: str
) -> None:
    for path in ("/events", "/events?after=2&limit=2", "/events?limit=0"):
        plain, expected = await sent(story, path, who, accept, "identity")
        headers, content = await sent(story, path, who, accept, coding)
        assert "content-encoding" not in plain
        assert headers["content-encoding"] == coding
        assert decoded(coding, content) == expected
        for one in (plain, headers):
            assert one["vary"] == "Accept, Accept-Encoding, Authorization"
        assert headers.get("content-length", str(len(content))) == str(len(content))
        changed = {"content-encoding", "content-length", "x-request-id", "date"}
        assert {*headers.items()} - {*plain.items()} <= {
            (name, value) for name, value in headers.items() if name in changed
        }


@pytest.mark.parametrize("coding", CODINGS)
async def test_a_live_stream_is_not_compressed(story: Api, coding: str) -> None:
    headers, content = await sent(story, "/events?limit=2", "facilitator", SSE, coding)
    assert "content-encoding" not in headers
    assert content.startswith(b"id: 1\n")


@pytest.mark.parametrize("coding", CODINGS)
async def test_each_part_is_readable_as_soon_as_it_is_there(coding: str) -> None:
    async def parts() -> AsyncGenerator[bytes, None]:
        yield b""
        for line in LINES[:5]:
            yield line
        yield b"".join(LINES)

    decoder = DECODERS[coding]()
    made = [decoder.decompress(part) async for part in encoded(coding, parts()) if part]
    assert made[:5] == LINES[:5]
    assert made[5] == b"".join(LINES)
    assert b"".join(made[6:]) == b"" and decoder.eof


@pytest.mark.parametrize("coding", CODINGS)
async def test_a_flipped_bit_is_noticed(coding: str) -> None:
    content = bytearray(await encoded_whole(coding, b"".join(LINES)))
    content[len(content) // 2] ^= 1
    with pytest.raises((zlib.error, zstandard.ZstdError)):
        DECODERS[coding]().decompress(bytes(content))


async def _broken_off(after: int) -> AsyncGenerator[bytes, None]:
    for number in range(after):
        yield LINES[number]
    raise SourceLost


@pytest.mark.parametrize("coding", CODINGS)
async def test_what_breaks_off_has_no_end(coding: str) -> None:
    content = bytearray()
    with pytest.raises(SourceLost):
        async for part in encoded(coding, _broken_off(10)):
            content += part
    decoder = DECODERS[coding]()
    assert decoder.decompress(bytes(content)) == b"".join(LINES[:10])
    assert not decoder.eof
    if coding == "gzip":
        with pytest.raises(EOFError):
            gzip.decompress(bytes(content))


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[Served]:
    """A server over the shared story."""
    async with serving(database_url) as served:
        await served.api.begin()
        yield served


@pytest.mark.parametrize("coding", CODINGS)
async def test_an_answer_that_is_cut_off_breaks_the_transfer(
    served: Served, coding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is revoked in the middle of the answer."""
    api = served.api
    lines = api.service.log.lines

    async def paused(**given: Any) -> AsyncIterator[bytes]:
        async for chunk in lines(**given, page_events=3):
            yield chunk
            await asyncio.Event().wait()

    monkeypatch.setattr(api.service.log, "lines", paused)
    headers = api.headers("facilitator", {"accept-encoding": coding})
    url = f"http://127.0.0.1:{served.port}/events"
    received, decoder = bytearray(), DECODERS[coding]()
    async with (
        httpx.AsyncClient() as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        assert response.headers["content-encoding"] == coding
        assert "content-length" not in response.headers
        with pytest.raises(httpx.RemoteProtocolError):
            async for part in response.aiter_raw():
                received += decoder.decompress(part)
                # What is there is not held back until more comes.
                if received.count(b"\n") == 3:
                    await _revoked(api, "facilitator")
    assert received.count(b"\n") == 3
    assert not decoder.eof


async def _revoked(api: Api, who: str) -> None:
    async with api.pool() as pool:
        keys = Keys(pool, api.service.log.memberships, cache_seconds=0)
        await keys.revoke(api.keys[who].split("_")[1], granted_by="a test")
    api.service.revocations.look()


@asynccontextmanager
async def _answering(*broken: bytes, heals: bool = True) -> AsyncIterator[tuple[str, list[str]]]:
    """Yield the address of a server, and the targets of its requests, whose first answers are these contents.

    They are called whole. If it heals, later answers have all lines that are asked for, else they are the last again.
    """
    targets: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert "accept-encoding: zstd\r\n" in request
        targets.append(request.split()[1])
        after = int(targets[-1].partition("after=")[2].partition("&")[0])
        if heals and len(targets) > len(broken):
            content = await encoded_whole("zstd", b"".join(LINES[after:]))
        else:
            content = broken[min(len(targets), len(broken)) - 1]
        head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: zstd\r\n"
        writer.write(f"{head}content-length: {len(content)}\r\n\r\n".encode() + content)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", targets


async def _cut() -> bytes:
    """Return a compressed content without its end, cut where a line and a part of the compression end."""
    content = b""
    with pytest.raises(SourceLost):
        async for part in encoded("zstd", _broken_off(10)):
            content += part
    return content


async def test_a_replay_asks_again_if_a_proxy_calls_a_cut_answer_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_module, "RETRY_SECONDS", 0.0)

    def read(url: str) -> bytes:
        with closing(ServerSource(url)) as source:
            return b"".join(source.chunks(Selection()))

    cut = await _cut()
    # In the second, the tenth line is not readable either.
    for part, after in ((cut, 10), (cut[:-1], 9), (b"", 0)):
        async with _answering(b"", part) as (url, targets):
            assert await asyncio.to_thread(read, url) == b"".join(LINES)
        assert targets == ["/events?after=0", "/events?after=0", f"/events?after={after}"]
    async with _answering(b"", heals=False) as (url, targets):
        with pytest.raises(SourceLost):
            await asyncio.to_thread(read, url)
    assert len(targets) == server_module.TRIES_MAX


async def test_a_client_takes_no_cut_answer_for_whole() -> None:
    async with (
        _answering(await _cut()) as (url, _),
        AsyncClient(url, retries=Retries(seconds_max=0.0)) as client,
    ):
        with pytest.raises(Unreachable, match="incomplete"):
            _ = [event async for event in client.events()]


async def test_compression_is_worth_it(story: Api) -> None:
    await story.post(*(noted("organisation/mill", text="How can we ask? " * 20) for _ in range(50)))
    _, plain = await sent(story, "/events", "facilitator", NDJSON, "identity")
    for coding in CODINGS:
        _, content = await sent(story, "/events", "facilitator", NDJSON, coding)
        assert len(content) < len(plain) / 3
