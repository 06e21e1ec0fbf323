"""The page of who has access, with a browser: a facilitator makes a code, and a phone takes part with it."""

from typing import Final, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE_WIDTH, WIDTH, Site
from tests.browser.every_page import LEVELS
from tests.browser.test_signing_in import SCRIPTS, browser
from tests.service.pages.access.visiting import ACCESS

FOUND: Final = """async rules => {
    const {violations} = await axe.run(document, {runOnly: rules, resultTypes: ['violations']});
    return violations.map(one => `${one.id}: ${one.nodes.map(node => node.html).join(' ')}`);
}"""

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def sign_in(site: Site, page: Page, who: str) -> None:
    await page.goto("/sign-in")
    await page.get_by_label("Your key").fill(site.served.api.keys[who])
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()
    await expect(page.locator("header")).to_contain_text("Sign out")


async def make_code(page: Page) -> str:
    """Make a code of the mill's, and return its link."""
    await page.goto(ACCESS)
    await page.get_by_label("Organisation").select_option("mill-museum")
    await page.get_by_label("Name of the workshop").fill("Open evening")
    await page.get_by_role("button", name="Make a code").click()
    await expect(page.locator("h1")).to_have_text("Open evening")
    return await page.get_by_label("Or use this link").input_value()


async def check(page: Page) -> None:
    """Check that what is shown is accessible in light and dark and fits a phone."""
    await page.evaluate(AXE_SCRIPT)
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        for width in (WIDTH, PHONE_WIDTH):
            await page.emulate_media(color_scheme=scheme)
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate(FOUND, LEVELS) == [], (scheme, width)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width


@SCRIPTS
async def test_a_code_lets_a_phone_in_until_it_is_ended(browsed: Site, scripts: bool) -> None:
    async with (
        browser(browsed, scripts=scripts) as page,
        browser(browsed, scripts=scripts) as phone,
    ):
        complaints: list[str] = []
        for one in (page, phone):
            one.on("console", lambda message: complaints.append(message.text))
        await phone.set_viewport_size({"width": PHONE_WIDTH, "height": 640})
        await sign_in(browsed, page, "facilitator")
        link = await make_code(page)
        assert await page.get_by_role("img", name="QR code of the link").is_visible()
        await phone.goto(link)
        if not scripts:
            await phone.get_by_label("Your link").fill(link)
            await phone.get_by_role("button", name="Continue").click()
        await expect(phone.locator("h1")).to_have_text("Take part for Brackwater Mill Museum?")
        assert "#" not in phone.url or not scripts
        await phone.get_by_role("button", name="Yes, sign in").click()
        await expect(phone).to_have_url(f"{browsed.address}/record")
        await expect(phone.locator("header")).to_contain_text("as a guest")
        await page.goto(ACCESS)
        code = page.get_by_role("listitem").filter(has_text="Open evening").first
        await expect(code).to_contain_text("Used by 1 of 40.")
        await code.locator("summary").filter(has_text="End").last.click()
        await code.get_by_role("button", name="End now").last.click()
        await expect(page).to_have_url(browsed.address + ACCESS)
        await phone.reload()
        await expect(phone.locator("header")).to_contain_text("Sign in")
        assert complaints == []


async def test_the_pages_are_accessible_and_fit_a_phone(browsed: Site) -> None:
    async with browser(browsed) as page, browser(browsed) as invited:
        await sign_in(browsed, page, "facilitator")
        link = await make_code(page)
        await check(page)
        await invited.goto(link)
        await expect(invited.locator("dl")).to_be_visible()
        await check(invited)
        await invited.get_by_role("button", name="Yes, sign in").click()
        await page.goto(ACCESS)
        await page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        await check(page)
        await page.goto(ACCESS)
        await page.get_by_label("Invite").select_option("evaluator")
        await page.get_by_label("Name (needed for an evaluator)").fill(" ")
        await page.get_by_role("button", name="Make an invitation").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await check(page)
        await page.get_by_label("Name (needed for an evaluator)").fill("The Fund")
        await page.get_by_role("button", name="Make an invitation").click()
        await invited.goto(await page.get_by_label("Or use this link").input_value())
        await expect(invited.get_by_text("This browser is signed in already.")).to_be_visible()
        await invited.get_by_role("button", name="Yes, sign in").click()
        await expect(invited.get_by_label("Your key")).to_be_visible()
        await check(invited)
        await invited.get_by_role("link", name="continue").click()
        await expect(invited).to_have_url(f"{browsed.address}/")
        await expect(invited.locator("header")).to_contain_text("Evaluator")
        await invited.goto("/sign-in/sessions")
        await check(invited)


async def test_a_sheet_is_printed_without_what_is_of_no_use_on_paper(browsed: Site) -> None:
    async with browser(browsed) as page:
        await sign_in(browsed, page, "facilitator")
        await make_code(page)
        await page.emulate_media(media="print")
        assert await page.get_by_role("img", name="QR code of the link").is_visible()
        for hidden in ("header.site", "[role=status]", "textarea"):
            assert not await page.locator(hidden).first.is_visible()
        assert (await page.pdf(format="A4")).count(b"/Type /Page\n") <= 1


async def test_the_codes_of_all_organisations_are_printed_on_a_sheet_each(browsed: Site) -> None:
    async with browser(browsed) as page:
        await sign_in(browsed, page, "facilitator")
        await page.goto(ACCESS)
        await page.get_by_label("Organisation").select_option(label="Each of them, a code each")
        await page.get_by_role("button", name="Make a code").click()
        codes = page.get_by_role("img", name="QR code of the link")
        await check(page)
        await page.emulate_media(media="print")
        sheets = await codes.count()
        assert sheets > 1
        assert (await page.pdf(format="A4")).count(b"/Type /Page\n") == sheets
