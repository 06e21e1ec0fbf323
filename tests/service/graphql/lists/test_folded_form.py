"""Texts are found in every spelling: in filters and figures, live and in earlier journeys."""

from typing import Any

import pytest

from events.log import EventLog
from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker
from tests.service.graphql.learnings import learned

NFC, NFD = "caf\u00e9 culture", "cafe\u0301 culture"
FOUND = """query($where: LearningFilter) {
  learnings(first: 5, where: $where) { filteredCount }
  organisation(key: "mill") {
    now: journey { learnings(first: 5, where: $where) { filteredCount } }
    then: journey(asOf: { recordedAt: "9000-01-01T00:00:00Z" }) {
      learnings(first: 5, where: $where) { filteredCount } }
  }
}"""


async def found(asker: Asker, **where: Any) -> set[int]:
    """Return how many learnings are found: in the list, in the journey, and in the journey as of the log's end."""
    data = await asker.ask(FOUND, where=where)
    mill = data["organisation"]
    lists = (data["learnings"], mill["now"]["learnings"], mill["then"]["learnings"])
    return {one["filteredCount"] for one in lists}


async def test_f03_a_theme_is_found_whatever_its_blanks(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append([learned(make_event, "l", "s", 2, themes=["young  people"])])
    assert await found(asker, themes=["young people"]) == {1}
    assert await found(asker, themes=["old people", "\u00a0YOUNG\tpeople "]) == {1}
    assert await found(asker, themes=["youngpeople", "young"]) == {0}
    query = '{ insights(filter: { themes: ["young people"] }) { funnel { learnings } } }'
    assert (await asker.ask(query))["insights"]["funnel"]["learnings"] == 1


async def test_f04_a_text_is_found_in_any_case_of_accented_letters(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    name = "Caf\u00e9 M\u00fcller e.V."
    await log.append(
        [
            make_event(
                "organisation.registered",
                "2026-01-01",
                organisation="k",
                name=name,
                sector="culture",
            )
        ]
    )
    query = "query($text: String!) { organisations(first: 5, where: { text: $text }) { nodes { key name } } }"
    for text in ("CAF\u00c9", "CAFE\u0301 m\u00dc", "\u200bm\u00fcller  E.V."):
        data = await asker.ask(query, text=text)
        assert data["organisations"]["nodes"] == [{"key": "k", "name": name}]


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("Visitors\u2019 notes", "visitors' NOTES"),
        ("\u00dcbung macht den Meister", "\u00fcBUNG"),
        ("Stra\u00dfe", "STRASSE"),
        ("\u039f\u03b4\u03cc\u03c2", "\u039f\u0394\u038c\u03a3"),
        ("a\u2014b", "A-B"),
        ("one\r\ntwo", "one two"),
        ("par\u00adtici\u200bpate", "participate"),
        ("100% a_b\\c", "0% A_B\\C"),
    ],
)
async def test_a_text_is_found_however_it_is_spelled(
    asker: Asker, log: EventLog, make_event: MakeEvent, written: str, searched: str
) -> None:
    await log.append([learned(make_event, "l", f"We say {written} here.", 2)])
    assert await found(asker, text=searched) == {1}
    assert await found(asker, text=f"{searched}x") == {0}


async def test_a_text_is_found_in_its_present_wording_and_not_across_two(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(
        [
            learned(make_event, "l", "Before", 2),
            make_event(
                "learning.revised",
                "2025-03-02",
                learning="l",
                statement="\u00c0 la fin",
                reason="r",
            ),
        ]
    )
    assert await found(asker, text="before") == {0}
    assert await found(asker, text="\u00e0 LA") == {1}
    query = """query($text: String!) { learning(key: "l") { revisions(first: 5, where: { text: $text }) {
      filteredCount } } }"""
    for text, count in (("FIN", 1), ("fin r", 0), ("r", 1)):
        data = await asker.ask(query, text=text)
        assert data["learning"]["revisions"]["filteredCount"] == count


async def test_a_text_of_invisible_characters_cannot_be_searched_for(asker: Asker) -> None:
    assert await asker.refused(FOUND, where={"text": "\u200b \ufeff"}) == {
        "code": "argument.malformed",
        "argument": "where.text",
    }


async def test_f07_a_theme_is_one_in_any_form_of_unicode(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    def asked(key: str, organisation: str, theme: str) -> dict[str, Any]:
        return make_event(
            "help.asked",
            "2025-03-01",
            ask=key,
            organisation=organisation,
            cohort="valley",
            text="Who knows?",
            themes=[theme],
        )

    await log.append(
        [
            make_event("pairing.ended", "2025-02-20", pairing="pair"),
            asked("a", "farm", NFD),
            learned(make_event, "l", "s", 2, themes=[NFC, "light"]),
        ]
    )
    assert await found(asker, themes=[NFC]) == await found(asker, themes=[NFD]) == {1}
    data = await asker.ask(
        '{ insights(at: "2025-03-02T00:00:00Z") { pairingSuggestions { list { themes score } } } }'
    )
    # It is shown as it was first written.
    assert data["insights"]["pairingSuggestions"]["list"] == [{"themes": [NFD], "score": 0.5}]
