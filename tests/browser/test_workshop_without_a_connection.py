"""A workshop with a browser whose connection is lost: what is typed waits, and is sent once."""

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import PHONE_WIDTH, Site
from tests.browser.person import person
from tests.browser.test_recording import FAILURE, fill_in
from tests.service.pages.workshop.sessions import NOTES

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_is_typed_without_a_connection_is_sent_once_when_it_is_back(
    browsed: Site,
) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        await page.goto(NOTES)
        await typist.context.set_offline(True)
        for number in ("First", "Second"):
            await typist.types(f"{number} without a connection.")
            await expect(page.locator("#l-words")).to_have_value("")
            await expect(page.locator("#l-words")).to_be_focused()
        panel = page.get_by_role("region", name="What you typed without a connection")
        await expect(panel.get_by_text("Waits to be sent.")).to_have_count(2)
        await expect(panel).to_contain_text("There is no connection")
        assert await typist.recorded("without a connection.") == 0
        await typist.context.set_offline(False)
        await expect(panel.get_by_text("Recorded.", exact=True)).to_have_count(2)
        await expect(panel).to_contain_text("everything was recorded")
        await expect(page.locator("#sitting")).to_contain_text("Second without a connection")
        # The page can be loaded again in the same tab, and sends nothing again.
        await page.reload()
        await expect(panel).to_be_hidden()
        for number in ("First", "Second"):
            assert await typist.recorded(f"{number} without a connection.") == 1


async def test_what_waits_outlives_a_reload_and_is_sent_then(browsed: Site) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        await page.goto(NOTES)
        # The page can be loaded again, but nothing can be sent: otherwise it might be sent before the page is left.
        await page.route("**/*", only_reading)
        await typist.types("Kept over a reload.")
        await expect(page.get_by_text("Waits to be sent.")).to_be_visible()
        await page.reload()
        await expect(page.get_by_text("Waits to be sent.")).to_be_visible()
        assert await typist.recorded("Kept over a reload.") == 0
        await page.unroute("**/*", only_reading)
        await page.evaluate("dispatchEvent(new Event('online'))")
        # The event is not heeded while an attempt is under way; the next one comes within ten seconds.
        await expect(page.get_by_text("Recorded.", exact=True)).to_be_visible()
        assert await typist.recorded("Kept over a reload.") == 1


async def only_reading(route: Route) -> None:
    """Let what is asked through, and break what is sent."""
    await (route.abort() if route.request.method == "POST" else route.continue_())


async def test_what_arrived_while_its_answer_was_lost_is_recorded_once(browsed: Site) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        await page.goto(NOTES)

        is_lost = False

        async def lose(route: Route) -> None:
            nonlocal is_lost
            if is_lost or route.request.method != "POST":
                await route.continue_()
                return
            is_lost = True
            await route.fetch(max_redirects=0)
            await route.abort()

        await page.route("**/notes*", lose)
        await typist.types("Its answer was lost.")
        await expect(page.get_by_text("Waits to be sent.")).to_be_visible()
        assert await typist.recorded("Its answer was lost.") == 1
        await page.evaluate("dispatchEvent(new Event('online'))")
        await expect(page.get_by_text("Recorded.", exact=True)).to_be_visible()
        assert await typist.recorded("Its answer was lost.") == 1


async def test_a_form_is_sent_when_the_connection_is_back(browsed: Site) -> None:
    async with person(browsed, "mill-museum", width=PHONE_WIDTH) as member:
        page, main = member.page, member.page.get_by_role("main")
        await page.goto(FAILURE)
        await fill_in(page)
        await page.get_by_role("textbox", name="What happened").fill("The line broke.")
        await member.context.set_offline(True)
        await main.get_by_role("button", name="Record").click()
        await expect(main).to_contain_text("Waits to be sent.")
        await expect(page.get_by_role("textbox", name="What happened")).to_have_value(
            "The line broke."
        )
        await member.context.set_offline(False)
        await expect(page.locator("h1")).to_have_text("Recorded")
        await expect(main).to_contain_text("The line broke.")
        assert await member.recorded("The line broke.") == 1
        await page.goto(FAILURE)
        await expect(page.get_by_role("textbox", name="What happened")).to_have_value("")


async def test_what_is_refused_later_opens_with_its_faults_and_its_words(browsed: Site) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        await page.goto(NOTES)
        await page.get_by_label("What it is").select_option(label="Failure")
        await page.get_by_label("In a few words").fill("Refused later.")
        await typist.context.set_offline(True)
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Waits to be sent.")).to_be_visible()
        await typist.context.set_offline(False)
        await expect(page.get_by_text("Not accepted.")).to_be_visible()
        await page.get_by_role("button", name="Open it and see why").click()
        await expect(page.get_by_role("alert")).to_contain_text("Why it happened")
        await expect(page.get_by_label("In a few words")).to_have_value("Refused later.")
        await page.get_by_label("What was intended").fill("To stand.")
        await page.get_by_label("Why it happened").fill("Rust.")
        await page.get_by_label("How did it turn out?").select_option(label="Outright failure")
        await page.get_by_role("checkbox", name="Staff").check()
        await page.get_by_role("button", name="Record", exact=True).click()
        await expect(page.locator("#sitting")).to_contain_text("Refused later")
        await expect(page.get_by_text("Not accepted.")).to_be_hidden()
        assert await typist.recorded("Refused later.") == 1


async def test_after_the_end_of_the_session_words_wait_for_whoever_typed_them(
    browsed: Site,
) -> None:
    async with person(browsed, "mill-museum") as typist:
        page = typist.page
        await page.goto(NOTES)
        await typist.context.set_offline(True)
        await typist.types("Mine alone.")
        await expect(page.get_by_text("Waits to be sent.")).to_be_visible()
        await browsed.served.api.service.sessions.end(typist.secret)
        await typist.context.set_offline(False)
        panel = page.locator("[data-unsent]")
        await expect(panel).to_contain_text("Not sent: you are signed out")
        await expect(panel).to_contain_text("Mine alone.")
        # Somebody else signs in, in the same tab: nothing is shown to them, and nothing is sent.
        await typist.signs_in("library-trust")
        async with page.expect_request("**/live?**"):
            await page.goto(NOTES)
        await expect(panel).to_be_hidden()
        assert "Mine alone." not in await page.content()
        # The first one signs in again: it is shown, and sent only by hand.
        await typist.signs_in("mill-museum")
        async with page.expect_request("**/live?**"):
            await page.goto(NOTES)
        await expect(panel).to_contain_text("Mine alone.")
        assert await typist.recorded("Mine alone.") == 0
        await panel.get_by_role("button", name="Open it to send it").click()
        await expect(page.get_by_label("In a few words")).to_have_value("Mine alone.")
        await page.get_by_role("button", name="Record", exact=True).click()
        await expect(page.locator("#sitting")).to_contain_text("Mine alone")
        assert await typist.recorded("Mine alone.") == 1
