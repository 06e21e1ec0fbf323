"""The records behind the numbers: those of a cell, and those after the first hundred."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from service.graphql.figure_documents import document
from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.events.samples import begun, captured, framed
from tests.service.app import Api, open_api
from tests.service.graphql.client import caught_up
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = f"/cohorts/{COHORT}/figures"
WHO = ("facilitator", "mill-museum", None)
MANY = 130


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(copies: dict[str, Copies]) -> AsyncIterator[Api]:
    """The service with more learnings than stand on a page."""
    async with copies[TEMPLATE].copy() as url, open_api(url, lives=True) as api:
        events = [
            *begun(),
            framed(cohort="heritage"),
            *(captured(f"learned-{n}", cohort="heritage") for n in range(MANY)),
        ]
        for begin in range(0, len(events), 50):
            answer = await api.post(*events[begin : begin + 50])
            assert answer.status_code == 201, answer.text
        await caught_up(api.service)
        yield api


async def counts(site: Api, name: str, who: str | None) -> Mapping[str, Any]:
    answer = await site.client.post(
        "/graphql",
        json={
            "query": document(name, {}),
            "variables": {"filter": {"cohorts": [COHORT]}},
        },
        headers=site.headers(who),
    )
    figure: Mapping[str, Any] = answer.json()["data"]["insights"][name]
    return figure


async def listed(site: Api, name: str, who: str | None, classes: Mapping[str, str]) -> int:
    """Return how many records the page of a figure lists that have these classes."""
    answer = await site.get(f"{BASE}/{name}?{urlencode(classes)}", who, accept_language="en")
    assert answer.status_code == 200
    page = answer.text
    assert "All records that it counts" in page
    return page.partition('id="records"')[2].partition("</main>")[0].count("<li><time")


@pytest.mark.parametrize("who", WHO)
async def test_a_cell_of_failures_leads_to_these(site: Api, who: str | None) -> None:
    cells: dict[tuple[str, str], int] = {}
    types: dict[str, int] = {}
    for row in (await counts(site, "failureMix", who))["counts"]:
        cell = row["facet"] or "none", row["degree"]
        cells[cell] = cells.get(cell, 0) + row["count"]
        kind = row["failureType"] or "none"
        types[kind] = types.get(kind, 0) + row["count"]
    page = PageReader((await site.get(f"{BASE}/failureMix", who)).text)
    for (facet, degree), count in cells.items():
        classes = {"facet": facet, "degree": degree}
        assert f"{BASE}/failureMix?{urlencode(classes)}#records" in page.links
        assert await listed(site, "failureMix", who, classes) == count
    for kind, count in types.items():
        assert await listed(site, "failureMix", who, {"failureType": kind}) == count


@pytest.mark.parametrize("who", WHO)
async def test_a_cell_of_results_leads_to_these_trials(site: Api, who: str | None) -> None:
    for row in (await counts(site, "resultsByDecision", who))["counts"]:
        classes = {"result": row["result"], "decision": row["decision"]}
        assert await listed(site, "resultsByDecision", who, classes) == row["count"]


@pytest.mark.parametrize("who", WHO)
async def test_a_cell_of_what_passed_leads_to_what_was_taken_up(site: Api, who: str | None) -> None:
    for row in (await counts(site, "diffusion", who))["edges"]:
        classes = {"giver": row["from"], "taker": row["to"]}
        assert await listed(site, "diffusion", who, classes) == row["count"]


async def test_what_is_no_class_is_left_out(site: Api) -> None:
    for query in ("facet=nothing", "degree=%00", "giver=mill-museum", "list=questions&after=x"):
        answer = await site.get(f"{BASE}/failureMix?{query}", accept_language="en")
        assert answer.status_code == 200
        assert "All records that it counts" not in answer.text
    assert (await site.get(f"{BASE}/funnel?list=questions&after=x")).status_code == 404


async def test_a_list_says_how_many_there_are_and_leads_to_the_rest(many: Api) -> None:
    address = "/cohorts/heritage/figures/funnel"
    first = PageReader((await many.get(address, accept_language="en")).text)
    assert f"Learnings: {MANY}" in first.text
    assert "100 of them are listed here." in first.text
    [following] = {
        link for link in first.links if "list=learnings" in link and "language=" not in link
    }
    rest = PageReader((await many.get(following, accept_language="en")).text)
    seen = [
        {link for link in page.links if link.startswith("/learnings/")} for page in (first, rest)
    ]
    assert (len(seen[0]), len(seen[1])) == (100, MANY - 100)
    assert not seen[0] & seen[1]
    assert not [link for link in rest.links if "list=" in link and "language=" not in link]
