"""The time until many subscribers have a posted event."""

import asyncio
import time
from contextlib import AsyncExitStack
from statistics import quantiles
from typing import Any, Final

import httpx
import orjson
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.benchmarks.servers import HOST, Server
from tests.benchmarks.table import Row, limited

SUBSCRIBERS: Final = 200
EVENTS: Final = 20
LATENCY_MAX_MS: Final = 50
LIVE: Final = "subscription($key: String!) { timeline(organisation: $key) { ... on TimelineEntry { position } } }"


async def subscribers(server: Server, authorization: str, organisation: str) -> Row:
    """Return how soon after the start of its post the slowest of a hundred deliveries of an event comes."""
    address = f"ws://{HOST}:{server.port}/graphql"
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            httpx.AsyncClient(headers={"authorization": authorization}, timeout=60)
        )
        sockets = []
        for _ in range(SUBSCRIBERS):
            socket = await stack.enter_async_context(
                connect(address, subprotocols=[Subprotocol("graphql-transport-ws")])
            )
            payload = {"authorization": authorization}
            await socket.send(
                orjson.dumps({"type": "connection_init", "payload": payload}).decode()
            )
            await socket.recv()
            asked = {"query": LIVE, "variables": {"key": organisation}}
            message = {"type": "subscribe", "id": "1", "payload": asked}
            await socket.send(orjson.dumps(message).decode())
            # A question behind it is answered when the subscription is there.
            ping = {"type": "subscribe", "id": "2", "payload": {"query": "{ __typename }"}}
            await socket.send(orjson.dumps(ping).decode())
            while orjson.loads(await socket.recv()).get("type") != "complete":
                pass
            sockets.append(socket)
        late = []
        for number in range(EVENTS):
            event = note(f"live-{number}", organisation)
            begin = time.perf_counter()
            response = await client.post(
                f"http://{HOST}:{server.port}/events",
                content=orjson.dumps(event),
                headers={"content-type": "application/cloudevents+json"},
            )
            assert response.status_code == 201, response.text
            late += await asyncio.gather(*(_arrival(socket, begin) for socket in sockets))
    p99 = quantiles(late, n=100, method="inclusive")[98] * 1e3
    return limited(f"event to {SUBSCRIBERS} subscribers, p99", p99, "ms", "sent", LATENCY_MAX_MS)


def note(id_: str, organisation: str) -> dict[str, Any]:
    """Return the event of a note about an organisation."""
    return {
        "specversion": "1.0",
        "id": id_,
        "source": "urn:bench",
        "type": "org.howcanwe.note.added.v1",
        "time": "2026-01-01T00:00:00Z",
        "data": {"about": f"organisation/{organisation}", "text": "Now."},
    }


async def _arrival(socket: Any, begin: float) -> float:
    while orjson.loads(await socket.recv())["type"] != "next":
        pass
    return time.perf_counter() - begin
