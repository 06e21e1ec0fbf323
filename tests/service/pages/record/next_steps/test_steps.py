"""What pages offer to record next, to whom, and with what the forms are filled in."""

from collections.abc import AsyncIterator, Sequence
from urllib.parse import parse_qsl, urlsplit

import pytest
import pytest_asyncio

from service.pages.things import PAGES
from tests.service.app import Api
from tests.service.pages.access.visiting import redeemed, workshop_code
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import FormReader, signed_in
from tests.service.pages.record.next_steps.open_cohort import COHORT, event, record_open_cohort

pytestmark = pytest.mark.asyncio(loop_scope="module")

LEARNING = "learning/gate-learning"
OFFERED = {
    "/questions/gate-question": (
        "iteration.planned question.reframed question.closed",
        "",
    ),
    "/questions/valley-question": (
        "iteration.planned",
        "iteration.planned",
    ),
    "/iterations/planned-trial": ("iteration.started iteration.revised iteration.concluded", ""),
    "/iterations/running-trial": (
        "observation.recorded failure.recorded iteration.concluded participation.recorded",
        "",
    ),
    "/iterations/concluded-trial": (
        "learning.captured failure.recorded review.held iteration.planned",
        "learning.captured",
    ),
    "/failures/gate-failure": (
        "learning.captured failure.reclassified question.reframed visibility.changed",
        "learning.captured question.reframed",
    ),
    "/learnings/gate-learning": (
        "question.reframed question.closed iteration.planned visibility.changed",
        "learning.adopted learning.challenged question.reframed question.closed iteration.planned",
    ),
    "/asks/gate-ask": ("", "help.given"),
    "/commitments/gate-promise": ("commitment.settled", ""),
    "/pairings/gate-pair": ("pairing.met pairing.ended", "pairing.met pairing.ended"),
    "/sessions/gate-session": ("commitment.made note.added", "commitment.made note.added"),
    "/inspirations/gate-idea": (
        "inspiration.used iteration.planned",
        "inspiration.used iteration.planned",
    ),
    "/outcomes/gate-outcome": ("", "outcome.substantiated"),
    "/publications/gate-paper": ("publication.withdrawn", ""),
    "/cohorts/valley-2024": (
        "mindset.assessed question.framed",
        "mindset.assessed question.framed",
    ),
    "/organisations/mill-museum": (
        "failure.recorded learning.captured question.framed iteration.planned"
        " help.asked help.given pairing.met learning.adopted",
        "",
    ),
}
"""What the mill is offered, whose the things are, and the library, its peer."""
AMENDING = ("event.corrected", "event.voided")


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def open_cohort(site: Api) -> AsyncIterator[None]:
    await record_open_cohort(site)
    yield


async def offered(site: Api, path: str, who: str | None) -> Sequence[str]:
    """Return the addresses of the forms that a page offers, without those that amend its history."""
    page = PageReader((await site.get(path, who, accept_language="en")).text)
    assert page.faults == []
    return next_forms(page)


def next_forms(page: PageReader) -> Sequence[str]:
    return [
        one for one in page.links if one.startswith("/record/") and types([one]) not in AMENDING
    ]


def types(addresses: Sequence[str]) -> str:
    return " ".join(urlsplit(one).path.rpartition("/")[2] for one in addresses)


def filled(addresses: Sequence[str], type_: str) -> dict[str, str]:
    """Return what the address of the form of a type says."""
    [found] = [one for one in addresses if urlsplit(one).path == f"/record/{type_}"]
    return dict(parse_qsl(urlsplit(found).query))


async def test_every_kind_of_thing_is_tested() -> None:
    kinds = {path.split("/")[1] for path in OFFERED}
    assert kinds == {page.path.split("/")[1] for page in PAGES} | {"cohorts", "organisations"}


@pytest.mark.parametrize("path", OFFERED)
async def test_members_are_offered_what_the_state_and_the_owner_of_a_thing_allow(
    site: Api, path: str
) -> None:
    own, peer = OFFERED[path]
    assert types(await offered(site, path, "mill-museum")) == own
    assert types(await offered(site, path, "library-trust")) == peer


async def test_the_page_of_an_organisation_leads_to_all_forms_too(site: Api) -> None:
    for who, leads in (("mill-museum", 1), ("facilitator", 1), ("library-trust", 0), (None, 0)):
        text = (await site.get("/organisations/mill-museum", who, accept_language="en")).text
        assert text.count('<a href="/record">Something else</a>') == leads, who
    text = (await site.get("/failures/gate-failure", "mill-museum", accept_language="en")).text
    assert "Something else" not in text


@pytest.mark.parametrize("who", ["evaluator", "analyst", "admin", None])
@pytest.mark.parametrize("path", OFFERED)
async def test_who_records_nothing_is_offered_nothing(
    site: Api, path: str, who: str | None
) -> None:
    page = PageReader((await site.get(path, who)).text)
    assert [one for one in page.links if one.startswith("/record/")] == []


async def test_guests_are_offered_what_creates_or_only_adds(site: Api) -> None:
    code = await workshop_code(await signed_in(site, "facilitator"), cohort=COHORT)
    guest = await redeemed(site, code)
    page = PageReader((await guest.get("/iterations/running-trial")).text)
    assert types(next_forms(page)) == "observation.recorded failure.recorded participation.recorded"


@pytest.mark.parametrize("path", OFFERED)
async def test_a_facilitator_is_offered_what_the_owner_or_its_peers_are(
    site: Api, path: str
) -> None:
    own, peer = (set(each.split()) for each in OFFERED[path])
    found = set(types(await offered(site, path, "facilitator")).split())
    assert own | peer <= found


async def test_the_facilitator_of_another_cohort_is_offered_only_what_others_may_record(
    site: Api,
) -> None:
    await site.record([event("visibility.changed", 12, of=LEARNING, visibility="public")])
    found = types(await offered(site, "/learnings/gate-learning", "elsewhere"))
    assert found == (
        "learning.adopted learning.challenged question.reframed question.closed iteration.planned"
    )
    assert await offered(site, f"/cohorts/{COHORT}", "elsewhere") == []


async def test_forms_know_what_they_are_about(site: Api) -> None:
    whose = {"organisation": "mill-museum", "cohort": COHORT}
    found = await offered(site, "/iterations/running-trial", "facilitator")
    about = {"iteration": "running-trial"}
    assert filled(found, "observation.recorded") == about
    assert filled(found, "failure.recorded") == {**whose, **about, "question": "gate-question"}
    found = await offered(site, "/failures/gate-failure", "facilitator")
    assert filled(found, "learning.captured") == {**whose, "from": "failure/gate-failure"}
    assert filled(found, "visibility.changed") == {"of": "failure/gate-failure"}
    found = await offered(site, "/iterations/concluded-trial", "facilitator")
    plan = {**whose, "question": "gate-question", "follows": "concluded-trial"}
    assert filled(found, "iteration.planned") == plan
    # Who takes a learning up, or helps, is somebody else than whose it is.
    found = await offered(site, "/learnings/gate-learning", "facilitator")
    assert filled(found, "learning.adopted") == {"learning": "gate-learning", "cohort": COHORT}
    found = await offered(site, "/asks/gate-ask", "facilitator")
    assert filled(found, "help.given") == {"ask": "gate-ask"}
    # Who joins another cohort is not asked about the present one.
    found = await offered(site, "/organisations/mill-museum", "facilitator")
    assert filled(found, "organisation.joined") == {"organisation": "mill-museum"}


@pytest.mark.parametrize("who", ["facilitator", "mill-museum"])
async def test_every_form_that_is_offered_opens_filled_in(site: Api, who: str) -> None:
    visitor = await signed_in(site, who)
    for path in OFFERED:
        for address in await offered(site, path, who):
            answer = await visitor.get(address)
            assert answer.status_code == 200
            values = FormReader(answer.text).values
            for name, value in parse_qsl(urlsplit(address).query):
                assert values[name] == [value], address


async def test_after_the_close_only_what_is_still_accepted_is_offered(site: Api) -> None:
    found = await offered(site, "/iterations/label-wall-4", "mill-museum")
    assert types(found) == "learning.captured"
    assert filled(found, "learning.captured") == {"from": "iteration/label-wall-4"}
    found = await offered(site, "/cohorts/heritage-2024", "mill-museum")
    assert types(found) == "journey.checked_in outcome.harvested publication.released"
    found = await offered(site, "/organisations/village-theatre", "village-theatre")
    assert types(found) == (
        "journey.checked_in outcome.harvested publication.released"
        " failure.recorded learning.captured question.framed iteration.planned"
    )
    found = await offered(site, "/organisations/mill-museum?as-of=2024-06-01", "mill-museum")
    assert found == []
