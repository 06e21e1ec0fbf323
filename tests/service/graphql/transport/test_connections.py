"""How frontends subscribe: keys wherever clients put them, subscriptions as parts, and limits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from service.graphql.documents.documents import Documents
from tests.events.samples import noted
from tests.service.app import faults_in, problem
from tests.service.graphql.client import caught_up
from tests.service.graphql.live.test_live import (
    IN_TIME_SECONDS,
    MILL,
    closing,
    hear,
    note,
    opened,
    say,
)
from tests.service.serving import Served, serving

PARTS = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'
SSE = "text/event-stream"


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[Served]:
    """A served cohort with a note that only the mill and its facilitator may read."""
    async with serving(database_url, heartbeat_seconds=0.2) as served:
        await served.api.begin()
        await served.api.post({**noted("organisation/mill"), "visibility": "private"})
        await caught_up(served.api.service)
        await served.api.service.runner.wait_for(7, IN_TIME_SECONDS)
        yield served


async def notes(served: Served, payload: Any) -> int:
    """Connect with the payload; return how many notes of the mill are seen."""
    query = "{ organisations(first: 9) { nodes { notes(first: 1) { totalCount } } } }"
    async with opened(served) as socket:
        await say(socket, "connection_init", payload=payload)
        assert await hear(socket) == {"type": "connection_ack"}
        await say(socket, "subscribe", id="1", payload={"query": query})
        answer = (await hear(socket))["payload"]
        return sum(
            found["notes"]["totalCount"] for found in answer["data"]["organisations"]["nodes"]
        )


@pytest.mark.parametrize(
    "payload",
    [
        {"authorization": "Bearer KEY"},
        {"Authorization": "Bearer KEY"},
        {"AUTHORIZATION": "bearer KEY"},
        {"authorization": "KEY"},
        {"token": "KEY"},
        {"Token": "Bearer KEY"},
        {"headers": {"Authorization": "Bearer KEY"}},
        {"headers": {"authorization": "KEY"}, "lang": "en"},
        {"authorization": None, "headers": {"token": "KEY"}},
    ],
    ids=str,
)
async def test_f07_a_key_is_found_wherever_clients_put_it(served: Served, payload: Any) -> None:
    given = orjson.loads(orjson.dumps(payload).replace(b"KEY", served.api.keys["mill"].encode()))
    assert await notes(served, given) == 1


@pytest.mark.parametrize("payload", [None, {}], ids=str)
async def test_f07_who_sends_nothing_is_the_public(served: Served, payload: Any) -> None:
    assert await notes(served, payload) == 0


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"apikey": "KEY"}, 4400),
        ({"authorization": ""}, 4400),
        ({"authorization": None}, 4400),
        ({"headers": {}}, 4400),
        ({"headers": None}, 4400),
        ({"headers": {"headers": {"token": "KEY"}}}, 4400),
        ({"authorization": 5}, 4400),
        ({"headers": {"x-key": "KEY"}}, 4400),
        ([], 4400),
        ("KEY", 4400),
        ({"token": "KEY"}, 4403),
        ({"authorization": "Basic KEY"}, 4403),
    ],
    ids=str,
)
async def test_f07_who_sends_something_and_no_good_key_is_not_the_public(
    served: Served, payload: Any, code: int
) -> None:
    async with opened(served) as socket:
        await say(socket, "connection_init", payload=payload)
        found, reason = await closing(socket)
        assert found == code
        assert reason


@asynccontextmanager
async def asked(served: Served, accept: str, query: str = MILL) -> AsyncIterator[httpx.Response]:
    """Ask over HTTP, for an answer that may have no end."""
    headers = {**served.api.headers("facilitator"), "accept": accept}
    body = {"query": query, "variables": {"after": 0}} if query == MILL else {"query": query}
    address = f"http://127.0.0.1:{served.port}/graphql"
    async with (
        httpx.AsyncClient(timeout=IN_TIME_SECONDS) as client,
        client.stream("POST", address, json=body, headers=headers) as response,
    ):
        yield response


async def parts(response: httpx.Response) -> AsyncIterator[Any]:
    """Yield the parts' objects, without heartbeats."""
    async for line in response.aiter_lines():
        if line.startswith("{") and (found := orjson.loads(line)):
            yield found


async def test_g08_a_subscription_comes_in_parts_as_apollo_reads_them(served: Served) -> None:
    async with asked(served, PARTS) as response:
        assert response.headers["content-type"].startswith("multipart/mixed;boundary=graphql")
        found = parts(response)
        seen = [(await anext(found))["payload"] for _ in range(3)]
        await note(served)
        seen.append((await anext(found))["payload"])
    assert [payload["data"]["timeline"]["position"] for payload in seen] == [2, 5, 7, 8]


async def test_parts_end_without_being_complete_when_the_service_does(database_url: str) -> None:
    async with serving(database_url, heartbeat_seconds=60) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        text = ""
        async with asked(served, PARTS) as response:
            async for chunk in response.aiter_text():
                text += chunk
                if text.count('"timeline"') == 2:
                    served.api.service.stopping.set()
        assert "--graphql--" not in text


async def test_a_query_in_parts_is_refused_and_says_so(served: Served) -> None:
    async with asked(served, PARTS, "{ __typename }") as response:
        [found] = [part["payload"] async for part in parts(response)]
    assert found["errors"][0]["extensions"] == {"code": "operation.unsupported"}


@pytest.mark.parametrize(
    "accept",
    [
        "application/graphql-response+json, application/json, text/event-stream, multipart/mixed",
        "multipart/mixed;deferSpec=20220824, application/json",
        "application/json;q=0.9, text/event-stream;q=0.1",
    ],
)
async def test_a_client_that_prefers_one_answer_gets_one(served: Served, accept: str) -> None:
    async with asked(served, accept, "{ __typename }") as response:
        assert response.headers["content-type"].endswith("json; charset=utf-8")
        assert orjson.loads(await response.aread())["data"] == {"__typename": "Query"}


async def test_a_key_has_so_many_streams_and_connections_together(database_url: str) -> None:
    async with serving(database_url, graphql_connections_max=2) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        address = f"ws://127.0.0.1:{served.port}/graphql"
        async with asked(served, SSE) as events, asked(served, PARTS) as mixed:
            lines = [events.aiter_lines(), mixed.aiter_lines()]
            for stream in lines:
                await anext(stream)
            for accept in (SSE, PARTS):
                async with asked(served, accept) as third:
                    await third.aread()
                    assert faults_in(problem(third, 429)) == [(None, "streams.too_many", "")]
            async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as one:
                await say(one, "connection_init", payload={"token": served.api.keys["facilitator"]})
                assert (await closing(one))[0] == 4429
        # A place is free as soon as the client that had it is gone.
        async with asyncio.timeout(IN_TIME_SECONDS):
            while not await two_are_let_in(served):
                await asyncio.sleep(0.01)


async def two_are_let_in(served: Served) -> bool:
    async with asked(served, SSE) as one, asked(served, PARTS) as other:
        return one.status_code == other.status_code == 200


@pytest.mark.parametrize(
    "message",
    [
        {"type": "x" * 500},
        {"type": ["subscribe"]},
        {"type": "subscribe", "id": ["1"], "payload": {"query": "{ __typename }"}},
        {"type": "complete", "id": {}},
        {"type": "subscribe", "id": "1", "payload": "{ __typename }"},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "twice" * 100, "payload": {"query": MILL}},
    ],
    ids=lambda message: str(message)[:60],
)
async def test_anything_but_a_message_ends_the_connection_with_a_reason(
    served: Served, message: Any
) -> None:
    async with opened(served) as socket:
        await say(socket, "connection_init")
        await hear(socket)
        for _ in range(2 if message.get("id") == "twice" * 100 else 1):
            await socket.send(orjson.dumps(message).decode())
        code, reason = await closing(socket)
        assert code == (4409 if message.get("id") == "twice" * 100 else 4400)
        assert reason


@pytest.mark.parametrize(
    "payload",
    [
        {"query": 5},
        {"query": "{ __typename }", "variables": []},
        {"query": "{ __typename }", "operationName": {}},
        {"query": "{ __typename }", "extensions": "min_position"},
        {},
    ],
    ids=str,
)
async def test_an_invalid_request_is_refused_and_the_connection_stays_open(
    served: Served, payload: Any
) -> None:
    async with opened(served) as socket:
        await say(socket, "connection_init")
        await hear(socket)
        for id_ in ("1", "2"):
            await say(socket, "subscribe", id=id_, payload=payload)
            refused = await hear(socket)
            assert (refused["type"], refused["id"]) == ("error", id_)
            assert refused["payload"][0]["extensions"]["code"] == "request.malformed"


async def test_a_request_on_a_connection_waits_for_the_position_that_it_names(
    served: Served,
) -> None:
    async with opened(served) as socket:
        await say(socket, "connection_init")
        await hear(socket)
        request = {"query": "{ __typename }", "extensions": {"min_position": "x"}}
        await say(socket, "subscribe", id="1", payload=request)
        [error] = (await hear(socket))["payload"]
        assert error["extensions"]["argument"] == "extensions.min_position"


async def test_an_unforeseen_error_ends_its_operation_and_is_reported(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("the cellar is flooded")

    async with opened(served) as socket:
        await say(socket, "connection_init")
        await hear(socket)
        with monkeypatch.context() as patch, capture_logs() as logs:
            patch.setattr(Documents, "operation", broken)
            await say(socket, "subscribe", id="1", payload={"query": MILL})
            [error] = (await hear(socket))["payload"]
        assert error["extensions"]["code"] == "internal"
        assert "cellar" not in str(error) + str(logs)
        assert [entry["event"] for entry in logs] == ["graphql error"]
        await say(socket, "subscribe", id="1", payload={"query": "{ __typename }"})
        assert (await hear(socket))["type"] == "next"
