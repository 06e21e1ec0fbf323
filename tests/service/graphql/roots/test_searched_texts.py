"""Every recorded text is found by viewers who may see it, and by nobody else."""

from typing import Any

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from tests.projections.stories import EventJson, MakeEvent
from tests.service.graphql.client import Asker
from tests.service.graphql.roots.searching import (
    ANALYST,
    FARM,
    MILL,
    SEARCH,
    learned,
    registered,
    streams,
)


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
