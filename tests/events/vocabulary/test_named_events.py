"""A void names its event by position, or by source and id: what is recorded, read and judged is the same."""

import asyncio
from typing import Any

import orjson
import pytest

from events.access.principal import Principal, Role
from events.integrity.verify import Verifier, Whole
from events.lines.recorded import Receipt, read_event
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.faults import Refused
from tests.events.integrity.tampering import broken, content, rewrite
from tests.events.record import Record
from tests.events.samples import EventJson, assessed, captured, framed, noted, shown, voided

LIBRARY = Principal(id="library-key", role=Role.ORGANISATION, organisation="library")
ARCHIVE = Principal(id="archive-key", role=Role.ORGANISATION, organisation="archive")
MILL = Principal(id="mill-key", role=Role.ORGANISATION, organisation="mill")
UNKNOWN = [("subject.unknown", "/data/event")]


def by_name(receipt: Receipt, **more: Any) -> EventJson:
    """Return the void of what was recorded with this receipt, by source and id."""
    return voided({"source": receipt.source, "id": receipt.id}, **more)


async def test_a_void_by_source_and_id_does_what_one_by_position_does(story: Record) -> None:
    first, second = await story.add(assessed(), assessed())
    one = await story.add_one(voided(first.position))
    other = await story.add_one(by_name(second))
    lines = [await content(story.log, receipt.position) for receipt in (one, other)]
    assert [line["about"] for line in lines] == [first.position, second.position]
    assert lines[0]["data"]["event"] == first.position
    assert lines[1]["data"]["event"] == {"source": second.source, "id": second.id}
    assert lines[0]["subject"] == lines[1]["subject"] == "organisation/mill"
    assert list(one.streams) == list(other.streams)
    again = [("void.dependants", "/data/event")]
    assert await story.faults(by_name(first)) == again
    assert await story.faults(by_name(second)) == again
    assert await story.faults(voided(second.position)) == again
    assert await story.faults(by_name(other)) == again


async def test_an_owner_may_void_an_event_by_its_source_and_id(story: Record) -> None:
    receipt = await story.add_one(framed(cohort="heritage"))
    for void in (by_name(receipt), voided(receipt.position)):
        assert await story.faults(void, sender=ARCHIVE) == [("sender.not_allowed", "/type")]
    assert await story.faults(by_name(receipt), sender=MILL) == []


async def test_unknown_and_hidden_items_are_answered_alike(story: Record) -> None:
    secret = await story.add_one(captured(visibility="private"))
    answers = []
    for void in (by_name(secret), voided({"source": secret.source, "id": "none"})):
        with pytest.raises(Refused) as refused:
            await story.add(void, sender=LIBRARY)
        answers.append([(f.rule, f.pointer, f.detail) for f in refused.value.faults])
    assert answers[0] == answers[1]
    assert [answer[:2] for answer in answers[0]] == UNKNOWN
    elsewhere = voided({"source": "urn:elsewhere", "id": secret.id})
    assert await story.faults(elsewhere) == UNKNOWN


async def test_an_event_of_the_same_request_is_unknown(story: Record) -> None:
    note = story.complete(noted("cohort/heritage"))
    void = voided({"source": note["source"], "id": note["id"]})
    assert await story.report(note, void) == [(1, *UNKNOWN[0])]
    # What was recorded before is no part of the request that repeats it.
    outcome = await story.record(note, void, lenient=True)
    assert (len(outcome.receipts), list(outcome.refused)) == (1, [1])
    assert await story.report(note, void) == []


async def test_an_event_of_another_request_of_the_same_commit_is_known(story: Record) -> None:
    note = story.complete(noted("cohort/heritage"))
    void = voided({"source": note["source"], "id": note["id"]})
    first, second = await asyncio.gather(story.add(note), story.add(void))
    assert (await content(story.log, second[0].position))["about"] == first[0].position
    assert isinstance(await Verifier(story.log).run(), Whole)


async def test_it_is_the_same_event_only_where_it_names_the_same_way(story: Record) -> None:
    note = await story.add_one(noted("cohort/heritage"))
    void = story.complete(by_name(note))
    first = await story.add_one(void)
    again = {**void, "about": 3, "data": {**void["data"], "nothing": None}}
    assert (await story.add_one(again)).repeated
    assert await story.faults({**void, "data": {**void["data"], "event": note.position}}) == [
        ("event.conflict", "/id")
    ]
    both = story.complete(by_name(await story.add_one(assessed())))
    assert [one.repeated for one in await story.add(both, both)] == [False, True]
    assert (await content(story.log, first.position))["about"] == note.position


async def test_about_is_the_log_s_to_set(story: Record) -> None:
    added = await story.add_one({**assessed(), "about": 1})
    level = await story.add_one({**shown(f"event/{added.position}", "private"), "about": 1})
    question = await story.add_one({**framed(), "about": "sent"})
    of_subject = await story.add_one({**shown("question/question", "private"), "about": 1})
    void = await story.add_one({**voided(added.position), "about": 1})
    abouts = [
        (await content(story.log, receipt.position)).get("about")
        for receipt in (added, level, question, of_subject, void)
    ]
    assert abouts == [None, added.position, None, None, added.position]


async def test_an_extension_that_release_0_1_0_kept_is_no_position(story: Record) -> None:
    """It took `about` for an extension like any other, and all voids were by position."""
    void = await story.add_one(voided((await story.add_one(assessed())).position))
    line = await content(story.log, void.position)
    for kept in ("sent", 1, True):
        event = read_event({**line, "about": kept}, VOCABULARY)
        assert event.about_event == line["about"]


async def test_a_log_of_such_voids_verifies(story: Record) -> None:
    note = await story.add_one(noted("cohort/heritage"))
    await story.add(by_name(note))
    await story.add(by_name(await story.add_one(framed())))
    assert isinstance(await Verifier(story.log).run(), Whole)


@pytest.mark.parametrize("about", [1, None, 99, True, "9"])
async def test_a_line_whose_about_is_another_event_is_named(story: Record, about: Any) -> None:
    note, _ = await story.add(noted("cohort/heritage"), noted("cohort/heritage"))
    void = await story.add_one(by_name(note))
    line = {**await content(story.log, void.position), "about": about}
    if about is None:
        del line["about"]
    await rewrite(story.log, orjson.loads(orjson.dumps(line)), streams='{"cohort/heritage": 9}')
    assert (await broken(story.log)).position == void.position
