"""A person at a browser who has no mouse: Tab, Enter, space, arrows, and what is typed."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import ElementHandle, Locator, Page, expect

from service.access.signing_in.cookies import LOOPBACK
from tests.browser.conftest import Site

STOPS_MAX: Final = 200
"""More stops of the Tab key than any page has."""

ELSE: Final = "Record something else"
"""The link on the page after recording that leads to everything."""

Answer = str | Iterable[str]
"""What is typed into a field, or called what is chosen there; several for what has several."""

_HAS_FOCUS: Final = "one => document.activeElement === one"
_IN_GROUP: Final = """one => document.activeElement === one || (
    one.type === 'radio' && document.activeElement.type === 'radio' && document.activeElement.name === one.name
)"""


@dataclass
class Person:
    """Somebody at a page. `reached` has what the Tab key led to on the present page, `complaints` the browser's."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    async def opens(self, path: str) -> None:
        """Type an address."""
        await self.page.goto(path)
        await self.skips()

    async def skips(self) -> None:
        """Skip the header with the first link of the page."""
        await self.page.keyboard.press("Tab")
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator("#content")).to_be_focused()

    async def reaches(self, wanted: Locator, *, has: str = _HAS_FOCUS) -> ElementHandle:
        """Press the Tab key until the focus is where it is wanted. Fails where it never comes there."""
        element = await wanted.element_handle()
        for _ in range(STOPS_MAX):
            if await element.evaluate(has):
                return element
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not lead to {wanted}")

    async def follows(self, name: str, within: Locator | None = None) -> None:
        """Follow a link with exactly these words, and skip the header of the page that it leads to."""
        link = (within or self.page).get_by_role("link", name=name, exact=True).first
        await self.reaches(link)
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")
        await self.skips()

    async def presses(self, name: str) -> None:
        """Press a button of the main part."""
        await self.reaches(self.page.get_by_role("main").get_by_role("button", name=name).last)
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")

    async def types(self, label: str, words: str) -> None:
        """Type something into the field with this label, in place of what is there."""
        await self.reaches(self.page.get_by_label(_titled(label)))
        await self.page.keyboard.press("Control+a")
        for number, line in enumerate(words.split("\n")):
            if number:
                await self.page.keyboard.press("Enter")
            await self.page.keyboard.insert_text(line)

    async def chooses(self, label: str, name: str) -> None:
        """Choose the option that begins with a name out of a list, with the arrow."""
        select = self.page.get_by_label(_titled(label))
        chosen = "one => one.selectedOptions[0].text"
        if str(await select.evaluate(chosen)).startswith(name):
            return
        element = await self.reaches(select)
        await self.page.keyboard.press("Home")
        for _ in range(await element.evaluate("one => one.options.length")):
            if str(await element.evaluate(chosen)).startswith(name):
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name!r} is not to be chosen in {label!r}")

    async def ticks(self, label: str, names: Iterable[str]) -> None:
        """Choose what is called like this in a group of boxes or of radio buttons."""
        group = self.page.get_by_role("group", name=_titled(label))
        for name in names:
            box = group.get_by_label(re.compile(rf"^{re.escape(name)}")).first
            if await box.is_checked():
                continue
            folded = box.locator("xpath=ancestor::details[not(@open)]/summary")
            if await folded.count():
                await self.reaches(folded)
                await self.page.keyboard.press("Enter")
            element = await self.reaches(box, has=_IN_GROUP)
            for _ in range(STOPS_MAX):
                if await element.evaluate(_HAS_FOCUS):
                    break
                await self.page.keyboard.press("ArrowDown")
            if not await box.is_checked():
                await self.page.keyboard.press("Space")
            await expect(box).to_be_checked()

    async def reads(self, label: str, names: Iterable[str]) -> bool:
        """Say whether the form says these names already, folded; if it says others, unfold it."""
        folded = self.page.locator("form.record summary li", has_text=f"{label}:")
        if not await folded.count():
            return False
        text = await folded.inner_text()
        if all(name in text for name in names):
            return True
        summary = folded.locator("xpath=ancestor::summary")
        await self.reaches(summary)
        await self.page.keyboard.press("Enter")
        return False

    async def answers(self, label: str, answer: Answer) -> None:
        """Fill in a field in the way that it asks for."""
        names = [answer] if isinstance(answer, str) else list(answer)
        if await self.reads(label, names):
            return
        group = self.page.get_by_role("group", name=_titled(label))
        if await group.count():
            await self.ticks(label, names)
            return
        [text] = names
        kind = await self.page.get_by_label(_titled(label)).evaluate("one => one.type")
        if kind == "select-one":
            await self.chooses(label, text)
        elif kind == "date":
            await self.dates(label, text)
        else:
            await self.types(label, text)

    async def dates(self, label: str, day: str) -> None:
        """Type a day, its parts in the order of the browser."""
        element = await self.reaches(self.page.get_by_label(_titled(label)))
        year, month, number = day.split("-")
        for parts in ((month, number, year), (number, month, year)):
            await self.page.keyboard.type("".join(parts))
            if await element.evaluate("one => one.value") == day:
                return
            await self.page.keyboard.press("Shift+Tab")
            await self.reaches(self.page.get_by_label(_titled(label)))
        raise AssertionError(f"{day} is not to be typed into {label!r}")

    async def records(self, title: str, says: Mapping[str, Answer]) -> None:
        """Record something: from the page where they are if it leads there, otherwise by way of the header."""
        main = self.page.get_by_role("main")
        if not await main.get_by_role("link", name=title, exact=True).count():
            if await main.get_by_role("link", name=ELSE, exact=True).count():
                await self.follows(ELSE, main)
            else:
                await self.opens("/record")
        await self.follows(title, main)
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(title)
        for label, answer in says.items():
            await self.answers(label, answer)
        await self.presses("Record")
        await expect(self.page.get_by_role("heading", level=1)).to_have_text("Recorded")
        await self.skips()


def _titled(label: str) -> re.Pattern[str]:
    return re.compile(rf"^{re.escape(label)}( \(optional\))?$")


@asynccontextmanager
async def person(site: Site, who: str | None = None, **given: Any) -> AsyncIterator[Person]:
    """Open a browser, in which `who` (the name of a key) is signed in; `given` goes to its context.

    Afterwards it must not have complained of anything.
    """
    context = await site.browser.new_context(
        **{"base_url": site.address, "locale": "en-GB", "timezone_id": "Europe/Berlin", **given}
    )
    try:
        if who is not None:
            service = site.served.api.service
            caller = await service.keys.access(site.served.api.keys[who])
            secret = await service.sessions.begin(caller)
            await context.add_cookies([{"name": LOOPBACK, "value": secret, "url": site.address}])
        found = Person(await context.new_page())
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("console", lambda message: found.complaints.append(message.text))
        yield found
        # Chromium calls it an error that a form is refused.
        assert [one for one in found.complaints if "status of 422" not in one] == []
    finally:
        await context.close()
