"""What the streams of `GET /events` send is as described."""

import asyncio
from typing import Any, Final

import orjson

from tests.service.app import SSE, Api
from tests.service.http.asyncapi.described import message
from tests.service.serving import serving

IN_TIME_SECONDS: Final = 20


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


def _fields(block: str) -> dict[str, Any]:
    pairs = (line.partition(": ") for line in block.strip().splitlines())
    return {name: value for name, _, value in pairs if name}
