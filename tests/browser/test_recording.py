"""Recording with a browser: without scripts on a phone, and with what scripts add."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE_WIDTH, WIDTH, Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

FAILURE = "/record/failure.recorded"


@asynccontextmanager
async def signed_in(
    site: Site, who: str, *, width: int = WIDTH, scripts: bool = True, zone: str = "Europe/Berlin"
) -> AsyncIterator[Page]:
    """Open a browser in which somebody has signed in; afterwards it must not have complained of anything."""
    context = await site.browser.new_context(
        base_url=site.address,
        java_script_enabled=scripts,
        locale="en-GB",
        timezone_id=zone,
        viewport={"width": width, "height": 900},
    )
    complaints: list[str] = []
    try:
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        await page.goto("/sign-in?to=/record")
        await page.get_by_label("Your key").fill(site.served.api.keys[who])
        await page.get_by_role("main").get_by_role("button", name="Sign in").click()
        yield page
        # A refused form is answered with its status, which Chromium calls an error.
        assert [one for one in complaints if "422" not in one] == []
    finally:
        await context.close()


async def fill_in(page: Page) -> None:
    """Say what failed."""
    await page.get_by_role("textbox", name="What was intended").fill("A quiet opening.")
    await page.get_by_role("textbox", name="What happened").fill("Nobody came.")
    await page.get_by_role("textbox", name="Why it happened").fill("The gate was locked.")
    await page.get_by_role("radio", name="Outright failure").check()
    await page.get_by_role("checkbox", name="Staff").check()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_failure_and_a_learning_from_it_are_recorded_on_a_phone(
    browsed: Site, scripts: bool
) -> None:
    async with signed_in(browsed, "mill-museum", width=PHONE_WIDTH, scripts=scripts) as page:
        await page.get_by_role("link", name="A failure", exact=True).click()
        await page.get_by_role("main").get_by_role("button", name="Record").click()
        faults = page.get_by_role("alert")
        await expect(faults).to_contain_text("Please fill this in.")
        await faults.get_by_role("link", name="Why it happened").click()
        await fill_in(page)
        await page.get_by_role("main").get_by_role("button", name="Record").click()
        main = page.get_by_role("main")
        await expect(main.get_by_role("heading", level=1)).to_have_text("Recorded")
        await main.get_by_role("link", name="A learning", exact=True).click()
        await page.get_by_role("textbox", name="What you learned").fill("Look at the gate first.")
        await page.get_by_role("radio", name="Single loop").check()
        await page.get_by_role("radio", name="An account of why").check()
        [chosen] = await page.locator("[name='from']:checked").all()
        assert str(await chosen.get_attribute("value")).startswith("failure/nobody-came-")
        await main.get_by_role("button", name="Record").click()
        await expect(main).to_contain_text("Look at the gate first.")
        await main.get_by_role("button", name="Undo").click()
        await expect(main.get_by_role("heading", level=1)).to_have_text("Undone")
        scrolls = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        if scripts:
            assert not await page.evaluate(scrolls)


async def test_the_time_is_that_of_the_persons_zone(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum", zone="Asia/Kathmandu") as page:
        await page.goto(FAILURE)
        offset = page.get_by_label("Difference to UTC")
        await expect(offset).to_have_value("+05:45")
        local = await page.get_by_label("Day and time of day").input_value()
        opened = await page.locator("[name='event.opened']").input_value()
        same = "([local, opened]) => Math.abs(new Date(local) - new Date(opened)) < 60000"
        assert await page.evaluate(same, [local, opened])
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto(FAILURE)
        says = page.locator("summary [data-says='event.time']")
        await expect(says).to_contain_text(re.compile(r"\d{1,2}:\d\d"))
        await page.locator("summary", has_text="When, and who may see it").click()
        await page.get_by_label("Day and time of day").fill("2024-07-01T10:00")
        await page.get_by_label("Day and time of day").dispatch_event("change")
        await expect(page.get_by_label("Difference to UTC")).to_have_value("+02:00")
        await expect(says).to_contain_text("2024")


async def test_what_was_typed_is_back_until_it_is_recorded(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto(FAILURE)
        await fill_in(page)
        first = await page.locator("[name='event.id']").input_value()
        await page.goto("/record")
        await page.goto(FAILURE)
        await expect(page.get_by_role("textbox", name="Why it happened")).to_have_value(
            "The gate was locked."
        )
        await expect(page.get_by_role("checkbox", name="Staff")).to_be_checked()
        assert await page.locator("[name='event.id']").input_value() == first
        await page.get_by_role("main").get_by_role("button", name="Record").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
        await page.goto(FAILURE)
        await expect(page.get_by_role("textbox", name="Why it happened")).to_have_value("")
        await page.get_by_role("textbox", name="Why it happened").fill("Something else.")
        await page.reload()
        await page.get_by_role("button", name="Begin again").click()
        await expect(page.get_by_role("textbox", name="Why it happened")).to_have_value("")


async def test_long_lists_are_narrowed_while_somebody_types(browsed: Site) -> None:
    async with signed_in(browsed, "facilitator") as page:
        await page.goto("/record/learning.captured")
        await page.get_by_text("Trial (20)").click()
        await page.get_by_label("Narrow the list: What did you learn it from?").first.fill(
            "WALL six"
        )
        wall = page.get_by_role("checkbox", name="Six yards of wall")
        await expect(wall).to_be_visible()
        listed = page.locator("[name='from'][value^='iteration/']:visible")
        await expect(listed).to_have_count(1)
        await wall.check()
        await page.get_by_label("Narrow the list: What did you learn it from?").first.fill(
            "no such"
        )
        await expect(listed).to_have_count(1)
        await page.goto("/record/failure.recorded")
        select = page.get_by_label("Trial", exact=False).and_(page.locator("select"))
        await page.get_by_label("Narrow the list: Trial").fill("six yards")
        assert await select.locator("option").all_text_contents() == [
            "None",
            "Six yards of wall, lent out · Brackwater Mill Museum · Concluded",
        ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    ["/record", FAILURE, "/record/learning.captured", "/record/session.held", "/record/note.added"],
)
async def test_forms_are_accessible(browsed: Site, path: str, scheme: str) -> None:
    async with browsed.visited(path, "facilitator", color_scheme=scheme) as visited:
        found = await Axe().run(visited.page)
        assert found.violations_count == 0, found.generate_report()
