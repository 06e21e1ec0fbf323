"""A browser, and the sample cohort behind a port of this machine."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.service.pages.conftest import record_demo
from tests.service.serving import Served, serving

WIDTH = 1280
PHONE_WIDTH = 360


@dataclass
class Site:
    """The served sample cohort, and a browser that visits it."""

    served: Served
    browser: Browser

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.served.port}"

    @asynccontextmanager
    async def visited(
        self, path: str, who: str | None = None, *, width: int = WIDTH, **given: Any
    ) -> AsyncIterator["Visited"]:
        """Open a page as `who`; afterwards the browser must not have complained of anything.

        `given` goes to the browser's context, such as `color_scheme` and `java_script_enabled`.
        """
        context = await self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 900},
            extra_http_headers=self.served.api.headers(who),
            locale="en-GB",
            **given,
        )
        try:
            visited = Visited(await context.new_page())
            visited.listens()
            response = await visited.page.goto(path)
            assert response is not None
            visited.status = response.status
            yield visited
            assert visited.complaints == []
        finally:
            await context.close()


@dataclass
class Visited:
    """An open page, with what the browser asked for and complained of."""

    page: Page
    status: int = 0
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listens(self) -> None:
        """Note requests, messages of the console (violations of the policy, too) and errors of scripts."""
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    """The path of Chromium; tests are skipped where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    yield program


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browsed(copies: dict[str, Copies], chromium: str) -> AsyncIterator[Site]:
    """The sample cohort behind a port, and a browser; the tests of a module share them."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with (
        copies[TEMPLATE].copy() as url,
        serving(url) as served,
        async_playwright() as playwright,
    ):
        await record_demo(served.api)
        browser = await playwright.chromium.launch(executable_path=chromium, args=sandbox)
        try:
            yield Site(served, browser)
        finally:
            await browser.close()
