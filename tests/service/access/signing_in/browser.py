"""Requests as browsers send them, and a page of which they are the reader."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import APIRouter, Request
from starlette.requests import Request as StarletteRequest

from events.access.policy import Action
from service.access import endpoints
from service.access.signing_in.cookies import LOOPBACK
from service.http.resources import health
from service.services import service_of
from tests.service.app import Api, open_api

HERE: Final = "http://127.0.0.1:8000"
PAGES: Final = {
    "GET /reading-room": Action.READ,
    "POST /reading-room": Action.SEND,
    "GET /office": Action.GRANT,
}


def request(url: str, **headers: str) -> StarletteRequest:
    """Return a request to this address; underscores in the headers' names stand for dashes."""
    parts = urlsplit(url)
    given = {"host": parts.netloc, **headers}
    sent = [(k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in given.items()]
    return StarletteRequest({"type": "http", "scheme": parts.scheme, "headers": sent})


async def _read(request: Request) -> dict[str, Any]:
    caller = await service_of(request).access(request)
    return {"role": caller.viewer.role, "id": caller.viewer.id, "session": bool(caller.session)}


async def _write(request: Request) -> str:
    return (await service_of(request).sender(request)).id


@asynccontextmanager
async def with_a_page(
    monkeypatch: pytest.MonkeyPatch, database_url: str, **given: Any
) -> AsyncIterator[Api]:
    """The API with two pages that show their reader's role; one is for admins, the other takes forms."""
    router = APIRouter()
    router.add_api_route("/reading-room", _read)
    router.add_api_route("/reading-room", _write, methods=["POST"])
    router.add_api_route("/office", _read)
    monkeypatch.setattr(health, "router", router)
    monkeypatch.setattr(endpoints, "PAGES", {**endpoints.PAGES, **PAGES})
    monkeypatch.setattr(endpoints, "HTTP", {**endpoints.HTTP, **PAGES})
    async with open_api(database_url, **given) as api:
        yield api


async def signed_in(api: Api, who: str) -> str:
    """Return the secret of a new session with a key."""
    return await api.service.sessions.begin(await api.service.keys.access(api.keys[who]))


async def read(
    api: Api,
    secret: str,
    url: str = HERE,
    *,
    path: str = "/reading-room",
    name: str = LOOPBACK,
    **headers: str,
) -> httpx.Response:
    """Read a page with a cookie."""
    return await api.client.get(url + path, headers={"cookie": f"{name}={secret}", **headers})
