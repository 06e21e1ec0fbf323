"""Amending with a browser: a typing mistake is corrected from the page of the thing, on a phone, without help."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.conftest import PHONE_WIDTH, Site
from tests.browser.test_recording import FAILURE, fill_in, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRONG, RIGHT = "The gate was looked.", "The gate was locked."


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_typing_mistake_is_corrected_from_the_page_of_a_failure(
    browsed: Site, scripts: bool
) -> None:
    async with signed_in(browsed, "mill-museum", width=PHONE_WIDTH, scripts=scripts) as page:
        await page.goto(FAILURE)
        await fill_in(page)
        await page.get_by_role("textbox", name="Why it happened").fill(WRONG)
        main = page.get_by_role("main")
        await main.get_by_role("button", name="Record").click()
        await main.get_by_role("link", name="Nobody came.").click()
        await expect(main).to_contain_text(WRONG)
        correct = main.get_by_role("link", name="Correct a mistake").first
        # It is on the first screen.
        await expect(correct).to_be_in_viewport()
        await correct.click()
        await main.get_by_role("textbox", name="Why it happened").fill(RIGHT)
        await main.get_by_role("button", name="Record").click()
        await expect(main.get_by_role("heading", level=1)).to_have_text("Recorded")
        await main.get_by_role("link", name="Nobody came.").click()
        await expect(main.locator("dl.facts").first).to_contain_text(RIGHT)
        await expect(main.locator("dl.facts").first).not_to_contain_text(WRONG)
        await expect(main.locator(".history del")).to_have_text(WRONG)
        await expect(main.locator(".history ins")).to_have_text(RIGHT)
        if scripts:
            scrolls = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not await page.evaluate(scrolls)
            found = await Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
        address = page.url
    async with signed_in(browsed, "library-trust", width=PHONE_WIDTH) as page:
        # It was recorded outside a cohort, so nobody else sees it.
        answer = await page.request.get(address)
        assert answer.status == 404


async def test_what_was_corrected_meanwhile_and_a_wider_circle_are_asked_about_accessibly(
    browsed: Site,
) -> None:
    async with (
        signed_in(browsed, "mill-museum", width=PHONE_WIDTH) as slow,
        signed_in(browsed, "facilitator") as quick,
    ):
        await slow.goto("/iterations/label-wall-2")
        link = (
            slow.get_by_role("main")
            .locator(".history")
            .get_by_role("link", name="Correct a mistake")
        )
        address = await link.last.get_attribute("href")
        for page, text in ((slow, "Sixty-four."), (quick, "Sixty-five.")):
            await page.goto(address or "")
            await page.get_by_role("textbox", name="What came out").fill(text)
        for page in (quick, slow):
            await page.get_by_role("main").get_by_role("button", name="Record").click()
        await expect(slow.get_by_role("alert")).to_contain_text("Somebody else corrected this")
        await expect(slow.get_by_role("main")).to_contain_text("Sixty-five.")
        await expect(slow.get_by_role("textbox", name="What came out")).to_have_value("Sixty-four.")
        found = await Axe().run(slow)
        assert found.violations_count == 0, found.generate_report()
        await slow.get_by_role("main").get_by_role("button", name="Record").click()
        await expect(slow.get_by_role("heading", level=1)).to_have_text("Recorded")
