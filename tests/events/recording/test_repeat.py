"""The same event in another spelling is the same event; another event under its id is refused with what differs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from events.access.principal import Principal, Role
from events.lines.candidate import SERVER_SET
from events.log import EventLog
from events.recording.repeats import TO_CHANGE
from events.vocabulary.faults import Refused
from events.vocabulary.values.strict_json import parse
from events.vocabulary.values.times import as_text, moment
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import (
    EventJson,
    assessed,
    captured,
    challenged,
    concluded,
    failed,
    framed,
    introduced,
    joined,
    noted,
    observed,
    planned,
    registered,
    released,
    started,
)
from tests.releases import FIRST_INSTANT, RELEASES, master_key, restored_tables

OTHER = Principal(id="other", role=Role.FACILITATOR)
LIBRARY = Principal(id="library", role=Role.ORGANISATION, organisation="library")
KEPT = (RELEASES / "0.1.0" / "whole", FIRST_INSTANT)
TIME = "2024-03-01T12:00:00Z"


async def detail(story: Record, event: EventJson, sender: Principal | None = None) -> str:
    """Record an event whose id is taken; return the refusal's text."""
    with pytest.raises(Refused) as refused:
        await story.add(event, sender=sender)
    [fault] = refused.value.faults
    assert (fault.rule, fault.pointer) == ("event.conflict", "/id")
    assert (TO_CHANGE in fault.detail) == ("differs" in fault.detail and "position" in fault.detail)
    detail = fault.detail.removesuffix(f" {TO_CHANGE}")
    return detail.removeprefix("Another event of this source has this id: ").removesuffix(".")


async def is_same(story: Record, event: EventJson, **changed: Any) -> bool:
    """Say whether the event, sent again with these members, is the same one."""
    whole = story.complete(event)
    await story.add(whole)
    try:
        return (await story.add_one({**whole, **changed})).repeated
    except Refused as refused:
        assert [fault.rule for fault in refused.faults] == ["event.conflict"]
        return False


@keeps("event.conflict")
@pytest.mark.parametrize(
    "again",
    [
        *("2024-03-01T12:00:00.000Z", "2024-03-01T12:00:00+00:00", "2024-03-01t12:00:00z"),
        *("2024-03-01T13:00:00+01:00", "2024-03-01T12:00:00.0000009Z"),
    ],
)
async def test_f19_a_time_in_another_spelling_is_the_same(story: Record, again: str) -> None:
    assert await is_same(story, framed(time=TIME), time=again)


@pytest.mark.parametrize(
    ("first", "again", "same"),
    [
        *(("5", 5, True), (5, "5", True), (True, "true", True), (False, "false", True)),
        *(("5", 6, False), ("05", 5, False), (True, "True", False), (1, True, False)),
        *(("", None, False), (0, None, False)),
    ],
)
async def test_f12_an_extension_is_the_string_that_cloudevents_makes_of_it(
    story: Record, first: Any, again: Any, same: bool
) -> None:
    assert await is_same(story, framed(), num=first) is False
    event = story.complete({**framed("other"), "num": first, "correlationid": first})
    await story.add(event)
    changed = {**event, "num": again, "correlationid": again}
    assert (await story.faults(changed) == []) is same


@pytest.mark.parametrize(
    ("event", "default"),
    [
        (framed(), "cohort"),
        (registered("park"), "cohort"),
        (failed(), "cohort"),
        (failed(failure_cause="deviance"), "private"),
        ({**released(), "type": "org.howcanwe.publication.released.v1"}, "cohort"),
        (released(), "public"),
        (introduced(), "private"),
        (joined("library"), "cohort"),
        (assessed(), "cohort"),
        (noted("organisation/mill"), "cohort"),
    ],
)
async def test_a_level_that_is_the_default_is_none(
    story: Record, event: EventJson, default: str
) -> None:
    assert await is_same(story, event, visibility=default)


async def test_any_other_level_is_refused(story: Record) -> None:
    assert not await is_same(story, framed(visibility="pair"), visibility=None)
    assert not await is_same(story, failed(failure_cause="deviance"), visibility="pair")


async def test_a_level_that_hangs_on_the_subject_is_no_default(story: Record) -> None:
    await story.add(framed(), captured())
    assert not await is_same(story, noted("question/question"), visibility="cohort")
    assert not await is_same(story, challenged(), visibility="cohort")


async def test_what_counts_as_absent_makes_no_difference(story: Record) -> None:
    event = story.complete(framed())
    await story.add(event)
    absences: list[dict[str, Any]] = [{"themes": None}, {"themes": []}, {"parent": None}]
    for absent in absences:
        data = {**event["data"], **absent}
        assert await story.faults({**event, "data": data}) == [], absent
    assert await is_same(story, planned(measure=" \t"), data=planned()["data"])
    await story.add(started())
    cost = {"amount": 5, "currency": "EUR"}
    done = concluded(result="inconclusive", cost=cost)
    again = {**done["data"], "cost": {"currency": "EUR", "amount": parse("5.00")}}
    assert await is_same(story, done, data=again)


async def test_f05_numbers_are_the_same_as_doubles(story: Record) -> None:
    await story.add(framed(), planned(), started())
    event = observed(value=parse("0.10000000000000001"), sample_size=12)
    again = {**event["data"], "value": 0.1, "sample_size": parse("1.2e1")}
    assert await is_same(story, event, data=again)
    assert not await is_same(story, event, data={**again, "value": 0.2})


@breaks("event.conflict")
async def test_other_content_is_refused_with_the_members_that_differ(story: Record) -> None:
    event = story.complete(framed(time=TIME, themes=["apis"]))
    position = (await story.add_one(event)).position
    text = "How can we open doors?"
    changed = {
        **event,
        "time": "2024-03-01T12:00:01Z",
        "colour": "red",
        "data": {**event["data"], "text": text, "themes": None},
    }
    assert await detail(story, changed) == (
        "its content differs in /time, /colour, /data/text, /data/themes;"
        f" the event with this id is at position {position}"
    )


@breaks("event.conflict")
async def test_personal_values_are_not_reported(story: Record) -> None:
    event = story.complete(introduced(email="grace@example.org"))
    position = (await story.add_one(event)).position
    renamed = {**event, "data": {**event["data"], "name": "Ada", "email": None}}
    assert await detail(story, renamed) == (
        f"its content differs; the event with this id is at position {position}"
    )
    renamed["data"]["role"] = "guard"
    assert (await detail(story, renamed)).startswith("its content differs in /data/role;")


@breaks("event.conflict")
async def test_an_id_of_another_type_is_a_conflict_for_a_person_too(story: Record) -> None:
    await story.add(introduced(id="grace"))
    await story.add(registered("park", id="park"))
    faults = await story.report(introduced(id="park"), introduced(id="grace", name="Ada"))
    assert faults == [(0, "event.conflict", "/id"), (1, "event.conflict", "/id")]


@breaks("event.conflict")
async def test_another_sender_gets_the_events_position_if_they_may_see_it(
    story: Record,
) -> None:
    event = story.complete(framed(actor="person/ada"))
    position = (await story.add_one(event)).position
    refusal = "another sender used it"
    place = f"; the event with this id is at position {position}"
    assert await detail(story, event, OTHER) == refusal + place
    assert await detail(story, event, LIBRARY) == refusal
    changed = {**event, "data": {**event["data"], "text": "How can we?"}}
    assert await detail(story, changed, OTHER) == refusal + place


@breaks("event.conflict")
async def test_within_a_request_an_event_has_no_position_yet(story: Record) -> None:
    one = story.complete(framed(time=TIME))
    with pytest.raises(Refused) as refused:
        await story.add(one, {**one, "time": "2024-03-01T12:00:01Z"})
    [fault] = refused.value.faults
    assert fault.index == 1
    assert fault.detail.endswith("its content differs in /time.")


async def test_a_number_is_in_the_line_as_it_was_sent(story: Record) -> None:
    await story.add(framed(), planned(), started())
    text = b'{"value": 789.34000000000003, "sample_size": 1.2E1}'
    receipt = await story.add_one(observed(**parse(text)))
    recorded = await story.log.event(receipt.position)
    assert recorded is not None
    assert b'"value":789.34000000000003' in recorded.line
    assert b'"sample_size":1.2E1' in recorded.line
    event = recorded.event(story.log.catalogue)
    assert event.data["sample_size"] == 12 and isinstance(event.data["sample_size"], int)


async def test_hours_count_as_the_nearest_double(story: Record) -> None:
    await story.add(framed(), planned(), started())
    cost = {"amount": parse("9007199254740993"), "currency": "EUR"}
    receipt = await story.add_one(
        concluded(result="inconclusive", hours=parse("9007199254740993"), cost=cost)
    )
    recorded = await story.log.event(receipt.position)
    assert recorded is not None
    assert recorded.line.count(b":9007199254740993") == 2
    data = recorded.event(story.log.catalogue).data
    assert data["hours"] == data["cost"]["amount"] == 9007199254740992


def respelled(content: Mapping[str, Any]) -> EventJson:
    """Return what was sent, in another spelling."""
    event = {name: value for name, value in content.items() if name not in SERVER_SET}
    return {
        **event,
        "time": as_text(moment(event["time"])),
        "data": {**event["data"], "themes": event["data"].get("themes"), "nothing": None},
    }


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name)
async def test_what_release_0_1_0_recorded_is_recognised_again(server_url: str, kept: Path) -> None:
    async with restored_tables(server_url, kept) as url:
        connection = await asyncpg.connect(url)
        rows = await connection.fetch("select event::text, sender from events order by position")
        await connection.close()
        async with await EventLog.open(url, master_key=master_key(kept)) as log:
            by_sender: dict[str, list[EventJson]] = {}
            for row in rows:
                content = orjson.loads(row["event"])
                # Personal values are encrypted in the line.
                if ".person.introduced." not in content["type"]:
                    by_sender.setdefault(row["sender"], []).append(content)
            for sender_id, contents in by_sender.items():
                sender = Principal(id=sender_id, role=Role.FACILITATOR)
                for spelled in (dict, respelled):
                    receipts = await log.append([spelled(one) for one in contents], sender=sender)
                    assert all(receipt.repeated for receipt in receipts)
                    assert [r.position for r in receipts] == [c["position"] for c in contents]


async def test_the_precision_of_the_time_is_part_of_the_event(story: Record) -> None:
    event = story.complete({**framed("other"), "timeprecision": "year"})
    await story.add(event)
    receipt = await story.add_one(event)
    assert receipt.repeated
    changed = {**event, "timeprecision": "month"}
    left_out = {name: value for name, value in event.items() if name != "timeprecision"}
    for again in (changed, left_out):
        assert await story.faults(again) == [("event.conflict", "/id")]
