"""Verification: an intact log is reported as intact, and a change behind the log's back is reported by its position."""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest

from events.integrity.verify import Broken, Verifier, Whole
from events.lines.chain import GENESIS, line_hash
from events.log import EventLog
from service.event_files import batches
from service.samples import demo
from service.samples.generator import generate
from tests.events.integrity.tampering import broken, change, content, verified
from tests.events.record import Record
from tests.events.samples import paired
from tests.projections.generated import record_generated

PUBLISHED = Path(__file__).parents[2] / "data" / "published-cohorts.ndjson"


async def take_in(log: EventLog, events: Iterable[Any]) -> int:
    count = 0
    for batch in batches(events, 500):
        count += len(await log.append(batch))
    return count


def contents_of(lines: Iterable[bytes]) -> Iterator[Any]:
    return (orjson.loads(line) for line in lines)


async def test_an_empty_log_holds(log: EventLog) -> None:
    assert await verified(log) == Whole(0, GENESIS)


async def test_an_intact_log_is_reported_by_its_length_and_last_hash(ten: Record) -> None:
    last = await ten.log.event(10)
    assert last is not None
    assert await verified(ten.log) == Whole(10, line_hash(last.line))


@pytest.mark.parametrize("record_of", ["the demo", "the published cohorts", "the generator"])
async def test_every_record_that_goes_in_holds(log: EventLog, record_of: str) -> None:
    events: dict[str, Iterable[Any]] = {
        "the demo": contents_of(demo.lines()),
        "the published cohorts": contents_of(PUBLISHED.read_bytes().splitlines()),
        "the generator": generate(cohorts=5, seed=7),
    }
    count = await take_in(log, events[record_of])
    result = await verified(log)
    assert isinstance(result, Whole), result
    assert result.events == count


async def test_a_log_with_voids_and_corrections_holds(log: EventLog) -> None:
    await record_generated(log, 3, cohorts=1, meddled=60)
    types = {recorded.content["type"] async for recorded in log.read()}
    assert "org.howcanwe.event.corrected.v1" in types
    assert await verified(log) == Whole(await log.head(), (await log.identity()).hash)


async def test_every_event_is_shown_on_the_way(ten: Record) -> None:
    seen: list[int] = []
    await Verifier(ten.log, seen.append).run()
    assert seen == list(range(1, 11))


@pytest.mark.generated
async def test_a_log_that_grows_meanwhile_holds(log: EventLog) -> None:
    events = list(islice(generate(cohorts=8, seed=3, positions=False), 2_000))
    await take_in(log, events[:200])
    results: list[Whole | Broken] = []

    async def verifying() -> None:
        while len(results) < 3 or not writing.done():
            results.append(await verified(log))

    async def write() -> None:
        for event in events[200:]:
            await log.append([event])

    writing = asyncio.create_task(write())
    await asyncio.gather(writing, verifying())
    assert all(isinstance(result, Whole) for result in results), results
    assert await verified(log) == Whole(2_000, (await log.append([events[-1]]))[0].hash)


async def test_a_changed_byte_is_named_where_it_is(ten: Record) -> None:
    await change(
        ten.log,
        "update events set event = replace(event::text, 'Worth', 'worth')::json where position = 8",
    )
    assert await broken(ten.log) == Broken(
        8, "its text is not the one whose hash the event after it carries"
    )


async def test_a_changed_blank_is_a_changed_byte(ten: Record) -> None:
    await change(ten.log, "update events set event = (event::text || ' ')::json where position = 3")
    assert (await broken(ten.log)).position == 3


async def test_where_it_is_unknown_which_line_was_changed_the_break_is_named(ten: Record) -> None:
    await change(ten.log, "update events set event = (event::text || ' ')::json where position = 9")
    result = await broken(ten.log)
    assert result.position == 10
    assert result.reason.endswith("one of the two was changed")


@pytest.mark.parametrize("position", [1, 5, 9])
async def test_a_removed_event_is_missing(ten: Record, position: int) -> None:
    await change(ten.log, f"delete from events where position = {position}")
    result = await broken(ten.log)
    assert result == Broken(
        position, f"the event is missing; the next one is at position {position + 1}"
    )


async def test_the_last_event_is_missed_by_its_streams(ten: Record) -> None:
    await change(ten.log, "delete from events where position = 10")
    result = await broken(ten.log)
    assert result.position == 10
    assert "no event gives it" in result.reason


async def test_swapped_events_are_named_by_the_first(ten: Record) -> None:
    await change(
        ten.log,
        "update events set position = -position where position in (5, 6)",
        "update events set position = 11 + position where position < 0",
    )
    assert await broken(ten.log) == Broken(5, "its text says position 6")


async def test_swapped_texts_are_named_by_the_first(ten: Record) -> None:
    await change(
        ten.log,
        "update events e set event = o.event from events o"
        " where e.position in (5, 6) and o.position = 11 - e.position",
    )
    assert (await broken(ten.log)).position == 5


@pytest.mark.parametrize("position", [1, 4])
async def test_a_wrong_previoushash_is_named(ten: Record, position: int) -> None:
    event = await content(ten.log, position)
    await change(
        ten.log,
        f"update events set event = replace(event::text, '{event['previoushash']}', '{'a' * 64}')::json"
        f" where position = {position}",
    )
    result = await broken(ten.log)
    assert (result.position, result.reason.split(";")[0]) == (
        position,
        "its previoushash is not the hash of the event before it",
    )


@pytest.mark.parametrize(
    ("statement", "stream"),
    [
        ("update stream_events set version = 7", "organisation/mill"),
        ("update stream_events set position = 6", "organisation/mill"),
        ("delete from stream_events", "organisation/mill"),
    ],
)
async def test_a_wrong_place_in_a_stream_is_named(ten: Record, statement: str, stream: str) -> None:
    await change(ten.log, f"{statement} where stream = '{stream}' and position = 5")
    result = await broken(ten.log)
    assert result.position == 5
    assert result.reason.startswith(f"{stream} has ")


async def test_a_stream_that_is_gone_altogether_is_named(ten: Record) -> None:
    await change(ten.log, "delete from stream_events where stream = 'inspiration/inspiration'")
    assert await broken(ten.log) == Broken(
        9, "inspiration/inspiration has nothing at version 1, where the event should be"
    )


@pytest.mark.parametrize("stream", ["organisation/mill", "organisation/nobody"])
async def test_a_place_in_a_stream_that_no_event_has_is_named(ten: Record, stream: str) -> None:
    await change(ten.log, f"insert into stream_events values ('{stream}', 40, 6)")
    assert await broken(ten.log) == Broken(6, f"{stream} has a version 40 that no event gives it")


async def test_wrong_streams_beside_an_event_are_named(ten: Record) -> None:
    await change(ten.log, "update events set streams = '[\"cohort/heritage\"]' where position = 7")
    assert (await broken(ten.log)).position == 7


@pytest.mark.parametrize(
    ("column", "value", "name"),
    [
        ("source", "'urn:other'", "source"),
        ("id", "'other'", "id"),
        ("type", "'org.howcanwe.note.added.v1'", "type"),
        ("occurred_at", "now()", "time"),
        ("recorded_at", "now()", "recordedtime"),
    ],
)
async def test_a_column_that_is_not_what_the_text_says_is_named(
    ten: Record, column: str, value: str, name: str
) -> None:
    await change(ten.log, f"update events set {column} = {value} where position = 7")
    assert await broken(ten.log) == Broken(7, f"its column {name} differs from its text")


@pytest.mark.parametrize(
    "statement",
    [
        "update subjects set state = jsonb_set(state, '{0}', '\"changed\"')",
        "delete from subjects",
    ],
)
async def test_a_changed_state_is_named_by_the_event_that_set_it(
    ten: Record, statement: str
) -> None:
    await change(ten.log, f"{statement} where stream = 'organisation/archive'")
    assert await broken(ten.log) == Broken(
        7, "the stored state of organisation/archive is not the one that its events give"
    )


async def test_a_state_of_nothing_is_named(ten: Record) -> None:
    await change(
        ten.log, "insert into subjects select 'organisation/none', state from subjects limit 1"
    )
    result = await broken(ten.log)
    assert (
        result.reason == "the stored state of organisation/none is not the one that its events give"
    )


async def test_what_is_broken_first_is_named(ten: Record) -> None:
    await change(
        ten.log,
        "update events set id = 'other' where position = 9",
        "delete from stream_events where position = 3",
        "update subjects set state = '[]' where stream = 'cohort/heritage'",
    )
    assert (await broken(ten.log)).position == 3


async def test_a_pairing_keeps_its_order_of_organisations(ten: Record) -> None:
    await ten.add(paired())
    assert isinstance(await verified(ten.log), Whole)
