"""Every page as a facilitator sees it in a browser, also as PDF and without scripts."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browser.conftest import Site, Tab
from tests.browser.every_page import faults_of
from tests.service.pages.test_every_page import EXAMPLES

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHO = "facilitator"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab(browsed: Site) -> AsyncIterator[Tab]:
    """A tab that visits one page after the other."""
    async with browsed.tab(WHO) as tab:
        yield tab


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab_without_scripts(browsed: Site) -> AsyncIterator[Tab]:
    """Another, which runs no scripts."""
    async with browsed.tab(WHO, java_script_enabled=False) as tab:
        yield tab


@pytest.mark.parametrize("path", EXAMPLES)
async def test_a_page_has_what_every_page_has_and_says_the_same_without_scripts(
    browsed: Site, tab: Tab, tab_without_scripts: Tab, path: str
) -> None:
    assert await faults_of(browsed, tab, path) == []
    assert (await tab.page.pdf(format="A4")).startswith(b"%PDF")
    await tab_without_scripts.visit(path)
    texts = [await one.page.locator("main").inner_text() for one in (tab, tab_without_scripts)]
    assert texts[0] == texts[1]
    assert len(texts[0]) > 100
