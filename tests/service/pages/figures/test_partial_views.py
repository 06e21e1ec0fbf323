"""Where something is hidden from the reader, no figure and no story denies it: all is only as far as it is shown."""

import re
from pathlib import Path

import pytest

from service.pages.figures import report
from service.pages.figures.described.describing import Reader, described
from service.pages.figures.fitting import DESCRIBE, FITTING
from service.pages.frame.language import languages
from tests.service.app import Api
from tests.service.pages.conftest import COHORT
from tests.service.pages.figures.test_describing import NOTHING, OF_NOTHING
from tests.service.pages.reading import PageReader

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = f"/cohorts/{COHORT}"
AS_SHOWN = "As far as is shown here:"
PARTIAL = ("mill-museum", "evaluator", "analyst", None)
"""Something of the sample cohort is hidden from each of these."""

ARTICLE = re.compile(
    r'<article class="figure"(?: id="\w+")?>\s*<h(\d)>.*?</h\1>(.*?)</article>', re.S
)
LED_SHEET = "Everything in it is only as far as is shown here: there may be more."
LED_CHAPTER = "All of this is only as far as is shown here; there may be more."
STATING = ("summary", "figures", "stories", "published")
"""The chapters of a report with what was recorded; the others explain words and definitions."""

CHAPTER = re.compile(
    r'<section (?:class="new-sheet" )?aria-labelledby="(?P<name>summary|words|figures|stories|published|method)">'
    r'\s*<h2 id="(?P=name)">[^<]*</h2>(.*?)'
    r'(?=<section (?:class="new-sheet" )?aria-labelledby="(?:words|figures|stories|published|method)">|</main>)',
    re.S,
)
STATED = re.compile(
    r'<div class="figure-stated">(.*)</div>\s*(?:<details|<p class="chart-downloads")', re.S
)


def text(html: str) -> str:
    return PageReader(html).text


@pytest.mark.parametrize("name", DESCRIBE)
@pytest.mark.parametrize("tag", languages())
async def test_every_figure_is_described_only_as_far_as_it_is_shown(name: str, tag: str) -> None:
    figure = NOTHING.get(name, OF_NOTHING)
    partial = Reader(languages()[tag], "/figure#records", is_partial=True)
    assert described(DESCRIBE[name], figure, partial).as_shown
    whole = Reader(languages()[tag], "/figure#records")
    assert not described(DESCRIBE[name], figure, whole).as_shown


@pytest.mark.parametrize("who", ["facilitator", *PARTIAL])
async def test_the_page_of_every_figure_begins_with_how_far_it_is_shown(
    site: Api, who: str | None
) -> None:
    seen = 0
    for name in FITTING:
        page = (await site.get(f"{BASE}/figures/{name}", who, accept_language="en")).text
        if (stated := STATED.search(page)) is not None:
            assert text(stated[1]).startswith(AS_SHOWN) == (who in PARTIAL), name
            table = page.partition('<h2 id="table">')[2]
            assert text(table[:400]).startswith(f"As a table {AS_SHOWN}") == (
                who in PARTIAL and bool(table)
            ), name
            seen += 1
    assert seen > 15


@pytest.mark.parametrize("who", ["facilitator", *PARTIAL])
async def test_every_figure_among_others_begins_with_how_far_it_is_shown(
    site: Api, who: str | None
) -> None:
    page = (await site.get(f"{BASE}/figures", who, accept_language="en")).text
    articles = [text(found[2]) for found in ARTICLE.finditer(page)]
    assert len(articles) > 15
    assert {one.startswith(AS_SHOWN) for one in articles} == {who in PARTIAL}


@pytest.mark.parametrize("who", ["facilitator", *PARTIAL])
@pytest.mark.parametrize("address", ["report", "report?level=private"])
async def test_every_sheet_and_chapter_of_a_report_begins_with_how_far_it_is_shown(
    site: Api, who: str | None, address: str
) -> None:
    page = (await site.get(f"{BASE}/{address}", who, accept_language="en")).text
    # What every member may see is a part of it, also for the facilitator.
    is_part = who in PARTIAL or address == "report"
    [running] = re.findall(r'<div class="sheets">\s*<p class="running">(.*?)</p>', page, re.S)
    assert text(running).endswith(LED_SHEET) == is_part
    chapters = dict(CHAPTER.findall(page))
    assert set(STATING) < set(chapters)
    for name in STATING:
        assert text(chapters[name]).startswith(LED_CHAPTER) == is_part, name
    # All that a report states about the cohort stands in one of these chapters.
    stated = ("figure-sentence", 'class="chart"', "<article", "report-story")
    elsewhere = re.sub(CHAPTER, lambda one: "" if one[1] in STATING else one[0], page)
    assert [words for words in stated if words in elsewhere] == []
    assert sum(page.count(words) for words in stated) > 40
    assert ("All numbers in this report count only what" in text(chapters["summary"])) == is_part


async def test_the_head_of_a_report_is_printed_on_every_sheet() -> None:
    css = (Path(report.__file__).parent / "report.css").read_text()
    printed = css.partition("@media print")[2]
    assert ".report .running { display: table-header-group;" in printed
    assert ".sheets { display: table;" in printed


@pytest.mark.parametrize(("who", "is_part"), [("facilitator", False), ("mill-museum", True)])
@pytest.mark.parametrize("page", ["failures", "questions"])
async def test_lists_deny_nothing_that_is_hidden(
    site: Api, page: str, who: str, is_part: bool
) -> None:
    shown = PageReader((await site.get(f"{BASE}/{page}", who, accept_language="en")).text)
    first = "The shared question" if page == "questions" else r"\d+ failures have been recorded"
    assert (re.search(f"{AS_SHOWN} {first}", shown.text) is not None) == is_part


async def test_a_story_does_not_deny_a_conclusion_that_may_be_hidden(levels: Api) -> None:
    report = "/cohorts/heritage/report"
    page = PageReader((await levels.get(report, "mill", accept_language="en")).text)
    assert "No conclusion is shown here." in page.text
    assert "It was not concluded." not in page.text
    assert "No publication is shown here." in page.text
    whole = await levels.get(f"{report}?level=private", "facilitator", accept_language="en")
    assert "It was not concluded." in PageReader(whole.text).text
