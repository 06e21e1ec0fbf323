"""The same event again gets its first receipt; the same id with other content is a conflict."""

import asyncio

import pytest

from events.access.principal import RECORD, Principal, Role
from events.log import EventLog
from events.recording.repeats import FORGOTTEN, KEYLESS
from events.recording.vault import NoMasterKey
from events.vocabulary.faults import Refused
from tests.databases import execute
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import (
    EventJson,
    at,
    captured,
    challenged,
    forgotten,
    framed,
    introduced,
    observed,
    planned,
    registered,
    shown,
    started,
    voided,
)

CONFLICT = [("event.conflict", "/id")]
OTHER = Principal(id="other", role=Role.FACILITATOR)


async def test_the_same_event_again_gets_its_first_receipt(story: Record) -> None:
    event = story.complete(framed())
    first = await story.add_one(event)
    await story.add(planned())
    again = await story.add_one(event)
    assert again.repeated and not first.repeated
    assert (again.position, again.streams, again.hash) == (
        first.position,
        first.streams,
        first.hash,
    )
    assert await story.log.head() == first.position + 1


async def test_a_repeat_is_not_judged_again(story: Record) -> None:
    await story.add(framed(), planned())
    start = story.complete(started())
    await story.add(start)
    assert (await story.add_one(start)).repeated


async def test_a_batch_of_repeats_and_new_events_records_the_new_ones(story: Record) -> None:
    events = [story.complete(event) for event in (framed(), planned())]
    await story.add(*events)
    receipts = await story.add(*events, started())
    assert [receipt.repeated for receipt in receipts] == [True, True, False]


async def test_versions_are_not_asked_of_repeats(story: Record) -> None:
    event = story.complete(framed())
    await story.add(event, expected={"question/question": 0})
    (again,) = await story.add(event, expected={"question/question": 0})
    assert again.repeated
    assert await story.report(event, planned(), expected={"question/question": 0}) == [
        (None, "stream.version", "")
    ]


async def test_two_of_the_same_in_one_batch_are_one(story: Record) -> None:
    event = story.complete(framed())
    one, two = await story.add(event, event)
    assert (one.position, one.repeated) == (two.position, False)
    assert (two.repeated, two.hash) == (True, one.hash)
    assert await story.log.head() == one.position


@breaks("event.conflict")
async def test_two_with_one_id_and_other_content_in_one_batch_conflict(story: Record) -> None:
    head = await story.log.head()
    assert await story.report(framed(id="one"), framed("other", id="one"), planned("x y")) == [
        (1, "event.conflict", "/id"),
        (2, "field", "/data/iteration"),
    ]
    assert await story.log.head() == head


@breaks("event.conflict")
@pytest.mark.parametrize(
    "change",
    [
        {"time": at(99)},
        {"time": "2024-03-01T12:00:00.000001Z"},
        {"actor": "person/ada"},
        {"visibility": "public"},
        {"colour": "red"},
        framed("question", themes=["apis"]),
        framed("question", text="How can we label with our neighbours ?"),
        registered("park"),
    ],
)
async def test_any_other_content_is_a_conflict(story: Record, change: EventJson) -> None:
    event = story.complete(framed(time=at(3)))
    await story.add(event)
    changed = {**event, **change}
    assert await story.faults(changed) == CONFLICT


@keeps("event.conflict")
@pytest.mark.parametrize(
    "change",
    [
        {"colour": None, "visibility": None},
        {"actor": "service/record"},
        {"subject": "iteration/trial"},
        {"datacontenttype": "application/json; charset=utf-8"},
        {
            "position": 999,
            "recordedtime": "x",
            "dataschema": "x",
            "previoushash": "x",
            "salt": "x",
        },
    ],
)
async def test_what_makes_no_difference_makes_no_conflict(story: Record, change: EventJson) -> None:
    await story.add(framed(), planned(), started())
    event = story.complete(observed(value=1, unit="labels"))
    await story.add(event)
    assert (await story.add_one({**event, **change})).repeated


@keeps("event.conflict")
async def test_numbers_are_the_same_in_any_form_and_members_in_any_order(story: Record) -> None:
    await story.add(framed(), planned(), started())
    event = story.complete(observed(value=1, unit=None))
    await story.add(event)
    data = {**dict(reversed(event["data"].items())), "value": 1.0, "unit": None}
    assert (await story.add_one({**dict(reversed(event.items())), "data": data})).repeated


@breaks("event.conflict")
async def test_an_id_that_another_sender_used_is_a_conflict(story: Record) -> None:
    event = story.complete(framed(actor="person/ada"))
    await story.add(event)
    assert await story.faults(event, sender=OTHER) == CONFLICT


@breaks("event.conflict")
async def test_the_conflict_is_reported_in_one_group_commit_too(story: Record) -> None:
    event = story.complete(framed(actor="person/ada"))
    one, two = await asyncio.gather(
        story.report(event), story.report(event, sender=OTHER), return_exceptions=False
    )
    assert (one, two) == ([], [(0, "event.conflict", "/id")])


@keeps("event.conflict")
async def test_an_event_about_another_is_the_same_with_and_without_its_subject(
    story: Record,
) -> None:
    await story.add(captured())
    challenge = await story.add_one(challenged())
    for event in (shown(f"event/{challenge.position}", "private"), voided(challenge.position)):
        whole = story.complete(event)
        await story.add(whole)
        assert (await story.add_one({**whole, "subject": "learning/learning"})).repeated
        assert await story.faults({**whole, "subject": "learning/other"}) == CONFLICT


@breaks("field")
async def test_a_wrong_subject_of_an_event_about_another_is_reported(story: Record) -> None:
    await story.add(captured())
    challenge = await story.add_one(challenged())
    event = {**voided(challenge.position), "subject": "organisation/archive"}
    assert await story.faults(event) == [("field", "/subject")]


async def test_a_person_is_recognised_while_the_key_lives(story: Record) -> None:
    event = story.complete(introduced(email="grace@example.org"))
    await story.add(event)
    assert (await story.add_one(event)).repeated
    renamed = {**event, "data": {**event["data"], "name": "Ada"}}
    assert await story.faults(renamed) == CONFLICT


@breaks("event.conflict")
async def test_a_forgotten_person_is_recognised_no_more(story: Record) -> None:
    event = story.complete(introduced())
    await story.add(event)
    await story.add(forgotten())
    assert await story.faults(event) == CONFLICT


@breaks("event.conflict")
async def test_a_person_that_cannot_be_compared_is_refused_with_the_reason(story: Record) -> None:
    grace, ada = story.complete(introduced()), story.complete(introduced("ada", name="Ada"))
    await story.add(grace, ada)
    await story.add(forgotten())
    await execute(story.log.url, "delete from person_keys")
    with pytest.raises(Refused) as refused:
        await story.add(grace, ada)
    assert [fault.detail for fault in refused.value.faults] == [FORGOTTEN, KEYLESS]


@breaks("event.conflict")
async def test_a_person_whose_key_was_given_to_another_is_recognised_no_more(
    story: Record,
) -> None:
    event = story.complete(introduced())
    first = await story.add_one(event)
    await story.add(voided(first.position))
    await story.add(introduced(name="Ada"))
    assert await story.faults(event) == CONFLICT


async def test_no_name_is_in_a_line(story: Record) -> None:
    await story.add(introduced(name="Grace Hopper", email="grace@example.org"))
    text = b"".join([chunk async for chunk in story.log.lines()])
    assert b"Grace" not in text and b"grace@example.org" not in text


async def test_one_id_in_two_processes_at_once_is_recorded_once(
    story: Record, database_url: str
) -> None:
    async with await EventLog.open(database_url) as second:
        for number in range(10):
            event = story.complete(framed(f"q{number}"))
            receipts = await asyncio.gather(
                story.log.append([event], sender=RECORD), second.append([event], sender=RECORD)
            )
            assert sorted(receipt.repeated for (receipt,) in receipts) == [False, True]
            assert len({receipt.position for (receipt,) in receipts}) == 1


async def test_without_a_master_key_a_person_is_refused_and_no_neighbour(
    story: Record, database_url: str
) -> None:
    async with await EventLog.open(database_url) as keyless:
        other = Record(keyless)
        person, question = await asyncio.gather(
            other.add(introduced(id="person")),
            other.add(framed(id="question")),
            return_exceptions=True,
        )
    assert isinstance(person, NoMasterKey)
    assert isinstance(question, tuple)
