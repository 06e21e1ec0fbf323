"""The chain of hashes, the exact text, the gapless order, and that nothing is ever changed."""

import asyncio
from collections.abc import Iterator
from hashlib import sha256
from itertools import count, repeat

import asyncpg
import orjson
import pytest

from events.lines.chain import GENESIS
from events.log import EventLog
from events.store.reading import Selection
from events.vocabulary.faults import Refused
from events.vocabulary.values.times import as_text, moment
from tests.events.record import Record
from tests.events.samples import at, framed, noted, registered

STRANGE = 'back\\slash "quotes" \\n \\u0041 \\. é \U0001f3db \u2028 tab\t line\nfeed \x01\x02\x03\x7f </a> $1 \\\\'


async def _text(log: EventLog, after: int = 0) -> bytes:
    return b"".join([chunk async for chunk in log.lines(after=after)])


async def test_each_line_carries_the_hash_of_the_one_before(story: Record) -> None:
    receipts = await story.add(framed(), framed("other"))
    lines = (await _text(story.log)).splitlines()
    before = GENESIS
    for position, line in enumerate(lines, 1):
        content = orjson.loads(line)
        assert (content["position"], content["previoushash"]) == (position, before)
        before = sha256(line).hexdigest()
    assert receipts[-1].hash == before


async def test_each_line_has_128_bits_of_its_own_salt(story: Record) -> None:
    salts = [recorded.content["salt"] async for recorded in story.log.read()]
    assert len(set(salts)) == len(salts)
    assert {len(bytes.fromhex(salt)) for salt in salts} == {16}


@pytest.mark.parametrize("page", [1, 2, 1_000])
async def test_text_is_kept_to_the_byte_however_it_is_read(story: Record, page: int) -> None:
    await story.add(
        noted("cohort/heritage", text=STRANGE),
        {**noted("cohort/heritage"), "remark": "a\\b\"c'é\U0001f3db\u2028"},
    )
    read = [recorded.line async for recorded in story.log.read(page_events=page)]
    copied = b"".join([chunk async for chunk in story.log.lines(page_events=page)])
    assert copied == b"".join(line + b"\n" for line in read)
    assert orjson.loads(read[-2])["data"]["text"] == STRANGE
    one = await story.log.event(7)
    assert one is not None and one.line == read[6]


async def test_lines_are_read_after_and_through_a_position(story: Record) -> None:
    whole = (await _text(story.log)).splitlines()
    some = b"".join([chunk async for chunk in story.log.lines(after=2, through=4)])
    assert some.splitlines() == whole[2:4]
    assert [chunk async for chunk in story.log.lines(after=6)] == []


async def test_a_time_is_served_as_sent(story: Record) -> None:
    time = "2024-03-02t10:00:00.1234567890+02:00"
    await story.add(noted("cohort/heritage", time=time))
    recorded = await story.log.event(7)
    assert recorded is not None and recorded.content["time"] == time


async def test_recordedtime_never_runs_backwards(database_url: str) -> None:
    ticks = iter([at(5), at(3), at(4), at(6)])
    async with await EventLog.open(database_url, clock=lambda: moment(next(ticks))) as log:
        record = Record(log)
        for name in ("a", "b", "c", "d"):
            await record.add(registered(name, time=at(0)))
        times = [recorded.content["recordedtime"] async for recorded in log.read()]
    assert times == [as_text(moment(at(hours))) for hours in (5, 5, 5, 6)]


async def test_recordedtime_does_not_run_backwards_in_another_process_either(
    database_url: str,
) -> None:
    for name, time in (("mill", moment(at(5))), ("archive", moment(at(3)))):
        async with await EventLog.open(database_url, clock=repeat(time).__next__) as log:
            await Record(log).add(registered(name, id=name, time=at(0)))
    async with await EventLog.open(database_url) as log:
        times = [recorded.content["recordedtime"] async for recorded in log.read()]
    assert times == [as_text(moment(at(5)))] * 2


@pytest.mark.parametrize("time", ["0001-01-02T00:00:00Z", "1969-12-31T23:59:59.9999999Z"])
async def test_the_earliest_times_are_kept_and_found(record: Record, time: str) -> None:
    await record.add(registered("mill", time=time), registered("archive", time=at(0)))
    early = Selection(from_us=moment(time), to_us=moment(time) + 1)
    assert [r.position async for r in record.log.read(selection=early)] == [1]


async def test_positions_have_no_gaps_however_many_record_at_once(
    story: Record, database_url: str
) -> None:
    numbers: Iterator[int] = count()

    async def work(log: EventLog, name: str) -> list[int]:
        positions = []
        for _ in range(15):
            event = story.complete(framed(f"q{next(numbers)}", id=f"{name}-{next(numbers)}"))
            bad = story.complete(framed("x", text="Why?"))
            refusal = asyncio.create_task(log.append([bad]))
            (receipt,) = await log.append([event])
            with pytest.raises(Refused):
                await refusal
            positions.append(receipt.position)
        return positions

    async with await EventLog.open(database_url) as second:
        logs = [story.log, second] * 4
        found = await asyncio.gather(*(work(log, f"w{n}") for n, log in enumerate(logs)))
    positions = sorted(position for some in found for position in some)
    assert positions == list(range(7, 7 + 8 * 15))
    assert all(some == sorted(some) for some in found)
    lines = (await _text(story.log)).splitlines()
    assert [orjson.loads(line)["previoushash"] for line in lines[1:]] == [
        sha256(line).hexdigest() for line in lines[:-1]
    ]
    versions = [r.streams["organisation/mill"] async for r in story.log.read(after=6)]
    assert versions == list(range(3, 3 + 8 * 15))


@pytest.mark.parametrize("table", ["events", "stream_events"])
@pytest.mark.parametrize(
    "statement",
    [
        "update {} set position = position + 1",
        "delete from {}",
        "truncate {}",
        "update {} set position = 1 where false",
    ],
)
async def test_the_database_refuses_to_change_what_was_recorded(
    story: Record, database_url: str, statement: str, table: str
) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await connection.execute(statement.format(table))
    finally:
        await connection.close()
    assert await story.log.head() == 6
