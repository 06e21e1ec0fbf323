"""A workshop with a browser: a session is hosted, and things are typed by keyboard."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import parse_qsl

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page, Request, Route, expect

from tests.browser.conftest import PHONE_WIDTH, WIDTH, Site
from tests.browser.every_page import LEVELS
from tests.browser.person import person
from tests.browser.test_access import FOUND
from tests.service.pages.workshop.sessions import NEW, NOTES

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAUSE = timedelta(minutes=5)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_session_with_four_organisations_is_hosted_on_a_phone(
    browsed: Site, scripts: bool
) -> None:
    async with person(browsed, "facilitator", width=PHONE_WIDTH, scripts=scripts) as host:
        page, main = host.page, host.page.get_by_role("main")
        await page.goto("/cohorts/heritage-2024/week?at=2024-09-20")
        await main.get_by_role("link", name="Host a session").click()
        await page.get_by_role("radio", name="Workshop").check()
        await page.get_by_role("textbox", name="Title").fill("Four at a table")
        came = page.get_by_role("group", name="Which organisations came?")
        await came.get_by_role("checkbox", name="All of these").check()
        each = came.locator(".ticks").first.get_by_role("checkbox")
        await expect(each).to_have_count(5)
        if scripts:
            for one in await each.all():
                await expect(one).to_be_checked()
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH
        await main.get_by_role("button", name="Record").click()
        await expect(page.locator("h1")).to_have_text("Four at a table")
        await expect(main).to_contain_text("The session is recorded.")
        await expect(main.get_by_role("link", name="A code for phones")).to_be_visible()
        await main.get_by_role("link", name="The session", exact=True).click()
        for name in ("Mill Museum", "Library Trust", "Navigation Trust", "Barn Theatre"):
            await expect(page.locator("dl.facts")).to_contain_text(name)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_five_things_are_typed_by_keyboard_alone(browsed: Site, scripts: bool) -> None:
    async with person(browsed, "facilitator", scripts=scripts) as typist:
        page, keyboard = typist.page, typist.page.keyboard
        await page.goto(NOTES)
        sitting = page.locator("#sitting li[data-position]")
        before = await sitting.count()
        for _ in range(2):
            await keyboard.press("Shift+Tab")
        await keyboard.type("Bra")
        await keyboard.press("Tab")
        # Each kind is chosen by the beginning of its name, and stays for the next line.
        typed = 0
        for kind, things in (
            ("A n", ("A gate.", "A key.")),
            ("A r", ("A ladder?",)),
            ("A c", ("Ring them.",)),
            ("A q", ("How can we open the gate?",)),
        ):
            await keyboard.type(kind)
            await keyboard.press("Tab")
            for thing in things:
                await typist.types(thing)
                typed += 1
                await expect(sitting).to_have_count(before + typed)
                await expect(sitting.first).to_contain_text(thing.rstrip("."))
                await expect(page.locator("#l-words")).to_have_value("")
                await expect(page.locator("#wall")).to_contain_text(thing.rstrip("."))
            await keyboard.press("Shift+Tab")
        lines = await browsed.served.api.lines()
        recorded = [line["data"] for line in lines[-typed:]]
        assert [data["text"] for data in recorded] == [
            "A gate.",
            "A key.",
            "A ladder?",
            "Ring them.",
            "How can we open the gate?",
        ]
        assert {data["organisation"] for data in recorded} == {"mill-museum"}


async def test_what_a_kind_asks_more_is_asked_for_it_alone_and_the_line_stays(
    browsed: Site,
) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        await page.goto(NOTES)
        due = page.get_by_label("Due on")
        await expect(due).to_be_hidden()
        await page.get_by_label("What it is").select_option(label="Commitment")
        await expect(due).to_be_visible()
        await page.get_by_label("What it is").select_option(label="Failure")
        await expect(due).to_be_hidden()
        await page.get_by_label("In a few words").fill("It fell off the wall.")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("Why it happened")
        await expect(page.get_by_label("What was intended")).to_be_focused()
        await expect(page.get_by_label("In a few words")).to_have_value("It fell off the wall.")
        missing = page.locator(".line .wrong")
        before = await missing.count()
        await page.keyboard.type("To stand.")
        await expect(missing).to_have_count(before - 1)
        await expect(page.get_by_role("alert")).not_to_contain_text("What was intended")
        await expect(page.get_by_label("What was intended")).not_to_have_attribute(
            "aria-invalid", "true"
        )
        await page.get_by_label("Why it happened").fill("Rust.")
        await page.get_by_label("How did it turn out?").select_option(label="Outright failure")
        await page.get_by_role("checkbox", name="Staff").check()
        await page.get_by_role("button", name="Record", exact=True).click()
        await expect(page.locator("#sitting")).to_contain_text("It fell off the wall")
        await expect(page.get_by_role("alert")).to_have_count(0)
        first = page.locator("#sitting li").first
        await first.get_by_role("button", name="Undo").click()
        await expect(page.locator("#sitting li").first).to_contain_text("Undone")
        assert await typist.recorded("It fell off the wall.") == 1


def posted_by(page: Page) -> list[Mapping[str, str]]:
    """Return the list to which the fields of each form are appended that the page sends from now on."""
    posted: list[Mapping[str, str]] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            posted.append(dict(parse_qsl(request.post_data or "")))

    page.on("request", note)
    return posted


async def passes(page: Page, time: timedelta, *, asleep: bool = False) -> None:
    """Let time pass for the page; while its computer sleeps, only the clock on the wall continues."""
    if asleep:
        now = datetime.fromtimestamp(await page.evaluate("Date.now()") / 1000, UTC)
        await page.clock.set_system_time(now + time)
    else:
        await page.clock.fast_forward(time // timedelta(milliseconds=1))


def begun(posted: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(posted["event.opened"])


@pytest.mark.parametrize("asleep", [False, True], ids=["awake", "asleep"])
async def test_a_line_has_the_moment_when_its_typing_began(browsed: Site, asleep: bool) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        posted = posted_by(page)
        await page.clock.install()
        drawn = datetime.now(UTC)
        await page.goto(NOTES)
        for number, waited in enumerate((timedelta(minutes=40), timedelta(minutes=30))):
            await passes(page, waited, asleep=asleep)
            await page.get_by_label("What it is").select_option(label="Note")
            await passes(page, waited, asleep=asleep)
            await page.get_by_label("In a few words").focus()
            await page.keyboard.type("Slowly")
            await passes(page, PAUSE)
            sent = datetime.now(UTC)
            await typist.types(f" {number}.")
            await expect(page.locator("#l-words")).to_have_value("")
            assert drawn + 2 * waited <= begun(posted[-1]) < drawn + 2 * waited + PAUSE
            # The answer has the time of the server again.
            drawn = sent


async def test_a_line_that_is_begun_outlives_a_reload(browsed: Site) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        posted = posted_by(page)
        await page.clock.install()
        await page.goto(NOTES)
        words, intended = page.locator("#l-words"), page.get_by_label("What was intended")
        await page.get_by_label("What it is").select_option(label="Failure")
        await words.fill("Kept over a relo")
        await intended.fill("To stay.")
        await page.get_by_role("checkbox", name="Staff").check()
        opened = await page.locator("[name='event.opened']").first.input_value()
        await page.reload()
        await expect(words).to_have_value("Kept over a relo")
        await expect(page.get_by_label("What it is")).to_have_value("failure.recorded")
        await expect(intended).to_have_value("To stay.")
        await expect(page.get_by_role("checkbox", name="Staff")).to_be_checked()
        await passes(page, timedelta(minutes=5))
        await page.get_by_label("Why it happened").fill("A habit.")
        await page.get_by_label("How did it turn out?").select_option(label="Outright failure")
        await words.fill("Kept over a reload.")
        await words.press("Enter")
        await expect(page.locator("#sitting")).to_contain_text("Kept over a reload")
        assert posted[-1]["event.opened"] == opened
        await page.reload()
        await expect(words).to_have_value("")
        assert await typist.recorded("Kept over a reload.") == 1


async def test_a_line_that_is_ended_while_the_one_before_is_on_its_way_stays(browsed: Site) -> None:
    async with person(browsed, "mill-museum") as typist:
        page, answers = typist.page, asyncio.Event()
        await page.goto(NOTES)

        async def hold(route: Route) -> None:
            await answers.wait()
            await route.continue_()

        await page.route("**/notes*", hold)
        async with page.expect_request("**/notes*"):
            await typist.types("On its way.")
        await typist.types("Too fast.")
        answers.set()
        await expect(page.locator("#sitting")).to_contain_text("On its way")
        await expect(page.locator("#l-words")).to_have_value("Too fast.")
        await page.keyboard.press("Enter")
        await expect(page.locator("#sitting")).to_contain_text("Too fast")
        assert await typist.recorded("Too fast.") == 1


async def test_a_line_that_waits_keeps_its_moment_and_the_next_one_has_its_own(
    browsed: Site,
) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        await page.clock.install()
        drawn = datetime.now(UTC)
        await page.goto(NOTES)
        posted = posted_by(page)
        await typist.context.set_offline(True)
        for words in ("One waits.", "One more waits."):
            await passes(page, PAUSE)
            await typist.types(words)
            await expect(page.locator("#l-words")).to_have_value("")
        await passes(page, PAUSE)
        await typist.context.set_offline(False)
        panel = page.get_by_role("region", name="What you typed without a connection")
        await expect(panel.get_by_text("Recorded.", exact=True)).to_have_count(2)
        for number, words in enumerate(("One waits.", "One more waits."), 1):
            moments = {begun(one) for one in posted if one["words"] == words}
            assert len(moments) == 1
            assert drawn + number * PAUSE <= moments.pop() < drawn + (number + 1) * PAUSE


async def test_a_line_that_was_refused_keeps_its_moment_and_a_clock_that_is_set_is_not_believed(
    browsed: Site,
) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        posted = posted_by(page)
        await page.clock.install()
        drawn = datetime.now(UTC)
        await page.goto(NOTES)
        await passes(page, timedelta(days=3650), asleep=True)
        await passes(page, PAUSE)
        await page.get_by_label("What it is").select_option(label="Learning")
        await page.get_by_label("In a few words").fill("Oil the gate.")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_be_visible()
        assert drawn + PAUSE <= begun(posted[0]) < drawn + 2 * PAUSE
        await passes(page, PAUSE)
        await page.get_by_label("In a few words").fill("Oil the gate weekly.")
        await page.get_by_label("What it is").select_option(label="Note")
        await page.keyboard.press("Enter")
        await expect(page.locator("#sitting")).to_contain_text("Oil the gate weekly")
        for name in ("event.id", "event.opened"):
            assert posted[-1][name] == posted[0][name]


async def test_two_people_type_at_once_and_each_sees_the_other_on_the_wall(browsed: Site) -> None:
    async with (
        person(browsed, "mill-museum") as first,
        person(browsed, "library-trust") as second,
    ):
        for one in (first, second):
            async with one.page.expect_request("**/live?**"):
                await one.page.goto(NOTES)
        await asyncio.gather(first.types("From the mill."), second.types("From the library."))
        for one in (first, second):
            for words in ("From the mill", "From the library"):
                await expect(one.page.locator("#wall")).to_contain_text(words)
        await expect(first.page.locator("#sitting")).not_to_contain_text("From the library")


async def test_at_the_end_of_the_session_the_wall_goes_and_the_words_stay(browsed: Site) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        async with page.expect_response("**/live?**"):
            await page.goto(NOTES)
        await page.keyboard.type("Half a sen")
        await browsed.served.api.service.sessions.end(typist.secret)
        browsed.served.api.service.revocations.look()
        await expect(page.locator("[data-beside]")).to_contain_text("Your session has ended.")
        await expect(page.locator("#wall")).to_have_count(0)
        await expect(page.get_by_label("In a few words")).to_have_value("Half a sen")


@pytest.mark.parametrize("path", [NEW, NOTES])
async def test_the_pages_are_accessible_and_fit_a_phone(browsed: Site, path: str) -> None:
    async with person(browsed, "facilitator") as visitor:
        page = visitor.page
        await page.goto(path)
        if path == NOTES:
            await page.get_by_label("What it is").select_option(label="Failure")
            await visitor.context.set_offline(True)
            await visitor.page.get_by_label("In a few words").fill("Waiting.")
            await visitor.page.keyboard.press("Enter")
            await expect(page.get_by_text("Waits to be sent.")).to_be_visible()
        await page.evaluate(AXE_SCRIPT)
        for scheme in SCHEMES:
            for width in (WIDTH, PHONE_WIDTH):
                await page.emulate_media(color_scheme=scheme)
                await page.set_viewport_size({"width": width, "height": 900})
                assert await page.evaluate(FOUND, LEVELS) == [], (scheme, width)
                assert await page.evaluate("document.documentElement.scrollWidth") <= width
