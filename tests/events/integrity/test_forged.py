"""Events that the database's owner puts into the log are named, though the hashes of the chain are right."""

from typing import Any

import orjson
import pytest

from events.integrity.verify import Broken
from tests.events.integrity.tampering import broken, change, content, forged, rewrite
from tests.events.record import Record


async def test_an_inserted_event_is_named(ten: Record) -> None:
    inserted = await content(ten.log, 5)
    await change(
        ten.log,
        "update events set position = -position where position >= 5",
        "update events set position = 1 - position where position < 0",
    )
    await rewrite(ten.log, {**inserted, "id": "inserted"}, streams='{"organisation/mill": 9}')
    assert (await broken(ten.log)).position == 5


async def test_an_event_put_behind_the_last_is_named(ten: Record) -> None:
    await rewrite(ten.log, {**await content(ten.log, 8), "id": "forged", "position": 11})
    result = await broken(ten.log)
    assert result.position == 11


async def test_an_event_that_breaks_a_rule_is_named_though_its_chain_is_right(ten: Record) -> None:
    again = await forged(ten.log, 7)
    await rewrite(ten.log, again, streams='{"organisation/archive": 3, "cohort/heritage": 6}')
    result = await broken(ten.log)
    assert result.position == 11
    assert result.reason.startswith("rule ")


async def test_an_event_about_nothing_is_named(ten: Record) -> None:
    event = await forged(ten.log, 10)
    event["data"] = {**event["data"], "event": 12}
    await rewrite(ten.log, event, streams='{"organisation/mill": 5}')
    result = await broken(ten.log)
    assert (result.position, result.reason.split(":")[0]) == (
        11,
        "rule subject.unknown at /data/event",
    )


async def test_data_that_no_type_has_is_named(ten: Record) -> None:
    event = await forged(ten.log, 8)
    event["data"] = {**event["data"], "colour": "red"}
    await rewrite(ten.log, event, streams='{"organisation/mill": 5}')
    result = await broken(ten.log)
    assert result.position == 11
    assert result.reason.startswith("rule field at /data/colour")


@pytest.mark.parametrize("type_", ["org.howcanwe.tea.served.v1", "org.howcanwe.note.added.v99"])
async def test_an_unknown_type_is_named(ten: Record, type_: str) -> None:
    await rewrite(ten.log, await forged(ten.log, 8, type=type_))
    assert await broken(ten.log) == Broken(
        11,
        f"the event at position 11 is of the type {type_}, which this release does not know",
    )


@pytest.mark.parametrize(
    "odd", [{"time": "yesterday"}, {"data": [1]}, {"data": None}, {"visibility": "secret"}]
)
async def test_a_text_that_is_no_event_is_named(ten: Record, odd: dict[str, Any]) -> None:
    event = await forged(ten.log, 8)
    await rewrite(ten.log, event, streams='{"organisation/mill": 5}')
    text = orjson.dumps({**event, **odd}).decode().replace("'", "''")
    await change(ten.log, f"update events set event = '{text}' where position = 11")
    result = await broken(ten.log)
    assert result.position == 11
    assert result.reason.startswith("its text is not an event: ")


async def test_an_event_of_the_past_is_named(ten: Record) -> None:
    event = await forged(ten.log, 8, recordedtime=(await content(ten.log, 1))["recordedtime"])
    await rewrite(ten.log, event, streams='{"organisation/mill": 5}')
    assert await broken(ten.log) == Broken(
        11, "its recordedtime is before that of the event before it"
    )
