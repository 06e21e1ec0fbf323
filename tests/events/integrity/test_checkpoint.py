"""Checkpoints: only a signed one is accepted, and the log itself is compared with it."""

import random

import asyncpg
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.integrity.chain_check import Marks
from events.integrity.checkpoint import Checkpoint, CheckpointRefused, marks_of
from events.integrity.verify import Broken, Verifier, Whole
from events.lines.chain import GENESIS, line_hash
from tests.events.integrity.tampering import behind_its_back, change
from tests.events.record import Record
from tests.events.samples import formed, joined, noted, registered

TIME = "2026-03-01T12:00:00Z"
LONG = pytest.param(1_000, marks=pytest.mark.long)


@pytest.fixture
async def seven(record: Record) -> Record:
    """A record of seven events."""
    await record.add(formed(), registered("mill"), registered("archive"), joined("mill"))
    await record.add(joined("archive"), noted("organisation/mill"), noted("cohort/heritage"))
    return record


async def head(record: Record, position: int = 7) -> Marks:
    """Return a checkpoint of the position."""
    recorded = await record.log.event(position)
    assert recorded is not None
    return {position: line_hash(recorded.line)}


async def verified(record: Record, marks: Marks) -> Whole | Broken:
    return await Verifier(record.log, marks=marks).run()


def test_a_checkpoint_comes_back_as_it_was_signed() -> None:
    signed = Checkpoint.signed(Ed25519PrivateKey.generate(), 7, "a" * 64, TIME)
    assert Checkpoint.read(signed.text()) == signed


@pytest.mark.parametrize(
    "change",
    [
        {"position": 8},
        {"hash": "b" * 64},
        {"time": "2026-03-01T12:00:01Z"},
        {"signature": "AAAA"},
        {"public_key": "AAAA"},
        {"position": "7"},
        {"position": True},
        {"hash": "g" * 64},
        {"hash": None},
    ],
)
def test_a_checkpoint_that_was_changed_is_refused(change: dict[str, object]) -> None:
    signed = Checkpoint.signed(Ed25519PrivateKey.generate(), 7, "a" * 64, TIME)
    with pytest.raises(CheckpointRefused):
        Checkpoint.read(orjson.dumps({**orjson.loads(signed.text()), **change}))


def test_checkpoints_that_contradict_each_other_are_refused() -> None:
    key = Ed25519PrivateKey.generate()
    one, other = (Checkpoint.signed(key, 7, digit * 64, TIME) for digit in "ab")
    assert marks_of([one, one]) == {0: GENESIS, 7: "a" * 64}
    with pytest.raises(CheckpointRefused):
        marks_of([one, other])


async def test_a_log_that_grew_since_holds(seven: Record) -> None:
    marks = await head(seven)
    await seven.add(noted("organisation/archive"))
    result = await verified(seven, marks)
    assert isinstance(result, Whole)
    assert result.events == 8


async def test_a_tail_that_was_cut_off_everywhere_is_missed(seven: Record) -> None:
    marks = await head(seven)
    await change(
        seven.log,
        "delete from events where position > 5",
        "delete from stream_events where position > 5",
    )
    assert isinstance(await verified(seven, {}), Whole)
    assert await verified(seven, marks) == Broken(
        6, "the event is missing; a checkpoint knows of position 7"
    )


async def test_a_last_event_that_was_changed_with_care_is_found(seven: Record) -> None:
    marks = await head(seven)
    await change(
        seven.log,
        "update events set event = replace(event::text, 'Worth', 'worth')::json where position = 7",
    )
    assert isinstance(await verified(seven, {}), Whole)
    result = await verified(seven, marks)
    assert isinstance(result, Broken)
    assert result.position == 7


@pytest.mark.parametrize("times", [25, LONG])
async def test_every_changed_byte_in_the_database_is_found(seven: Record, times: int) -> None:
    chance = random.Random(9)
    marks = await head(seven)
    found = 0
    async with behind_its_back(seven.log) as connection:
        texts = dict(await connection.fetch("select position, event::text from events"))
        put = "update events set event = ($2::text)::json where position = $1"
        while found < times:
            position = chance.randint(1, 7)
            text: str = texts[position]
            place = chance.randrange(len(text))
            byte = chr(chance.randint(32, 126))
            if byte == text[place]:
                continue
            try:
                await connection.execute(put, position, text[:place] + byte + text[place + 1 :])
            except asyncpg.DataError:
                continue  # The column takes no text that is not JSON.
            result = await verified(seven, marks)
            assert isinstance(result, Broken), (position, place, byte)
            assert result.position in (position, position + 1)
            found += 1
            await connection.execute(put, position, text)
            if found % 10 == 0:
                assert isinstance(await verified(seven, marks), Whole)
