"""A phone of 360 px, without scripts and with very long names."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import HEIGHT, PHONE_WIDTH, Site
from tests.browser.recording.person import person
from tests.events.samples import formed, joined, registered
from tests.service.pages.access.visiting import ACCESS

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE = {"viewport": {"width": PHONE_WIDTH, "height": HEIGHT}}
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
LONG = "Wasserwirtschaftsverwaltungsgebührenordnung" * 4 + "x" * 28


async def press(page: Page, name: str, heading: str) -> None:
    """Press a button of the main part, and wait for the heading of the answer."""
    await page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)


async def test_a_typing_mistake_is_corrected_and_a_record_is_undone_without_scripts(
    browsed: Site,
) -> None:
    async with person(browsed, "mill-museum", java_script_enabled=False, **PHONE) as somebody:
        page = somebody.page
        await page.goto("/record")
        await page.get_by_role("link", name="A failure", exact=True).click()
        await page.get_by_role("textbox", name="What was intended").fill("A quiet opening.")
        await page.get_by_role("textbox", name="What happened").fill("Nobdy came.")
        await page.get_by_role("textbox", name="Why it happened").fill("The gate was locked.")
        await page.get_by_role("radio", name="Outright failure").check()
        await page.get_by_role("checkbox", name="Staff").check()
        await press(page, "Record", "Recorded")
        failure = page.url.rpartition("/")[2]
        await page.get_by_role("link", name="A learning", exact=True).click()
        await page.get_by_role("textbox", name="What you learned").fill("Look at the gate.")
        await page.get_by_role("radio", name="Single loop").check()
        await page.get_by_role("radio", name="An account of why").check()
        await press(page, "Record", "Recorded")
        await page.goto(f"/record/event.corrected?event={failure}")
        wrong = page.get_by_role("textbox", name="What happened")
        await expect(wrong).to_have_value("Nobdy came.")
        await wrong.fill("Nobody came.")
        await press(page, "Record", "Recorded")
        await press(page, "Undo", "Undone")
    log = browsed.served.api.service.log
    head = await log.head()
    kinds = [one.content["type"] async for one in log.read(after=head - 4)]
    assert [kind.removeprefix("org.howcanwe.")[:-3] for kind in kinds] == [
        "failure.recorded",
        "learning.captured",
        "event.corrected",
        "event.voided",
    ]


async def test_long_names_wrap_and_nothing_scrolls_sideways(unwritten: Site) -> None:
    api = unwritten.served.api
    events = [
        formed(title=LONG),
        *(registered(key, name=f"{key} {LONG}"[:200]) for key in ("mill", "archive")),
        *(joined(key) for key in ("mill", "archive")),
    ]
    await api.record(events)
    async with person(unwritten, "facilitator", **PHONE) as somebody:
        page = somebody.page
        paths = [
            "/record/session.held?cohort=heritage",
            "/record/organisations.paired?cohort=heritage",
            "/record/learning.captured",
            "/record/note.added",
            ACCESS.replace("heritage-2024", "heritage"),
        ]
        for path in paths:
            await page.goto(path)
            assert not await page.evaluate(SCROLLS), path
        await page.goto("/record/failure.recorded")
        for label in ("What was intended", "What happened", "Why it happened"):
            await page.get_by_role("textbox", name=label).fill(LONG)
        await page.get_by_role("main").get_by_role("button", name="Record", exact=True).click()
        await expect(page.get_by_role("alert")).to_be_visible()
        assert not await page.evaluate(SCROLLS)
        await page.get_by_label("Organisation", exact=True).select_option("mill")
        await page.get_by_role("radio", name="Outright failure").check()
        await page.get_by_role("checkbox", name="Staff").check()
        await press(page, "Record", "Recorded")
        assert not await page.evaluate(SCROLLS)
        await expect(page.get_by_role("main")).to_contain_text(LONG[:60])
        await page.get_by_role("link", name="A learning", exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("A learning")
        assert not await page.evaluate(SCROLLS)
