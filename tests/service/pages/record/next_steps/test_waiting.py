"""The forms that help with what waits, on the first page and on the page of a cohort's week."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from events.access.principal import PUBLIC, Principal, Role
from service.pages.parts.waiting import Waiting
from service.pages.record.next_steps.waiting import form_for
from tests.service.app import Api
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import FormReader, send, signed_in
from tests.service.pages.record.next_steps.open_cohort import COHORT, record_open_cohort

pytestmark = pytest.mark.asyncio(loop_scope="module")

WEEK = f"/cohorts/{COHORT}/week"
SETTLE = "/record/commitment.settled?commitment=gate-promise"
MEET = "/record/pairing.met?pairing=gate-pair&organisation=mill-museum"
CONCLUDE = "/record/iteration.concluded?iteration=running-trial"
HELP = "/record/help.given?ask=gate-ask"
CHECK_IN = (
    "/record/journey.checked_in?organisation=mill-museum&cohort=heritage-2024&months_after=12"
)

FACILITATOR = Principal("key", Role.FACILITATOR)
MILL = Principal("key", Role.ORGANISATION, organisation="mill")
ARCHIVE = Principal("key", Role.ORGANISATION, organisation="archive")
GUEST = Principal("key", Role.GUEST, organisation="mill", cohorts=frozenset({"valley"}))
EVALUATOR = Principal("key", Role.EVALUATOR, cohorts=frozenset({"valley"}))


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def open_cohort(site: Api) -> AsyncIterator[None]:
    await record_open_cohort(site)
    yield


async def forms(site: Api, path: str, who: str) -> Sequence[str]:
    """Return the addresses of the forms that a page links to."""
    page = PageReader((await site.get(path, who, accept_language="en")).text)
    assert page.faults == []
    return [one for one in page.links if one.startswith("/record/")]


async def test_the_week_leads_to_the_forms_that_help(site: Api) -> None:
    found = await forms(site, WEEK, "facilitator")
    assert {SETTLE, MEET, CONCLUDE, HELP} <= set(found)
    # Each of a pair reports in its own name, and nobody answers its own request.
    assert MEET.replace("mill-museum", "library-trust") in found
    assert set(await forms(site, WEEK, "mill-museum")) == {SETTLE, MEET, CONCLUDE}


async def test_another_day_leads_to_no_form(site: Api) -> None:
    assert await forms(site, f"{WEEK}?at=2024-06-01", "facilitator") == []


async def test_the_first_page_leads_a_member_to_the_forms_that_help(site: Api) -> None:
    assert {SETTLE, MEET, CONCLUDE} <= set(await forms(site, "/", "mill-museum"))
    assert HELP in await forms(site, "/", "library-trust")


WAITING: Mapping[str, Mapping[str, Any]] = {
    "commitment": {"key": "promise"},
    "checkin": {"months": 6, "begins": date(2024, 4, 1), "cohort": {"key": "valley"}},
    "pairing": {"key": "pair"},
    "stalled": {"key": "trial"},
    "ask": {"key": "ask"},
    "quiet": {"key": "mill"},
}


@pytest.mark.parametrize(
    ("viewer", "kinds"),
    [
        (FACILITATOR, ["commitment", "checkin", "pairing", "stalled", "ask"]),
        (MILL, ["commitment", "checkin", "pairing", "stalled"]),
        (ARCHIVE, ["ask"]),
        (GUEST, ["checkin", "pairing"]),
        (EVALUATOR, []),
        (PUBLIC, []),
    ],
    ids=["facilitator", "own", "peer", "guest", "evaluator", "public"],
)
async def test_who_may_record_it_has_the_form(viewer: Principal, kinds: Sequence[str]) -> None:
    whose = {"key": "mill"}
    found = [
        kind
        for kind, about in WAITING.items()
        if form_for(Waiting(kind, [whose], about), whose, viewer) is not None
    ]
    assert found == kinds


async def test_a_check_in_asks_for_the_status_and_the_story_only(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    shown = (await visitor.get(CHECK_IN)).text
    page = PageReader(shown)
    assert page.faults == []
    form = FormReader(shown)
    assert form.values["organisation"] == ["mill-museum"]
    assert form.values["cohort"] == ["heritage-2024"]
    assert form.values["months_after"] == ["12"]
    asked = shown[shown.index("<section>", shown.index("What it is about")) :]
    asked = asked[: asked.index('<details class="more"')]
    assert 'name="status"' in asked
    assert 'name="narrative"' in asked
    assert not any(f'name="{name}"' in asked for name in ("cohort", "months_after", "event.time"))
    assert "What it is about" in page.text
    assert "The Valley's Keepers" in page.text
    # What is missing is shown, and the form stays as short as it was.
    refused = await send(visitor, CHECK_IN, {**form.values, "months_after": ["-1"]})
    assert refused.status_code == 422
    assert '<details class="more" open>\n  <summary><h2>What it is about' in refused.text
    assert '<details class="more" data-folded>\n  <summary><h2>When, and' in refused.text
    done = await send(visitor, CHECK_IN, {**form.values, "status": ["growing"]})
    assert done.status_code == 303


async def test_what_an_address_says_beside_a_form_is_not_repeated(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    shown = (await visitor.get("/record/note.added?about=cohort/x&text=Mine&other=%22%3E")).text
    assert 'action="/record/note.added?about=cohort%2Fx"' in shown
    assert FormReader(shown).values["text"] == [""]
