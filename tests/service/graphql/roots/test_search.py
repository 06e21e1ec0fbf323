"""Search: every recorded text is found, in any language, by viewers who may see it, and by nobody else."""

from typing import Any
from unicodedata import normalize

import pytest

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from projections.queries import search as searching
from projections.queries.search import SEARCHED, SearchPlace, SearchRequest
from tests.projections.stories import EventJson, MakeEvent
from tests.service.graphql.client import Asker

MILL = Principal("key-mill", Role.ORGANISATION, organisation="mill")
FARM = Principal("key-farm", Role.ORGANISATION, organisation="farm")
ANALYST = Principal("key-analyst", Role.ANALYST)

SEARCH = """query($text: String!, $kinds: [Kind!], $first: Int = 50, $after: String) {
  search(text: $text, kinds: $kinds, first: $first, after: $after) {
    totalCount
    nodes { subject { stream } fragments { field type position text highlights { start end } } }
    pageInfo { hasNextPage endCursor } } }"""


def registered(make_event: MakeEvent, key: str, name: str) -> EventJson:
    return make_event(
        "organisation.registered", "2025-02-01", organisation=key, name=name, sector="museums"
    )


def learned(make_event: MakeEvent, key: str, statement: str, level: str | None = None) -> EventJson:
    return make_event(
        "learning.captured",
        "2025-03-01",
        level,
        learning=key,
        organisation="mill",
        cohort="valley",
        statement=statement,
        loop="single",
        evidence_level=1,
        **{"from": ["question/shared"]},
    )


async def streams(asker: Asker, text: str, **more: Any) -> list[str]:
    """Return the subjects that are found, in their order; their number is `totalCount`."""
    found = (await asker.ask(SEARCH, text=text, **more))["search"]
    assert found["totalCount"] == len(found["nodes"])
    return [hit["subject"]["stream"] for hit in found["nodes"]]


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


def every_text(make_event: MakeEvent) -> list[tuple[EventJson, dict[str, str]]]:
    """Return events, each with the subject of every word that occurs nowhere else."""
    events: list[tuple[EventJson, dict[str, str]]] = []

    def say(name: str, subject: str, /, **data: Any) -> None:
        words: dict[str, str] = {}

        def worded(value: Any) -> Any:
            if isinstance(value, list):
                return [worded(one) for one in value]
            if value != "?":
                return value
            word = f"zyx{len(events)}q{len(words)}"
            words[word] = subject
            return f"We say {word}, and more."

        texts = {field: worded(value) for field, value in data.items()}
        events.append((make_event(name, "2025-04-01", **texts), words))

    mill = {"organisation": "mill", "cohort": "valley"}
    say("question.framed", "question/q", question="q", text="How can we row?", **mill)
    say(
        "question.reframed",
        "question/q",
        question="q",
        text="How can we zyxqrow better?",
        reason="?",
    )
    plan = dict.fromkeys(("title", "hypothesis", "action", "measure", "criterion"), "?")
    say("iteration.planned", "iteration/i", iteration="i", question="q", **plan, **mill)
    say("iteration.revised", "iteration/i", iteration="i", action="?", reason="?")
    say("iteration.started", "iteration/i", iteration="i")
    say(
        "observation.recorded",
        "iteration/i",
        iteration="i",
        text="?",
        unit="?",
        measure="?",
        evidence_kind="said_fact",
    )
    say(
        "iteration.concluded",
        "iteration/i",
        iteration="i",
        result="inconclusive",
        decision="pivot",
        evidence_level=1,
        summary="?",
    )
    say(
        "failure.recorded",
        "failure/f",
        failure="f",
        intended="?",
        actual="?",
        why="?",
        degree="tolerable_failure",
        for_whom=["staff"],
        **mill,
    )
    say("failure.reclassified", "failure/f", failure="f", facet="process", reason="?")
    say(
        "learning.captured",
        "learning/l",
        learning="l",
        statement="?",
        loop="single",
        evidence_level=1,
        themes=["zyxtheme"],
        **mill,
        **{"from": ["iteration/i"]},
    )
    say("learning.revised", "learning/l", learning="l", statement="?", reason="?")
    farm = {"organisation": "farm"}
    say("learning.challenged", "learning/l", learning="l", reason="?", **farm)
    say("learning.adopted", "learning/l", learning="l", adaptation="?", **farm)
    say(
        "mindset.assessed",
        "organisation/mill",
        framing="citizen",
        participation_level="involve",
        narrative="?",
        **mill,
    )
    say(
        "review.held",
        "organisation/mill",
        intended="?",
        actual="?",
        why="?",
        sustain=["?", "?"],
        change=["?"],
        **mill,
    )
    say(
        "inspiration.shared",
        "inspiration/n",
        inspiration="n",
        cohort="valley",
        kind="tool",
        title="?",
        summary="?",
    )
    say("inspiration.used", "inspiration/n", inspiration="n", organisation="mill", how="?")
    say("help.asked", "ask/a", ask="a", text="?", **mill)
    say("help.given", "ask/a", ask="a", text="?", **farm)
    say("pairing.met", "pairing/pair", pairing="pair", organisation="mill", summary="?")
    say(
        "outcome.harvested",
        "outcome/o",
        outcome="o",
        social_actor="?",
        change_type="policy",
        description="?",
        contribution="?",
        significance="?",
        anticipated=True,
        sign="positive",
        happened_on="2025-03-01",
        place="?",
        **mill,
    )
    say("outcome.substantiated", "outcome/o", outcome="o", agreement="full", comment="?", **farm)
    say(
        "publication.released",
        "publication/p",
        publication="p",
        kind="report",
        title="?",
        licence="CC0-1.0",
        **mill,
    )
    say("publication.withdrawn", "publication/p", publication="p", reason="?")
    say("note.added", "iteration/i", about="iteration/i", text="?")
    say("question.closed", "question/q", question="q", outcome="answered", summary="?")
    say("pairing.ended", "pairing/pair", pairing="pair", reason="?")
    say(
        "organisation.left",
        "organisation/farm",
        organisation="farm",
        cohort="valley",
        reason="other",
        note="?",
    )
    say("cohort.closed", "cohort/valley", cohort="valley", summary="?")
    say(
        "journey.checked_in",
        "organisation/mill",
        months_after=1,
        status="growing",
        narrative="?",
        **mill,
    )
    return events


async def test_every_recorded_text_finds_its_subject(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    events = every_text(make_event)
    await log.append([event for event, _ in events])
    for event, words in events:
        for word, subject in words.items():
            page = (await asker.ask(SEARCH, text=word))["search"]
            [hit] = page["nodes"]
            assert (hit["subject"]["stream"], page["totalCount"]) == (subject, 1), event
            [fragment] = hit["fragments"]
            [mark] = fragment["highlights"]
            assert fragment["text"][mark["start"] : mark["end"]] == word
            assert fragment["type"] == event["type"].split(".", 2)[2][:-3].replace(".", "_").upper()
    assert await streams(asker, "zyxqrow") == ["question/q"]
    assert await streams(asker, "zyxtheme") == ["learning/l"]


async def test_a_text_is_found_by_those_who_may_see_it_and_by_nobody_else(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    def adopted(learning: str, word: str, level: str | None) -> EventJson:
        return make_event(
            "learning.adopted",
            "2025-04-01",
            level,
            learning=learning,
            organisation="farm",
            adaptation=f"We do {word} so.",
        )

    def assessed(word: str, level: str | None) -> EventJson:
        return make_event(
            "mindset.assessed",
            "2025-04-01",
            level,
            organisation="mill",
            framing="citizen",
            participation_level="involve",
            narrative=f"They {word}.",
        )

    other = make_event(
        "cohort.formed",
        "2025-01-01",
        cohort="coast",
        title="Coast",
        question="coastal",
        text="How can we swim?",
        facilitator="F",
        starts_on="2025-01-01",
    )
    await log.append(
        [
            other,
            registered(make_event, "ship", "The Ship"),
            make_event("organisation.joined", "2025-02-02", organisation="ship", cohort="coast"),
            learned(make_event, "open", "zyx open", "public"),
            learned(make_event, "ours", "zyx ours"),
            learned(make_event, "mine", "zyx mine", "private"),
            adopted("open", "zyxfollow", None),
            adopted("open", "zyxhushed", "private"),
            adopted("ours", "zyxnarrow", "public"),
            assessed("zyxpublicly", "public"),
            assessed("zyxprivately", "private"),
            make_event("cohort.closed", "2025-09-01", cohort="valley", summary="zyxclosing"),
        ]
    )
    ship = Principal("key-ship", Role.ORGANISATION, organisation="ship")
    valley = Principal("key-v", Role.FACILITATOR, cohorts=frozenset({"valley"}))
    coast = Principal("key-c", Role.FACILITATOR, cohorts=frozenset({"coast"}))
    open_, ours, mine = "learning/open", "learning/ours", "learning/mine"
    everyone = {RECORD, PUBLIC, MILL, FARM, ANALYST, ship, valley, coast}
    valleys = {RECORD, MILL, FARM, ANALYST, valley}
    for word, subject, viewers in (
        ("zyxfollow", open_, everyone),
        ("zyxhushed", open_, {RECORD, MILL, FARM, valley}),
        ("zyxnarrow", ours, valleys),
        ("zyxpublicly", "organisation/mill", everyone),
        ("zyxprivately", "organisation/mill", {RECORD, MILL, valley}),
        ("zyxclosing", "cohort/valley", valleys),
        ("mine", mine, {RECORD, MILL, valley}),
    ):
        for viewer in everyone:
            asker.viewer = viewer
            expected = [subject] if viewer in viewers else []
            assert await streams(asker, word) == expected, (word, viewer)
            # Nor do words that may be seen hint at it.
            assert await streams(asker, f"{subject.partition('/')[2]} {word}") in ([], expected)
    for viewer, found in ((PUBLIC, [open_]), (FARM, [ours, open_]), (MILL, [mine, ours, open_])):
        asker.viewer = viewer
        assert sorted(await streams(asker, "zyx", kinds=["LEARNING"])) == sorted(found)


async def test_hidden_items_do_not_change_the_order_of_search_results(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(
        [
            learned(make_event, "older", "zyx is noted"),
            learned(make_event, "newer", "zyx is noted again"),
        ]
    )
    note = make_event("note.added", "2025-04-01", "private", about="learning/older", text="zyx zyx")
    await log.append([note])
    asker.viewer = FARM
    assert await streams(asker, "zyx") == ["learning/newer", "learning/older"]
    asker.viewer = MILL
    assert await streams(asker, "zyx") == ["learning/older", "learning/newer"]


async def test_excerpts_are_of_texts_that_the_viewer_may_see_the_best_first(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    def noted(text: str, level: str | None = None) -> EventJson:
        return make_event("note.added", "2025-04-01", level, about="learning/a", text=text)

    [former, _] = await log.append(
        [learned(make_event, "a", "zyx before"), noted("zyx of the former")]
    )
    await log.append(
        [make_event("event.voided", "2025-05-01", event=former.position, reason="No.")]
    )
    await log.append(
        [
            learned(make_event, "a", "zyx now"),
            noted("zyxes begin with it"),
            noted("zyx is hidden", "private"),
            noted("zyx and otters"),
            noted("no such word"),
        ]
    )
    seen = ["zyx and otters", "zyx now", "zyxes begin with it"]
    for viewer, texts in ((FARM, seen), (MILL, [seen[0], "zyx is hidden", *seen[1:]])):
        asker.viewer = viewer
        page = (await asker.ask(SEARCH, text="zyx"))["search"]
        [hit] = page["nodes"]
        assert [found["text"] for found in hit["fragments"]] == texts
        page = (await asker.ask(SEARCH, text="zyx otter"))["search"]
        assert [found["text"] for found in page["nodes"][0]["fragments"]] == texts


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


async def test_voided_events_are_not_found(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    [captured] = await log.append([learned(make_event, "a", "Otters swim.")])
    note = make_event("note.added", "2025-04-01", about="learning/a", text="Seen from the bridge.")
    [noted] = await log.append([note])
    assert await streams(asker, "bridge") == ["learning/a"]
    await log.append([make_event("event.voided", "2025-05-01", event=noted.position, reason="No.")])
    assert await streams(asker, "bridge") == []
    await log.append([note | {"id": "again"}])
    assert await streams(asker, "bridge") == ["learning/a"]
    await log.append(
        [make_event("event.voided", "2025-05-01", event=captured.position, reason="No.")]
    )
    assert await streams(asker, "bridge") == []
    # Another subject with the same key does not have the texts of the first.
    await log.append([learned(make_event, "a", "Herons wade.")])
    assert await streams(asker, "heron") == ["learning/a"]
    assert await streams(asker, "bridge") == []


async def test_a_person_is_not_found_by_anything(
    asker: Asker, log: EventLog, make_event: MakeEvent
) -> None:
    await log.append(
        [
            make_event(
                "person.introduced",
                "2025-03-01",
                person="p1",
                organisation="mill",
                role="Zyxrole",
                name="Zyxname",
            ),
            make_event("note.added", "2025-03-02", about="person/p1", text="zyxnote"),
        ]
    )
    for text in ("zyxrole", "zyxname", "zyxnote"):
        assert await streams(asker, text) == []


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
