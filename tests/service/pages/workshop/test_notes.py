"""Typing what happens in a session: what is recorded, kept and undone, and by whom."""

import asyncio
import re
from datetime import UTC, datetime

import pytest

from events.access.principal import Role
from events.vocabulary.types.cohorts import NoteAdded
from events.vocabulary.types.exchange import HelpAsked
from events.vocabulary.types.learnings import FailureRecorded, LearningCaptured
from events.vocabulary.types.questions import QuestionFramed
from events.vocabulary.types.sessions import CommitmentMade
from service.pages.workshop.notes.lines import KINDS
from tests.service.app import Api
from tests.service.graphql.client import caught_up
from tests.service.pages.conftest import COHORT
from tests.service.pages.reading import PageReader
from tests.service.pages.record.forms import FormReader, send, signed_in
from tests.service.pages.record.sent import content
from tests.service.pages.sign_in.browser import Visitor
from tests.service.pages.workshop.sessions import (
    NOTES,
    data_at,
    line,
    line_in,
    recorded_at,
    typed,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELP = HelpAsked.name
NOTE = NoteAdded.name
BESIDE: dict[str, dict[str, str]] = {
    CommitmentMade.name: {"asked_due_on": "2024-08-01"},
    LearningCaptured.name: {
        "asked_loop": "single",
        "asked_evidence_level": "1",
        "asked_from": "failure/mill-coats-on",
    },
    FailureRecorded.name: {
        "asked_intended": "To stand.",
        "asked_why": "Rust.",
        "asked_degree": "outright_failure",
        "asked_for_whom": "staff",
    },
}
WORDS = {QuestionFramed.name: "How can we stand?"}


@pytest.mark.parametrize("who", ["facilitator", "mill-museum"])
@pytest.mark.parametrize("kind", [one.name for one in KINDS])
async def test_each_kind_is_recorded_with_a_line(site: Api, kind: str, who: str) -> None:
    visitor = await signed_in(site, who)
    words = WORDS.get(kind, "It fell.")
    answer = await typed(visitor, kind=kind, who="mill-museum", words=words, **BESIDE.get(kind, {}))
    data = await data_at(site, recorded_at(answer))
    assert words in data.values()
    assert data["organisation"] == "mill-museum"
    session = {"session": "what-broke", "about": "session/what-broke"}
    assert kind not in (NOTE, CommitmentMade.name) or session.items() & data.items()
    event = await content(site, recorded_at(answer))
    assert str(event["time"]).startswith("2024-07-18T"), "the session was held then"
    # The next line has the same kind and the same organisation, and no words.
    shown = line_in((await visitor.get(answer.headers["location"])).text)
    assert shown["kind"] == [kind]
    assert shown["words"] == [""]
    assert shown.get("who", ["mill-museum"]) == ["mill-museum"]


async def test_what_is_typed_stands_below_and_on_the_wall_beside(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    answer = await typed(visitor, kind=HELP, who="mill-museum", words="Who has a second ladder?")
    html = (await visitor.get(answer.headers["location"])).text
    mine, _, wall = html.partition("data-beside")
    assert PageReader(html).faults == []
    assert "Who has a second ladder?" in mine.partition('id="sitting"')[2]
    assert "Who has a second ladder?" in wall
    data = await data_at(site, recorded_at(answer))
    assert f"/asks/{data['ask']}" in PageReader(html).links


async def test_a_line_sent_twice_is_one_event_and_says_the_same(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    sent = await line(visitor, kind=HELP, words="A rope?")
    before = await site.head()
    answers = await asyncio.gather(*(send(visitor, NOTES, sent) for _ in range(3)))
    assert len({recorded_at(answer) for answer in answers}) == 1
    assert await site.head() == before + 1
    other = await send(visitor, NOTES, {**sent, "words": ["Two ropes?"]})
    assert other.status_code == 422
    assert "This form was sent before with other words" in other.text
    assert line_in(other.text)["words"] == ["Two ropes?"]


async def test_two_people_type_at_once(site: Api) -> None:
    visitors = [await signed_in(site, who) for who in ("mill-museum", "library-trust")]
    lines = [await line(visitor, kind=HELP, words="A rope?") for visitor in visitors]
    before = await site.head()
    answers = await asyncio.gather(
        *(send(visitor, NOTES, sent) for visitor, sent in zip(visitors, lines, strict=True))
    )
    found = {recorded_at(answer) for answer in answers}
    assert len(found) == 2
    whose = {str((await data_at(site, position))["organisation"]) for position in found}
    assert whose == {"mill-museum", "library-trust"}
    assert await site.head() == before + 2


async def test_what_is_wrong_stands_beside_the_line_and_nothing_typed_is_lost(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    before = await site.head()
    kind = FailureRecorded.name
    sent = await line(visitor, kind=kind, who="", words="<b>It fell.", asked_why="Rust.")
    answer = await send(visitor, NOTES, sent)
    assert answer.status_code == 422
    page = PageReader(answer.text)
    assert page.faults == []
    for name in ("who", f"{kind}.intended", f"{kind}.degree", f"{kind}.for_whom"):
        assert f"#l-{name}" in page.links, name
        assert f"l-{name}-wrong" in page.ids
        assert f"l-{name}" in page.ids
    kept = line_in(answer.text)
    assert kept["words"] == ["<b>It fell."]
    assert kept[f"{kind}.why"] == ["Rust."]
    assert kept["event.id"] == sent["event.id"]
    assert "<b>It fell" not in answer.text
    assert await site.head() == before
    whole = {
        **kept,
        "who": ["mill-museum"],
        f"{kind}.intended": ["To stand."],
        f"{kind}.degree": ["outright_failure"],
        f"{kind}.for_whom": ["staff", "citizens"],
    }
    data = await data_at(site, recorded_at(await send(visitor, NOTES, whole)))
    assert data["for_whom"] == ["staff", "citizens"]


async def test_a_member_types_for_its_own_organisation_alone(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    answer = await typed(visitor, kind=HELP, who="library-trust", words="A rope?")
    data = await data_at(site, recorded_at(answer))
    assert data["organisation"] == "mill-museum"


async def test_a_guest_types_for_the_organisation_of_the_workshop(site: Api) -> None:
    key = await site.guest("mill-museum", COHORT)
    visitor = await signed_in(site, key)
    position = recorded_at(await typed(visitor, kind=HELP, words="A rope?"))
    assert (await data_at(site, position))["organisation"] == "mill-museum"
    elsewhere = await signed_in(site, await site.guest("mill-museum", "another"))
    assert (await elsewhere.get(NOTES)).status_code == 404


@pytest.mark.parametrize("who", ["evaluator", "analyst", "admin"])
async def test_nobody_else_types(site: Api, who: str) -> None:
    sent = await line(await signed_in(site, "facilitator"), kind=NOTE, words="Hello.")
    visitor = await signed_in(site, who)
    before = await site.head()
    assert (await visitor.get(NOTES)).status_code == 404
    answer = await send(visitor, NOTES, {**sent, "token": [await visitor.token()]})
    assert answer.status_code == 404
    assert await site.head() == before


async def test_neither_do_others_facilitators_and_organisations(site: Api) -> None:
    for key in (
        await site.key(Role.FACILITATOR, cohorts=("another",)),
        await site.key(Role.ORGANISATION, organisation="strangers"),
    ):
        assert (await (await signed_in(site, key)).get(NOTES)).status_code == 404


async def test_who_is_not_signed_in_signs_in_first(site: Api) -> None:
    answer = await Visitor(site).get(NOTES)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?to=")


async def test_a_session_that_ended_meanwhile_keeps_the_words_in_the_form_of_the_type(
    site: Api,
) -> None:
    visitor = await signed_in(site, "mill-museum")
    sent = await line(visitor, kind=HELP, words="A rope?")
    before = await site.head()
    nobody = Visitor(site)
    answer = await send(nobody, NOTES, sent)
    assert answer.status_code == 401
    kept = FormReader(answer.text).values
    assert kept["text"] == ["A rope?"]
    assert kept["event.id"] == sent["event.id"]
    assert await site.head() == before
    # Signed in again, the same words are sent by hand, once.
    shown = FormReader((await send(visitor, f"/record/{HELP}", kept)).text).values
    again = await send(visitor, f"/record/{HELP}", {**shown, "event.time": ["2024-07-18T15:00"]})
    assert again.status_code == 303, again.text
    assert await site.head() == before + 1


async def test_a_line_of_another_session_or_from_elsewhere_records_nothing(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    sent = await line(visitor, kind=HELP, words="A rope?")
    before = await site.head()
    other = await send(visitor, NOTES, {**sent, "token": ["0" * 64]})
    assert other.status_code == 403
    assert line_in(other.text)["words"] == ["A rope?"]
    assert (await send(visitor, NOTES, sent, {"sec-fetch-site": "cross-site"})).status_code == 403
    bearer = {"sec-fetch-site": "same-origin", **site.headers("mill-museum")}
    assert (await send(Visitor(site), NOTES, sent, bearer)).status_code == 401
    assert await site.head() == before


def undo(html: str, position: int, token: str) -> dict[str, list[str]]:
    """Return the form that undoes what is at a position; there is a button for it on the page."""
    page = PageReader(html)
    positions = [
        given["value"] for _, given in page.elements if given.get("name") == "event.position"
    ]
    assert str(position) in positions
    return {
        "token": [token],
        "event.opened": [datetime.now(UTC).isoformat()],
        "event.position": [str(position)],
        "event.action": ["undo"],
    }


async def test_what_was_just_typed_is_undone_on_the_page_once(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    answer = await typed(visitor, kind=HELP, words="A mistake.")
    position = recorded_at(answer)
    html = (await visitor.get(answer.headers["location"])).text
    sent = undo(html, position, line_in(html)["token"][0])
    done = await send(visitor, f"{NOTES}?kind={HELP}", sent)
    assert done.status_code == 303
    assert f"kind={HELP}" in done.headers["location"]
    shown = (await visitor.get(done.headers["location"])).text
    assert "Undone" in _mine(shown).partition("A mistake")[2].partition("</li>")[0]
    head = await site.head()
    assert (await data_at(site, head))["event"] == position
    assert (await send(visitor, NOTES, sent)).status_code == 303
    assert await site.head() == head


async def test_nobody_undoes_what_another_typed(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    answer = await typed(visitor, kind=HELP, words="Mine.")
    html = (await visitor.get(answer.headers["location"])).text
    sent = undo(html, recorded_at(answer), line_in(html)["token"][0])
    before = await site.head()
    for who in ("facilitator", "library-trust"):
        other = await signed_in(site, who)
        assert "Mine." not in _mine((await other.get(NOTES)).text)
        theirs = {**sent, "token": [await other.token()]}
        assert (await send(other, NOTES, theirs)).status_code == 404
    for none in ("0", "x", "99999999"):
        assert (await send(visitor, NOTES, {**sent, "event.position": [none]})).status_code == 404
    assert (await send(Visitor(site), NOTES, sent)).status_code == 401
    assert (await send(visitor, NOTES, {**sent, "token": ["x"]})).status_code == 403
    assert await site.head() == before


def _mine(html: str) -> str:
    return html.partition('id="sitting"')[2].partition("data-beside")[0]


async def test_what_something_builds_on_stays_and_it_is_said_why(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    kind = FailureRecorded.name
    answer = await typed(visitor, kind=kind, words="It fell again.", **BESIDE[kind])
    failure = (await data_at(site, recorded_at(answer)))["failure"]
    await caught_up(site.service)
    learned = {**BESIDE[LearningCaptured.name], "asked_from": f"failure/{failure}"}
    recorded_at(await typed(visitor, kind=LearningCaptured.name, words="Oil it.", **learned))
    html = (await visitor.get(NOTES)).text
    sent = undo(html, recorded_at(answer), line_in(html)["token"][0])
    refused = await send(visitor, NOTES, sent)
    assert refused.status_code == 422
    assert "Something else builds on it by now" in refused.text


@pytest.mark.parametrize(
    "path",
    [
        f"/cohorts/{COHORT}/sessions/there-is-none/notes",
        "/cohorts/there-is-none/sessions/what-broke/notes",
    ],
)
async def test_a_session_of_no_cohort_or_of_another_has_no_line(site: Api, path: str) -> None:
    visitor = await signed_in(site, "facilitator")
    assert (await visitor.get(path)).status_code == 404


@pytest.mark.parametrize("query", ["?kind=x&who=x&after=99999999", "?after=-1", "?level=private"])
async def test_an_address_changes_nothing_that_it_must_not(site: Api, query: str) -> None:
    visitor = await signed_in(site, "facilitator")
    answer = await visitor.get(NOTES + query)
    assert answer.status_code == 200
    assert "what every member of the cohort may see" in answer.text


async def test_the_way_to_it_is_on_the_page_of_the_session(site: Api) -> None:
    for who, leads in (("facilitator", True), ("mill-museum", True), ("evaluator", False)):
        links = PageReader((await site.get("/sessions/what-broke", who)).text).links
        assert (NOTES in links) is leads, who


async def test_the_page_says_that_some_kinds_ask_more_where_one_does(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    text = PageReader((await visitor.get(NOTES)).text).text
    assert "One line for each thing, then Enter." in text
    assert "Some kinds ask a little more." in text


async def test_only_a_fault_that_something_is_missing_ends_once_it_is_there(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    kind = QuestionFramed.name
    wrong = await typed(visitor, kind=kind, who="mill-museum", words="It fell.")
    assert 'id="l-words-wrong"' in wrong.text
    assert "data-missing" not in wrong.text
    empty = await typed(visitor, kind=kind, who="mill-museum", words="")
    assert 'id="l-words-wrong" data-missing' in empty.text


async def test_the_page_is_in_german_too(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    text = PageReader((await visitor.get(NOTES, **{"accept-language": "de"})).text).text
    assert "Zeile für Zeile" in text


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", ["Note", "Request for help", "Commitment", "Question", "Learning", "Failure"]),
        ("de", ["Notiz", "Bitte um Hilfe", "Zusage", "Frage", "Erkenntnis", "Misserfolg"]),
    ],
)
async def test_the_first_letter_of_a_kind_finds_it(
    site: Api, language: str, titles: list[str]
) -> None:
    visitor = await signed_in(site, "facilitator")
    html = (await visitor.get(f"{NOTES}?language={language}")).text
    choice = html.partition('id="l-kind"')[2].partition("</select>")[0]
    assert re.findall(r"<option[^>]*>([^<]*)<", choice) == titles
