"""The client of the protocol's own SDK, as assistants have it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import orjson
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from tests.service.app import Api


@asynccontextmanager
async def assistant(api: Api, who: str | None, mode: str = "auto") -> AsyncIterator[Client]:
    """A client with a key, of the newest revision of the protocol or, if `legacy`, of those before.

    What it reads has all that was recorded before it began.
    """
    headers = api.headers(who, {"min-position": str(await api.head())})
    async with (
        httpx2.AsyncClient(transport=httpx2.ASGITransport(api.app), headers=headers) as http,
        Client(streamable_http_client("http://test/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


async def result(api: Api, who: str | None, name: str, **arguments: Any) -> CallToolResult:
    """Return what a tool answers."""
    async with assistant(api, who) as client:
        return await client.call_tool(name, arguments)


def text(found: CallToolResult) -> str:
    """Return the text of an answer."""
    [content] = found.content
    assert isinstance(content, TextContent)
    return content.text


async def called(api: Api, who: str | None, name: str, **arguments: Any) -> dict[str, Any]:
    """Return the structured content of a tool's result. The client checks it by the tool's schema."""
    found = await result(api, who, name, **arguments)
    assert not found.is_error, text(found)
    content: dict[str, Any] = found.structured_content
    return content


async def refused(api: Api, who: str | None, name: str, **arguments: Any) -> dict[str, Any]:
    """Return the problem with which a tool refuses a call."""
    found = await result(api, who, name, **arguments)
    assert found.is_error, text(found)
    assert found.structured_content is None
    problem: dict[str, Any] = orjson.loads(text(found))
    assert {"type", "title", "status", "detail", "errors"} <= problem.keys()
    return problem


async def posted(api: Api, who: str | None, name: str, **arguments: Any) -> dict[str, Any]:
    """Return the structured content of a tool's result, without the SDK: by a single request."""
    params = {"name": name, "arguments": arguments}
    response = await api.client.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params},
        headers=api.headers(who, {"min-position": str(await api.head())}),
    )
    content: dict[str, Any] = response.json()["result"]["structuredContent"]
    return content


def rules(problem: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the rule and the pointer of each fault."""
    return [(fault["rule"], fault["pointer"]) for fault in problem["errors"]]
