"""The example of every call runs beside the sample cohort."""

from collections.abc import AsyncIterator
from typing import Any, Final

import orjson
import pytest

from events.vocabulary.words.envelope import EXAMPLE
from service.hooks.tool import Tool
from service.samples import demo
from tests.service.app import BATCH, Api, open_api
from tests.service.http.openapi.described import Call, calls, document, resolved
from tests.service.submissions.hooked import hooked

ORDER: Final = ("PUT", "POST", "OPTIONS", "GET", "PATCH", "DELETE")
LATE: Final = (
    *("rotateKey", "revokeKey", "retryQuarantined"),
    *("readWebhook", "changeWebhook", "replayWebhook", "rotateWebhook", "testWebhook"),
    *("removeWebhook", "removeQuarantined"),
)
"""They need an id that another call answers with: their links say which."""

WITH_BODY: Final = [
    pytest.param(call, media, id=f"{call.described['operationId']} {media}")
    for call in calls()
    if "requestBody" in call.described
    for media in resolved(call.described["requestBody"])["content"]
]


HOOK: Final = """
name = "trial-notes"
tool = "json"
organisation = "mill-museum"

[[events]]
type = "note.added"
data = { about = "organisation/mill-museum", text = { answer = "What happened?" } }
"""
"""A mapping for the example of a submission."""


@pytest.fixture
async def demonstrated(database_url: str) -> AsyncIterator[Api]:
    """The API with the sample cohort, and read models of it, and a hook whose secret is that of `hook`."""
    async with open_api(database_url, lives=True) as api:
        await api.record(orjson.loads(line) for line in demo.lines())
        api.keys["hook"] = (await hooked(api, Tool.JSON, HOOK)).secret
        yield api


def who_calls(call: Call) -> str:
    """Return whose key, or secret, a call's example is sent with."""
    first = call.path.split("/")[1]
    return {"keys": "admin", "hooks": "hook"}.get(first, "facilitator")


def path_of(call: Call, ids: dict[str, str]) -> str:
    """Return the path of a call's example, with the ids that other calls answered with."""
    path, operation = call.path, call.described["operationId"]
    query = []
    for one in map(resolved, call.described.get("parameters", [])):
        if one["in"] == "path":
            value = ids[operation] if operation in LATE else one["example"]
            path = path.replace(f"{{{one['name']}}}", str(value))
        elif one["in"] == "query" and "example" in one:
            query.append(f"{one['name']}={one['example']}")
    return "?".join(filter(None, (path, "&".join(query))))


def body_of(call: Call, media: str | None = None) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of a call's example, in the first form if none is named."""
    if "requestBody" not in call.described:
        return {}, b""
    content = resolved(call.described["requestBody"])["content"]
    media = media or next(iter(content))
    example = content[media]["example"]
    body = example.encode() if isinstance(example, str) else orjson.dumps(example)
    return {"content-type": media}, body


async def ask(api: Api, call: Call, ids: dict[str, str]) -> Any:
    """Run a call's example; check that it succeeds as described, and keep the ids in its answer."""
    headers, body = body_of(call)
    response = await api.client.request(
        call.method,
        path_of(call, ids),
        content=body,
        headers=api.headers(who_calls(call), headers),
    )
    assert response.is_success, (call.path, response.text)
    described = call.described["responses"][str(response.status_code)]
    media = response.headers.get("content-type", "").partition(";")[0]
    assert (media in described.get("content", {})) is bool(response.content), (call.path, media)
    for link in described.get("links", {}).values():
        [pointer] = link["parameters"].values()
        value = response.json()
        for name in pointer.removeprefix("$response.body#/").split("/"):
            value = value[int(name) if isinstance(value, list) else name]
        ids[link["operationId"]] = value


async def test_the_example_of_every_call_runs(demonstrated: Api) -> None:
    refused = {**EXAMPLE, "id": "example-2", "source": "https://minutes.example/board", "data": {}}
    lenient = {"prefer": "handling=lenient"}
    await demonstrated.send(orjson.dumps([refused]), BATCH, **lenient)
    ids: dict[str, str] = {}
    in_order = sorted(calls(), key=lambda call: ORDER.index(call.method))
    for call in in_order:
        if call.described["operationId"] not in LATE:
            await ask(demonstrated, call, ids)
    assert ids.keys() == {*LATE, "readEvent"}
    for call in in_order:
        if call.described["operationId"] in LATE[:-1]:
            await ask(demonstrated, call, ids)
    await demonstrated.send(orjson.dumps([{**refused, "id": "another"}]), BATCH, **lenient)
    for call in calls():
        if call.described["operationId"] in ("listQuarantine", "removeQuarantined"):
            await ask(demonstrated, call, ids)


@pytest.mark.parametrize(("call", "media"), WITH_BODY)
def test_each_form_of_a_body_has_an_example(call: Call, media: str) -> None:
    assert body_of(call, media)[1]


async def test_the_example_of_each_form_is_the_same_event(demonstrated: Api) -> None:
    [recording] = [call for call in calls() if call.described["operationId"] == "recordEvents"]
    statuses = []
    for media in resolved(recording.described["requestBody"])["content"]:
        headers, body = body_of(recording, media)
        response = await demonstrated.send(body, headers["content-type"])
        statuses.append(response.status_code)
    assert statuses == [201, 200, 200, 200, 200, 200]


async def test_the_examples_of_the_headers_are_an_event_in_binary_mode(demonstrated: Api) -> None:
    parameters = document()["components"]["parameters"].values()
    headers = {one["name"]: one["example"] for one in parameters if one["name"].startswith("ce-")}
    data = orjson.dumps(EXAMPLE["data"])
    response = await demonstrated.client.post(
        "/events",
        content=data,
        headers=demonstrated.headers(
            "facilitator", {**headers, "ce-id": "new", "content-type": "application/json"}
        ),
    )
    assert response.status_code == 201, response.text
