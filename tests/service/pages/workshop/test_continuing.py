"""The ways back to a session that may still be under way."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from events.access.principal import Role
from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.events.samples import held
from tests.service.app import Api, open_api
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = "/cohorts/heritage"
OLD, NOW = (f"{BASE}/sessions/{key}/notes" for key in ("old", "now"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The cohort heritage, with a session of 2 March 2024 and one that began two hours ago."""
    async with copies[TEMPLATE].copy() as url, open_api(url, lives=True) as api:
        await api.begin()
        began = datetime.now(UTC) - timedelta(hours=2)
        happened = (
            held("old", time="2024-03-02T09:00:00+00:00", title="Gardens"),
            held("now", time=began.isoformat(), title="Gates"),
        )
        await api.record(happened)
        api.keys["elsewhere"] = await api.key(Role.FACILITATOR, cohorts=("another",))
        yield api


async def page(site: Api, path: str, who: str | None) -> PageReader:
    answer = await site.get(path, who, accept_language="en")
    assert answer.status_code == 200, answer.text
    return PageReader(answer.text)


@pytest.mark.parametrize("who", ["facilitator", "mill", "guest"])
@pytest.mark.parametrize("path", [BASE, f"{BASE}/week"])
async def test_who_may_type_in_it_is_led_back_to_it(site: Api, path: str, who: str) -> None:
    shown = await page(site, path, who)
    assert NOW in shown.links
    assert "Continue: Gates" in shown.text
    assert OLD not in shown.links


@pytest.mark.parametrize("who", ["elsewhere", "library", "evaluator", "analyst", "admin", None])
async def test_nobody_else_is(site: Api, who: str | None) -> None:
    for path in (BASE, f"{BASE}/week"):
        assert (await site.get(path, who)).text.count(NOW) == 0


async def test_the_week_of_another_day_leads_to_the_session_of_that_day(site: Api) -> None:
    shown = await page(site, f"{BASE}/week?at=2024-03-02", "facilitator")
    assert OLD in shown.links
    assert NOW not in shown.links
    assert OLD not in (await page(site, f"{BASE}/week?at=2024-03-03", "facilitator")).links


async def test_so_does_the_first_page_for_facilitators(site: Api) -> None:
    assert NOW in (await page(site, "/", "facilitator")).links
    assert NOW not in (await page(site, "/", "evaluator")).links
