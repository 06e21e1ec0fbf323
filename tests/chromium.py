"""The system's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, async_playwright, expect

from tests.processes import PATIENCE_S

PROGRAM: Final = shutil.which("chromium")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without a window. There must be a `PROGRAM`."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=sandbox)
        # A page sends again every ten seconds, and a busy machine is slow: what is expected may take its time.
        expect.set_options(timeout=PATIENCE_S * 1000)
        try:
            yield browser
        finally:
            await browser.close()
