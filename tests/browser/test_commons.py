"""What public pages say to programs, as a browser takes it."""

import json

import pytest

from tests.browser.conftest import Site
from tests.service.pages.conftest import COHORT

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_linked_data_is_allowed_by_the_policy_of_pages(browsed: Site) -> None:
    async with browsed.visited(f"/cohorts/{COHORT}") as visited:
        text = await visited.page.locator('script[type="application/ld+json"]').text_content()
        assert json.loads(text or "")["@type"] == "Dataset"
        # The policy still forbids scripts inside the page.
        await visited.page.evaluate(
            "document.head.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))"
        )
        assert await visited.page.evaluate("window.ran") is None
        [complaint] = visited.complaints
        assert "Content Security Policy" in complaint
        visited.complaints.clear()


async def test_a_card_is_a_picture_of_its_size(browsed: Site) -> None:
    async with browsed.visited(f"/cards/cohort/{COHORT}.png") as visited:
        size = await visited.page.evaluate(
            "[document.images[0].naturalWidth, document.images[0].naturalHeight]"
        )
        assert size == [1200, 630]
        # Chromium shows a picture in a page of its own, whose styles the policy of the answer forbids.
        visited.complaints.clear()
