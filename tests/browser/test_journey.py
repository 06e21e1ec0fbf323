"""The journey of an organisation in a browser: its arcs, and its chart on paper."""

import pytest

from tests.browser.conftest import Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/organisations/mill-museum"
SHEET_WIDTH, SHEET_HEIGHT = 718, 1046
"""What the margins leave of an A4 sheet, in CSS pixels."""


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
        assert drawing["x"] + drawing["width"] <= SHEET_WIDTH
        assert await visited.page.locator("section.journey").evaluate(
            "section => getComputedStyle(section).breakInside"
        ) in ("avoid", "avoid-page")
        hidden = await visited.page.locator(".arcs > path").evaluate_all(
            "arcs => arcs.filter(arc => getComputedStyle(arc).visibility != 'visible').length"
        )
        assert hidden == 0
