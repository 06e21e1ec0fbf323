"""A frontend's life beside a running demo: its types, its pages, and a timeline that outlives a killed server."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from service.samples import demo
from tests.processes import Serving, data_folder, key_for, until
from tests.service.frontends.test_codegen import compiled, tools

QUERIES = Path(__file__).parents[2] / "data" / "queries"
IN_TIME_SECONDS = 60
FOLLOWED = """subscription($after: Position) {
  timeline(organisation: "mill-museum", after: $after) { ... on TimelineEntry { position type } } }"""
CURSOR = """{ organisation(key: "mill-museum") { timeline(first: 100) {
  totalCount liveCursor nodes { ... on TimelineEntry { position } } pageInfo { hasNextPage } } } }"""


@contextmanager
def running(data: Path, port: int = 0) -> Iterator[Serving]:
    """`howcanwe serve --demo`, with the sample cohort recorded and everything caught up."""
    with Serving(data, "--demo", port=port).ready() as service:
        until(lambda: "3. Replay" in service.out.text, "the demo")
        until(lambda: httpx.get(f"{service.address}/health/ready").status_code == 200, "readiness")
        try:
            yield service
        finally:
            if service.popen.poll() is None:
                service.stop(signal.SIGTERM)


def asked(service: Serving, key: str, query: str, **variables: Any) -> Any:
    answer = httpx.post(
        f"{service.address}/graphql",
        json={"query": query, "variables": variables},
        headers={"Authorization": f"Bearer {key}"},
        timeout=IN_TIME_SECONDS,
    ).json()
    assert "errors" not in answer, answer
    return answer["data"]


def note(service: Serving, key: str, number: int) -> int:
    """Post a note about the museum; return its position."""
    event = {
        "specversion": "1.0",
        "id": f"life-{number}",
        "source": "urn:frontend",
        "type": "org.howcanwe.note.added.v1",
        "time": "2026-01-01T09:00:00Z",
        "data": {"about": "organisation/mill-museum", "text": f"Note {number}."},
    }
    response = httpx.post(
        f"{service.address}/events",
        content=orjson.dumps(event),
        headers={
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/cloudevents+json",
        },
        timeout=IN_TIME_SECONDS,
    )
    assert response.status_code == 201, response.text
    return int(response.json()["receipts"][0]["position"])


async def follow(service: Serving, key: str, after: int) -> ClientConnection:
    """Connect as a browser does, and follow the museum's timeline."""
    socket = await connect(
        f"ws://127.0.0.1:{service.port}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]
    )
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}}
    await socket.send(orjson.dumps(init).decode())
    payload = {"query": FOLLOWED, "variables": {"after": after}}
    await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": payload}).decode())
    assert orjson.loads(await socket.recv())["type"] == "connection_ack"
    return socket


async def next_position(socket: ClientConnection) -> int:
    """Return the next entry's position."""
    async with asyncio.timeout(IN_TIME_SECONDS):
        while True:
            message = orjson.loads(await socket.recv())
            if message["type"] == "ping":
                await socket.send('{"type": "pong"}')
                continue
            assert message["type"] == "next", message
            return int(message["payload"]["data"]["timeline"]["position"])


@pytest.mark.long
def test_types_are_generated_from_the_running_endpoint(tmp_path: Path) -> None:
    folder = tools()
    with data_folder() as data, running(data) as service:
        made = compiled(folder, f"{service.address}/graphql", tmp_path)
    assert "export type OrganisationTimelineQuery" in made


def test_a_list_is_refetched_page_by_page_by_its_nodes_id() -> None:
    query = (QUERIES / "refetch.graphql").read_text()
    with data_folder() as data, running(data) as service:
        key = key_for(data)
        whole = asked(
            service,
            key,
            """{ organisation(key: "mill-museum") { id learnings(first: 100) {
                totalCount nodes { id } } } }""",
        )["organisation"]
        found: list[str] = []
        after = None
        pages = 0
        while True:
            node = asked(service, key, query, id=whole["id"], first=1, after=after)["node"]
            assert node["id"] == whole["id"]
            page = node["learnings"]
            found += [edge["node"]["id"] for edge in page["edges"]]
            pages += 1
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert found == [one["id"] for one in whole["learnings"]["nodes"]]
        assert pages == whole["learnings"]["totalCount"] > 1


async def test_a_live_timeline_outlives_a_killed_server() -> None:
    with data_folder() as data:
        with running(data) as service:
            port = service.port
            key = key_for(data)
            timeline = asked(service, key, CURSOR)["organisation"]["timeline"]
            positions = [node["position"] for node in timeline["nodes"]]
            assert (
                timeline["totalCount"] == len(positions) and not timeline["pageInfo"]["hasNextPage"]
            )
            assert timeline["liveCursor"] == len(demo.lines())
            socket = await follow(service, key, timeline["liveCursor"])
            posted = [note(service, key, number) for number in range(3)]
            seen = [await next_position(socket) for _ in posted]
            # What is posted in the server's last moments may, or may not, reach the page.
            posted += [note(service, key, number) for number in range(3, 6)]
            seen.append(await next_position(socket))
            service.popen.kill()
            service.wait()
        with running(data, port) as service:
            # More happens before the page is back.
            posted += [note(service, key, number) for number in range(6, 8)]
            await socket.close()
            socket = await follow(service, key, seen[-1])
            posted.append(note(service, key, 8))
            while len(seen) < len(posted):
                seen.append(await next_position(socket))
            assert seen == posted
            # The next one is the next: nothing comes twice.
            posted.append(note(service, key, 9))
            assert await next_position(socket) == posted[-1]
            after = asked(service, key, CURSOR)["organisation"]["timeline"]
            assert after["totalCount"] == len(positions) + len(posted)
            await socket.close()
