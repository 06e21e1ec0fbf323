"""Somebody at a browser, with a session of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Page

from service.access.signing_in.cookies import LOOPBACK
from tests.browser.conftest import WIDTH, Site

LOST = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "401", "403", "422")
"""What Chromium says of a connection that is lost, and of an answer that refuses."""


@dataclass
class Person:
    """Somebody at a browser, with a session."""

    site: Site
    context: BrowserContext
    page: Page
    secret: str

    async def signs_in(self, who: str) -> None:
        """Have a session of somebody from now on."""
        service = self.site.served.api.service
        self.secret = await service.sessions.begin(
            await service.keys.access(self.site.served.api.keys[who])
        )
        cookie = {"name": LOOPBACK, "value": self.secret, "url": self.site.address}
        await self.context.add_cookies([cookie])  # type: ignore[list-item] # its own kind of dict

    async def types(self, words: str) -> None:
        """Type words where the focus is, and press Enter."""
        await self.page.keyboard.type(words)
        await self.page.keyboard.press("Enter")

    async def recorded(self, words: str) -> int:
        """Return how many events contain these words."""
        lines = await self.site.served.api.lines()
        return sum(words in str(line["data"]) for line in lines)


@asynccontextmanager
async def person(
    site: Site, who: str, *, width: int = WIDTH, scripts: bool = True
) -> AsyncIterator[Person]:
    """Open a browser with a session; afterwards it must not have complained of anything else than the connection."""
    context = await site.browser.new_context(
        base_url=site.address,
        java_script_enabled=scripts,
        locale="en-GB",
        timezone_id="Europe/Berlin",
        viewport={"width": width, "height": 900},
    )
    complaints: list[str] = []
    try:
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        somebody = Person(site, context, page, "")
        await somebody.signs_in(who)
        yield somebody
        assert [one for one in complaints if not any(lost in one for lost in LOST)] == []
    finally:
        await context.close()
