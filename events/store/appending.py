"""Appending events to the log's tables: one call that checks the head, and the lock that all writers share.

The recorder calls it; restoring and refolding take the lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import asyncpg
import orjson

from events.lines.chain import Head
from events.state.subjects import State, to_json
from events.vocabulary.stream import Stream
from events.vocabulary.values.times import as_datetime

_APPEND: Final = """
select append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""


class AppendResult(StrEnum):
    """What a call of `append` did. Unless the events were recorded, it wrote nothing."""

    RECORDED = "recorded"
    MOVED = "moved"
    """The log has another head than the batch."""
    REPEATED = "repeated"
    """The log has an event with the source and id of one of the batch."""


@dataclass(slots=True)
class AppendedEvent:
    """An event as it is written to the tables."""

    source: str
    id: str
    type: str
    occurred_us: int
    sender: str
    line: bytes
    streams: Mapping[str, int]


@dataclass(slots=True)
class Batch:
    """What one commit writes: events, the states that they change, person keys to add, and persons to forget."""

    head: Head
    recorded_us: int
    events: list[AppendedEvent] = field(default_factory=list)
    states: dict[Stream, State | None] = field(default_factory=dict)
    new_keys: dict[str, bytes] = field(default_factory=dict)
    forgotten_persons: list[str] = field(default_factory=list)


async def append(connection: asyncpg.Connection, batch: Batch) -> AppendResult:
    """Write the batch after its head, and notify those who wait for the log.

    It is a transaction of its own, or part of the one that is open.
    """
    events = batch.events
    states = batch.states.values()
    result = await connection.fetchval(
        _APPEND,
        batch.head.position,
        as_datetime(batch.recorded_us),
        "\n".join([e.source for e in events]),
        "\n".join([e.id for e in events]),
        "\n".join([e.type for e in events]),
        [as_datetime(e.occurred_us) for e in events],
        "\n".join([e.sender for e in events]),
        b"\n".join([orjson.dumps(e.streams) for e in events]).decode(),
        b"\n".join([e.line for e in events]).decode(),
        "\n".join(batch.states),
        b"\n".join([orjson.dumps(state and to_json(state)) for state in states]).decode(),
        list(batch.new_keys),
        list(batch.new_keys.values()),
        batch.forgotten_persons,
    )
    return AppendResult(result)


async def lock(connection: asyncpg.Connection) -> None:
    """Take the log's lock until the transaction ends.

    It is a statement of its own, so that the next statement sees everything that was committed before.
    """
    await connection.execute("select lock_log()")
