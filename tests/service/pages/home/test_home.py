"""The first page shows facilitators and members what waits, each of their own, and nobody else."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from events.access.principal import Role
from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.events.samples import (
    asked,
    committed,
    formed,
    framed,
    paired,
    planned,
    registered,
    started,
)
from tests.service.app import Api, open_api
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

WAITS = "What waits for you"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The cohort heritage, in which everything waits since 2024, and the cohort meadow, in which nothing does."""
    async with copies[TEMPLATE].copy() as url, open_api(url, lives=True) as api:
        await api.begin()
        happened = (
            framed("paths", "archive", cohort="heritage"),
            planned("dusk", "archive", question="paths", title="A round at dusk"),
            started("dusk"),
            asked("boots", "archive", cohort="heritage", text="Who has boots?"),
            asked(
                "secret",
                "archive",
                cohort="heritage",
                text="Who has a lawyer?",
                visibility="private",
            ),
            committed(
                "ring", "mill", cohort="heritage", text="Ring the archive.", due_on="2024-04-01"
            ),
            paired(),
            formed("meadow", title="Meadow"),
            registered("farm"),
        )
        await api.record(happened)
        api.keys["meadow"] = await api.key(Role.FACILITATOR, cohorts=("meadow",))
        api.keys["farm"] = await api.key(Role.ORGANISATION, organisation="farm")
        yield api


async def home(site: Api, who: str | None) -> PageReader:
    answer = await site.get("/", who, accept_language="en")
    assert answer.status_code == 200
    page = PageReader(answer.text)
    assert page.faults == []
    return page


async def test_a_facilitator_reads_for_each_cohort_what_waits_and_at_whom(site: Api) -> None:
    page = await home(site, "facilitator")
    waits = page.text.partition(WAITS)[2]
    for sentence in (
        "2 organisations have gone quiet:",
        "1 trial stands still: Archive",
        "2 requests for help have no answer: Archive (2)",
        "1 pairing has not met: ",
        "1 commitment is overdue: Mill",
        "Meadow: this week Nothing waits.",
    ):
        assert sentence in waits, sentence


async def test_a_link_to_the_week_of_a_cohort_says_so(site: Api) -> None:
    text = (await site.get("/", "facilitator", accept_language="en")).text
    assert '<a href="/cohorts/heritage/week">Heritage: this week</a>' in text
    assert '<a href="/cohorts/heritage">Heritage</a>' in text


async def test_each_leads_to_its_place_on_the_page_of_the_week(site: Api) -> None:
    page = await home(site, "facilitator")
    assert "/cohorts/heritage/week" in page.links
    week = PageReader((await site.get("/cohorts/heritage/week")).text)
    places = {link.partition("#")[2] for link in page.links if "/week#" in link}
    assert places == {"of-mill", "of-archive"}
    assert places <= set(week.ids)


async def test_the_numbers_are_those_of_the_page_of_the_week(site: Api) -> None:
    week = (await site.get("/cohorts/heritage/week", accept_language="en")).text
    for words in ("Who has boots?", "Who has a lawyer?", "A round at dusk", "Ring the archive."):
        assert week.count(words) == 1


async def test_a_facilitator_of_another_cohort_reads_nothing_of_it(site: Api) -> None:
    waits = (await home(site, "meadow")).text.partition(WAITS)[2].partition("Cohorts")[0]
    assert waits.strip() == "Meadow: this week Nothing waits."


async def test_a_member_reads_what_it_has_to_do_and_who_asks_for_help(site: Api) -> None:
    page = await home(site, "mill")
    for sentence in (
        "Commitment: “Ring the archive.” It was due on 1 Apr 2024,",
        "You have been paired with Archive since 1 Mar 2024, and no meeting has been recorded.",
        "Archive, 1 Mar 2024: “Who has boots?”",
        "You see no answer to these yet.",
    ):
        assert sentence in page.text, sentence
    assert "A round at dusk" not in page.text
    assert "/cohorts/heritage/week" in page.links


async def test_a_member_reads_of_its_trials_that_have_no_conclusion(site: Api) -> None:
    page = await home(site, "archive")
    assert "Your trial “A round at dusk” was started on 1 Mar 2024" in page.text
    assert "Who has boots?" not in page.text
    assert "Ring the archive." not in page.text


async def test_what_is_private_is_in_no_source_but_its_own(site: Api) -> None:
    for who in ("mill", "farm", "meadow", "evaluator", "analyst", None):
        assert "lawyer" not in (await home(site, who)).html


@pytest.mark.parametrize("who", ["evaluator", "analyst", "admin", "farm", None])
async def test_nobody_else_reads_that_something_waits_and_nothing_is_asked(
    site: Api, who: str | None
) -> None:
    page = await home(site, who)
    assert WAITS not in page.text
    assert [link for link in page.links if link.startswith("/queries/")] == [
        "/queries/home.graphql"
    ]
