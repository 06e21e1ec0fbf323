"""The digest of a week: to whom it says what, as text and as a feed."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pytest
import pytest_asyncio

from events.access.principal import Role
from service.pages.cohort.week.digest import as_atom, as_text
from service.pages.frame.language import languages
from service.pages.frame.page import File
from service.pages.frame.site import Site
from service.pages.parts.texts import COLUMNS
from tests.service.app import Api
from tests.service.pages.cohort.visits import visit
from tests.service.pages.cohort.week.test_view import FACILITATOR, answer, commitment, quiet
from tests.service.pages.conftest import COHORT
from tests.service.pages.record.next_steps.open_cohort import COHORT as OPEN
from tests.service.pages.record.next_steps.open_cohort import record_open_cohort

pytestmark = pytest.mark.asyncio(loop_scope="module")

ATOM = {"a": "http://www.w3.org/2005/Atom"}
SITE = Site("https://howcanwe.example.org")
DAY = "?at=2024-07-01"


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def open_cohort(site: Api) -> AsyncIterator[None]:
    await record_open_cohort(site)
    yield


async def text(site: Api, path: str, who: str | None, language: str = "en") -> str:
    answered = await site.get(path, who, accept_language=language)
    assert answered.status_code == 200
    assert answered.headers["content-type"] == "text/plain; charset=utf-8"
    assert answered.headers["cache-control"] == ("no-cache" if who is None else "no-store")
    return answered.text


def tree(file: File | None) -> ElementTree.Element:
    assert file is not None
    return ElementTree.fromstring(file.content)


async def test_a_facilitator_s_text_says_all_that_the_page_says(site: Api) -> None:
    found = await text(site, f"/cohorts/{COHORT}/week.txt{DAY}", "facilitator")
    assert found.startswith("The Valley's Keepers: Whom to ring this week\n")
    assert "\nWenn Navigation Trust\n- It has recorded nothing for 67 days" in found
    assert "It was due on 28 Mar 2024, 95 days ago." in found
    assert "\nWhat happened in the seven days before\n- 24 Jun 2024: " in found
    assert max(map(len, found.splitlines())) <= COLUMNS
    assert "<" not in found
    assert "&amp;" not in found


async def test_forms_are_whole_addresses_on_lines_of_their_own(site: Api) -> None:
    found = await text(site, f"/cohorts/{OPEN}/week.txt", "mill-museum")
    address = f"{site.app.state.pages.site.address}/record/commitment.settled"
    assert f"  Settle it:\n  {address}?commitment=gate-promise\n" in found
    assert "/record/" not in await text(site, f"/cohorts/{COHORT}/week.txt{DAY}", "facilitator")


async def test_a_member_s_text_is_about_its_own_organisation(site: Api) -> None:
    found = await text(site, f"/cohorts/{COHORT}/week.txt{DAY}", "canal-society")
    assert "You see what waits for Wenn Navigation Trust on 1 Jul 2024." in found
    assert "\nCobbing Barn Theatre\n" not in found


@pytest.mark.parametrize("who", ["analyst", "admin", None])
async def test_who_may_not_know_what_waits_is_told_so(site: Api, who: str | None) -> None:
    found = await text(site, f"/cohorts/{COHORT}/week.txt{DAY}", who)
    assert "What waits is shown to the facilitator" in found
    assert "recorded nothing for" not in found


async def test_an_evaluator_reads_the_text_without_forms(site: Api) -> None:
    site.keys["evaluator-here"] = await site.key(Role.EVALUATOR, cohorts=(OPEN,))
    found = await text(site, f"/cohorts/{OPEN}/week.txt", "evaluator-here")
    assert "It asked for help" in found
    assert "/record/" not in found


@pytest.mark.parametrize("ending", ["txt", "atom"])
async def test_unknown_cohorts_and_days_are_answered_as_on_the_page(site: Api, ending: str) -> None:
    assert (await site.get(f"/cohorts/none/week.{ending}")).status_code == 404
    assert (await site.get(f"/cohorts/{COHORT}/week.{ending}?at=x")).status_code == 400
    refused = await site.client.get(
        f"/cohorts/{COHORT}/week.{ending}", headers={"authorization": "Bearer x"}
    )
    assert refused.status_code == 401


async def test_the_text_is_in_german_too(site: Api) -> None:
    found = await text(site, f"/cohorts/{COHORT}/week.txt{DAY}", "facilitator", "de")
    assert "Was in den sieben Tagen davor geschah" in found
    assert "24.04.2024" in found


async def test_a_feed_has_one_entry_for_the_week_of_the_day(site: Api) -> None:
    contents = set()
    for day in ("2024-07-01", "2024-07-07"):
        answered = await site.get(f"/cohorts/{COHORT}/week.atom?at={day}")
        assert answered.headers["content-type"] == "application/atom+xml; charset=utf-8"
        assert answered.headers["cache-control"] == "no-store"
        root = ElementTree.fromstring(answered.content)
        for element in (root, *root.findall("a:entry", ATOM)):
            for name in ("id", "title", "updated"):
                [found] = element.findall(f"a:{name}", ATOM)
                assert found.text
            assert datetime.fromisoformat(element.findtext("a:updated", "", ATOM)).tzinfo
        [entry] = root.findall("a:entry", ATOM)
        assert entry.findtext("a:id", "", ATOM).endswith(f"/cohorts/{COHORT}/week@2024-07-01")
        contents.add(entry.findtext("a:content", "", ATOM))
    assert len(contents) == 1
    words = await text(site, f"/cohorts/{COHORT}/week.txt{DAY}", "facilitator")
    assert contents == {words}


def given(**figures: Any) -> Mapping[str, Any]:
    found = answer(**figures)
    cohort = {**found["cohort"], "title": "Valley <&>\n\x1b"}
    return {**found, "cohort": cohort, "lately": {"timeline": {"filteredCount": 0, "nodes": []}}}


async def test_addresses_and_ids_are_those_of_the_installation() -> None:
    figures = {"openCommitments": {"itemSubjects": [commitment("late", "2024-06-21")]}}
    here = replace(visit(FACILITATOR), site=SITE)
    file = as_text(given(**figures), here)
    assert file is not None
    assert (
        b"\n  https://howcanwe.example.org/record/commitment.settled?commitment=late"
        in file.content
    )
    root = tree(as_atom(given(**figures), here))
    assert root.findtext("a:id", "", ATOM) == "tag:howcanwe.example.org,2026:/cohorts/valley/week"
    assert root.findtext("a:title", "", ATOM) == "Valley <&>: Whom to ring this week"


async def test_texts_of_people_are_written_as_they_are_on_one_line() -> None:
    hostile = {**commitment("late", "2024-06-21"), "text": "</content>\n\nFrom: x <b>\x00\x1b[2J"}
    here = replace(visit(FACILITATOR), site=SITE)
    answered = given(openCommitments={"itemSubjects": [hostile]})
    for file in (as_text(answered, here), as_atom(answered, here)):
        assert file is not None
        assert b"\x1b" not in file.content
        assert b"\nFrom:" not in file.content
    content = tree(as_atom(answered, here)).findtext("a:entry/a:content", "", ATOM)
    assert "“</content> From: x <b> [2J”" in content


async def test_after_the_close_a_week_without_anything_due_has_no_entry() -> None:
    quiet_one = given(quietOrganisations={"list": [quiet("mill", 20.0)]})
    closed = {**quiet_one["cohort"], "closedAt": "2021-01-01T00:00:00Z"}
    root = tree(as_atom({**quiet_one, "cohort": closed}, visit(FACILITATOR)))
    assert root.findall("a:entry", ATOM) == []
    assert root.findtext("a:updated", "", ATOM) == "2024-07-01T00:00:00+00:00"


async def test_the_feed_of_this_week_leads_to_forms_and_that_of_another_does_not() -> None:
    answered = given(openCommitments={"itemSubjects": [commitment("late", "2024-06-21")]})
    for query, is_there in (({}, True), ({"at": "2024-06-30"}, False)):
        root = tree(as_atom(answered, visit(FACILITATOR, **query)))
        content = root.findtext("a:entry/a:content", "", ATOM)
        assert ("/record/commitment.settled" in content) is is_there


async def test_a_feed_says_its_language() -> None:
    german = replace(visit(FACILITATOR), language=languages()["de"])
    root = tree(as_atom(given(), german))
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert "Am 01.07.2024 steht nichts an." in root.findtext("a:entry/a:content", "", ATOM)
