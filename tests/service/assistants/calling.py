"""The client of the protocol's own SDK, before an application or a port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import orjson
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from tests.service.app import Api


@asynccontextmanager
async def assistant(api: Api, who: str | None = None, mode: str = "auto") -> AsyncIterator[Client]:
    """Return a client with a key, of the newest revision of the protocol, or `legacy`: of one before."""
    async with (
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(api.app), headers=api.headers(who), timeout=60
        ) as http,
        Client(streamable_http_client("http://test/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


async def called(api: Api, who: str | None, name: str, **arguments: Any) -> dict[str, Any]:
    """Return the structured result of a tool."""
    async with assistant(api, who) as client:
        result = await client.call_tool(name, arguments)
    assert not result.is_error, result.content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


async def refused(api: Api, who: str | None, name: str, **arguments: Any) -> dict[str, Any]:
    """Return the problem with which a tool refuses a call."""
    async with assistant(api, who) as client:
        result = await client.call_tool(name, arguments)
    assert result.is_error and result.structured_content is None
    [content] = result.content
    assert content.type == "text"
    problem: dict[str, Any] = orjson.loads(content.text)
    return problem
