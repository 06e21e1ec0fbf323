"""A whole cohort, from its forming to a check-in after its close, through forms alone and by keyboard alone."""

from contextlib import AsyncExitStack

import pytest
from playwright.async_api import expect

from events.vocabulary.catalogue import VOCABULARY
from service.pages.record.reading import SOURCE
from tests.browser.conftest import Site
from tests.browser.recording.person import Person, person
from tests.browser.recording.story import (
    COHORT,
    FACILITATOR,
    FORMING,
    GUEST,
    JOURNEY,
    MARINA,
    MEMBER,
    PEER,
    QUAY,
    Meant,
)

KEY, LINK = "Your key", "Your link, or the code of a workshop"

REFUSED = (
    "Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def signs_in(somebody: Person, label: str, words: str) -> None:
    """Sign in with a key, or with a link or a code, whose holder is asked first."""
    await somebody.opens("/sign-in")
    await somebody.types(label, words)
    await somebody.page.keyboard.press("Enter")
    if label != KEY:
        await expect(somebody.page.get_by_role("button", name="Yes, sign in")).to_be_visible()
        await somebody.presses("Yes, sign in")
    await expect(somebody.page.locator("header")).to_contain_text("Sign out")


async def invites(facilitator: Person, button: str, **answers: str) -> str:
    """Make an invitation or a code on the cohort's page of access; return what can be typed elsewhere."""
    await facilitator.opens("/")
    await facilitator.follows(COHORT)
    await facilitator.follows("Access")
    form = facilitator.page.locator("form", has=facilitator.page.get_by_role("button", name=button))
    for label, name in answers.items():
        await facilitator.chooses(label, name)
    await facilitator.reaches(form.get_by_role("button", name=button))
    async with facilitator.page.expect_navigation():
        await facilitator.page.keyboard.press("Enter")
    return await facilitator.page.locator(".access-code").inner_text()


async def test_a_whole_cohort_is_recorded_through_forms_by_keyboard(unwritten: Site) -> None:
    log = unwritten.served.api.service.log
    # Other tests may have recorded something before.
    before = await log.head()
    async with AsyncExitStack() as stack:
        people = {
            who: await stack.enter_async_context(person(unwritten))
            for who in (FACILITATOR, MEMBER, PEER, GUEST)
        }
        ada = people[FACILITATOR]
        await signs_in(ada, KEY, unwritten.served.api.keys["facilitator"])
        for step in FORMING:
            await ada.records(step.title, step.says)
        for who, name in ((MEMBER, MARINA), (PEER, QUAY)):
            code = await invites(ada, "Make an invitation", Invite=f"a member of {name}")
            await signs_in(people[who], LINK, code)
        code = await invites(ada, "Make a code", Organisation=MARINA)
        await signs_in(people[GUEST], LINK, code)
        for step in JOURNEY:
            await people[step.who].records(step.title, step.says)
    recorded = [one.event(VOCABULARY) async for one in log.read(after=before)]
    meant = Meant()
    for step, event in zip((*FORMING, *JOURNEY), recorded, strict=True):
        assert event.source == SOURCE
        meant.check(step, event)
    assert len({event.actor for event in recorded}) == len(people)


async def test_after_a_refusal_the_keyboard_is_at_the_summary_whose_links_lead_to_the_fields(
    unwritten: Site,
) -> None:
    async with person(unwritten) as ada:
        await signs_in(ada, KEY, unwritten.served.api.keys["facilitator"])
        await ada.opens("/record/organisation.registered")
        await ada.types("Field of work", "Harbours")
        await ada.presses("Record")
        await expect(ada.page.get_by_role("alert")).to_be_focused()
        await ada.page.keyboard.press("Tab")
        await expect(ada.page.get_by_role("link", name="Name of the organisation")).to_be_focused()
        await ada.page.keyboard.press("Enter")
        await expect(ada.page.get_by_label("Name of the organisation")).to_be_focused()
        await ada.page.keyboard.insert_text("Crane Drivers")
        assert await ada.page.get_by_label("Field of work").input_value() == "Harbours"
        await ada.presses("Record")
        await expect(ada.page.get_by_role("heading", level=1)).to_have_text("Recorded")
