"""Every page as somebody without a key sees it in a browser."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browser.conftest import Site, Tab
from tests.browser.every_page import faults_of
from tests.service.pages.test_every_page import EXAMPLES

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab(browsed: Site) -> AsyncIterator[Tab]:
    """A tab that visits one page after the other."""
    async with browsed.tab() as tab:
        yield tab


@pytest.mark.parametrize("path", EXAMPLES)
async def test_a_page_has_what_every_page_has(browsed: Site, tab: Tab, path: str) -> None:
    assert await faults_of(browsed, tab, path) == []
