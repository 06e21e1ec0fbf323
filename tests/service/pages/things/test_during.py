"""What the page of a session lists: what those who came, and facilitators, recorded of the time while it ran."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from events.vocabulary.types.exchange import HelpAsked
from service.pages.things.during import During, during
from tests.events.samples import sample_event
from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.record.forms import signed_in
from tests.service.pages.things.test_history import read
from tests.service.pages.workshop.sessions import typed

in_loop = pytest.mark.asyncio(loop_scope="module")

PATH = "/sessions/what-broke"
HELD: Mapping[str, Any] = {
    "position": 1,
    "timePrecision": None,
    "minutes": 60,
    "attended": [{"key": "mill"}],
}


def entry(position: int, organisation: str | None, **given: object) -> dict[str, object]:
    named = None if organisation is None else {"key": organisation}
    return {
        "position": position,
        "type": "HELP_ASKED",
        "voidedBy": None,
        "actor": "service/other",
        "organisation": named,
        **given,
    }


def listed(*entries: object, session: Mapping[str, Any] = HELD, is_cut: bool = False) -> During:
    timeline = {"pageInfo": {"hasPreviousPage": is_cut}, "nodes": entries}
    events = {"nodes": [{"position": 1, "actor": "service/host"}]}
    found = during(session, {"events": events, "ran": {"timeline": timeline}})
    assert found is not None
    return found


async def list_on(site: Api, who: str | None) -> str:
    page = await site.get(PATH, who, accept_language="en")
    found = re.search(r'<ol class="plain references during">.*?</ol>', page.text, re.DOTALL)
    return found[0] if found else ""


def test_it_is_what_those_who_came_or_facilitate_recorded_and_nobody_undid() -> None:
    found = listed(
        entry(2, "mill"),
        entry(3, "canal"),
        entry(4, "canal", actor="service/host"),
        entry(5, None, type="NOTE_ADDED"),
        entry(6, None),
        entry(7, "mill", voidedBy=8),
    )
    assert [one["position"] for one in found.entries] == [2, 4, 5]


def test_what_is_not_known_of_a_session_is_said() -> None:
    found = listed(entry(2, "mill"), is_cut=True)
    assert (found.is_cut, found.is_of_day, found.hours) == (True, False, None)
    found = listed(entry(2, "mill"), session={**HELD, "minutes": None})
    assert (found.is_cut, found.is_of_day, found.hours) == (False, False, 12)
    found = listed(entry(2, "mill"), session={**HELD, "minutes": None, "timePrecision": "DAY"})
    assert (found.is_of_day, found.hours) == (True, None)


def test_nobody_is_told_that_nothing_was_recorded() -> None:
    none = {"pageInfo": {"hasPreviousPage": False}, "nodes": [entry(2, "canal")]}
    events: dict[str, list[object]] = {"nodes": []}
    assert during(HELD, {"events": events, "ran": {"timeline": none}}) is None
    assert during(HELD, {"events": events, "ran": None}) is None
    assert during(HELD, {"events": events}) is None


@in_loop
async def test_a_typed_line_stands_on_the_page_of_its_session_with_a_link(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    words = "Who lends us a ladder?"
    answer = await typed(visitor, kind=HelpAsked.name, who="mill-museum", words=words)
    assert answer.status_code == 303
    await caught_up(site.service)
    found = await list_on(site, "library-trust")
    assert re.search(rf'href="/asks/[^"]+"[^>]*>[^<]*{re.escape(words)}', found)
    page = await read(site, PATH, "library-trust")
    assert "Recorded while it ran By the organisations that came" in page.text


@in_loop
async def test_what_happened_before_or_after_it_is_left_out(site: Api) -> None:
    texts = {"Before?": 11, "Then?": 12, "After?": 14}
    for text, hour in texts.items():
        await asked(site, "canal-society", text, f"2024-07-18T{hour}:00:00Z")
    found = await list_on(site, "library-trust")
    assert [text for text in texts if text in found] == ["Then?"]


@in_loop
async def test_what_is_hidden_is_not_listed(site: Api) -> None:
    words = "Only for us?"
    await asked(site, "mill-museum", words, "2024-07-18T12:10:00Z", visibility="private")
    for who, sees in (("mill-museum", True), ("library-trust", False), (None, False)):
        assert (words in await list_on(site, who)) is sees, who


async def asked(site: Api, who: str, text: str, time: str, **more: str) -> None:
    key = re.sub("[^a-z]+", "-", f"{who} {text}".lower()).strip("-")
    event = sample_event(
        "help.asked", more, ask=key, organisation=who, cohort="heritage-2024", text=text
    )
    answer = await site.post({**event, "id": key, "time": time}, who=who)
    assert answer.status_code == 201, answer.text
    await caught_up(site.service)
