"""What holds for every page, for every visitor: accessible, without complaints, on a phone, on paper.

A visit takes most of a second, and so does axe. So a page is visited once, and all checks look at it in turn.
"""

from collections.abc import AsyncIterator
from typing import Final

from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.conftest import PHONE_WIDTH, TABLET_WIDTH, WIDTH, Site, Tab

LEVELS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS: Final = ["color-contrast", "link-in-text-block"]
"""The rules whose answer depends on colours."""
FILES_MAX: Final = 5

_FOUND: Final = """async rules => {
    const {violations} = await axe.run(document, {runOnly: rules, resultTypes: ['violations']});
    return violations.map(one => `${one.id}: ${one.nodes.map(node => node.html).join(' ')}`);
}"""


async def faults_of(site: Site, tab: Tab, path: str) -> list[str]:
    """Visit a page, and return what is wrong with it of what holds for every page and visitor."""
    await tab.visit(path)
    faults = [f"loads {address}" for address in tab.requested if not site.serves(address)]
    # A wall follows what happens by a request that lasts.
    files = [address for address in tab.requested if "/live?" not in address]
    if len(files) > FILES_MAX:
        faults.append(f"loads {len(files)} files")
    faults += [fault async for fault in _on_screen(tab)]
    faults += [fault async for fault in _without_mouse(tab)]
    faults += [fault async for fault in _on_paper(tab)]
    return faults + tab.complaints


async def faults_here(tab: Tab) -> list[str]:
    """Return what is wrong with the page that a form led to: on screen, on a phone and on paper."""
    faults = [fault async for fault in _on_screen(tab)]
    return faults + [fault async for fault in _on_paper(tab)]


async def _on_screen(tab: Tab) -> AsyncIterator[str]:
    await tab.page.evaluate(AXE_SCRIPT)
    for fault in await tab.page.evaluate(_FOUND, LEVELS):
        yield f"light: {fault}"
    # Only colours differ in the dark, as tests/service/pages/frame/test_assets.py holds.
    await tab.page.emulate_media(color_scheme="dark")
    for fault in await tab.page.evaluate(_FOUND, COLOURS):
        yield f"dark: {fault}"
    await tab.page.emulate_media(color_scheme="light")
    for width in (TABLET_WIDTH, PHONE_WIDTH):
        await tab.resize(width)
        if await tab.page.evaluate("document.documentElement.scrollWidth") > width:
            yield f"does not fit {width} px"
    for fault in await tab.page.evaluate(_FOUND, LEVELS):
        yield f"phone: {fault}"
    await tab.resize(WIDTH)


async def _without_mouse(tab: Tab) -> AsyncIterator[str]:
    await tab.page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('href') ?? document.activeElement.id"
    if await tab.page.evaluate(focused) == "#content":
        await tab.page.keyboard.press("Enter")
    if await tab.page.evaluate(focused) != "content":
        yield "the first key does not lead past the header"


async def _on_paper(tab: Tab) -> AsyncIterator[str]:
    await tab.page.emulate_media(media="print")
    if not await tab.page.locator("h1").first.is_visible():
        yield "paper: no heading"
    if await tab.page.locator("header.site").is_visible():
        yield "paper: the header, which is of no use there"
    await tab.page.emulate_media(media="screen")
