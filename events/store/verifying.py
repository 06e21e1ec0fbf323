"""The queries of verification: whole rows with their columns, places in streams, and states. `Verifier` uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import orjson

from events.lines.recorded import Recorded
from events.vocabulary.stream import Stream
from events.vocabulary.values.times import moment_of

_ROWS: Final = """
select position, event::text as line, streams::text as streams, source, id, type, occurred_at, recorded_at
from events where position > $1 order by position limit $2
"""
_PLACES: Final = """
select u.stream, u.version,
    (select s.position from stream_events s where s.stream = u.stream and s.version = u.version) as position
from unnest($1::text[], $2::bigint[]) u(stream, version)
"""
_LENGTHS: Final = """
select stream, count(*) as length from stream_events where stream > $1 group by stream order by stream limit 1000
"""
_BEYOND: Final = """
select version, position from stream_events
where stream = $1 and not version between 1 and $2 order by position, version limit 1
"""
_STATES: Final = "select stream, state::text as state from subjects"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the log: the event, its columns (times in µs), and the positions at its places in its streams."""

    recorded: Recorded
    columns: Mapping[str, str | int]
    places: Mapping[str, int | None]


async def rows(connection: asyncpg.Connection, after: int, limit: int) -> list[Row]:
    """Return the next rows after a position, at most `limit`."""
    found = await connection.fetch(_ROWS, after, limit)
    streams = [_versions(orjson.loads(row["streams"])) for row in found]
    placed = await _places(connection, [pair for named in streams for pair in named.items()])
    return [
        Row(
            Recorded(row["position"], row["line"].encode(), named),
            {
                "source": row["source"],
                "id": row["id"],
                "type": row["type"],
                "time": moment_of(row["occurred_at"]),
                "recordedtime": moment_of(row["recorded_at"]),
            },
            {stream: placed[stream, version] for stream, version in named.items()},
        )
        for row, named in zip(found, streams, strict=True)
    ]


def _versions(named: Any) -> dict[str, int]:
    """Return the streams and versions in a row's column; none if the column has anything else."""
    if not isinstance(named, dict):
        return {}
    return {stream: version for stream, version in named.items() if isinstance(version, int)}


async def _places(
    connection: asyncpg.Connection, versions: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], int | None]:
    found = await connection.fetch(
        _PLACES, [stream for stream, _ in versions], [version for _, version in versions]
    )
    return {(row["stream"], row["version"]): row["position"] for row in found}


async def beyond(
    connection: asyncpg.Connection, versions: Mapping[Stream, int]
) -> tuple[int, str, int] | None:
    """Return the first place in a stream outside these versions: its position, the stream and the version."""
    found: list[tuple[int, str, int]] = []
    after = ""
    while lengths := await connection.fetch(_LENGTHS, after):
        for stream, length in lengths:
            if length != versions.get(Stream(stream), 0):
                row = await connection.fetchrow(_BEYOND, stream, versions.get(Stream(stream), 0))
                found += [(row["position"], stream, row["version"])] if row else []
        after = lengths[-1]["stream"]
    return min(found, default=None)


async def states(connection: asyncpg.Connection) -> dict[Stream, Any]:
    """Return the stored states as JSON values, by stream."""
    return {row["stream"]: orjson.loads(row["state"]) for row in await connection.fetch(_STATES)}
