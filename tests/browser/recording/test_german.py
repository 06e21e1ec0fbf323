"""Forms in German, in a browser that prefers it: every word that is not somebody's own."""

from typing import Final

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.recording.person import person
from tests.service.pages.messages import current

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXTS: Final = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const one = walker.currentNode.parentElement;
        if (!one.closest('script, style') && one.closest('[lang]').lang === 'de') {
            found.push(walker.currentNode.textContent.replace(/\\s+/g, ' ').trim());
        }
    }
    return found.filter(Boolean);
}"""
"""All texts that claim to be German, folded or not."""
ENGLISH: Final = {
    "the",
    "of",
    "and",
    "you",
    "your",
    "this",
    "is",
    "please",
    "what",
    "who",
    "or",
    "to",
}
"""Words that no German sentence has."""

MESSAGES: Final = {
    message.id
    for message in current("de")
    if message.id and isinstance(message.id, str) and message.string != message.id
}
"""English messages that are others in German."""


async def check(page: Page, own: set[str]) -> None:
    """Check that a page is in German, but for what is somebody's own."""
    assert await page.evaluate("document.documentElement.lang") == "de"
    for text in await page.evaluate(TEXTS):
        if any(one in text for one in own):
            continue
        assert text not in MESSAGES, text
        words = {word.strip(".,:;!?()“”").lower() for word in text.split()}
        assert not words & ENGLISH, text


async def test_a_form_its_faults_and_the_page_after_it_are_german(browsed: Site) -> None:
    german = {"locale": "de-DE"}
    async with person(browsed, "mill-museum", **german) as somebody:
        page = somebody.page
        names = {"Brackwater", "Valley", "Heritage"}
        await page.goto("/record")
        await check(page, names)
        await page.get_by_role("link", name="Ein Misserfolg", exact=True).click()
        own = names | set(
            await page.locator(
                "form.record option, form.record [lang]:not([lang=de])"
            ).all_text_contents()
        )
        await check(page, own)
        main = page.get_by_role("main")
        press = main.locator("button.main")
        await press.click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await check(page, own)
        for name in ("intended", "actual", "why"):
            await page.locator(f"[name={name}]").fill("Zu früh.")
        await page.locator("[name=degree]").first.check()
        await page.locator("[name=for_whom]").first.check()
        await press.click()
        await expect(page.get_by_role("heading", level=1)).not_to_have_text("Ein Misserfolg")
        assert "/record/done/" in page.url
        await check(page, names)
        await main.locator("form button").click()
        await expect(page.locator("h1")).to_have_text("Zurückgenommen")
        await check(page, names)
