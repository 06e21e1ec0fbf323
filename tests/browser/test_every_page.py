"""What holds for every page in a browser: accessible, without complaints, on a phone, on paper, without scripts."""

from typing import Any, Literal

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.browser.conftest import PHONE_WIDTH, WIDTH, Site
from tests.service.pages.test_every_page import EXAMPLES

pytestmark = pytest.mark.asyncio(loop_scope="module")

VISITORS = ("facilitator", "mill-museum", None)
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RULES: dict[str, Any] = {"runOnly": {"type": "tag", "values": list(LEVELS)}}


@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("path", EXAMPLES)
async def test_a_page_is_accessible_in_light_and_dark_and_on_a_phone(
    browsed: Site, path: str, who: str | None
) -> None:
    async with browsed.visited(path, who) as visited:
        if visited.status == 404:
            visited.complaints.clear()
        schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
        for scheme in schemes:
            for width in (WIDTH, PHONE_WIDTH):
                await visited.page.emulate_media(color_scheme=scheme)
                await visited.page.set_viewport_size({"width": width, "height": 900})
                found = (await Axe().run(visited.page, options=RULES)).response["violations"]
                shown = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
                assert shown == [], (scheme, width)


@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("path", EXAMPLES)
async def test_a_page_fits_a_phone_and_loads_few_files(
    browsed: Site, path: str, who: str | None
) -> None:
    async with browsed.visited(path, who, width=PHONE_WIDTH) as visited:
        if visited.status == 404:
            visited.complaints.clear()
        width = await visited.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE_WIDTH
        # A wall follows what happens by a request that lasts.
        files = [address for address in visited.requested if "/live?" not in address]
        assert len(files) <= 5
        assert all(address.startswith(browsed.address) for address in visited.requested)


@pytest.mark.parametrize("path", EXAMPLES)
async def test_a_page_says_the_same_without_scripts(browsed: Site, path: str) -> None:
    texts = []
    for scripts in (True, False):
        async with browsed.visited(path, "facilitator", java_script_enabled=scripts) as visited:
            texts.append(await visited.page.locator("main").inner_text())
    assert texts[0] == texts[1]
    assert len(texts[0]) > 100


@pytest.mark.parametrize("path", EXAMPLES)
async def test_a_page_is_printed_without_what_is_of_no_use_on_paper(
    browsed: Site, path: str
) -> None:
    async with browsed.visited(path, "facilitator") as visited:
        await visited.page.emulate_media(media="print")
        assert await visited.page.locator("h1").first.is_visible()
        assert not await visited.page.locator("header.site").is_visible()
        sheets = await visited.page.pdf(format="A4")
        assert sheets.startswith(b"%PDF")


@pytest.mark.parametrize("path", EXAMPLES)
async def test_the_first_key_leads_past_the_header(browsed: Site, path: str) -> None:
    async with browsed.visited(path, "facilitator") as visited:
        await visited.page.keyboard.press("Tab")
        await visited.page.keyboard.press("Enter")
        focused = await visited.page.evaluate("document.activeElement.id")
        assert focused == "content"
