"""What the overview of a cohort, and the digest of its week, say has happened lately."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.events.samples import asked, cohort_revised, corrected, voided
from tests.service.app import Api, open_api
from tests.service.graphql.client import caught_up

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = "/cohorts/heritage"


@pytest_asyncio.fixture(loop_scope="module")
async def begun(database_url: str) -> AsyncIterator[Api]:
    """A cohort in which nothing has happened yet but its beginning."""
    async with open_api(database_url, lives=True) as api:
        await api.begin()
        yield api


@pytest.mark.parametrize("path", [BASE, f"{BASE}/week.txt", f"{BASE}/week.atom"])
async def test_what_was_taken_back_and_what_only_amends_the_record_did_not_happen(
    begun: Api, path: str
) -> None:
    await begun.post(asked("stands", cohort="heritage", text="Who has a ladder?"))
    await begun.post(corrected(await begun.head(), text="Who has a long ladder?"))
    await begun.post(asked("slip", cohort="heritage", text="Who was sacked?"))
    await begun.post(voided(await begun.head()))
    await caught_up(begun.service)
    at = "?at=2024-03-07" if path != BASE else ""
    text = (await begun.get(f"{path}{at}", "facilitator")).text
    assert "Who has a long ladder?" in text
    assert "Who was sacked?" not in text
    assert "was voided" not in text
    assert "was corrected" not in text


async def test_a_name_that_was_taken_back_is_no_later_name_of_a_cohort(begun: Api) -> None:
    path = "/organisations/mill"
    await begun.post(cohort_revised(title="The slip"))
    await caught_up(begun.service)
    assert "today's words, revised on" in (await begun.get(path, "facilitator")).text
    await begun.post(voided(await begun.head()))
    await caught_up(begun.service)
    assert "today's words, revised on" not in (await begun.get(path, "facilitator")).text
