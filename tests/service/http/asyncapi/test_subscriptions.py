"""What a subscription sends and takes is as described."""

import asyncio
from typing import Final

import orjson
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.events.samples import noted
from tests.service.graphql.client import caught_up
from tests.service.http.asyncapi.described import message
from tests.service.serving import serving

IN_TIME_SECONDS: Final = 20


async def test_what_a_websocket_sends_and_takes_is_as_described(database_url: str) -> None:
    async with serving(database_url) as served:
        await served.api.begin()
        await caught_up(served.api.service)
        begin = {
            "type": "connection_init",
            "payload": {"authorization": f"Bearer {served.api.keys['facilitator']}"},
        }
        query = "subscription { timeline(after: 0) { ... on TimelineEntry { position } } }"
        subscribe = {"id": "1", "type": "subscribe", "payload": {"query": query}}
        wrong = {"id": "2", "type": "subscribe", "payload": {"query": "subscription { sheep }"}}
        for name, frame in (("connectionInit", begin), ("subscribe", subscribe)):
            message(name, "payload").validate(frame)
        url = f"ws://127.0.0.1:{served.port}/graphql"
        async with (
            asyncio.timeout(IN_TIME_SECONDS),
            connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket,
        ):
            await socket.send(orjson.dumps(begin).decode())
            message("connectionAck", "payload").validate(orjson.loads(await socket.recv()))
            await socket.send(orjson.dumps(subscribe).decode())
            answer = orjson.loads(await socket.recv())
            message("next", "payload").validate(answer)
            assert answer["payload"]["data"]["timeline"]["position"] == 1
            await socket.send(orjson.dumps(wrong).decode())
            while (answer := orjson.loads(await socket.recv()))["id"] != "2":
                message("next", "payload").validate(answer)
            message("error", "payload").validate(answer)
            await served.api.post(noted("organisation/mill"))
