"""Hands and slow lines: a press lasts, an answer comes in the middle of it, and people go back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Site
from tests.browser.person import person
from tests.browser.test_live import OVERVIEW, post
from tests.browser.test_recording import FAILURE, fill_in, signed_in
from tests.browser.test_typing import press_at, short_lists
from tests.service.pages.conftest import COHORT
from tests.service.pages.workshop.sessions import NOTES

__all__ = ["short_lists"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

FAILURES = f"/cohorts/{COHORT}/failures"


@asynccontextmanager
async def held(page: Page, addresses: str) -> AsyncIterator[asyncio.Event]:
    """Hold answers back until the event that this yields is set."""
    answers = asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch(max_redirects=0)
        await answers.wait()
        await route.fulfill(response=answer)

    await page.route(addresses, hold)
    yield answers
    answers.set()
    await page.unroute_all(behavior="wait")


async def passes(page: Page) -> None:
    """Give the page time for what it must not do while something is pressed."""
    await page.evaluate("new Promise((done) => setTimeout(done, 300))")


async def lets_go(page: Page) -> None:
    """Let go what is pressed, after the page had time for what it must not do meanwhile."""
    await passes(page)
    await page.mouse.up()


@pytest.mark.usefixtures("short_lists")
async def test_an_option_can_be_pressed_while_the_next_answer_comes(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto("/record/learning.captured")
        box = page.locator("[name='find.from']")
        await box.press_sequentially("Six yards o")
        option = page.get_by_role("option", name="Trial: Six yards of wall")
        await expect(option).to_be_visible()
        async with held(page, "**/subjects?**") as answers:
            async with page.expect_response("**/subjects?**") as answered:
                await box.press_sequentially("f")
                await press_at(page, option)
                answers.set()
            await (await answered.value).finished()
            await lets_go(page)
        await expect(page.get_by_role("checkbox", name="Trial: Six yards of wall")).to_be_checked()
        await expect(option).to_have_count(0)


@pytest.mark.usefixtures("short_lists")
async def test_an_answer_does_not_open_the_list_of_a_field_that_was_left(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto("/record/learning.captured")
        box = page.locator("[name='find.from']")
        async with held(page, "**/subjects?**") as answers:
            async with page.expect_response("**/subjects?**") as answered:
                await box.fill("yards")
                await box.press("Tab")
                answers.set()
            await (await answered.value).finished()
            await passes(page)
        await expect(page.get_by_role("listbox")).to_have_count(0)
        await expect(box).to_have_attribute("aria-expanded", "false")


@pytest.mark.usefixtures("short_lists")
async def test_what_was_found_for_a_long_list_is_in_the_draft(browsed: Site) -> None:
    async with signed_in(browsed, "canal-society") as page:
        await page.goto("/record/learning.adopted")
        select = page.locator("select[name='learning']")
        listed = await select.locator("option").evaluate_all("all => all.map(one => one.value)")
        assert "ask-at-the-object" not in listed
        await page.locator("[name='find.learning']").press_sequentially("thing is in front")
        await page.get_by_role("listbox").get_by_role("option").click()
        await expect(select).to_have_value("ask-at-the-object")
        await page.reload()
        await expect(page.get_by_text("What you typed before is back.")).to_be_visible()
        await expect(select).to_have_value("ask-at-the-object")
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto("/record/learning.captured")
        await page.locator("[name='find.from']").press_sequentially("Six yards")
        await page.get_by_role("option", name="Trial: Six yards of wall").click()
        await page.reload()
        await expect(page.get_by_role("checkbox", name="Trial: Six yards of wall")).to_be_checked()


async def test_the_draft_has_the_time_zone_that_follows_from_the_day(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto(FAILURE)
        await page.locator("summary", has_text="When, and who may see it").click()
        for day, difference in (("2024-01-15", "+01:00"), ("2024-07-15", "+02:00")):
            await page.get_by_label("Day and time of day").fill(f"{day}T10:00")
            await expect(page.locator("[name='event.offset']")).to_have_value(difference)
        await page.reload()
        await expect(page.locator("[name='event.time']")).to_have_value("2024-07-15T10:00")
        await expect(page.locator("[name='event.offset']")).to_have_value("+02:00")


async def test_who_goes_back_does_not_record_the_same_again(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto("/record")
        await page.get_by_role("link", name="A failure", exact=True).click()
        await fill_in(page)
        await page.get_by_role("main").get_by_role("button", name="Record").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
        await page.go_back()
        await expect(page.get_by_role("heading", level=1)).to_have_text("What happened?")


async def test_what_is_begun_while_a_line_is_on_its_way_stays(browsed: Site) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        await page.goto(NOTES)
        intended = page.locator("[data-asked='failure.recorded'] input[type=text]").first
        async with held(page, "**/notes*") as answers:
            async with page.expect_request("**/notes*"):
                await page.locator("#l-words").focus()
                await typist.types("Sent slowly.")
            await page.get_by_label("What it is").select_option(label="Failure")
            await intended.press_sequentially("To keep")
            answers.set()
            await expect(page.locator("#sitting")).to_contain_text("Sent slowly")
        await expect(page.locator("#l-words")).to_have_value("")
        await expect(intended).to_have_value("To keep")
        await expect(intended).to_be_focused()


async def test_a_press_in_the_notes_is_not_lost_when_an_answer_comes(browsed: Site) -> None:
    async with person(browsed, "facilitator") as typist:
        page = typist.page
        async with page.expect_request("**/live?**"):
            await page.goto(NOTES)
        await page.locator("#l-words").focus()
        await typist.types("To be undone.")
        first = page.locator("#sitting li").first
        await expect(first).to_contain_text("To be undone")
        # The wall beside it renews this list, too.
        await expect(page.locator("#wall li").first).to_contain_text("To be undone")
        async with held(page, "**/notes*") as answers:
            async with page.expect_request("**/notes*"):
                await typist.types("Comes meanwhile.")
            await press_at(page, first.get_by_role("button", name="Undo"))
            answers.set()
            await lets_go(page)
            undone = page.locator("#sitting li", has_text="To be undone")
            await expect(undone).to_contain_text("Undone")


async def test_the_link_to_new_entries_can_be_pressed_while_more_come(browsed: Site) -> None:
    async with person(browsed, "library-trust") as reader:
        page = reader.page
        async with page.expect_request("**/live?**"):
            await page.goto(OVERVIEW)
        link = page.locator("[data-live] a")
        await post(browsed, "Who has a bucket?")
        await expect(link).to_have_text("1 new entry: show it")
        await link.focus()
        await post(browsed, "Who has a mop?")
        await expect(link).to_have_text("2 new entries: show them")
        await expect(link).to_be_focused()
        await press_at(page, link)
        await post(browsed, "Who has a broom?")
        await passes(page)
        async with page.expect_navigation():
            await page.mouse.up()
        await expect(page.locator("ol.entries")).to_contain_text("Who has a broom?")


async def test_what_is_the_same_stays_in_place_on_a_wall(browsed: Site) -> None:
    async with person(browsed, "facilitator") as reader:
        page = reader.page
        async with page.expect_request("**/live?**"):
            await page.goto(f"{OVERVIEW}/wall")
        first = page.locator("#wall > li").first
        await first.evaluate("one => getSelection().selectAllChildren(one)")
        selected = await page.evaluate("String(getSelection())")
        await post(browsed, "Who has a sieve?")
        await expect(first).to_contain_text("Who has a sieve?")
        assert await page.evaluate("String(getSelection())") == selected != ""


@pytest.mark.parametrize("is_kept", [True, False], ids=["as it was left", "loaded again"])
async def test_who_goes_back_sees_what_the_page_was_narrowed_to(
    browsed: Site, is_kept: bool
) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        choice = page.get_by_label("Organisation", exact=True)
        await page.goto(f"{FAILURES}?organisation=mill-museum")
        if is_kept:
            await choice.select_option("library-trust")
            await page.evaluate(
                "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
            )
        else:
            await choice.select_option("library-trust")
            await page.get_by_role("main").get_by_role("button", name="Show").click()
            await expect(choice).to_have_value("library-trust")
            await page.go_back()
        await expect(choice).to_have_value("mill-museum")
