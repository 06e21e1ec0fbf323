"""Timelines live, over graphql-transport-ws and over server-sent events: every entry once, in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from projections.folding.fold import Undigested
from projections.store.progress import Phase
from projections.updating.batch import Taken
from service.graphql.context import Context
from tests.events.samples import noted
from tests.projections.outage import accept_connections, refuse_connections
from tests.service.app import complete
from tests.service.graphql.client import caught_up
from tests.service.serving import Served, serving

IN_TIME_SECONDS = 20
MILL = """subscription($after: Position) {
  timeline(organisation: "mill", after: $after) {
    __typename
    ... on TimelineEntry { position type }
    ... on NoteAdded { text }
  }
}"""


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[Served]:
    """A served cohort, its read models running."""
    async with serving(database_url, heartbeat_seconds=0.2) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        yield served


@asynccontextmanager
async def connected(
    served: Served, who: str | None = "facilitator", protocol: str = "graphql-transport-ws"
) -> AsyncIterator[ClientConnection]:
    """Connect, and authenticate."""
    address = f"ws://127.0.0.1:{served.port}/graphql"
    async with connect(address, subprotocols=[Subprotocol(protocol)]) as socket:
        key = served.api.headers(who).get("authorization")
        await say(socket, "connection_init", payload={"authorization": key} if key else None)
        assert await hear(socket) == {"type": "connection_ack"}
        yield socket


@asynccontextmanager
async def opened(served: Served, **headers: str) -> AsyncIterator[ClientConnection]:
    """Connect, and say nothing; underscores in the headers' names stand for dashes."""
    address = f"ws://127.0.0.1:{served.port}/graphql"
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    protocols = [Subprotocol("graphql-transport-ws")]
    async with connect(address, subprotocols=protocols, additional_headers=given) as socket:
        yield socket


async def say(socket: ClientConnection, type_: str, **more: Any) -> None:
    given = {name: value for name, value in more.items() if value is not None}
    await socket.send(orjson.dumps({"type": type_, **given}).decode())


async def hear(socket: ClientConnection) -> Any:
    """Return the next message that is no ping."""
    async with asyncio.timeout(IN_TIME_SECONDS):
        while True:
            message = orjson.loads(await socket.recv())
            if message["type"] != "ping":
                return message
            await say(socket, "pong")


async def follow(socket: ClientConnection, after: int | None, id_: str = "1") -> None:
    await say(socket, "subscribe", id=id_, payload={"query": MILL, "variables": {"after": after}})


async def entry(socket: ClientConnection) -> Any:
    """Return the next entry."""
    message = await hear(socket)
    assert message["type"] == "next", message
    return message["payload"]["data"]["timeline"]


async def entries(socket: ClientConnection, number: int) -> list[int]:
    return [(await entry(socket))["position"] for _ in range(number)]


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """Return how the other side ends the connection."""
    with pytest.raises(ConnectionClosed) as closed:
        async with asyncio.timeout(IN_TIME_SECONDS):
            while True:
                await socket.recv()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


async def note(served: Served, number: int = 1) -> None:
    for _ in range(number):
        response = await served.api.post(noted("organisation/mill"))
        assert response.status_code == 201, response.text


async def test_recorded_entries_come_first_then_new_ones(served: Served) -> None:
    async with connected(served) as socket:
        await follow(socket, 0)
        assert await entries(socket, 2) == [2, 5]
        await note(served)
        found = await entry(socket)
        assert (found["position"], found["type"]) == (7, "NOTE_ADDED")


async def test_without_a_position_only_what_is_new_comes(served: Served) -> None:
    async with connected(served) as socket:
        await follow(socket, None)
        # What is asked on the same connection is answered behind it.
        await say(socket, "subscribe", id="2", payload={"query": "{ __typename }"})
        assert (await hear(socket))["id"] == "2"
        assert (await hear(socket))["type"] == "complete"
        await note(served)
        assert await entries(socket, 1) == [7]


async def test_after_a_break_every_entry_comes_once(served: Served) -> None:
    query = '{ organisation(key: "mill") { timeline(first: 100) { liveCursor } } }'
    response = await served.api.client.get(
        "/graphql", params={"query": query}, headers=served.api.headers("facilitator")
    )
    last = response.json()["data"]["organisation"]["timeline"]["liveCursor"]
    seen: list[int] = []
    for _ in range(5):
        await note(served, 3)
        async with connected(served) as socket:
            await follow(socket, last)
            seen += await entries(socket, 2)
            last = seen[-1]
    async with connected(served) as socket:
        await follow(socket, last)
        await note(served)
        seen += await entries(socket, 6)
    assert seen == list(range(7, 23))


async def test_a_timeline_survives_a_restart_of_the_service(database_url: str) -> None:
    seen: list[int] = []
    async with serving(database_url) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        async with connected(served) as socket:
            await follow(socket, 0)
            seen += await entries(socket, 2)
            await note(served, 2)
            seen += await entries(socket, 1)
    async with serving(database_url) as served:
        await note(served, 2)
        await caught_up(served.api.service)
        async with connected(served) as socket:
            await follow(socket, seen[-1])
            seen += await entries(socket, 3)
    assert seen == [2, 5, 7, 8, 9, 10]


async def test_viewers_follow_only_what_they_may_see(served: Served) -> None:
    async with connected(served, "library") as library, connected(served, "mill") as mill:
        await follow(library, 0)
        await follow(mill, 0)
        assert await entries(library, 2) == await entries(mill, 2) == [2, 5]
        await served.api.post({**noted("organisation/mill"), "visibility": "private"})
        await served.api.post({**noted("organisation/mill"), "visibility": "public"})
        assert await entries(mill, 2) == [7, 8]
        assert await entries(library, 1) == [8]


async def test_hidden_subjects_cannot_be_followed(served: Served) -> None:
    async with connected(served, None) as socket:
        for key in ("mill", "nobody"):
            query = f'subscription {{ timeline(organisation: "{key}") {{ __typename }} }}'
            await say(socket, "subscribe", id=key, payload={"query": query})
            message = await hear(socket)
            assert message["type"] == "error"
            [error] = message["payload"]
            assert error["extensions"] == {"code": "argument.unknown", "argument": "organisation"}


async def test_a_key_that_is_not_good_is_not_let_in(served: Served) -> None:
    address = f"ws://127.0.0.1:{served.port}/graphql"
    async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await say(socket, "connection_init", payload={"authorization": "Bearer nonsense"})
        assert await closing(socket) == (4403, "Forbidden")


async def test_a_key_that_is_revoked_ends_what_is_open(served: Served) -> None:
    async with connected(served, "mill") as socket:
        await follow(socket, 0)
        await entries(socket, 2)
        await served.api.execute("update keys set revoked_at = now() where organisation = 'mill'")
        assert await closing(socket) == (4403, "Forbidden")


async def test_the_end_of_the_service_is_given_as_the_close_code(database_url: str) -> None:
    async with serving(database_url) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        async with connected(served) as socket:
            await follow(socket, 0)
            await entries(socket, 2)
            served.api.service.stopping.set()
            # No completion is sent: a client would not come again.
            with pytest.raises(ConnectionClosed) as closed:
                message = await hear(socket)
                pytest.fail(f"{message} came")
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1001


async def test_events_end_without_being_complete_when_the_service_does(database_url: str) -> None:
    async with serving(database_url) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        headers = {**served.api.headers("facilitator"), "accept": "text/event-stream"}
        body = {"query": MILL, "variables": {"after": 0}}
        async with (
            httpx.AsyncClient(timeout=IN_TIME_SECONDS) as client,
            client.stream(
                "POST", f"http://127.0.0.1:{served.port}/graphql", json=body, headers=headers
            ) as response,
        ):
            lines = response.aiter_lines()
            names = []
            async for line in lines:
                if line.startswith("event: "):
                    names.append(line)
                if len(names) == 2:
                    served.api.service.stopping.set()
        assert names == ["event: next"] * 2


async def test_a_timeline_continues_after_the_database_was_away(served: Served) -> None:
    url = served.api.service.log.url
    async with connected(served) as socket:
        await follow(socket, 0)
        await entries(socket, 2)
        await refuse_connections(url)
        # The key is checked meanwhile, and it is unknown whether it is valid.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                while True:
                    assert orjson.loads(await socket.recv())["type"] == "ping"
        await accept_connections(url)
        await recorded(served)
        assert await entries(socket, 1) == [7]


async def test_nobody_is_refused_permanently_while_the_database_is_away(served: Served) -> None:
    url = served.api.service.log.url
    async with opened(served) as socket:
        await refuse_connections(url)
        key = served.api.headers("facilitator")["authorization"]
        await say(socket, "connection_init", payload={"authorization": key})
        # Clients come again after this code, but not after 1011.
        assert (await closing(socket))[0] == 1013
    await accept_connections(url)


async def recorded(served: Served) -> None:
    """Post a note until it is taken."""
    async with asyncio.timeout(IN_TIME_SECONDS):
        event = complete(noted("organisation/mill"))
        while (await served.api.post(event)).status_code not in (200, 201):
            await asyncio.sleep(0.05)


async def test_the_legacy_protocol_is_off(served: Served) -> None:
    address = f"ws://127.0.0.1:{served.port}/graphql"
    async with connect(address, subprotocols=[Subprotocol("graphql-ws")]) as socket:
        assert (await closing(socket))[0] == 4406


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", 4400),
        ("[]", 4400),
        ('{"type": "connection_init"}', 4429),
        ('{"type": "nonsense"}', 4400),
        ('{"type": "subscribe", "payload": {"query": "{ __typename }"}}', 4400),
    ],
)
async def test_a_message_outside_the_protocol_ends_the_connection(
    served: Served, message: str, code: int
) -> None:
    async with connected(served) as socket:
        await socket.send(message)
        assert (await closing(socket))[0] == code


async def test_one_connection_has_so_many_operations_and_one_key_so_many_connections(
    database_url: str,
) -> None:
    async with serving(
        database_url, graphql_subscriptions_max=2, graphql_connections_max=1
    ) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        async with connected(served) as socket:
            for id_ in ("1", "2", "3"):
                await follow(socket, 99 if id_ == "3" else None, id_)
            [error] = (await hear(socket))["payload"]
            assert error["extensions"]["code"] == "subscriptions.too_many"
            address = f"ws://127.0.0.1:{served.port}/graphql"
            async with connect(
                address, subprotocols=[Subprotocol("graphql-transport-ws")]
            ) as other:
                key = served.api.headers("facilitator")["authorization"]
                await say(other, "connection_init", payload={"authorization": key})
                assert (await closing(other))[0] == 4429


async def test_a_connection_begins_in_time_after_anything_that_is_sent_before(
    database_url: str,
) -> None:
    async with serving(database_url, graphql_init_seconds=0.2) as served:
        for before in ((), ("ping", "pong", "ping")):
            async with opened(served) as socket:
                for type_ in before:
                    await say(socket, type_)
                assert await closing(socket) == (4408, "Connection initialisation timeout")


async def test_a_ping_is_answered_before_a_connection_begins(served: Served) -> None:
    async with opened(served) as socket:
        await say(socket, "ping")
        assert (await hear(socket))["type"] == "pong"
        await say(socket, "connection_init")
        assert (await hear(socket))["type"] == "connection_ack"


@pytest.mark.parametrize("limits", [{"body_bytes_max": 2048}, {"graphql_characters_max": 64}])
async def test_a_message_larger_than_a_request_ends_the_connection(
    database_url: str, limits: dict[str, int]
) -> None:
    async with serving(database_url, **limits) as served, opened(served) as socket:
        await say(socket, "connection_init", payload={"more": "x" * 2048})
        assert (await closing(socket))[0] == 1009


async def test_those_without_a_key_do_not_take_the_places_of_each_other(database_url: str) -> None:
    async with serving(database_url, graphql_connections_max=1) as served:
        answers = []
        async with AsyncExitStack() as stack:
            for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
                socket = await stack.enter_async_context(opened(served, x_forwarded_for=address))
                await say(socket, "connection_init")
                if address in answers:
                    assert (await closing(socket))[0] == 4429
                else:
                    assert (await hear(socket))["type"] == "connection_ack"
                answers.append(address)
            async with connected(served, "mill"):
                pass


async def test_read_models_that_stopped_keep_followers_quiet_until_their_keys_end(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def undigested(*arguments: object) -> Taken:
        error = Undigested(7, "org.howcanwe.note.added.v1", ValueError("no notes, please"))
        return Taken(6, 0, error)

    looks = 0
    check = Context.check

    async def counted(context: Context) -> None:
        nonlocal looks
        looks += 1
        await check(context)

    runner = served.api.service.runner
    async with connected(served, "mill") as socket:
        await follow(socket, 0)
        assert await entries(socket, 2) == [2, 5]
        monkeypatch.setattr("projections.updating.runner.take", undigested)
        await note(served)
        async with asyncio.timeout(IN_TIME_SECONDS):
            while runner.state.phase is not Phase.STOPPED:
                await asyncio.sleep(0.01)
        monkeypatch.setattr(Context, "check", counted)
        for _ in range(3):
            assert orjson.loads(await socket.recv())["type"] == "ping"
        # The connection and the follower look at the key every twentieth of a second, for half a second or so.
        assert 0 < looks < 100
        await served.api.execute("update keys set revoked_at = now() where organisation = 'mill'")
        assert await closing(socket) == (4403, "Forbidden")


async def test_a_completed_operation_sends_nothing_more(served: Served) -> None:
    async with connected(served) as socket:
        await follow(socket, 0)
        await entries(socket, 2)
        await say(socket, "complete", id="1")
        await follow(socket, 6, "2")
        await note(served)
        assert (await hear(socket))["id"] == "2"


async def test_server_sent_events_carry_a_timeline(served: Served) -> None:
    headers = {**served.api.headers("facilitator"), "accept": "text/event-stream"}
    body = {"query": MILL, "variables": {"after": 0}}
    async with (
        httpx.AsyncClient(timeout=IN_TIME_SECONDS) as client,
        client.stream(
            "POST", f"http://127.0.0.1:{served.port}/graphql", json=body, headers=headers
        ) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        events = _events(response)
        found = [await anext(events) for _ in range(2)]
        await note(served)
        found.append(await anext(events))
        assert [name for name, _ in found] == ["next"] * 3
        positions = [data["data"]["timeline"]["position"] for _, data in found]
        assert positions == [2, 5, 7]


async def test_a_query_over_server_sent_events_is_answered_and_completed(served: Served) -> None:
    headers = {**served.api.headers("facilitator"), "accept": "text/event-stream"}
    for query, expected in (("{ __typename }", "data"), ("{ nonsense }", "errors")):
        response = await served.api.client.post("/graphql", json={"query": query}, headers=headers)
        [first, second] = [
            block for block in response.text.split("\n\n") if block and not block.startswith(":")
        ]
        assert first.startswith("event: next\ndata: ")
        assert expected in orjson.loads(first.partition("data: ")[2])
        assert second == "event: complete\ndata: "


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, orjson.loads(line.removeprefix("data: "))
