"""Themes that recur: their numbers by cohort are the graph's, and lead to what carries them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.events.samples import captured, failed, formed, framed, joined, registered
from tests.service.app import Api, open_api
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

THEMES = ("tea & cake", "trust")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recurring(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The service with two cohorts that share two themes. One failure is private."""
    async with copies[TEMPLATE].copy() as url, open_api(url, lives=True) as api:
        events = [registered("mill"), registered("archive")]
        for cohort, member in (("first", "mill"), ("second", "archive")):
            known = {"cohort": cohort, "organisation": member}
            events += [
                formed(cohort, title=f"The {cohort} one"),
                joined(member, cohort),
                framed(f"{cohort}-q", themes=list(THEMES), **known),
                captured(
                    f"{cohort}-l",
                    statement=f"Learned in the {cohort}.",
                    themes=["trust"],
                    from_=[f"question/{cohort}-q"],
                    **known,
                ),
            ]
        events.append(
            failed("f", cohort="first", actual="Cold.", themes=["trust"], visibility="private")
        )
        await api.record(events)
        yield api


async def test_the_matrix_has_what_each_cohort_has_of_a_theme(recurring: Api) -> None:
    page = PageReader((await recurring.get("/themes", accept_language="en")).text)
    assert "2 themes occur in at least two cohorts." in page.text
    assert "The first one The second one" in page.text
    assert "tea & cake 1 1" in page.text
    assert "trust 3 2" in page.text
    assert "/themes?theme=trust&cohort=first" in page.links
    assert "/themes?theme=tea+%26+cake" in page.links
    assert "/learnings/second-l" in page.links


async def test_a_cell_of_the_matrix_leads_to_what_it_counts(recurring: Api) -> None:
    address = "/themes?theme=trust&cohort=first"
    page = PageReader((await recurring.get(address, accept_language="en")).text)
    for link in ("/questions/first-q", "/failures/f", "/learnings/first-l", "/themes?theme=trust"):
        assert link in page.links
    assert "/questions/second-q" not in page.links
    for count in ("Questions: 1", "Failures: 1", "Learnings: 1"):
        assert count in page.text
    assert "Only what is in the cohort The first one is listed below." in page.text
    assert "/cohorts/first/figures?themes=trust" in page.links
    unknown = await recurring.get("/themes?theme=trust&cohort=there-is-none", accept_language="en")
    assert "Questions: 0" in PageReader(unknown.text).text


async def test_where_something_is_hidden_no_theme_is_said_not_to_recur(recurring: Api) -> None:
    page = PageReader((await recurring.get("/themes", None, accept_language="en")).text)
    assert "As far as is shown here: 0 themes occur" in page.text
    page = PageReader((await recurring.get("/themes", accept_language="en")).text)
    assert "As far as is shown here" not in page.text


async def test_what_is_hidden_has_no_part_in_a_theme(recurring: Api) -> None:
    page = PageReader((await recurring.get("/themes", "analyst", accept_language="en")).text)
    assert "trust 2 2" in page.text
    page = PageReader((await recurring.get("/themes?theme=trust", "analyst")).text)
    assert "Cold." not in page.text
    page = PageReader((await recurring.get("/themes", None, accept_language="en")).text)
    assert "0 themes occur" in page.text


@pytest.mark.parametrize("theme", ["trust", "Trust", "+TRUST"])
async def test_a_theme_lists_what_carries_it_and_what_occurs_with_it(
    recurring: Api, theme: str
) -> None:
    page = PageReader((await recurring.get(f"/themes?theme={theme}", accept_language="en")).text)
    for link in ("/questions/first-q", "/failures/f", "/learnings/first-l", "/cohorts/second"):
        assert link in page.links
    assert "Questions: 2" in page.text
    assert "Failures: 1" in page.text
    assert "Learnings: 2" in page.text
    assert "/themes?theme=tea+%26+cake" in page.links
    assert {"cohorts", "questions", "failures", "learnings"} <= set(page.ids)


async def test_a_theme_that_does_not_recur_says_so(recurring: Api) -> None:
    page = PageReader((await recurring.get("/themes?theme=nothing", accept_language="en")).text)
    assert "It does not occur in two cohorts that you may see." in page.text
