"""Hosting a session by ticking who came."""

import asyncio

import pytest

from events.access.principal import Role
from tests.service.app import Api
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import FormReader, send, signed_in
from tests.service.pages.record.sent import content
from tests.service.pages.sign_in.browser import Visitor
from tests.service.pages.workshop.sessions import NEW, SAYS, data_at, recorded_at, ticked

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOUR = ["canal-society", "library-trust", "mill-museum", "village-theatre"]


async def form(visitor: Visitor, path: str = f"{NEW}?at=2024-09-20") -> FormReader:
    answer = await visitor.get(path)
    assert answer.status_code == 200, answer.text
    assert PageReader(answer.text).faults == []
    return FormReader(answer.text, action="/cohorts/")


async def test_who_was_in_the_cohort_on_the_day_can_be_ticked_and_is_recorded(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    shown = await form(visitor)
    # The archive had left and the county is the host: they may have come all the same.
    may_come = ["*", "city-archive", "county-heritage", *FOUR]
    assert sorted(shown.options["attended"]) == sorted(may_come)
    assert shown.values["event.time"] == ["2024-09-20T12:00"]
    position = recorded_at(await send(visitor, NEW, ticked(shown, FOUR) | {"people": ["14"]}))
    data = await data_at(site, position)
    assert data["cohort"] == COHORT
    assert data["attended"] == FOUR
    assert data["people"] == 14
    event = await content(site, position)
    assert (event["time"], event["timeprecision"]) == ("2024-09-20T12:00:00+00:00", "day")


async def test_one_tick_stands_for_all_who_were_in_the_cohort(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    shown = await form(visitor)
    sent = ticked(shown, ["*", "mill-museum"])
    data = await data_at(site, recorded_at(await send(visitor, NEW, sent)))
    attended = data["attended"]
    assert isinstance(attended, list)
    assert sorted(attended) == FOUR


async def test_another_day_shows_who_was_in_on_it_and_records_nothing(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    before = await site.head()
    sent = ticked(await form(visitor), ["*"]) | {
        "event.time": ["2024-02-01T10:00"],
        "event.action": ["look"],
    }
    answer = await send(visitor, NEW, sent)
    assert answer.status_code == 200
    shown = FormReader(answer.text, action="/cohorts/")
    assert shown.values["title"] == SAYS["title"]
    assert sorted(shown.values["attended"]) == sorted(["*", "city-archive", *FOUR])
    assert await site.head() == before


async def test_afterwards_it_leads_to_the_line_the_code_and_the_wall(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    answer = await send(visitor, NEW, ticked(await form(visitor), FOUR))
    page = PageReader((await visitor.get(answer.headers["location"])).text)
    assert "The session is recorded." in page.text
    for end in ("access", "wall"):
        assert f"/cohorts/{COHORT}/{end}" in page.links
    assert "l-words" in page.ids


async def test_a_session_sent_twice_is_one(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    sent = ticked(await form(visitor), FOUR)
    before = await site.head()
    answers = await asyncio.gather(*(send(visitor, NEW, sent) for _ in range(3)))
    assert len({recorded_at(answer) for answer in answers}) == 1
    assert await site.head() == before + 1


async def test_two_facilitators_host_at_once(site: Api) -> None:
    visitors = [await signed_in(site, "facilitator") for _ in range(2)]
    forms = [ticked(await form(visitor), FOUR) for visitor in visitors]
    before = await site.head()
    answers = await asyncio.gather(
        *(send(visitor, NEW, sent) for visitor, sent in zip(visitors, forms, strict=True))
    )
    assert len({recorded_at(answer) for answer in answers}) == 2
    assert await site.head() == before + 2


async def test_faults_stand_beside_their_fields_and_what_was_ticked_stays(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    shown = await form(visitor)
    came = ["mill-museum", "there-is-none"]
    sent = {**shown.values, "attended": came, "people": ["many"]}
    answer = await send(visitor, NEW, sent)
    assert answer.status_code == 422
    page = PageReader(answer.text)
    for name in ("title", "kind", "people"):
        assert f"#f-{name}" in page.links, name
        assert f"f-{name}-wrong" in page.ids
    kept = FormReader(answer.text, action="/cohorts/").values
    assert kept["attended"] == ["mill-museum"]
    assert kept["event.id"] == shown.values["event.id"]


async def test_a_session_that_ended_keeps_the_words(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    sent = ticked(await form(visitor), FOUR)
    before = await site.head()
    answer = await send(Visitor(site), NEW, sent)
    assert answer.status_code == 401
    kept = FormReader(answer.text).values
    assert kept["title"] == SAYS["title"]
    other = await send(visitor, NEW, {**sent, "token": ["0" * 64]})
    assert other.status_code == 403
    assert FormReader(other.text, action="/cohorts/").values["title"] == SAYS["title"]
    assert await site.head() == before


ROLES = ("mill-museum", "evaluator", "analyst", "admin")


@pytest.mark.parametrize("who", ROLES)
async def test_nobody_else_hosts(site: Api, who: str) -> None:
    sent = ticked(await form(await signed_in(site, "facilitator")), FOUR)
    visitor = await signed_in(site, who)
    before = await site.head()
    assert (await visitor.get(NEW)).status_code == 404
    answer = await send(visitor, NEW, {**sent, "token": [await visitor.token()]})
    assert answer.status_code == 404
    assert await site.head() == before


async def test_neither_do_guests_nor_facilitators_of_other_cohorts(site: Api) -> None:
    sent = ticked(await form(await signed_in(site, "facilitator")), FOUR)
    before = await site.head()
    for key in (
        await site.guest("mill-museum", COHORT),
        await site.key(Role.FACILITATOR, cohorts=("another",)),
    ):
        visitor = await signed_in(site, key)
        assert (await visitor.get(NEW)).status_code == 404
        answer = await send(visitor, NEW, {**sent, "token": [await visitor.token()]})
        assert answer.status_code == 404
    assert await site.head() == before


async def test_who_is_not_signed_in_signs_in_first(site: Api) -> None:
    answer = await Visitor(site).get(NEW)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?to=%2Fcohorts%2F")


async def test_a_form_from_elsewhere_records_nothing(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    sent = ticked(await form(visitor), FOUR)
    before = await site.head()
    answer = await send(visitor, NEW, sent, {"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert await site.head() == before


@pytest.mark.parametrize("path", ["/cohorts/there-is-none/sessions/new", f"{NEW}?at=yesterday"])
async def test_what_is_not_there_or_cannot_be_read_is_said(site: Api, path: str) -> None:
    visitor = await signed_in(site, "facilitator")
    expected = 400 if "yesterday" in path else 404
    assert (await visitor.get(path)).status_code == expected


async def test_the_ways_to_it_are_there_for_those_who_may_and_for_no_others(site: Api) -> None:
    for path in (f"/cohorts/{COHORT}", f"/cohorts/{COHORT}/week"):
        for who, leads in (("facilitator", True), ("mill-museum", False), (None, False)):
            links = PageReader((await site.get(path, who)).text).links
            assert (NEW in links) is leads, (path, who)
    asked = PageReader((await site.get(f"/cohorts/{COHORT}/week?at=2024-07-01")).text)
    assert f"{NEW}?at=2024-07-01" in asked.links


async def test_the_page_is_in_german_too(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    answer = await visitor.get(NEW, **{"accept-language": "de"})
    assert "Eine neue Veranstaltung" in PageReader(answer.text).text


@pytest.mark.parametrize("action", ["record", "look"])
async def test_a_session_to_which_nobody_came_is_a_fault_beside_the_ticks(
    site: Api, action: str
) -> None:
    visitor = await signed_in(site, "facilitator")
    shown = await form(visitor)
    sent = {name: values for name, values in shown.values.items() if name != "attended"}
    before = await site.head()
    answer = await send(visitor, NEW, {**sent, **SAYS, "event.action": [action]})
    assert answer.status_code == (422 if action == "record" else 200)
    page = PageReader(answer.text)
    assert ("f-attended-wrong" in page.ids) is (action == "record")
    assert await site.head() == before


@pytest.mark.parametrize("path", [NEW, "/record/failure.recorded"])
async def test_enter_records(site: Api, path: str) -> None:
    html = (await (await signed_in(site, "facilitator")).get(path)).text
    # Browsers take the first button of a form for Enter.
    first = html.partition('<form class="record"')[2].partition("<button")[2].partition(">")[0]
    assert 'name="event.action" value="record"' in first
