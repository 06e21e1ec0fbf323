"""The log: one total order, every stream with its versions, the same event once."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from events.log import EventLog
from events.vocabulary.faults import Refused
from events.vocabulary.values.strict_json import NESTING_MAX
from tests.events.record import Record
from tests.events.samples import corrected, framed, noted, observed, planned, started

PUBLISHED = Path(__file__).parents[1] / "data" / "published-cohorts.ndjson"


async def test_the_published_record_goes_in_and_comes_out_unchanged(log: EventLog) -> None:
    sent = [orjson.loads(line) for line in PUBLISHED.read_bytes().splitlines()]
    await log.append(sent)
    kept = [recorded.content async for recorded in log.read()]
    assert [{name: event[name] for name in sent[index]} for index, event in enumerate(kept)] == sent


def nested(depth: int) -> list[Any]:
    """Return a list within a list, so deep."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def endless() -> list[Any]:
    """Return a list that contains itself."""
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (2**64, "beyond 64 bits"),
        (-(2**63) - 1, "beyond 64 bits"),
        (10**400, "beyond 64 bits"),
        (float("nan"), "a finite number"),
        (float("-inf"), "a finite number"),
        ("a\ud800", "a number"),
        (Decimal("1.5"), "a JSON value"),
        ({1: 2}, "an object whose members have texts as names"),
        (nested(10_000), f"nested more than {NESTING_MAX} deep"),
        (endless(), f"nested more than {NESTING_MAX} deep"),
    ],
    ids=[
        "too big",
        "too small",
        "huge",
        "nan",
        "inf",
        "surrogate",
        "decimal",
        "key",
        "deep",
        "endless",
    ],
)
async def test_values_of_python_that_are_not_json_are_refused_with_their_place(
    story: Record, value: Any, words: str
) -> None:
    await story.add(framed(), planned(), started())
    observation = await story.add_one(observed(value=1))
    for event, pointer in (
        (corrected(observation.position, value=value), "/data/fields/value"),
        (observed(value=value), "/data/value"),
    ):
        with pytest.raises(Refused) as refused:
            await story.add(event)
        [fault] = refused.value.faults
        assert fault.pointer.startswith(pointer)
        assert words in fault.detail
    await story.add(noted("organisation/mill"))


async def test_integers_of_64_bits_are_kept(story: Record) -> None:
    await story.add(framed(), planned(), started())
    for number in (2**64 - 1, -(2**63)):
        receipt = await story.add_one(observed(value=number))
        kept = await story.log.event(receipt.position)
        assert kept is not None
        assert kept.content["data"]["value"] == number


@pytest.mark.parametrize("id_", ["a\0", "a\ud800", "a" * 300])
async def test_an_identity_that_no_event_may_have_is_not_known(story: Record, id_: str) -> None:
    receipt = await story.add_one(noted("organisation/mill"))
    own = (receipt.source, receipt.id)
    assert await story.log.known([own, (receipt.source, id_), (id_, receipt.id)]) == {own}
