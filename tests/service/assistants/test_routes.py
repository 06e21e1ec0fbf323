"""`/mcp` over HTTP: its requests are limited, measured and identified as all others."""

import asyncio
import sys
from typing import Any

import httpx
import httpx2
import orjson
import pytest
from mcp import MCPError
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from service.app import create_app
from service.assistants.routes import SDK
from service.graphql.schema import Schema
from tests.service.app import Api, faults_in, open_api, problem
from tests.service.assistants.calling import assistant, result
from tests.service.conftest import Messages
from tests.service.http.resources.test_metrics import metric
from tests.service.serving import serving

LISTING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


async def post(api: Api, who: str | None = None, body: Any = LISTING, **headers: str) -> Any:
    """Post a message; underscores in the headers' names stand for dashes."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.client.post("/mcp", json=body, headers=api.headers(who, given))


async def test_only_messages_are_taken_and_nothing_is_held_open(api: Api) -> None:
    for method in ("GET", "DELETE", "PUT"):
        response = await api.client.request(method, "/mcp", headers={"accept": "text/event-stream"})
        assert faults_in(problem(response, 405)) == [(None, "method", "")]
        assert response.headers["allow"] == "POST"
    listed = await post(api, accept="application/json, text/event-stream")
    assert listed.headers["content-type"] == "application/json"
    assert "mcp-session-id" not in listed.headers
    assert listed.json()["id"] == 1
    notified = await post(api, body={"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (notified.status_code, notified.content) == (202, b"")


async def test_what_is_no_message_is_refused(api: Api) -> None:
    send = api.client.post
    text = await send("/mcp", content=b"{}", headers={"content-type": "text/plain"})
    assert faults_in(problem(text, 415)) == [(None, "media_type", "")]
    html = await post(api, accept="text/html")
    assert faults_in(problem(html, 406)) == [(None, "accept", "")]
    json = {"content-type": "application/json"}
    for body in (b"", b"{", b'{"id": NaN}', b"[" * 40 + b"]" * 40):
        assert faults_in(problem(await send("/mcp", content=body, headers=json), 400)) == [
            (None, "json", "")
        ]
    for message in ([], [LISTING], {"jsonrpc": "1.0"}, "tools/list"):
        answer = await post(api, body=message)
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] < 0
    invalid: tuple[Any, ...] = (None, [], {}, {"name": 1}, {"name": "search", "arguments": []})
    for params in invalid:
        answer = await post(api, body={**LISTING, "method": "tools/call", "params": params})
        assert answer.status_code in (200, 400)
        assert "error" in answer.json(), params


async def test_a_body_beyond_the_limit_is_refused(database_url: str) -> None:
    async with open_api(database_url, body_bytes_max=1024) as api:
        large = {**LISTING, "params": {"x": "a" * 2_000}}
        assert faults_in(problem(await post(api, body=large), 413)) == [
            (None, "body.too_large", "")
        ]


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://howcanwe.example", True),
        ("https://assistant.example", True),
        ("http://localhost:6274", True),
        ("http://127.0.0.1", True),
        ("https://[::1]:8000", True),
        ("http://test", False),
        ("https://evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example:80", False),
        ("https://howcanwe.example.evil.example", False),
        ("null", False),
        ("", False),
    ],
)
async def test_pages_of_other_origins_may_not_call(
    database_url: str, origin: str, may: bool
) -> None:
    given: Any = {
        "public_url": "https://howcanwe.example",
        "cors_origins": "https://assistant.example",
    }
    async with open_api(database_url, **given) as api:
        answer = await post(api, origin=origin)
        if may:
            assert answer.status_code == 200
        else:
            assert faults_in(problem(answer, 403)) == [(None, "origin", "")]


async def test_a_page_of_any_origin_may_call_if_the_settings_say_so(database_url: str) -> None:
    async with open_api(database_url, cors_origins="*") as api:
        assert (await post(api, origin="https://any.example")).status_code == 200


async def test_an_unknown_or_revoked_key_is_refused_and_never_the_public(api: Api) -> None:
    async with assistant(api, "mill") as client:
        assert (await client.list_tools(cache_mode="bypass")).tools
        await api.service.keys.revoke(api.keys["mill"].split("_")[1], granted_by="test")
        with pytest.raises(MCPError, match="error response"):
            await client.call_tool("cohorts", {})
    for who in ("hcw_0000000000000000_x", api.keys["mill"]):
        answer = await post(api, who)
        assert faults_in(problem(answer, 401)) == [(None, "key.required", "")]
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_calls_beyond_the_rate_of_a_key_are_refused(database_url: str) -> None:
    async with open_api(database_url, key_requests_per_second=1) as api:
        statuses = [(await post(api, "mill")).status_code for _ in range(4)]
        assert statuses[0] == 200 and statuses[-1] == 429
        assert (await post(api, "archive")).status_code == 200


async def test_a_call_has_an_id_and_is_measured_by_its_route(api: Api) -> None:
    answer = await post(api, x_request_id="order:1")
    assert answer.headers["x-request-id"] == "order:1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    number = await metric(api)
    labels = {"method": "POST", "route": "/mcp", "status": "200"}
    assert number("http_requests_total", **labels) == 1


@pytest.mark.parametrize("version", ["2025-06-18", None])
async def test_an_unforeseen_error_is_logged_with_the_id_of_its_request_and_not_told(
    api: Api, messages: Messages, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    async def broken(*given: object) -> None:
        raise ZeroDivisionError("a secret of the mill")

    monkeypatch.setattr(Schema, "execute", broken)
    headers = {"mcp_protocol_version": version} if version else {}
    params = {"name": "cohorts", "arguments": {}}
    body = {**LISTING, "method": "tools/call", "params": params}
    answer = (await post(api, body=body, x_request_id="broken", **headers)).json()["result"]
    assert answer["isError"]
    [fault] = orjson.loads(answer["content"][0]["text"])["errors"]
    assert fault["rule"] == "internal"
    [line] = [line for line in messages.lines if "unexpected error" in line]
    assert "broken" in line and "ZeroDivisionError" in line
    assert "a secret" not in line + str(answer)


async def test_without_the_sdk_the_rest_of_the_service_runs(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, SDK, None)
    transport = httpx.ASGITransport(create_app(api.service))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.post("/mcp", json=LISTING)
        assert faults_in(problem(answer, 501)) == [(None, "assistants.missing", "")]
        assert (await client.get("/health/live")).status_code == 200


async def test_an_assistant_connects_over_a_port_and_several_at_once(database_url: str) -> None:
    async with serving(database_url) as served:
        await served.api.begin()
        address = f"http://127.0.0.1:{served.port}/mcp"

        async def asks(who: str | None, mode: str) -> int:
            headers = served.api.headers(who)
            async with (
                httpx2.AsyncClient(headers=headers, trust_env=False) as http,
                Client(streamable_http_client(address, http_client=http), mode=mode) as client,
            ):
                found = await client.call_tool("cohorts", {})
            total: int = found.structured_content["total"]
            return total

        askers = [(who, mode) for who in ("mill", None) for mode in ("auto", "legacy")]
        totals = await asyncio.gather(*(asks(*one) for one in askers * 3))
        assert totals == [1, 1, 0, 0] * 3


async def test_calls_of_tools_are_counted_and_measured_by_tool_and_result(levels: Api) -> None:
    assert not (await result(levels, "mill", "cohorts")).is_error
    assert (await result(levels, "mill", "cohorts", first="many")).is_error
    number = await metric(levels)
    for became in ("answered", "refused"):
        assert number("assistant_calls_total", tool="cohorts", result=became) == 1
    assert number("assistant_call_duration_seconds_count", tool="cohorts") == 2
