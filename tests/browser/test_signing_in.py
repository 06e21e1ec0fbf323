"""Signing in and out with a browser, with and without scripts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@asynccontextmanager
async def browser(site: Site, *, scripts: bool = True) -> AsyncIterator[Page]:
    """Open a browser of somebody who has not signed in yet."""
    context = await site.browser.new_context(
        base_url=site.address, java_script_enabled=scripts, locale="en-GB"
    )
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def code_for(site: Site, who: str) -> str:
    """Return the code of a new link for a key."""
    api = site.served.api
    return await api.service.links.make(api.keys[who].split("_")[1], "test")


async def redeemed(site: Site) -> int:
    """Return how many links were redeemed."""
    count: int = await site.served.api.execute(
        "select count(*) from links where redeemed_at is not null"
    )
    return count


@SCRIPTS
async def test_a_key_signs_in_and_the_button_signs_out(browsed: Site, scripts: bool) -> None:
    async with browser(browsed, scripts=scripts) as page:
        await page.goto("/cohorts/heritage-2024")
        await page.get_by_role("link", name="Sign in").click()
        await page.get_by_label("Your key").fill(browsed.served.api.keys["mill-museum"])
        await page.get_by_role("main").get_by_role("button", name="Sign in").click()
        await expect(page).to_have_url(f"{browsed.address}/cohorts/heritage-2024")
        header = page.locator("header")
        await expect(header).to_contain_text("Brackwater Mill Museum")
        [cookie] = await page.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
        assert await page.evaluate("document.cookie") == ""
        await header.get_by_role("link", name="Sign out").click()
        await page.get_by_role("main").get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("main")).to_contain_text("You are signed out.")
        assert await page.context.cookies() == []


async def test_a_link_is_redeemed_by_its_button_and_leaves_the_address_bar(browsed: Site) -> None:
    before = await redeemed(browsed)
    code = await code_for(browsed, "mill-museum")
    async with browser(browsed) as page:
        asked = []
        page.on("request", lambda request: asked.append((request.method, request.url)))
        await page.goto(f"/sign-in#link={code}")
        await expect(page.locator("h1")).to_have_text("Sign in as Brackwater Mill Museum?")
        assert code not in page.url
        assert not any(code in url for _, url in asked)
        assert await redeemed(browsed) == before
        await page.get_by_role("button", name="Yes, sign in").click()
        await expect(page).to_have_url(f"{browsed.address}/")
        await expect(page.locator("header")).to_contain_text("Brackwater Mill Museum")
        assert await redeemed(browsed) == before + 1
    async with browser(browsed) as page:
        await page.goto(f"/sign-in#link={code}")
        await expect(page.get_by_role("alert")).to_contain_text("This link or code cannot be used.")


async def test_without_scripts_a_link_is_pasted(browsed: Site) -> None:
    code = await code_for(browsed, "library-trust")
    async with browser(browsed, scripts=False) as page:
        await page.goto(f"/sign-in#link={code}")
        await page.get_by_label("Your link").fill(f"{browsed.address}/sign-in#link={code}")
        await page.get_by_role("button", name="Continue").click()
        await page.get_by_role("button", name="Yes, sign in").click()
        await expect(page.locator("header")).to_contain_text("Market Hatherley Library Trust")


async def test_a_link_that_a_preview_opens_is_not_used_up(browsed: Site) -> None:
    before = await redeemed(browsed)
    code = await code_for(browsed, "mill-museum")
    for scripts in (False, True):
        async with browser(browsed, scripts=scripts) as page:
            await page.goto(f"/sign-in#link={code}")
            await page.wait_for_load_state("networkidle")
    assert await redeemed(browsed) == before
    caller = await browsed.served.api.service.links.redeem(code)
    assert caller is not None


async def test_another_site_neither_frames_the_page_nor_sends_its_form(browsed: Site) -> None:
    key = browsed.served.api.keys["mill-museum"]
    async with browser(browsed) as page:
        await page.goto("about:blank")
        await page.set_content(
            f'<iframe src="{browsed.address}/sign-in"></iframe>'
            f'<form method="post" action="{browsed.address}/sign-in">'
            f'<input name="key" value="{key}"><button>Go</button></form>'
        )
        frame = page.frames[-1]
        await page.wait_for_load_state("networkidle")
        assert "Your key" not in await frame.content()
        await page.get_by_role("button", name="Go").click()
        await expect(page.locator("h1")).to_have_text("This form was not accepted")
        assert await page.context.cookies() == []
