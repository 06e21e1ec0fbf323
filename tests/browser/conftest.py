"""A browser, and the sample cohort behind a port of this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.chromium import PROGRAM, chromium
from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.service.pages.conftest import record_demo
from tests.service.serving import Served, serving

WIDTH, TABLET_WIDTH, PHONE_WIDTH = 1280, 768, 360
HEIGHT = 900


@dataclass
class Tab:
    """A tab of the browser, with what it asked for and complained of since it last went to a page."""

    page: Page
    status: int = 0
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listens(self) -> None:
        """Note requests, messages of the console (violations of the policy, too) and errors of scripts."""
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("websocket", lambda socket: self.requested.append(socket.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def visit(self, path: str) -> None:
        """Go to a page. That there is none is no complaint."""
        self.requested.clear()
        self.complaints.clear()
        response = await self.page.goto(path)
        assert response is not None
        self.status = response.status
        if self.status == 404:
            self.complaints.clear()

    async def resize(self, width: int) -> None:
        """Give the window another width."""
        await self.page.set_viewport_size({"width": width, "height": HEIGHT})


@dataclass
class Site:
    """The served sample cohort, and a browser that visits it."""

    served: Served
    browser: Browser

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.served.port}"

    def serves(self, address: str) -> bool:
        """Say whether an address is one of its own."""
        return address.startswith(f"{self.address}/")

    @asynccontextmanager
    async def tab(
        self, who: str | None = None, *, width: int = WIDTH, **given: Any
    ) -> AsyncIterator[Tab]:
        """A tab of `who`, with a cache and cookies of its own.

        `given` goes to the browser's context, such as `color_scheme` and `java_script_enabled`.
        """
        context = await self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": HEIGHT},
            extra_http_headers=self.served.api.headers(who),
            locale="en-GB",
            **given,
        )
        try:
            tab = Tab(await context.new_page())
            tab.listens()
            yield tab
        finally:
            await context.close()

    @asynccontextmanager
    async def visited(self, path: str, who: str | None = None, **given: Any) -> AsyncIterator[Tab]:
        """Open a page in a tab of its own; afterwards the browser must not have complained of anything."""
        async with self.tab(who, **given) as tab:
            await tab.visit(path)
            yield tab
            assert tab.complaints == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browsed(copies: dict[str, Copies]) -> AsyncIterator[Site]:
    """The sample cohort behind a port, and a browser; the tests of a module share them.

    They are skipped where there is no Chromium.
    """
    if PROGRAM is None:
        pytest.skip("chromium is not installed")
    async with copies[TEMPLATE].copy() as url, serving(url) as served, chromium() as browser:
        await record_demo(served.api)
        yield Site(served, browser)
