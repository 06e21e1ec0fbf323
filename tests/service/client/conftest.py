"""The service behind a port, a proxy before it, and either client."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from service.client.async_client import AsyncClient
from service.client.client import Client
from service.client.plans.retries import Retries
from tests.service.client.either import Either
from tests.service.client.proxy import Proxy, proxied
from tests.service.conftest import Messages, assert_discreet
from tests.service.serving import Served, serving

SOURCE = "https://crm.example/t"
QUICK = Retries(seconds_max=600, first_wait_seconds=0.001, wait_seconds_max=0.01)

Connect = Callable[..., Either]


@pytest.fixture
async def served(database_url: str, messages: Messages) -> AsyncIterator[Served]:
    """A service with a cohort of two organisations; no message may contain a key."""
    async with serving(database_url, heartbeat_seconds=0.2) as served:
        await served.api.begin()
        yield served
        assert_discreet(messages, served.api)


@pytest.fixture
async def proxy(served: Served) -> AsyncIterator[Proxy]:
    """A proxy before the service."""
    async with proxied(served.port) as proxy:
        yield proxy


@pytest.fixture(params=[Client, AsyncClient], ids=["sync", "async"])
async def connect(request: pytest.FixtureRequest, served: Served) -> AsyncIterator[Connect]:
    """Make a client, of the service itself unless another address is given, closed at the end."""
    made: list[Either] = []

    def connected(url: str | None = None, who: str = "facilitator", **given: Any) -> Either:
        options = {"source": SOURCE, "retries": QUICK, **given}
        address = url or f"http://127.0.0.1:{served.port}"
        either = Either(request.param(address, served.api.keys[who], **options))
        made.append(either)
        return either

    yield connected
    for either in made:
        await either.close()
