"""Amending from the page of a thing: who is offered what, and what its history says was amended, by whom and why."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from events.access.principal import Role
from tests.events.samples import corrected, noted, sample_event, shown, voided
from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.things.everything import things

pytestmark = pytest.mark.asyncio(loop_scope="module")

CORRECTION = "/record/event.corrected?event="
VOID = "/record/event.voided?event="
MENDING = (CORRECTION, VOID)
WRONG, RIGHT = "How can we lend the wall?", "How can we lend out the wall?"
THEN = {"time": "2024-05-20T10:00:00Z"}
LATER = {"time": "2025-12-01T10:00:00Z"}


async def recorded(site: Api, event: dict[str, Any], who: str = "facilitator") -> int:
    """Record an event; return its position."""
    answer = await site.post(event, who=who)
    assert answer.status_code == 201, answer.text
    position: int = answer.json()["receipts"][0]["position"]
    return position


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asked(site: Api) -> AsyncIterator[dict[str, int]]:
    """A request for help with help that another gave, a note, a correction, a void and changes of who sees it."""
    ask = sample_event(
        "help.asked", {}, ask="ladders", organisation="mill-museum", cohort=COHORT, text="Lader."
    )
    made = {"ask": await recorded(site, {**ask, **THEN}, "mill-museum")}
    helped = sample_event(
        "help.given", {}, ask="ladders", organisation="library-trust", text="Ours is yours."
    )
    made["help"] = await recorded(site, {**helped, **LATER}, "library-trust")
    note = {**noted("ask/ladders"), **LATER}
    made["note"] = await recorded(site, note)
    made["slip"] = await recorded(site, {**noted("ask/ladders", text="Slip."), **LATER})
    void = {**voided(made["slip"]), **LATER, "actor": "person/dot"}
    made["void"] = await recorded(site, void)
    correction = {**corrected(made["ask"], "Typed too fast.", text="Ladders."), **LATER}
    made["correction"] = await recorded(site, correction, "mill-museum")
    for level in ("public", "cohort"):
        made[level] = await recorded(site, {**shown("ask/ladders", level), **LATER})
    await caught_up(site.service)
    yield made


async def amending(site: Api, path: str, who: str | None) -> set[str]:
    """Return the addresses of the forms that amend something, that amend something."""
    answer = await site.get(path, who, accept_language="en")
    assert answer.status_code in (200, 404)
    return {link for link in PageReader(answer.text).links if link.startswith(MENDING)}


@pytest.mark.parametrize("who", ["evaluator", "analyst", "admin", None])
async def test_those_who_only_read_are_offered_nothing_anywhere(
    site: Api, asked: dict[str, int], who: str | None
) -> None:
    histories = [f"/cohorts/{COHORT}/history", "/organisations/mill-museum/history"]
    for path in [*await things(site, who), *histories]:
        assert await amending(site, path, who) == set(), path


async def test_everybody_is_offered_what_they_may_amend(site: Api, asked: dict[str, int]) -> None:
    path = "/asks/ladders"
    ask, help_, note = asked["ask"], asked["help"], asked["note"]
    correction = f"{VOID}{asked['correction']}"
    level = f"{VOID}{asked['cohort']}"
    assert await amending(site, path, "mill-museum") == {f"{CORRECTION}{ask}", correction, level}
    assert await amending(site, path, "library-trust") == {f"{CORRECTION}{help_}", f"{VOID}{help_}"}
    facilitator = await amending(site, path, "facilitator")
    assert {
        f"{CORRECTION}{ask}",
        f"{CORRECTION}{help_}",
        f"{VOID}{help_}",
        f"{CORRECTION}{note}",
        f"{VOID}{note}",
        correction,
    } <= facilitator
    # Help was given since, so the request itself stays.
    assert f"{VOID}{ask}" not in facilitator
    for one in ("slip", "void"):
        assert not {f"{CORRECTION}{asked[one]}", f"{VOID}{asked[one]}"} & facilitator


async def test_a_facilitator_of_another_cohort_and_another_organisation_are_offered_nothing(
    site: Api, asked: dict[str, int]
) -> None:
    elsewhere = await site.key(Role.FACILITATOR, cohorts=("none",))
    for who in (elsewhere, "canal-society"):
        assert await amending(site, "/asks/ladders", who) == set()


async def test_a_guest_is_offered_to_take_back_what_the_same_key_recorded(site: Api) -> None:
    guest = await site.guest("mill-museum", COHORT)
    ask = sample_event(
        "help.asked", {}, ask="guests", organisation="mill-museum", cohort=COHORT, text="Tea."
    )
    position = await recorded(site, {**ask, **THEN}, guest)
    await caught_up(site.service)
    assert await amending(site, "/asks/guests", guest) == {f"{VOID}{position}"}
    other = await site.guest("mill-museum", COHORT)
    assert await amending(site, "/asks/guests", other) == set()


async def test_the_words_have_a_link_beside_them(site: Api, asked: dict[str, int]) -> None:
    answer = await site.get("/asks/ladders", "mill-museum", accept_language="en")
    above = PageReader(answer.text.partition('id="history"')[0])
    assert f"{CORRECTION}{asked['ask']}" in above.links
    # Several events of it may be corrected.
    answer = await site.get("/asks/ladders", "facilitator", accept_language="en")
    above = PageReader(answer.text.partition('id="history"')[0])
    assert "#history" in above.links
    assert not [link for link in above.links if link.startswith(MENDING)]


@pytest.mark.parametrize("who", ["facilitator", "mill-museum"])
async def test_the_history_says_what_was_amended_by_whom_and_why(
    site: Api, asked: dict[str, int], who: str
) -> None:
    page = PageReader((await site.get("/asks/ladders", who, accept_language="en")).text)
    history = page.text.partition(" History ")[2]
    asked_at = history.index("Asked")
    withdrawn = history.index("A record was withdrawn as a mistake A note")
    assert asked_at < withdrawn
    assert "Reason: A slip of the pen." in history
    assert "By Dot Hesketh" in history
    assert "Corrected: Text" in history
    assert "Before Lader. After Ladders." in history
    assert "Reason: Typed too fast." in history
    assert "By you" in history
    assert "With the key service/" in history
    widened = (
        "Who sees it was changed to: Public More people than before see it. It was: The cohort."
    )
    narrowed = "changed to: The cohort Fewer people than before see it. It was: Public."
    assert widened in history
    assert narrowed in history


@pytest.mark.parametrize("who", ["library-trust", "evaluator", "analyst"])
async def test_others_are_told_neither_the_first_wording_nor_who_amended(
    site: Api, asked: dict[str, int], who: str
) -> None:
    answer = await site.get("/asks/ladders", who, accept_language="en")
    page = PageReader(answer.text)
    assert "Corrected: Text" in page.text
    assert "Ladders." in page.text
    assert "Lader." not in page.html
    assert "By Dot Hesketh" not in page.text
    if who != "library-trust":
        assert "service/" not in page.html
        assert "By you" not in page.text


async def test_who_may_not_see_the_first_wording_sees_todays_words_in_what_names_a_thing(
    site: Api,
) -> None:
    lines = await site.lines()
    reframed = next(
        one
        for one in lines
        if one["type"].endswith("question.reframed.v1") and one["data"].get("because_of")
    )
    correction = corrected(reframed["position"], text="How can we hear those who worked here?")
    await recorded(site, {**correction, **LATER})
    await caught_up(site.service)
    [because, *_] = reframed["data"]["because_of"]
    kind, _, key = because.partition("/")
    for who in ("facilitator", "library-trust"):
        page = await site.get(f"/{kind}s/{key}", who, accept_language="en")
        assert "How can we hear those who worked here?" in page.text
        assert ">None</a>" not in page.text


@pytest.mark.parametrize(
    "path", [f"/cohorts/{COHORT}/history", "/organisations/mill-museum/history"]
)
async def test_organisations_and_cohorts_have_a_history_with_links(site: Api, path: str) -> None:
    kind = "organisation.registered.v1" if "organ" in path else "cohort.formed.v1"
    key = path.split("/")[2]
    [first] = [
        one["position"]
        for one in await site.lines()
        if one["type"].endswith(kind) and key in one["data"].values()
    ]
    assert f"{CORRECTION}{first}" in await amending(site, path, "facilitator")
    page = PageReader((await site.get(path, None, accept_language="en")).text)
    assert "A new " in page.text
    assert not [link for link in page.links if link.startswith(MENDING)]


async def test_a_check_in_is_corrected_from_the_history_of_its_organisation(site: Api) -> None:
    path = "/organisations/mill-museum/history"
    [one, *_] = [
        one
        for one in await site.lines()
        if one["type"].endswith("journey.checked_in.v1")
        and one["data"]["organisation"] == "mill-museum"
    ]
    text = "Still growing, on the whole."
    await recorded(site, {**corrected(one["position"], narrative=text), **LATER}, "mill-museum")
    await caught_up(site.service)
    assert f"{CORRECTION}{one['position']}" in await amending(site, path, "mill-museum")
    page = PageReader((await site.get(path, "mill-museum", accept_language="en")).text)
    assert text in page.text
    assert one["data"]["narrative"] in " ".join(page.html.split())
    other = PageReader((await site.get(path, "library-trust", accept_language="en")).text)
    assert one["data"]["narrative"] not in other.html


async def test_the_history_of_a_cohort_names_fields_as_forms_do_and_days_as_readers_do(
    site: Api,
) -> None:
    path = f"/cohorts/{COHORT}/history"
    page = PageReader((await site.get(path, "facilitator", accept_language="en")).text)
    assert "The shared question How can we" in page.text
    assert re.search("First day 1[12] Jan 2024", page.text)
    assert "2024-01-11 " not in page.text
    german = PageReader((await site.get(path, "facilitator", accept_language="de")).text)
    assert re.search(r"1[12]\.01\.2024", german.text)


async def test_so_does_a_correction_in_it(site: Api) -> None:
    path = f"/cohorts/{COHORT}/history"
    [formed] = [one for one in await site.lines() if one["type"].endswith("cohort.formed.v1")]
    changed = corrected(formed["position"], starts_on="2024-01-12")
    await recorded(site, {**changed, **LATER}, "facilitator")
    await caught_up(site.service)
    page = PageReader((await site.get(path, "facilitator", accept_language="en")).text)
    assert "Corrected: First day" in page.text
    assert "Before 11 Jan 2024 After 12 Jan 2024" in page.text


@pytest.mark.parametrize("path", ["/cohorts/none/history", "/organisations/none/history"])
async def test_there_is_no_history_of_what_is_not_there(site: Api, path: str) -> None:
    assert (await site.get(path, "facilitator")).status_code == 404
