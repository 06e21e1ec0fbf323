"""Forms, refused ones, the page after recording and those of access have what every page has."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import expect

from service.access.signing_in.cookies import LOOPBACK
from tests.browser.conftest import WIDTH, Site, Tab
from tests.browser.every_page import faults_here, faults_of
from tests.service.pages.access.visiting import ACCESS

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORMS = [
    "/record/failure.recorded",
    "/record/iteration.planned",
    "/record/iteration.concluded",
    "/record/session.held?cohort=heritage-2024",
    "/record/outcome.harvested",
    "/record/note.added",
    "/record/event.corrected?event=30",
    ACCESS,
    "/sign-in",
    "/sign-in/sessions",
    "/sign-out",
]
REFUSED = "status of 422"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab(browsed: Site) -> AsyncIterator[Tab]:
    """A tab of a facilitator who has signed in, so that forms can be sent."""
    async with browsed.tab() as tab:
        service = browsed.served.api.service
        caller = await service.keys.access(browsed.served.api.keys["facilitator"])
        secret = await service.sessions.begin(caller)
        await tab.page.context.add_cookies(
            [{"name": LOOPBACK, "value": secret, "url": browsed.address}]
        )
        yield tab


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_has_what_every_page_has(browsed: Site, tab: Tab, path: str) -> None:
    assert await faults_of(browsed, tab, path) == []
    assert tab.status == 200


@pytest.mark.parametrize("name", ["failure.recorded", "learning.captured", "organisations.paired"])
async def test_a_refused_form_has_what_every_page_has(browsed: Site, tab: Tab, name: str) -> None:
    await tab.visit(f"/record/{name}")
    await tab.page.get_by_role("main").get_by_role("button", name="Record").click()
    await expect(tab.page.get_by_role("alert")).to_be_focused()
    assert await faults_here(tab) == []
    assert [one for one in tab.complaints if REFUSED not in one] == []


async def test_the_page_after_recording_has_what_every_page_has(browsed: Site, tab: Tab) -> None:
    await tab.visit("/record/note.added?about=cohort/heritage-2024")
    await tab.page.get_by_role("textbox", name="Note").fill("The kettle is new.")
    await tab.page.get_by_role("main").get_by_role("button", name="Record").click()
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Recorded")
    assert await faults_of(browsed, tab, urlsplit(tab.page.url).path) == []
    await tab.page.get_by_role("button", name="Undo").click()
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Undone")
    assert await faults_here(tab) == []


async def test_a_form_and_the_page_after_it_can_be_read_on_paper(browsed: Site, tab: Tab) -> None:
    await tab.resize(WIDTH)
    await tab.visit("/record/help.asked")
    words = "Who can lend us a crane for the second week of May?\n" * 30
    await tab.page.get_by_role("textbox", name="What you need").fill(words)
    await tab.page.get_by_label("Organisation", exact=True).select_option("mill-museum")
    await tab.page.emulate_media(media="print")
    for label in ("What you need", "Organisation", "When it happened:"):
        assert await tab.page.get_by_text(label, exact=True).first.is_visible()
    box = tab.page.get_by_role("textbox", name="What you need")
    colours = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
    ink, paper = await box.evaluate(colours)
    assert ink != paper
    assert (await tab.page.pdf(format="A4")).count(b"/Type /Page\n") <= 4
    await tab.page.emulate_media(media="screen")
    await tab.page.get_by_role("main").get_by_role("button", name="Record").click()
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Recorded")
    await tab.page.emulate_media(media="print")
    assert await tab.page.get_by_text("Who can lend us a crane").first.is_visible()
    assert not await tab.page.locator("header.site").is_visible()
    await tab.page.emulate_media(media="screen")
