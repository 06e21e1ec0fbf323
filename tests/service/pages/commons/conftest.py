"""What is public of the sample cohort, on a service with an address and a licence."""

from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest_asyncio

from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.events.samples import sample_event
from tests.service.app import Api, open_api
from tests.service.pages.conftest import record_demo

ADDRESS = "https://commons.example.org"
COHORT = "heritage-2024"
LICENCE = "CC-BY-4.0"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def commons(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The service with the sample cohort; the tests of a module share it, and record nothing."""
    async with (
        copies[TEMPLATE].copy() as url,
        open_api(url, lives=True, public_url=ADDRESS, licence=LICENCE) as api,
    ):
        await record_demo(api)
        yield api


async def narrow(api: Api, stream: str, level: str = "cohort") -> None:
    """Change who may see a subject. The read models may not have it yet."""
    event = sample_event("visibility.changed", {}, of=stream)
    event["data"]["visibility"] = level
    event["time"] = "2026-01-01T00:00:00Z"
    answer = await api.post(event)
    assert answer.status_code == 201, answer.text


async def unpacked(api: Api, cohort: str = COHORT) -> Mapping[str, str]:
    """Return the files of a cohort's download, as text by their names."""
    answer = await api.get(f"/cohorts/{cohort}/data.zip", None)
    assert answer.status_code == 200, answer.text
    with ZipFile(BytesIO(answer.content)) as file:
        assert file.testzip() is None
        return {name: file.read(name).decode() for name in file.namelist()}


async def items(api: Api, query: str = "", who: str | None = None) -> list[dict[str, Any]]:
    """Return the items of the JSON feed."""
    found: list[dict[str, Any]] = (await api.get(f"/feed.json{query}", who)).json()["items"]
    return found
