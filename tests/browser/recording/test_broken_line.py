"""A line that breaks in the middle of a form, and forms that are sent twice: it is one event."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Error, Page, expect

from events.lines.recorded import Recorded
from tests.browser.conftest import Site
from tests.browser.recording.lines import Line, line_to
from tests.browser.recording.person import Person, person
from tests.processes import PATIENCE_S, STEP_S

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELP = "/record/help.asked"


async def recorded(site: Site, words: str) -> list[Recorded]:
    """Return the events that say something."""
    log = site.served.api.service.log
    return [one async for one in log.read() if words in one.content["data"].values()]


@asynccontextmanager
async def behind_a_line(site: Site, *, scripts: bool = True) -> AsyncIterator[tuple[Person, Line]]:
    """Open a browser whose line to the service can break."""
    async with line_to(site.served.port) as line:
        there = f"http://127.0.0.1:{line.port}"
        async with person(
            site, "mill-museum", base_url=there, java_script_enabled=scripts
        ) as somebody:
            yield somebody, line
            # Chromium complains of what got lost.
            somebody.complaints.clear()


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():
            await asyncio.sleep(STEP_S)


async def fill_in(page: Page, words: str) -> None:
    """Open the form and say what is needed."""
    await page.goto(HELP)
    await page.get_by_role("textbox", name="What you need").fill(words)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_form_whose_answer_got_lost_is_sent_again_and_is_one_event(
    browsed: Site, scripts: bool
) -> None:
    words = f"Who has a pump? {scripts}"
    async with behind_a_line(browsed, scripts=scripts) as (somebody, line):
        page = somebody.page
        # Time stands still for the page, or else it might send the form again by itself while it is clicked.
        await page.clock.install()
        await fill_in(page, words)
        await page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
        line.breaks = True
        button = page.get_by_role("main").get_by_role("button", name="Record", exact=True)
        if scripts:
            await button.click()
            # What the page shows by itself waits a moment for the end of a press.
            await page.clock.run_for(1000)
            # Before that, Chromium itself may send it a second time.
            await expect(page.get_by_text("Waits to be sent.")).to_be_visible()
        else:
            with pytest.raises(Error, match="ERR_"):
                async with page.expect_navigation():
                    await button.click()
            # The browser's own page about it comes in a process of its own.
            await until(lambda: page.url.startswith("chrome-error:"))
        assert line.lost
        [first] = await recorded(browsed, words)
        line.breaks = False
        # Without scripts, the browser sends the same form when the page is loaded again.
        await (button.click() if scripts else page.reload())
        heading = page.get_by_role("heading", level=1)
        await expect(heading).to_have_text("Recorded")
        assert page.url.endswith(f"/record/done/{first.position}")
    assert [one.position for one in await recorded(browsed, words)] == [first.position]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_double_click_is_one_event(browsed: Site, scripts: bool) -> None:
    words = f"Who has a spare pump? {scripts}"
    async with behind_a_line(browsed, scripts=scripts) as (somebody, line):
        page = somebody.page
        await fill_in(page, words)
        button = page.get_by_role("main").get_by_role("button", name="Record", exact=True)
        await button.scroll_into_view_if_needed()
        box = await button.bounding_box()
        assert box is not None
        line.is_free.clear()
        # The second click comes before the answer to the first one. Where there are scripts, it sends nothing.
        await page.mouse.click(box["x"] + 5, box["y"] + 5)
        await until(lambda: line.posted == 1)
        await page.mouse.click(box["x"] + 5, box["y"] + 5)
        if not scripts:
            await until(lambda: line.posted == 2)
        line.is_free.set()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
    assert len(await recorded(browsed, words)) == 1
