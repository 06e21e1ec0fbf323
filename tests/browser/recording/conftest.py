"""A service in which nothing was recorded yet, behind a port, and a browser."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browser.conftest import Site
from tests.chromium import PROGRAM, chromium
from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.service.serving import serving


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def unwritten(copies: dict[str, Copies]) -> AsyncIterator[Site]:
    """An empty log behind a port, and a browser; skipped where there is no Chromium."""
    if PROGRAM is None:
        pytest.skip("chromium is not installed")
    async with copies[TEMPLATE].copy() as url, serving(url) as served, chromium() as browser:
        yield Site(served, browser)
