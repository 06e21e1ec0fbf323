"""Two people record at once: each gets the recorder's answer, and nobody loses words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.event import Event
from tests.browser.conftest import Site
from tests.browser.recording.person import person
from tests.events.samples import begun, framed, planned, started

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(unwritten: Site) -> Site:
    """A cohort with a trial of the mill that has begun."""
    await unwritten.served.api.record([*begun(), framed(), planned(), started()])
    return unwritten


@asynccontextmanager
async def two_of_the_mill(site: Site, path: str) -> AsyncIterator[tuple[Page, Page]]:
    """Open the same form in two browsers."""
    async with person(site, "mill") as one, person(site, "mill") as other:
        for somebody in (one, other):
            await somebody.page.goto(path)
        yield one.page, other.page


async def record(page: Page) -> str:
    """Press the button, and return the heading of the answer."""
    async with page.expect_navigation():
        await page.get_by_role("main").get_by_role("button", name="Record").click()
    return await page.get_by_role("heading", level=1).inner_text()


async def recorded(site: Site, name: str) -> list[Event]:
    """Return the events of a type."""
    found = [one.event(VOCABULARY) async for one in site.served.api.service.log.read()]
    return [one for one in found if one.kind.name == name]


async def says_how_it_failed(page: Page, words: str) -> None:
    await page.get_by_role("textbox", name="What was intended").fill("A full house.")
    await page.get_by_role("textbox", name="What happened").fill(words)
    await page.get_by_role("textbox", name="Why it happened").fill("The gate was locked.")
    await page.get_by_role("radio", name="Outright failure").check()
    await page.get_by_role("checkbox", name="Staff").check()


async def test_two_who_record_the_same_at_once_record_two_events(house: Site) -> None:
    async with two_of_the_mill(house, "/record/help.asked") as pages:
        for page in pages:
            await page.get_by_role("textbox", name="What you need").fill("Who has a ladder?")
        assert await asyncio.gather(*map(record, pages)) == ["Recorded", "Recorded"]
        assert pages[0].url != pages[1].url
    first, second = await recorded(house, "help.asked")
    assert first.content["data"]["text"] == second.content["data"]["text"]
    assert first.subject != second.subject


async def test_of_two_who_conclude_a_trial_one_does_and_the_other_keeps_the_words(
    house: Site,
) -> None:
    async with two_of_the_mill(house, "/record/iteration.concluded") as pages:
        for number, page in enumerate(pages):
            await page.get_by_role("radio", name="Did not finish").check()
            await page.get_by_role("radio", name="Retire").check()
            await page.get_by_role("radio", name="An account of why").check()
            await page.get_by_role("textbox", name="What came out").fill(f"As {number} saw it.")
        answers = await asyncio.gather(*map(record, pages))
        assert sorted(answers) == ["A conclusion", "Recorded"]
        refused = pages[answers.index("A conclusion")]
        await expect(refused.get_by_role("alert")).to_contain_text(
            "The trial was concluded before."
        )
        kept = await refused.get_by_role("textbox", name="What came out").input_value()
        assert kept == f"As {answers.index('A conclusion')} saw it."
    [concluded] = await recorded(house, "iteration.concluded")
    assert concluded.content["data"]["summary"] == f"As {answers.index('Recorded')} saw it."


async def test_who_builds_on_what_was_taken_back_is_told_and_keeps_the_words(house: Site) -> None:
    before = await recorded(house, "learning.captured")
    async with two_of_the_mill(house, "/record/failure.recorded") as (one, other):
        await says_how_it_failed(one, "Nobody came.")
        assert await record(one) == "Recorded"
        link = one.get_by_role("link", name="A learning", exact=True)
        await other.goto(str(await link.get_attribute("href")))
        await other.get_by_role("textbox", name="What you learned").fill("Look at the gate.")
        await other.get_by_role("radio", name="Single loop").check()
        await other.get_by_role("radio", name="An account of why").check()
        await one.get_by_role("button", name="Undo").click()
        await expect(one.get_by_role("heading", level=1)).to_have_text("Undone")
        assert await record(other) == "A learning"
        await expect(other.get_by_role("alert")).to_contain_text("You cannot choose this")
        kept = other.get_by_role("textbox", name="What you learned")
        await expect(kept).to_have_value("Look at the gate.")
    assert len(await recorded(house, "learning.captured")) == len(before)


async def test_what_somebody_builds_on_is_not_taken_back_by_another(house: Site) -> None:
    before = len(await recorded(house, "learning.captured"))
    async with two_of_the_mill(house, "/record/failure.recorded") as (one, other):
        await says_how_it_failed(one, "Everybody came.")
        assert await record(one) == "Recorded"
        link = one.get_by_role("link", name="A learning", exact=True)
        await other.goto(str(await link.get_attribute("href")))
        await other.get_by_role("textbox", name="What you learned").fill("Buy more chairs.")
        await other.get_by_role("radio", name="Single loop").check()
        await other.get_by_role("radio", name="An account of why").check()
        assert await record(other) == "Recorded"
        await one.get_by_role("button", name="Undo").click()
        await expect(one.get_by_role("alert")).to_contain_text("Something else builds on it by now")
    assert len(await recorded(house, "learning.captured")) == before + 1
