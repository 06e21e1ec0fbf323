"""Signing in at an OpenID provider with a browser, with and without scripts, and what another site cannot do."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import Site
from tests.browser.test_signing_in import SCRIPTS, browser
from tests.chromium import PROGRAM, chromium
from tests.conftest import TEMPLATE
from tests.databases import Copies
from tests.service.access.oidc.issuer import CLIENT, Issuer, issuing
from tests.service.pages.conftest import record_demo
from tests.service.serving import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

COHORT = "/cohorts/heritage-2024"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def issuer() -> AsyncIterator[Issuer]:
    """A provider that asks who somebody is, at which a member of the mill museum signs in."""
    async with issuing() as issuer:
        issuer.habits.person = {
            "howcanwe_role": "organisation",
            "howcanwe_organisation": "mill-museum",
        }
        issuer.habits.asks = issuer.habits.ends_sessions = True
        yield issuer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def trusting(copies: dict[str, Copies], issuer: Issuer) -> AsyncIterator[Site]:
    """The sample cohort behind a port, which lets people sign in at the provider, and a browser."""
    if PROGRAM is None:
        pytest.skip("chromium is not installed")
    given = {
        "oidc_issuer": issuer.url,
        "oidc_client_id": CLIENT,
        "oidc_sign_in_name": "Museums Together",
    }
    async with (
        copies[TEMPLATE].copy() as url,
        serving(url, **given) as served,
        chromium() as program,
    ):
        await record_demo(served.api)
        yield Site(served, program)


@SCRIPTS
async def test_a_member_signs_in_at_the_provider_and_out_again(
    trusting: Site, scripts: bool
) -> None:
    async with browser(trusting, scripts=scripts) as page:
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        await page.goto(COHORT)
        await page.get_by_role("link", name="Sign in").click()
        await page.get_by_role("button", name="Sign in with Museums Together").click()
        await expect(page.locator("h1")).to_have_text("Who are you?")
        [flow] = await page.context.cookies(trusting.address)
        assert (flow["name"], flow["httpOnly"], flow["sameSite"]) == ("howcanwe-flow", True, "Lax")
        await page.get_by_role("link", name="I am Ada").click()
        await expect(page).to_have_url(trusting.address + COHORT)
        await expect(page.locator("header")).to_contain_text("Brackwater Mill Museum")
        [session] = await page.context.cookies(trusting.address)
        assert (session["name"], session["httpOnly"]) == ("howcanwe", True)
        # Going back to the provider's page and on again begins nothing new.
        address = page.url
        await page.go_back()
        await page.goto(address)
        await expect(page.locator("header")).to_contain_text("Brackwater Mill Museum")
        await page.locator("header").get_by_role("link", name="Sign out").click()
        await page.get_by_role("main").get_by_role("button", name="Sign out").click()
        await page.get_by_role("link", name="Sign out of Museums Together, too").click()
        await expect(page.locator("h1")).to_have_text("Goodbye")
        assert await page.context.cookies(trusting.address) == []
        assert complaints == []


async def test_another_site_neither_begins_nor_completes_an_attempt(
    trusting: Site, issuer: Issuer
) -> None:
    async with browser(trusting) as attacker:
        await attacker.goto("/sign-in")
        await attacker.get_by_role("button", name="Sign in with Museums Together").click()
        await expect(attacker.locator("h1")).to_have_text("Who are you?")
        link = issuer.answered(attacker.url)
    async with browser(trusting) as page:
        await page.set_content(
            f'<a href="{link.replace("&", "&amp;")}">Look at this</a>'
            f'<form method="post" action="{trusting.address}/sign-in/oidc"><button>Go</button></form>'
        )
        await page.get_by_role("link", name="Look at this").click()
        await expect(page.get_by_role("alert")).to_contain_text("cannot be completed")
        assert await page.context.cookies() == []
        await page.goto("about:blank")
        await page.set_content(
            f'<form method="post" action="{trusting.address}/sign-in/oidc"><button>Go</button></form>'
        )
        await page.get_by_role("button", name="Go").click()
        await expect(page.locator("h1")).to_have_text("This form was not accepted")
        assert await page.context.cookies() == []
