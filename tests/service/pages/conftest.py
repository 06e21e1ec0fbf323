"""The pages over the sample cohort, as every kind of visitor gets them."""

from collections.abc import AsyncIterator

import orjson
import pytest_asyncio

from events.access.principal import Role
from service.samples import demo
from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.service.app import Api, open_api

COHORT = "heritage-2024"
ORGANISATIONS = ("mill-museum", "library-trust", "canal-society", "village-theatre", "city-archive")
VISITORS = ("facilitator", "mill-museum", "library-trust", "evaluator", "analyst", "admin", None)
"""Those who visit pages: the names of their keys, None without a key."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The service with the sample cohort, with a key for each of `VISITORS`; the tests of a module share it.

    A test that records something must not disturb the others.
    """
    async with copies[TEMPLATE].copy() as url, open_api(url, lives=True) as api:
        await record_demo(api)
        yield api


async def record_demo(api: Api) -> None:
    """Record the sample cohort, and make a key for each of `VISITORS`."""
    await api.record(map(orjson.loads, demo.lines()))
    api.keys["evaluator"] = await api.key(Role.EVALUATOR, cohorts=(COHORT,))
    for organisation in ORGANISATIONS:
        api.keys[organisation] = await api.key(Role.ORGANISATION, organisation=organisation)
