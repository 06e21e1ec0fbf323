"""A file of lines is checked by itself, and against a checkpoint that was kept elsewhere."""

import random
from collections.abc import Sequence

import orjson
import pytest

from events.integrity.chain_check import Broken, Whole, check_chain
from events.lines.chain import GENESIS, line_hash
from events.log import EventLog
from service.samples.generator import generate

LONG = pytest.param(1_000, marks=pytest.mark.long)


@pytest.fixture
async def exported(log: EventLog) -> list[bytes]:
    """The lines of a log of 60 events."""
    events = [event for event, _ in zip(generate(cohorts=1, seed=5), range(60), strict=False)]
    await log.append(events)
    chunks = [chunk async for chunk in log.lines()]
    return b"".join(chunks).split(b"\n")[:-1]


async def verdict(lines: Sequence[bytes], **marks: dict[int, str]) -> Whole | Broken:
    return await check_chain(lines, **marks)


def rehashed(lines: Sequence[bytes]) -> list[bytes]:
    """Return the lines with every position and hash made right again."""
    previous, made = GENESIS, []
    for position, line in enumerate(lines, 1):
        line = orjson.dumps({**orjson.loads(line), "position": position, "previoushash": previous})
        previous = line_hash(line)
        made.append(line)
    return made


async def test_an_export_verifies(exported: list[bytes]) -> None:
    head = line_hash(exported[-1])
    assert await verdict(exported) == Whole(60, head)
    assert await verdict(exported, marks={0: GENESIS, 60: head}) == Whole(60, head)
    assert await verdict(exported, marks={30: line_hash(exported[29])}) == Whole(60, head)
    assert await verdict([]) == Whole(0, GENESIS)


async def test_lines_may_come_as_they_are_read(exported: list[bytes]) -> None:
    async def read() -> object:
        for line in exported:
            yield line

    assert await check_chain(read()) == Whole(60, line_hash(exported[-1]))  # type: ignore[arg-type]  # a generator is typed by what it yields


@pytest.mark.parametrize("times", [200, LONG])
async def test_every_changed_byte_is_found_where_it_is(exported: list[bytes], times: int) -> None:
    chance = random.Random(4)
    marks = {60: line_hash(exported[-1])}
    for _ in range(times):
        at = chance.randrange(60)
        line = bytearray(exported[at])
        place = chance.randrange(len(line))
        line[place] = chance.choice([byte for byte in range(256) if byte != line[place]])
        changed = [*exported[:at], bytes(line), *exported[at + 1 :]]
        # A file has no byte that ends a line within one.
        result = await verdict(b"\n".join(changed).split(b"\n"), marks=marks)
        assert isinstance(result, Broken), bytes(line)
        assert result.position in (at + 1, at + 2), (result, at + 1)


@pytest.mark.parametrize("at", [1, 2, 30, 59, 60])
async def test_a_removed_event_is_missing(exported: list[bytes], at: int) -> None:
    result = await verdict(
        [*exported[: at - 1], *exported[at:]], marks={60: line_hash(exported[-1])}
    )
    assert isinstance(result, Broken)
    assert result.position == at
    assert result.reason.startswith("the event is missing")


@pytest.mark.parametrize("at", [1, 30, 59])
async def test_swapped_events_are_found(exported: list[bytes], at: int) -> None:
    swapped = list(exported)
    swapped[at - 1], swapped[at] = swapped[at], swapped[at - 1]
    result = await verdict(swapped)
    assert isinstance(result, Broken)
    assert result.position == at


@pytest.mark.parametrize("at", [0, 30, 60])
async def test_an_inserted_event_is_found(exported: list[bytes], at: int) -> None:
    result = await verdict([*exported[:at], exported[7], *exported[at:]])
    assert isinstance(result, Broken)
    assert result.position == at + 1


@pytest.mark.parametrize("at", [1, 30, 60])
async def test_a_chain_that_was_made_right_again_is_found_by_a_checkpoint(
    exported: list[bytes], at: int
) -> None:
    changed = list(exported)
    content = orjson.loads(changed[at - 1])
    changed[at - 1] = orjson.dumps({**content, "source": "urn:forged"})
    forged = rehashed(changed)
    assert isinstance(await verdict(forged), Whole)
    marks = {10: line_hash(exported[9]), 60: line_hash(exported[59])}
    result = await verdict(forged, marks=marks)
    assert isinstance(result, Broken)
    assert result.position == (10 if at <= 10 else 60)
    assert "checkpoint" in result.reason
    for lines in (
        rehashed([*exported[: at - 1], exported[7], *exported[at - 1 :]]),
        rehashed(exported[:-1]),
    ):
        assert isinstance(await verdict(lines, marks=marks), Broken)


async def test_a_tail_that_was_cut_off_is_missed_by_a_checkpoint(exported: list[bytes]) -> None:
    cut = exported[:40]
    assert isinstance(await verdict(cut), Whole)
    assert await verdict(cut, marks={60: line_hash(exported[-1])}) == Broken(
        41, "the event is missing; a checkpoint knows of position 60"
    )


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b"null", b'{"position": true}', b"\xff"])
async def test_a_line_that_is_no_event_is_named(exported: list[bytes], line: bytes) -> None:
    result = await verdict([*exported, line])
    assert isinstance(result, Broken)
    assert result.position == 61
