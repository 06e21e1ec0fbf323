"""What forms do while somebody types: they find what a list lacks, and say what is wrong."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

from service.pages.record import choices
from tests.browser.conftest import Site
from tests.browser.test_recording import signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def short_lists(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let lists have two subjects of a kind."""
    monkeypatch.setattr(choices, "LISTED_MAX", 2)
    choices.choices_query.cache_clear()
    yield
    choices.choices_query.cache_clear()


@pytest.mark.usefixtures("short_lists")
async def test_what_a_list_lacks_is_found_by_keyboard(browsed: Site) -> None:
    async with signed_in(browsed, "canal-society") as page:
        await page.goto("/record/learning.adopted")
        select = page.locator("select[name='learning']")
        box = page.locator("[name='find.learning']")
        await expect(box).to_have_role("combobox")
        await box.press_sequentially("thing is in front")
        options = page.get_by_role("listbox", name="Found:").get_by_role("option")
        await expect(options).to_have_count(1)
        await expect(page.locator(".find [role='status']").first).to_have_text("Found: 1")
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        await box.press("ArrowDown")
        await expect(options.first).to_have_attribute("aria-selected", "true")
        await box.press("Enter")
        await expect(select).to_have_value("ask-at-the-object")
        await expect(options).to_have_count(0)
        await box.press_sequentially("no such learning")
        await expect(page.locator(".find [role='status']").first).to_have_text("Nothing found")
        await box.press("Escape")
        await expect(select).to_have_value("ask-at-the-object")


@pytest.mark.usefixtures("short_lists")
async def test_what_is_found_for_a_list_of_several_is_ticked(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto("/record/learning.captured")
        await page.locator("[name='find.from']").press_sequentially("Six yards")
        await page.get_by_role("option", name="Trial: Six yards of wall").click()
        await expect(page.get_by_role("checkbox", name="Trial: Six yards of wall")).to_be_checked()


async def test_what_is_wrong_is_said_beside_the_fields_that_were_left(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto("/record/failure.recorded")
        intended = page.get_by_role("textbox", name="What was intended")
        await intended.focus()
        await intended.press("Tab")
        wrong = page.locator(".wrong:visible")
        await expect(wrong).to_have_text(["Please fill this in."])
        await expect(intended).to_have_attribute("aria-invalid", "true")
        await expect(intended).to_have_accessible_description(re.compile("Please fill this in"))
        await expect(page.locator("form.record > [role='status']")).to_have_text(
            "Please fill this in."
        )
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        await intended.fill("A quiet opening.")
        await intended.press("Tab")
        await expect(wrong).to_have_count(0)
        await expect(intended).not_to_have_attribute("aria-invalid", "true")


PLACE: Final = "one => scrollY + one.getBoundingClientRect().top"
"""How far something is from the top of its page."""


async def press_at(page: Page, wanted: Locator) -> None:
    """Press the pointer down in the middle of something, and keep it down."""
    await wanted.scroll_into_view_if_needed()
    box = await wanted.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.down()


async def test_a_press_is_not_lost_when_an_answer_comes_during_it(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto("/record/failure.recorded")
        degree = page.locator("[name=degree]").first
        await page.locator("[name=why]").focus()
        async with page.expect_response("**/check") as answered:
            await press_at(page, degree)
        await (await answered.value).finished()
        # Time for what the page does with the answer.
        await page.evaluate("new Promise((done) => setTimeout(done, 200))")
        await page.mouse.up()
        await expect(degree).to_be_checked()
        await expect(page.locator(".wrong:visible")).to_have_text(["Please fill this in."])


async def test_nothing_moves_when_what_was_wrong_is_corrected(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto("/record/failure.recorded")
        await page.get_by_role("main").get_by_role("button", name="Record", exact=True).click()
        await expect(page.get_by_role("alert")).to_be_focused()
        degree = page.locator("[name=degree]").first
        before = await degree.evaluate(PLACE)
        intended = page.get_by_role("textbox", name="What was intended")
        wrong = page.locator("#f-intended-wrong")
        await expect(wrong).to_be_visible()
        for words in ("A quiet opening.", ""):
            await intended.fill(words)
            await intended.blur()
            await expect(wrong).to_be_visible(visible=not words)
            assert await degree.evaluate(PLACE) == before


@pytest.mark.usefixtures("short_lists")
async def test_a_press_is_not_lost_when_an_open_list_closes(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        await page.goto("/record/learning.captured")
        await page.locator("[name='find.from']").press_sequentially("Six yards")
        options = page.get_by_role("listbox", name="Found:").get_by_role("option")
        await expect(options).not_to_have_count(0)
        below = page.locator("details[data-folded]")
        await press_at(page, below.locator("> summary"))
        await expect(options).to_have_count(0)
        await page.mouse.up()
        await expect(below).to_have_attribute("open", "")


async def test_nothing_waits_for_a_check_that_does_not_come(browsed: Site) -> None:
    async with signed_in(browsed, "mill-museum") as page:
        await page.route("**/check", lambda route: None)
        await page.goto("/record/note.added?about=organisation/mill-museum")
        await page.get_by_role("textbox", name="Note").fill("The line is down.")
        await page.keyboard.press("Tab")
        await page.get_by_role("main").get_by_role("button", name="Record").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_question_is_asked_without_typing_how_it_begins(
    browsed: Site, scripts: bool
) -> None:
    async with signed_in(browsed, "mill-museum", scripts=scripts) as page:
        await page.goto("/record/question.framed?cohort=")
        opening = page.get_by_role("combobox", name="How the question begins")
        await expect(opening).to_have_value("en:How can we")
        await page.get_by_role("textbox", name="Your question").fill(f"ask {scripts}?")
        await page.get_by_role("main").get_by_role("button", name="Record").click()
        await expect(page.get_by_role("main")).to_contain_text(f"How can we ask {scripts}?")
