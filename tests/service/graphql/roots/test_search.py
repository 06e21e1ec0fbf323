"""Search: which words find what, in which order, in which pages and with which excerpts."""

from typing import Any
from unicodedata import normalize

import pytest

from events.log import EventLog
from projections.queries import search as searching
from projections.queries.search import SEARCHED, SearchPlace, SearchRequest
from tests.projections.stories import MakeEvent
from tests.service.graphql.client import Asker
from tests.service.graphql.roots.searching import SEARCH, learned, registered, streams

F06_NAMES = {
    "r-it": "The IT Can",
    "r-who": "The Who Can Do",
    "r-cafe": "Café Müller e.V.",
    "r-ja": "京都市立図書館",
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("IT", "organisation/r-it"),
        ("who", "organisation/r-who"),
        ("The Who", "organisation/r-who"),
        ("cafe", "organisation/r-cafe"),
        ("Muller", "organisation/r-cafe"),
        ("e.V.", "organisation/r-cafe"),
        ("京都", "organisation/r-ja"),
        ("図書館", "organisation/r-ja"),
        ("館", "organisation/r-ja"),
        ("cooperative", "learning/r-l7"),
        ("co-operative", "learning/r-l7"),
        ("reopened", "learning/r-l7"),
        ("RE\u2011OPENED", "learning/r-l7"),
        ("arch*", "learning/r-l7"),
        ("volun", "learning/r-l7"),
        ('"the archive was re-opened by"', "learning/r-l7"),
    ],
)
async def test_f06_each_finds_its_subject(
    asker: Asker, log: EventLog, make_event: MakeEvent, text: str, found: str
) -> None:
    await log.append([registered(make_event, key, name) for key, name in F06_NAMES.items()])
    statement = "The archive was re-opened by co-operative volunteers"
    await log.append([learned(make_event, "r-l7", statement)])
    first, *_ = await streams(asker, text)
    assert first == found


async def test_f07_canonically_equal_texts_are_equal(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append([registered(make_event, "theatre", normalize("NFD", "Théâtre du Château"))])
    for text in ("Théâtre", "château", "theatre", "CHATEAU"):
        for form in ("NFC", "NFD"):
            assert await streams(asker, normalize(form, text)) == ["organisation/theatre"]


def test_searches_that_differ_in_their_words_alone_have_one_statement() -> None:
    def statement(text: str, kinds: tuple[str, ...] = SEARCHED, rank: int | None = None) -> Any:
        after = None if rank is None else SearchPlace(rank, 7, "learning/a")
        return searching.found(
            SearchRequest.read(text), kinds, after=after, limit=rank or 1, texts_max=5
        )[0]

    assert statement("otter -bridge") is statement("heron -reed")
    assert statement("otter", ("learning",), 3) is statement("heron", ("ask", "question"), 4)
    assert statement("otter") is not statement("otter", ("learning",))
    assert statement("otter") is not statement("otter heron")
    assert statement("otter") is not statement('"otter"')


async def test_names_come_first_then_whole_words_then_what_is_newer(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(
        [
            registered(make_event, "named", "The Quay"),
            learned(make_event, "whole", "Meet at the quay."),
            learned(make_event, "newer", "Meet at the quay again."),
            learned(make_event, "begins", "All quayside benches."),
        ]
    )
    assert await streams(asker, "quay") == [
        "organisation/named",
        "learning/newer",
        "learning/whole",
        "learning/begins",
    ]


async def test_all_words_are_somewhere_in_a_subjects_texts(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(
        [
            learned(make_event, "a", "Otters swim."),
            learned(make_event, "b", "Otters sleep."),
            make_event(
                "note.added", "2025-04-01", about="learning/a", text="Seen from the bridge."
            ),
        ]
    )
    assert await streams(asker, "otter bridge") == ["learning/a"]
    assert await streams(asker, "otter -bridge") == ["learning/b"]
    assert sorted(await streams(asker, "bridge or sleep")) == ["learning/a", "learning/b"]
    assert await streams(asker, '"otters sleep"') == ["learning/b"]
    assert await streams(asker, '"otter"') == []
    for nothing in ("-otter", "…", "* ' \\ & | ! ( :*", '""'):
        assert await streams(asker, nothing) == []


async def test_a_long_text_shows_the_part_with_the_words(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    before, after = "Über den Fluß 🌊 ging es. " * 40, " Und noch viel mehr." * 40
    await log.append([learned(make_event, "a", f"{before}Die Mühle im Zyxtal, sehr schön.{after}")])
    page = (await asker.ask(SEARCH, text="muhle zyxtal"))["search"]
    [fragment] = page["nodes"][0]["fragments"]
    assert len(fragment["text"]) <= 240
    units = fragment["text"].encode("utf-16-le")
    marked = [
        units[2 * mark["start"] : 2 * mark["end"]].decode("utf-16-le")
        for mark in fragment["highlights"]
    ]
    assert marked == ["Mühle", "Zyxtal"]


async def test_pages_of_what_is_equally_good_leave_nothing_out(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    # A cohort and its question are created at one position.
    formed = make_event(
        "cohort.formed",
        "2025-01-01",
        cohort="wharf",
        title="Zyxes",
        question="wharf-q",
        text="How can we zyx?",
        facilitator="F",
        starts_on="2025-01-01",
    )
    await log.append([formed, *(learned(make_event, f"l{n}", "zyx") for n in range(5))])
    found: list[str] = []
    after = None
    while True:
        page = (await asker.ask(SEARCH, text="zyx", first=1, after=after))["search"]
        assert page["totalCount"] == 7
        found += [hit["subject"]["stream"] for hit in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(found) == 7 == len(set(found))


async def test_a_cursor_holds_for_every_spelling_of_the_words(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append([learned(make_event, f"l{n}", "zyx wharf") for n in range(3)])
    page = (await asker.ask(SEARCH, text="zyx wharf", first=1))["search"]
    after = page["pageInfo"]["endCursor"]
    second = (await asker.ask(SEARCH, text="zyx wharf", first=1, after=after))["search"]
    for text in ("Zyx Wharf", " zyx  wharf "):
        found = (await asker.ask(SEARCH, text=text, first=1, after=after))["search"]
        assert found == second
    other = await asker.refused(SEARCH, text="zyx", first=1, after=after)
    assert other == {"code": "cursor.foreign", "argument": "after"}


async def test_search_marks_the_words_in_the_text(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(
        [
            learned(make_event, "a", "🌊 Sharing water is hard; water is life."),
            learned(make_event, "b", "Nothing like it."),
        ]
    )
    query = """query($text: String!, $kinds: [Kind!]) { search(text: $text, kinds: $kinds, first: 9) {
      totalCount nodes { subject { stream } fragments { field text highlights { start end } } } } }"""
    page = (await asker.ask(query, text="water shar", kinds=["LEARNING"]))["search"]
    [hit] = page["nodes"]
    assert hit["subject"] == {"stream": "learning/a"}
    [fragment] = hit["fragments"]
    units = fragment["text"].encode("utf-16-le")
    words = [
        units[2 * mark["start"] : 2 * mark["end"]].decode("utf-16-le")
        for mark in fragment["highlights"]
    ]
    assert (fragment["field"], words) == ("statement", ["Sharing", "water", "water"])
    found = (await asker.ask(query, text="water"))["search"]
    hits = [hit["subject"]["stream"] for hit in found["nodes"]]
    assert sorted(hits) == ["learning/a", "question/shared"]
    assert (await asker.ask(query, text="water -life", kinds=["LEARNING"]))["search"]["nodes"] == []
    assert await asker.refused(query, text=" ") == {
        "code": "argument.malformed",
        "argument": "text",
    }


async def test_search_continues_page_by_page(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append([learned(make_event, f"l{n}", "water " * (n + 1)) for n in range(5)])
    query = """query($after: String) { search(text: "water", first: 2, after: $after) {
      totalCount edges { cursor node { subject { key } } } pageInfo { hasNextPage endCursor } } }"""
    found, after = [], None
    while True:
        page = (await asker.ask(query, after=after))["search"]
        assert page["totalCount"] == 6
        found += [edge["node"]["subject"]["key"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert sorted(found) == ["l0", "l1", "l2", "l3", "l4", "shared"]
