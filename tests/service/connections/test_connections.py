"""Limits of connections: size of headers, silence, and number."""

import asyncio
import resource
import time
from collections.abc import AsyncIterator
from typing import Final

import httpx
import orjson
import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect

from service.connections.admission import ANSWERED_MAX, CONNECTIONS_MIN, Admission, descriptors_for
from tests.events.samples import registered
from tests.service.app import STRUCTURED, complete
from tests.service.serving import Served, answer, serving

MIB: Final = 1024 * 1024
SOON_SECONDS: Final = 1.0
CONNECTIONS: Final = 12


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[Served]:
    """A service that waits for no client longer than a moment, and for few at once."""
    async with serving(
        database_url,
        header_seconds_max=SOON_SECONDS,
        body_seconds_max=SOON_SECONDS,
        connections_max=CONNECTIONS,
        address_connections_max=CONNECTIONS - 2,
    ) as served:
        yield served


async def answer_to(served: Served, *pieces: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send pieces, as far as the service accepts each, and return the answer."""
    reader, writer = await served.connect()
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    return await answer(reader)


def assert_ended_with(answered: tuple[int, dict[str, str], bytes], status: int, rule: str) -> None:
    """The answer is a problem with one fault, and nothing follows it."""
    found, headers, body = answered
    problem = orjson.loads(body)
    assert (found, problem["status"]) == (status, status)
    assert [error["rule"] for error in problem["errors"]] == [rule]
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    assert headers["x-content-type-options"] == "nosniff"


async def test_headers_without_end_are_refused_before_they_cost_anything(served: Served) -> None:
    head = b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: "
    began = time.process_time()
    assert_ended_with(await answer_to(served, head, *[b"a" * MIB] * 8), 431, "headers")
    assert time.process_time() - began < 1


async def test_only_so_much_of_what_a_refused_client_still_sends_is_discarded(
    database_url: str,
) -> None:
    async with serving(database_url, drain_bytes_max=MIB, drain_seconds_max=60) as served:
        _, writer = await served.connect()
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: ")
        with pytest.raises(ConnectionError):
            for _ in range(64):
                writer.write(b"a" * MIB)
                await writer.drain()


@pytest.mark.parametrize(
    "head",
    [
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 70_000 + b"\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\n" + b"A: a\r\n" * 201 + b"\r\n",
        b"GET /health/live?" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["one long header", "many headers", "a long address"],
)
async def test_headers_beyond_the_limit_are_refused(served: Served, head: bytes) -> None:
    assert_ended_with(await answer_to(served, head), 431, "headers")


async def test_trailers_count_as_headers(served: Served) -> None:
    head = served.head("POST /events", content_type=STRUCTURED, transfer_encoding="chunked")
    pieces = [head, b"2\r\n{}\r\n0\r\nA: ", *[b"a" * MIB] * 2]
    assert_ended_with(await answer_to(served, *pieces), 431, "headers")


async def test_headers_within_the_limit_are_taken(served: Served) -> None:
    head = b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 60_000
    head += b"\r\nB: b" * 190 + b"\r\n\r\n"
    for size in (len(head), 10_000):
        pieces = [head[start : start + size] for start in range(0, len(head), size)]
        status, _, _ = await answer_to(served, *pieces)
        assert status == 200


async def test_requests_on_one_connection_are_counted_each_for_itself(served: Served) -> None:
    reader, writer = await served.connect()
    head = b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 30_000 + b"\r\n\r\n"
    writer.write(head * 5)
    for _ in range(5):
        assert (await answer(reader))[0] == 200


async def test_headers_that_do_not_come_are_waited_for_only_so_long(served: Served) -> None:
    assert_ended_with(
        await answer_to(served, b"GET /health/live HTTP/1.1\r\nHost"), 408, "request.late"
    )


async def test_headers_that_trickle_are_waited_for_no_longer(served: Served) -> None:
    reader, writer = await served.connect()
    began = time.monotonic()
    writer.write(b"GET /health/live HTTP/1.1\r\n")
    answered = asyncio.create_task(answer(reader))
    while not answered.done() and time.monotonic() - began < 30:
        writer.write(b"A: a\r\n")
        await asyncio.wait([answered], timeout=SOON_SECONDS / 6)
    assert_ended_with(answered.result(), 408, "request.late")


async def test_headers_behind_requests_that_are_still_answered_are_not_late(
    database_url: str,
) -> None:
    # Nothing more is read meanwhile, so nothing more can come.
    bounds = {"header_seconds_max": SOON_SECONDS, "min_position_seconds": 3 * SOON_SECONDS}
    async with serving(database_url, **bounds) as served:
        reader, writer = await served.connect()
        waits = served.head("GET /events?min_position=9", accept="application/x-ndjson")
        soon = served.head("GET /health/live")
        writer.write(waits + soon + soon[:20])
        await asyncio.sleep(SOON_SECONDS / 10)
        writer.write(soon[20:])
        assert [(await answer(reader))[0] for _ in range(3)] == [503, 200, 200]


async def test_a_connection_that_says_nothing_is_ended_without_a_word(served: Served) -> None:
    reader, _ = await served.connect()
    assert await asyncio.wait_for(reader.read(), 30) == b""


async def test_blank_lines_instead_of_another_request_are_waited_for_only_so_long(
    served: Served,
) -> None:
    reader, writer = await served.connect()
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await answer(reader))[0] == 200
    began = time.monotonic()
    ended = asyncio.create_task(reader.read())
    while not ended.done() and time.monotonic() - began < 30:
        writer.write(b"\r\n")
        await asyncio.wait([ended], timeout=SOON_SECONDS / 6)
    assert ended.result() == b""


async def test_a_body_that_does_not_come_is_waited_for_only_so_long(served: Served) -> None:
    head = served.head("POST /events", content_type=STRUCTURED, content_length="100")
    assert_ended_with(await answer_to(served, head, b"{"), 408, "request.late")
    assert_ended_with(await answer_to(served, head), 408, "request.late")


async def test_a_body_that_comes_in_time_is_recorded(served: Served) -> None:
    body = orjson.dumps(complete(registered("mill")))
    head = served.head("POST /events", content_type=STRUCTURED, content_length=str(len(body)))
    reader, writer = await served.connect()
    for piece in (head[:20], head[20:], body[:10], body[10:]):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(SOON_SECONDS / 10)
    assert (await answer(reader))[0] == 201


@pytest.mark.parametrize("pieces", [1, 3], ids=["at once", "in pieces"])
async def test_a_request_that_offers_another_protocol_is_answered_with_its_body(
    served: Served, pieces: int
) -> None:
    # As Java's HttpClient and `curl --http2` send it.
    bodies = [orjson.dumps(complete(registered(key))) for key in ("mill", "theatre")]
    requests = [
        served.head(
            "POST /events",
            connection="Upgrade, HTTP2-Settings",
            upgrade="h2c",
            http2_settings="AAMAAABk",
            content_type=STRUCTURED,
            content_length=str(len(body)),
        )
        + body
        for body in bodies
    ]
    text = b"".join(requests)
    size = -(-len(text) // pieces)
    reader, writer = await served.connect()
    for at in range(0, len(text), size):
        writer.write(text[at : at + size])
        await asyncio.sleep(SOON_SECONDS / 10)
    assert [(await answer(reader))[0] for _ in bodies] == [201, 201]


async def test_a_live_stream_is_not_ended_because_its_client_says_nothing(served: Served) -> None:
    reader, writer = await served.connect()
    writer.write(served.head("GET /events", accept="text/event-stream"))
    await reader.readuntil(b"caught-up")
    await asyncio.sleep(3 * SOON_SECONDS)
    await served.api.post(registered("mill"))
    assert b"mill" in await asyncio.wait_for(reader.readuntil(b"mill"), 30)


async def test_a_websocket_is_not_ended_because_its_client_says_nothing(served: Served) -> None:
    address = f"ws://127.0.0.1:{served.port}/graphql"
    async with connect(address, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        await socket.send('{"type": "connection_init"}')
        assert "connection_ack" in str(await socket.recv())
        await asyncio.sleep(3 * SOON_SECONDS)
        await socket.send('{"type": "ping"}')
        assert "pong" in str(await socket.recv())


@pytest.mark.parametrize(
    "text", [b"hello\r\n\r\n", b"GET /health/live\r\n\r\n", b"GET / HTTP/2.0\r\n\r\n"]
)
async def test_invalid_http_is_refused_and_logged_with_its_address(
    served: Served, text: bytes
) -> None:
    with capture_logs() as lines:
        status, _, body = await answer_to(served, text)
    assert status in (400, 505)
    assert orjson.loads(body)["errors"][0]["rule"] == "http"
    [line] = [line for line in lines if line["event"] == "a request was refused unread"]
    assert line["address"] == "127.0.0.1"


async def test_one_connection_too_many_is_refused_and_the_others_are_served(
    served: Served,
) -> None:
    held = [await served.connect() for _ in range(CONNECTIONS - 2)]
    with capture_logs() as lines:
        assert_ended_with(await answer_to(served), 503, "connections.too_many")
        assert_ended_with(await answer_to(served), 503, "connections.too_many")
    # One line for all of them: a flood is no flood of lines.
    assert [line["event"] for line in lines] == ["connections are refused"]
    assert lines[0]["setting"] == "HOWCANWE_ADDRESS_CONNECTIONS_MAX"
    reader, writer = held[0]
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    _, _, text = await answer(reader)
    assert b"howcanwe_connections_refused_total 2.0" in text


async def test_refused_clients_keep_nobody_of_another_address_out(database_url: str) -> None:
    bounds = {"connections_max": CONNECTIONS, "address_connections_max": CONNECTIONS - 2}
    async with serving(database_url, **bounds) as served:
        # None of them goes away by itself.
        held = [await served.connect() for _ in range(CONNECTIONS + ANSWERED_MAX)]
        answers = [
            await asyncio.wait_for(reader.read(12), 30) for reader, _ in held[-ANSWERED_MAX - 2 :]
        ]
        # Beyond so many, they are cut off.
        assert answers == ANSWERED_MAX * [b"HTTP/1.1 503"] + [b"", b""]
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", served.port, local_addr=("127.0.0.2", 0)
        )
        served.writers.append(writer)
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await answer(reader))[0] == 200


async def test_a_place_is_free_again_once_a_connection_has_ended(served: Served) -> None:
    address = f"ws://127.0.0.1:{served.port}/graphql"
    for _ in range(CONNECTIONS):
        async with connect(address, subprotocols=["graphql-transport-ws"]):  # type: ignore[list-item]
            pass
    for _ in range(CONNECTIONS):
        async with httpx.AsyncClient(trust_env=False) as client:
            response = await client.get(f"http://127.0.0.1:{served.port}/health/live")
            assert response.status_code == 200


def test_connections_in_all_are_bounded_and_each_that_leaves_makes_room() -> None:
    admission = Admission(2, 2, clock=lambda: 0.0)
    assert admission.enter("a") is None
    assert admission.enter("b") is None
    problem = admission.enter("c")
    assert problem is not None and problem.status == 503
    admission.leave("a")
    assert admission.enter("c") is None
    assert (admission.open, admission.refused) == (2, 1)


def test_no_more_connections_are_promised_than_files_may_be_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 256))
    with capture_logs() as lines:
        assert descriptors_for(1_000) == 128
    assert [line["log_level"] for line in lines] == ["warning"]
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 64))
    assert descriptors_for(1_000) == CONNECTIONS_MIN


async def test_where_files_are_few_one_address_still_leaves_connections_to_others(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 64))
    async with serving(database_url) as served:
        # As many as may be in all.
        for _ in range(CONNECTIONS_MIN):
            await served.connect()
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", served.port, local_addr=("127.0.0.2", 0)
        )
        served.writers.append(writer)
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await answer(reader))[0] == 200


def test_more_files_are_asked_for_where_the_system_gives_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 4_096))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    assert descriptors_for(1_000) == 1_000
    assert asked == [(1_128, 4_096)]
