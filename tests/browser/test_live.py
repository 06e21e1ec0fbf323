"""What happens while a page is open: new entries, a wall, the end of a session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from service.access.signing_in.cookies import LOOPBACK
from tests.browser.conftest import Site
from tests.events.samples import sample_event, voided
from tests.service.pages.conftest import COHORT

pytestmark = pytest.mark.asyncio(loop_scope="module")

OVERVIEW = f"/cohorts/{COHORT}"
WALL = f"{OVERVIEW}/wall"


@asynccontextmanager
async def signed_in(site: Site, who: str, path: str) -> AsyncIterator[tuple[Page, str]]:
    """Open a page with a session; yield it with the session's secret, once its stream is open."""
    service = site.served.api.service
    secret = await service.sessions.begin(await service.keys.access(site.served.api.keys[who]))
    context = await site.browser.new_context(base_url=site.address, locale="en-GB")
    try:
        await context.add_cookies([{"name": LOOPBACK, "value": secret, "url": site.address}])
        page = await context.new_page()
        async with page.expect_request("**/live?**"):
            await page.goto(path)
        yield page, secret
    finally:
        await context.close()


async def post(site: Site, text: str, visibility: str = "cohort") -> int:
    """Record a note of the mill museum about the cohort, which now happens, and return its position."""
    note = sample_event(
        "note.added",
        {"organisation": "mill-museum", "visibility": visibility},
        about=f"cohort/{COHORT}",
        text=text,
    )
    note["time"] = datetime.now(UTC).isoformat()
    response = await site.served.api.post(note, who="mill-museum")
    assert response.status_code == 201, response.text
    position: int = response.json()["receipts"][0]["position"]
    return position


async def test_a_line_says_how_many_entries_are_new_and_nothing_moves(browsed: Site) -> None:
    async with signed_in(browsed, "library-trust", OVERVIEW) as (page, _):
        await page.evaluate("scrollTo(0, 400)")
        entries = page.locator("ol.entries")
        before = (
            await entries.inner_text(),
            await page.evaluate("document.querySelector('ol.entries').getBoundingClientRect().top"),
        )
        line = page.locator("[data-live]")
        await post(browsed, "Who has a ladder?")
        await expect(line).to_have_text("1 new entry: show it")
        await post(browsed, "Who has a longer ladder?")
        await post(browsed, "Only for us", "private")
        await post(browsed, "Who has a hoist?")
        await expect(line).to_have_text("3 new entries: show them")
        assert await line.get_attribute("aria-live") == "polite"
        after = (
            await entries.inner_text(),
            await page.evaluate("document.querySelector('ol.entries').getBoundingClientRect().top"),
        )
        assert after == before
        await line.get_by_role("link").click()
        await expect(entries).to_contain_text("Who has a hoist?")
        await expect(line).to_be_empty()


async def test_a_wall_shows_new_entries_on_top_until_it_is_paused(browsed: Site) -> None:
    async with signed_in(browsed, "facilitator", WALL) as (page, _):
        first = page.locator("#wall > li").first
        await post(browsed, "Kept between us", "private")
        await post(browsed, "Who can weld?")
        await expect(first).to_contain_text("Who can weld?")
        await expect(first).to_have_class("new")
        assert "Kept between us" not in await page.content()
        await page.get_by_role("button", name="Pause").click()
        await post(browsed, "Who can sew?")
        line = page.locator("[data-live]")
        await expect(line).to_have_text("1 new entry: show it")
        await expect(first).to_contain_text("Who can weld?")
        await page.get_by_role("button", name="Continue").click()
        await expect(first).to_contain_text("Who can sew?")
        await expect(line).to_be_empty()


async def test_a_wall_resumes_after_a_lost_line(browsed: Site) -> None:
    async with signed_in(browsed, "facilitator", WALL) as (page, _):
        await page.context.set_offline(True)
        await post(browsed, "Recorded while the line was lost")
        await page.context.set_offline(False)
        first = page.locator("#wall > li").first
        await expect(first).to_contain_text("while the line was lost")


async def test_what_is_hidden_leaves_an_open_wall(browsed: Site) -> None:
    async with signed_in(browsed, "facilitator", WALL) as (page, _):
        position = await post(browsed, "Not for this room")
        first = page.locator("#wall > li").first
        await expect(first).to_contain_text("Not for this room")
        assert (await browsed.served.api.post(voided(position))).status_code == 201
        await post(browsed, "And the next thing")
        await expect(first).to_contain_text("And the next thing")
        await expect(page.locator("#wall")).not_to_contain_text("Not for this room")


@pytest.mark.parametrize("path", [WALL, f"{WALL}?level=private"])
async def test_a_wall_whose_session_ends_says_so_and_shows_nothing_more(
    browsed: Site, path: str
) -> None:
    service = browsed.served.api.service
    async with signed_in(browsed, "facilitator", path) as (page, secret):
        await post(browsed, "Still signed in")
        await expect(page.locator("#wall > li").first).to_contain_text("Still signed in")
        await service.sessions.end(secret)
        service.revocations.look()
        main = page.locator("main")
        await expect(main).to_have_text("Your session has ended. Sign in again to see more.")
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        await post(browsed, "Not for who is signed out")
        await page.wait_for_timeout(500)
        await expect(main).to_have_text("Your session has ended. Sign in again to see more.")
        assert requests == []


async def test_without_scripts_a_wall_shows_the_latest_entries_and_a_link(browsed: Site) -> None:
    async with browsed.visited(WALL, "facilitator", java_script_enabled=False) as visited:
        assert await visited.page.locator("#wall > li").count() > 5
        assert not await visited.page.locator("#pause").is_visible()
        await visited.page.get_by_role("link", name="Refresh").click()
        await expect(visited.page).to_have_url(f"{browsed.address}{WALL}")


async def test_a_wall_moves_only_for_who_wants_it(browsed: Site) -> None:
    moves = "getComputedStyle(document.querySelector('#wall > li')).animationName"
    async with signed_in(browsed, "facilitator", WALL) as (page, _):
        await page.evaluate("document.querySelector('#wall > li').classList.add('new')")
        assert await page.evaluate(moves) == "arrives"
        await page.emulate_media(reduced_motion="reduce")
        assert await page.evaluate(moves) == "none"
