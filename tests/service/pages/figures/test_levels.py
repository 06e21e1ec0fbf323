"""What is at which level in figures and reports, for each visitor, and what hostile texts do there."""

import pytest

from service.pages.figures.fitting import FITTING
from tests.service.app import Api
from tests.service.pages.figures.conftest import HOSTILE, failures, words
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = "/cohorts/heritage"
ALL = [(event["visibility"], event["data"].get("failure_cause")) for event in failures()]


def described(page: PageReader) -> set[tuple[str, str | None]]:
    """Return the levels and causes of the failures that a page has."""
    return {one for one in ALL if " ".join(words(*one).split()) in page.text}


@pytest.mark.parametrize("who", ["facilitator", "mill", "archive", "evaluator", "analyst"])
@pytest.mark.parametrize("query", ["", "?level=public", "?level=cohort"])
async def test_a_report_has_what_every_member_may_see_and_no_more(
    levels: Api, who: str, query: str
) -> None:
    page = PageReader((await levels.get(f"{BASE}/report{query}", who, accept_language="en")).text)
    assert described(page) == {("cohort", None), ("public", None)}
    assert "What is private" not in page.html
    assert "What is pair" not in page.html
    assert "2 failures" in page.text


@pytest.mark.parametrize("who", ["library", "admin", None])
async def test_a_report_for_others_has_what_is_public(levels: Api, who: str | None) -> None:
    answer = await levels.get(f"{BASE}/report", who, accept_language="en")
    if answer.status_code == 200:
        assert described(PageReader(answer.text)) <= {("public", None)}


async def test_what_overseers_ask_for_is_what_they_see(levels: Api) -> None:
    page = PageReader((await levels.get(f"{BASE}/report?level=private", "facilitator")).text)
    assert described(page) == set(ALL)
    page = PageReader((await levels.get(f"{BASE}/report?level=private", "evaluator")).text)
    assert described(page) == {one for one in ALL if one[1] is None}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("facilitator", set(ALL)),
        ("mill", set(ALL)),
        ("archive", {one for one in ALL if one[0] != "private"}),
        ("evaluator", {one for one in ALL if one[1] is None}),
        ("analyst", {("cohort", None), ("public", None)}),
        ("library", {("public", None)}),
    ],
)
async def test_a_figure_counts_what_its_visitor_sees(
    levels: Api, who: str, expected: set[tuple[str, str | None]]
) -> None:
    answer = await levels.get(f"{BASE}/figures/failureMix", who, accept_language="en")
    page = PageReader(answer.text)
    assert described(page) == expected
    count = len(expected)
    assert f"{count} failure{'s' if count > 1 else ''}" in page.text


@pytest.mark.parametrize("who", ["facilitator", "mill", "analyst"])
async def test_hostile_texts_stay_texts(levels: Api, who: str) -> None:
    addresses = ["figures", "report", *(f"figures/{name}" for name in FITTING)]
    seen = 0
    for address in addresses:
        answer = await levels.get(f"{BASE}/{address}", who, accept_language="en")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        page = PageReader(answer.text)
        assert page.faults == []
        seen += " ".join(HOSTILE.split()) in page.text
    assert seen > 5
    for address in ("/cohorts", "/cohorts?text=%3Cscript%3E", "/themes?theme=%3Cscript%3E%22"):
        answer = await levels.get(address, who)
        assert answer.status_code == 200
        assert "<script>" not in answer.text
        assert PageReader(answer.text).faults == []


async def test_a_theme_in_the_scope_is_shown_as_text(levels: Api) -> None:
    answer = await levels.get(f"{BASE}/figures/funnel?themes=%3Cb%3E%22%27%26a=1")
    assert answer.status_code == 200
    assert "<b>" not in answer.text
    sheet = await levels.get(f"{BASE}/figures/funnel.csv?themes=%3E%0D%0AX-Evil:1")
    assert "x-evil" not in sheet.headers
    assert "\n" not in sheet.headers["link"]
