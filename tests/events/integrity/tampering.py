"""Logs that are changed behind their back, and what verification says of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson

from events.integrity.verify import Broken, Verifier, Whole
from events.lines.chain import GENESIS, line_hash
from events.log import EventLog

PATIENCE_S = 60


async def verified(log: EventLog) -> Whole | Broken:
    """Return what verification says."""
    async with asyncio.timeout(PATIENCE_S):
        return await Verifier(log).run()


async def broken(log: EventLog) -> Broken:
    """Return what verification says of a log that does not hold."""
    result = await verified(log)
    assert isinstance(result, Broken)
    return result


@asynccontextmanager
async def behind_its_back(log: EventLog) -> AsyncIterator[asyncpg.Connection]:
    """Yield a connection on which the log can be changed, as only the database's owner could."""
    connection = await asyncpg.connect(log.url)
    try:
        for table in ("events", "stream_events"):
            await connection.execute(f"alter table {table} disable trigger append_only")
        await connection.execute("alter table subjects disable trigger same_folds")
        yield connection
    finally:
        await connection.close()


async def change(log: EventLog, *statements: str) -> None:
    """Run the statements, and be sure that each changes something."""
    async with behind_its_back(log) as connection:
        for statement in statements:
            assert (await connection.execute(statement)).rpartition(" ")[2] != "0", statement


async def content(log: EventLog, position: int) -> dict[str, Any]:
    """Return the event's content."""
    recorded = await log.event(position)
    assert recorded is not None
    return recorded.content


async def forged(log: EventLog, like: int, **changes: Any) -> dict[str, Any]:
    """Return an event to stand behind the tenth, like an earlier one but for these changes."""
    last = await content(log, 10)
    later = {"id": "forged", "position": 11, "recordedtime": last["recordedtime"]}
    return {**await content(log, like), **later, **changes}


async def rewrite(log: EventLog, *contents: dict[str, Any], streams: str = "{}") -> None:
    """Put events in the place of those at their positions; each gets the hash of the one before it."""
    async with behind_its_back(log) as connection:
        for event in contents:
            position = event["position"]
            before = await log.event(position - 1)
            event["previoushash"] = line_hash(before.line) if before else GENESIS
            await connection.execute("delete from events where position = $1", position)
            await connection.execute(
                "insert into events select $1, $2, $3, $4, ($5::text)::timestamptz, ($6::text)::timestamptz, '',"
                " $7::text::json, $8::text::json",
                position,
                event["source"],
                event["id"],
                event["type"],
                event["time"],
                event["recordedtime"],
                streams,
                orjson.dumps(event).decode(),
            )
