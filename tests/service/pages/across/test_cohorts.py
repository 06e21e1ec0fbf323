"""Cohorts beside each other: their numbers are the graph's, and a hundred stand on a page."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from service.graphql.figure_documents import document
from service.pages.across.cohorts.view import DOT_WIDTH
from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.events.samples import formed
from tests.service.app import Api, open_api
from tests.service.pages.conftest import COHORT, VISITORS
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY = 130


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The service with more cohorts than stand on a page."""
    async with copies[TEMPLATE].copy() as url, open_api(url, lives=True) as api:
        events = [
            formed(f"cohort-{number}", title=f"Number {number:03}", question=f"question-{number}")
            for number in range(MANY)
        ]
        await api.record(events)
        yield api


def neighbours(page: PageReader, name: str) -> list[str]:
    """Return the links to the next page in a direction; those to other languages have the same parameters."""
    links = (link for link in page.links if link.startswith(f"/cohorts?{name}="))
    return [link for link in links if "language=" not in link]


@pytest.mark.parametrize("who", VISITORS)
async def test_the_numbers_of_a_cohort_are_those_of_the_graph(site: Api, who: str | None) -> None:
    answer = await site.client.post(
        "/graphql",
        json={"query": document("compareCohorts", {}), "variables": {"filter": {}}},
        headers=site.headers(who),
    )
    [row] = answer.json()["data"]["insights"]["compareCohorts"]["list"]
    page = PageReader((await site.get("/cohorts", who, accept_language="en")).text)
    assert "1 cohort, the latest first." in page.text
    begin = page.text.index("for them?") if "for them?" in page.text else 0
    shown = page.text[begin:]
    assert f"{row['planned']} / {row['concluded']}" in shown
    assert f"{row['learnings']} / {row['adopted']}" in shown
    base = f"/cohorts/{COHORT}/figures"
    for link in (f"{base}/funnel#records", f"{base}/failureMix#records", f"{base}/reach#records"):
        assert link in page.links
    assert (f"{base}/openness" in page.links) == (row["openness"] is not None)
    # What hidden things would change is left out where something is hidden.
    is_partial = answer.json()["data"]["insights"]["partial"]
    assert is_partial == (who != "facilitator")
    assert (f"{round(row['retention'] * 100)}%" in shown) != is_partial
    assert (f"{base}/timeToFirstIteration" in page.links) != is_partial


async def test_nobody_is_told_that_all_stayed_where_a_leaving_may_be_hidden(site: Api) -> None:
    page = PageReader((await site.get("/cohorts", None, accept_language="en")).text)
    assert "100%" not in page.text
    assert "Every number counts only what you see." in page.text
    page = PageReader((await site.get("/cohorts", "facilitator", accept_language="en")).text)
    assert "80%" in page.text


async def test_every_column_says_what_it_counts(site: Api) -> None:
    page = PageReader((await site.get("/cohorts", accept_language="en")).text)
    assert "Members · Members that stayed Organisations that joined, those that left" in page.text


async def test_the_dot_of_a_share_stands_on_its_line(site: Api) -> None:
    page = PageReader((await site.get("/cohorts")).text)
    places = [float(value) for value in page.attributes("circle", "cx")]
    assert len(places) >= 4
    assert all(0 < place < DOT_WIDTH for place in places)


async def test_every_cohort_stands_on_one_page(many: Api) -> None:
    seen: list[str] = []
    address: str | None = "/cohorts"
    visited = []
    while address is not None:
        visited.append(address)
        page = PageReader((await many.get(address, accept_language="en")).text)
        assert f"{MANY} cohorts" in page.text
        seen += [
            link
            for link in dict.fromkeys(page.links)
            if link.startswith("/cohorts/cohort-") and link.count("/") == 2
        ]
        older = neighbours(page, "after")
        address = older[0] if older else None
        assert len(visited) < MANY
    assert len(visited) == 2
    assert len(seen) == len(set(seen)) == MANY
    last = PageReader((await many.get(visited[-1])).text)
    back = neighbours(last, "before")
    first = PageReader((await many.get(back[0])).text)
    assert seen[0] in first.links


async def test_cohorts_are_found_by_words_and_the_words_stay_in_the_address(many: Api) -> None:
    page = PageReader((await many.get("/cohorts?text=Number", accept_language="en")).text)
    assert any(link.startswith("/cohorts?text=Number&after=") for link in page.links)
    page = PageReader((await many.get("/cohorts?text=nobody", accept_language="en")).text)
    assert "0 cohorts have “nobody”" in page.text


@pytest.mark.parametrize("query", ["after=x", "before=%00", "after=WyJ4Il0"])
async def test_a_cursor_that_is_none_is_not_found(many: Api, query: str) -> None:
    assert (await many.get(f"/cohorts?{query}")).status_code == 404
