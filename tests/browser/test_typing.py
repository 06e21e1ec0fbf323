"""What forms do while somebody types: they find what a list lacks, and say what is wrong."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

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
