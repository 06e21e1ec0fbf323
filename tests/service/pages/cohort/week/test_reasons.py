"""The words of the reasons to ring an organisation."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from tests.events.samples import asked
from tests.service.app import Api, open_api
from tests.service.graphql.client import caught_up
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

WEEK = "/cohorts/heritage/week"


@pytest_asyncio.fixture(loop_scope="module")
async def begun(database_url: str) -> AsyncIterator[Api]:
    """A cohort in which nothing has happened yet but its beginning."""
    async with open_api(database_url, lives=True) as api:
        await api.begin()
        yield api


async def test_a_request_of_a_moment_ago_has_not_waited_for_days(begun: Api) -> None:
    a_moment_ago = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    await begun.post(asked("one", cohort="heritage", time=a_moment_ago))
    await caught_up(begun.service)
    for path in (WEEK, f"{WEEK}.txt"):
        text = (await begun.get(path, "facilitator", accept_language="en")).text
        text = " ".join(text.split())
        assert "Nobody has answered yet." in text
        assert "0 days" not in text
    await begun.post(asked("two", cohort="heritage", time=a_moment_ago))
    await caught_up(begun.service)
    shown = PageReader((await begun.get(WEEK, "facilitator", accept_language="en")).text)
    assert "(less than a day): “" in shown.text
    assert "0 days" not in shown.text
