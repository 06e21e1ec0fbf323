"""The checks of every page find what they look for, each fault put into a page that has none."""

import pytest
from playwright.async_api import Route

from tests.browser.conftest import Site, Tab
from tests.browser.every_page import faults_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/themes"
IN_STYLES = {
    "main p { color: #bbb; }": ["light: color-contrast", "phone: color-contrast"],
    "@media (prefers-color-scheme: dark) { main p { color: #333; } }": ["dark: color-contrast"],
    "@media (max-width: 40rem) { main p { color: #bbb; } }": ["phone: color-contrast"],
    "main { min-width: 800px; }": ["does not fit 768 px", "does not fit 360 px"],
    "main { min-width: 500px; }": ["does not fit 360 px"],
    "header.site { display: block !important; }": ["paper: the header"],
    "@media print { h1 { display: none; } }": ["paper: no heading"],
    "a.skip { display: none; }": ["the first key does not lead"],
}
IN_MARKUP = {
    '<p style="color: red">Red</p>': ["Applying inline style violates"],
    "<script>1</script>": ["Executing inline script violates"],
    '<img src="http://localhost:1/x.png" alt="">': ["loads http://localhost:1/", "Loading the"],
    '<img src="/assets/0.png">': ["light: image-alt", "phone: image-alt", "Failed to load"],
    "".join(f'<img src="/assets/{n}.png" alt="">' for n in range(5)): [
        "loads 7 files",
        *["Failed to load"] * 5,
    ],
}


async def put(tab: Tab, where: str, more: str) -> None:
    """Let what is loaded from an address have more: in its main part, or at its end."""

    async def answer(route: Route) -> None:
        response = await route.fetch()
        begin, main, end = (await response.text()).partition("</main>")
        await route.fulfill(response=response, body=f"{begin}{more}{main}{end}")

    await tab.page.route(where, answer)


async def check(browsed: Site, where: str, more: str, expected: list[str]) -> None:
    """Let something have more, and check how the faults begin that are found then."""
    async with browsed.tab("facilitator") as tab:
        await put(tab, where, more)
        faults = await faults_of(browsed, tab, PATH)
        assert [
            fault[: len(begin)] for fault, begin in zip(faults, expected, strict=False)
        ] == expected
        assert len(faults) == len(expected), faults


@pytest.mark.parametrize(("style", "expected"), IN_STYLES.items())
async def test_a_fault_of_the_stylesheet_is_found(
    browsed: Site, style: str, expected: list[str]
) -> None:
    await check(browsed, "**/*.css", style, expected)


@pytest.mark.parametrize(("markup", "expected"), IN_MARKUP.items())
async def test_a_fault_of_the_page_is_found(
    browsed: Site, markup: str, expected: list[str]
) -> None:
    await check(browsed, f"**{PATH}", markup, expected)
