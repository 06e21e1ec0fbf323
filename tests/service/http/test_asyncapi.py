"""The AsyncAPI document: the reference parser takes it, and what the service sends is as it says."""

import asyncio
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import orjson
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from service.http.asyncapi import asyncapi
from tests.events.samples import noted
from tests.service.app import SSE, Api
from tests.service.graphql.client import caught_up
from tests.service.packages import installed
from tests.service.serving import serving

PARSER: Final = "@asyncapi/parser@3"
PROGRAM: Final = Path(__file__).with_name("asyncapi.mjs")
IN_TIME_SECONDS: Final = 20
NOT_LATEST: Final = "asyncapi-latest-version"


@cache
def message(name: str, part: str) -> jsonschema_rs.Validator:
    """Return a validator of the payload or the headers of one of the document's messages."""
    document = asyncapi()
    root = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/components/messages/{name}/{part}",
        "components": document["components"],
    }
    return jsonschema_rs.validator_for(root)


def test_the_reference_parser_takes_it(tmp_path: Path) -> None:
    folder = installed("asyncapi", PARSER)
    file = tmp_path / "asyncapi.json"
    file.write_bytes(orjson.dumps(asyncapi()))
    done = subprocess.run(
        ["node", str(PROGRAM), str(folder), str(file)], capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    found = orjson.loads(done.stdout)
    assert set(found["operations"]) == asyncapi()["operations"].keys()
    assert [one for one in found["diagnostics"] if one["code"] != NOT_LATEST] == []


async def test_it_is_served_and_the_same_each_time(api: Api) -> None:
    response = await api.get("/asyncapi.json", None)
    assert response.headers["content-type"] == "application/json"
    assert response.json() == asyncapi()
    known = {"if_none_match": response.headers["etag"]}
    assert (await api.get("/asyncapi.json", None, **known)).status_code == 304


async def test_what_the_streams_of_events_send_is_as_described(story: Api) -> None:
    for line in await story.lines():
        message("line", "payload").validate(line)
    response = await story.get("/events?limit=3", accept=SSE)
    sent = [_fields(block) for block in response.text.split("\n\n") if block]
    assert len(sent) == 3
    for fields in sent:
        data = orjson.loads(fields.pop("data"))
        message("event", "payload").validate(data)
        message("event", "headers").validate({"id": int(fields["id"])})
        assert data["position"] == int(fields["id"])
    assert not message("event", "payload").is_valid({"position": 1})


async def test_the_end_of_what_is_recorded_is_sent_as_described(database_url: str) -> None:
    async with serving(database_url) as served:
        await served.api.begin()
        headers = served.api.headers("facilitator", {"accept": SSE})
        blocks: list[dict[str, Any]] = []
        reader, writer = await served.connect()
        lines = [f"{name}: {value}" for name, value in headers.items()]
        call = ["GET /events HTTP/1.1", "host: test", *lines, "", ""]
        writer.write("\r\n".join(call).encode())
        async with asyncio.timeout(IN_TIME_SECONDS):
            while not blocks or "event" not in blocks[-1]:
                text = (await reader.readuntil(b"\n\n")).decode()
                blocks.append(_fields(text[text.find("event:") :] if "event:" in text else text))
    last = blocks[-1]
    message("caughtUp", "payload").validate(orjson.loads(last["data"]))
    message("caughtUp", "headers").validate({"event": last["event"], "id": int(last["id"])})


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


def _fields(block: str) -> dict[str, Any]:
    pairs = (line.partition(": ") for line in block.strip().splitlines())
    return {name: value for name, _, value in pairs if name}
