"""Writes restored events and states to the tables by COPY, in the caller's transaction. `Restorer` uses it."""

from collections.abc import Mapping, Sequence

import asyncpg
import orjson

from events.state.subjects import State, to_json
from events.store.appending import AppendedEvent
from events.vocabulary.stream import Stream
from events.vocabulary.values.times import as_datetime


async def copy_events(
    connection: asyncpg.Connection,
    first: int,
    entries: Sequence[AppendedEvent],
    recorded_us: Sequence[int],
) -> None:
    """Write events at the positions from `first` on, and their versions in their streams."""
    await connection.copy_records_to_table(
        "events",
        records=[
            (
                first + index,
                entry.source,
                entry.id,
                entry.type,
                as_datetime(entry.occurred_us),
                as_datetime(recorded),
                entry.sender,
                orjson.dumps(entry.streams).decode(),
                entry.line.decode(),
            )
            for index, (entry, recorded) in enumerate(zip(entries, recorded_us, strict=True))
        ],
        columns=(
            "position",
            "source",
            "id",
            "type",
            "occurred_at",
            "recorded_at",
            "sender",
            "streams",
            "event",
        ),
    )
    await connection.copy_records_to_table(
        "stream_events",
        records=[
            (stream, version, first + index)
            for index, entry in enumerate(entries)
            for stream, version in entry.streams.items()
        ],
        columns=("stream", "version", "position"),
    )


async def copy_states(
    connection: asyncpg.Connection, states: Mapping[Stream, State | None]
) -> None:
    """Write the subjects' states; a state of None is left out."""
    await connection.copy_records_to_table(
        "subjects",
        records=[
            (stream, orjson.dumps(to_json(state)).decode())
            for stream, state in states.items()
            if state is not None
        ],
        columns=("stream", "state"),
    )


async def announce(connection: asyncpg.Connection, position: int) -> None:
    """Notify those who wait for the log, at the commit, of its last position."""
    await connection.execute("select pg_notify('howcanwe_log', $1)", str(position))
