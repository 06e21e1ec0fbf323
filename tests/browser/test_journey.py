"""The journey of an organisation in a browser: its arcs, and its chart on paper."""

import re
from importlib.resources import files

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PHONE_WIDTH, Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/organisations/mill-museum"
OPENS_AT = (files("service.pages.charts") / "lanes.js").read_text()
SHEET_WIDTH, SHEET_HEIGHT = 718, 1046
"""What the margins leave of an A4 sheet, in CSS pixels."""


LOADED = """[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .filter(loaded => loaded.transferSize > 0).map(loaded => loaded.name)"""
"""The addresses that were asked for over the network, and not found in the browser's cache."""


@pytest.mark.parametrize("who", ["facilitator", "mill-museum", None])
async def test_a_journey_is_loaded_by_five_requests_at_most_and_by_one_the_next_time(
    browsed: Site, who: str | None
) -> None:
    async with browsed.visited(PATH, who) as visited:
        first = await visited.page.evaluate(LOADED)
        assert first[0].endswith(PATH)
        assert first[1].endswith(".css")
        assert len(first) <= 5
        await visited.visit(PATH)
        assert await visited.page.evaluate(LOADED) == [f"{browsed.address}{PATH}"]


async def test_a_journey_is_read_while_all_but_the_page_and_its_stylesheet_are_awaited(
    browsed: Site,
) -> None:
    async with browsed.tab("facilitator") as tab:
        # These requests are never answered.
        await tab.page.route(re.compile(r"/assets/(?!.*\.css)"), lambda route: None)
        await tab.page.goto(PATH, wait_until="commit")
        words = tab.page.locator("#failure-mill-coats-on")
        await expect(words).to_contain_text("Six in a month.")
        font = await words.evaluate("words => getComputedStyle(words).fontFamily")
        assert font.startswith("system-ui")
        assert await tab.page.evaluate(
            "new Promise(found => new PerformanceObserver(list => found(list.getEntries().length))"
            ".observe({type: 'paint', buffered: true}))"
        )


async def test_an_arc_leads_from_a_failure_to_its_learning_while_one_has_the_focus(
    browsed: Site,
) -> None:
    async with browsed.visited(PATH, "facilitator") as visited:
        learning = visited.page.locator('.lanes a[href="#learning-ask-at-the-object"]')
        arc = visited.page.locator('.arcs:has(> a[href="#learning-ask-at-the-object"]) > path')
        assert await arc.count() == 1
        assert await arc.evaluate("arc => getComputedStyle(arc).visibility") == "hidden"
        await visited.page.locator('.lanes a[href="#failure-mill-coats-on"]').focus()
        used = visited.page.locator(".arcs:focus-within > use")
        assert await used.get_attribute("href") == "#" + str(await arc.get_attribute("id"))
        assert await used.evaluate("arc => getComputedStyle(arc).visibility") == "visible"
        await learning.focus()
        assert await arc.evaluate("arc => getComputedStyle(arc).visibility") == "visible"


async def test_a_mark_leads_to_its_words(browsed: Site) -> None:
    async with browsed.visited(PATH, "facilitator") as visited:
        await visited.page.locator('.lanes a[href="#failure-mill-coats-on"]').click()
        words = visited.page.locator("#failure-mill-coats-on")
        assert "Six in a month." in await words.inner_text()
        assert await words.evaluate("words => words.matches(':target')")


async def test_the_chart_is_on_one_sheet_with_its_heading_and_shows_all_arcs(
    browsed: Site,
) -> None:
    async with browsed.visited(PATH, "facilitator", width=SHEET_WIDTH) as visited:
        await visited.page.emulate_media(media="print")
        section = await visited.page.locator("section.journey").bounding_box()
        drawing = await visited.page.locator(".lanes-drawing").bounding_box()
        assert section is not None
        assert drawing is not None
        assert section["height"] <= SHEET_HEIGHT
        assert drawing["x"] >= 0
        assert drawing["x"] + drawing["width"] <= SHEET_WIDTH
        assert await visited.page.locator("section.journey").evaluate(
            "section => getComputedStyle(section).breakInside"
        ) in ("avoid", "avoid-page")
        hidden = await visited.page.locator(".arcs > path").evaluate_all(
            "arcs => arcs.filter(arc => getComputedStyle(arc).visibility != 'visible').length"
        )
        assert hidden == 0


MARKS = """([...document.querySelectorAll('.lanes a > :is(circle, rect)')]
    .map(mark => mark.getBoundingClientRect()).sort((one, other) => other.left - one.left)[0]).left"""
"""Where the last mark of the drawing begins, in CSS pixels from the edge of the screen."""


async def test_on_a_phone_the_drawing_opens_where_its_last_entries_are(browsed: Site) -> None:
    async with browsed.visited(PATH, "facilitator", width=PHONE_WIDTH) as visited:
        lanes = visited.page.locator(".lanes")
        await expect(lanes).not_to_have_js_property("scrollLeft", 0)
        names = await visited.page.locator(".lanes-names").bounding_box()
        assert names is not None
        assert names["x"] + names["width"] < await visited.page.evaluate(MARKS) < PHONE_WIDTH
        assert await visited.page.evaluate("[scrollX, scrollY]") == [0, 0]


async def test_without_scripts_it_opens_at_its_beginning(browsed: Site) -> None:
    async with browsed.visited(
        PATH, "facilitator", width=PHONE_WIDTH, java_script_enabled=False
    ) as visited:
        await expect(visited.page.locator(".lanes")).to_have_js_property("scrollLeft", 0)


async def test_a_drawing_that_somebody_moved_stays_where_it_is(browsed: Site) -> None:
    async with browsed.tab("facilitator", width=PHONE_WIDTH) as tab:
        await tab.page.route(re.compile(r"/assets/lanes-"), lambda route: route.abort())
        await tab.page.goto(PATH)
        lanes = tab.page.locator(".lanes")
        await lanes.evaluate("lanes => { lanes.scrollLeft = 40; }")
        await tab.page.evaluate(f"() => {{ {OPENS_AT} }}")
        await expect(lanes).to_have_js_property("scrollLeft", 40)
