"""The workflow of n8n that the documentation offers records what a form posts, once, with any text."""

import asyncio
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import pytest

from tests.docs.page import FOLDER
from tests.events.samples import registered
from tests.service.app import Api, open_api
from tests.service.packages import installed

WORKFLOW: Final = FOLDER / "how-to" / "n8n.json"
PROGRAM: Final = Path(__file__).with_name("n8n.mjs")
EXPRESSIONS: Final = "@n8n/tournament@1"
SECONDS_MAX: Final = 60

TEXTS: Final = (
    "May I feed the ducks?",
    'She wrote: "It\'s {{ $json }} too loud"\n\\ and `left`.',
    "Grüße ☕",
)


def node(kind: str) -> dict[str, Any]:
    """Return the only node of a kind."""
    nodes = orjson.loads(WORKFLOW.read_bytes())["nodes"]
    [found] = [one for one in nodes if one["type"] == f"n8n-nodes-base.{kind}"]
    return dict(found)


def resolved(parameters: Mapping[str, Any], posted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a node, as n8n resolves them for what was posted to the webhook before it."""
    item = {"headers": {}, "params": {}, "query": {}, "body": posted}
    folder = installed("n8n", EXPRESSIONS)
    call = ("node", PROGRAM, folder, orjson.dumps(parameters), orjson.dumps(item))
    done = subprocess.run(call, capture_output=True, timeout=SECONDS_MAX)
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found


async def sent(api: Api, parameters: Mapping[str, Any]) -> httpx.Response:
    """Send the request that the parameters of an HTTP Request node describe."""
    assert parameters["authentication"] == "genericCredentialType"
    assert parameters["genericAuthType"] == "httpBearerAuth"
    assert (parameters["contentType"], parameters["specifyBody"]) == ("json", "json")
    url = httpx.URL(parameters["url"])
    return await api.client.request(
        parameters["method"],
        url.path,
        json=parameters["jsonBody"],
        headers=api.headers("facilitator"),
    )


@pytest.mark.parametrize("text", TEXTS, ids=["plain", "quotes and braces", "other letters"])
async def test_an_answer_is_recorded_once(database_url: str, text: str) -> None:
    posted = {"response_id": "r-17", "submitted_at": "2026-03-02T10:00:00Z", "answer": text}
    request = node("httpRequest")
    assert request["retryOnFail"]
    parameters = await asyncio.to_thread(resolved, request["parameters"], posted)
    async with open_api(database_url) as api:
        await api.begin()
        await api.record([registered("mill-museum")])
        answers = [await sent(api, parameters) for _ in range(2)]
        assert [one.status_code for one in answers] == [201, 200], answers[0].text
        last = (await api.lines())[-1]
    assert (last["id"], last["time"]) == ("r-17", "2026-03-02T10:00:00Z")
    assert last["data"] == {"about": "organisation/mill-museum", "text": text}


def test_the_request_follows_what_arrives() -> None:
    workflow = orjson.loads(WORKFLOW.read_bytes())
    names = {one["name"] for one in workflow["nodes"]}
    [[[after]]] = [one["main"] for one in workflow["connections"].values()]
    assert workflow["connections"].keys() == {node("webhook")["name"]}
    assert after["node"] == node("httpRequest")["name"]
    assert len(names) == len(workflow["nodes"]) == 2
