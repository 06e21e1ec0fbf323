"""The log: one total order, every stream with its versions, the same event once."""

from pathlib import Path

import orjson

from events.log import EventLog

PUBLISHED = Path(__file__).parents[1] / "data" / "published-cohorts.ndjson"


async def test_the_published_record_goes_in_and_comes_out_unchanged(log: EventLog) -> None:
    sent = [orjson.loads(line) for line in PUBLISHED.read_bytes().splitlines()]
    await log.append(sent)
    kept = [recorded.content async for recorded in log.read()]
    assert [{name: event[name] for name in sent[index]} for index, event in enumerate(kept)] == sent
