"""What the log asks of its tables while it records: present states, earlier events, and one call that appends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson

from events.lines.chain import Head, line_hash
from events.lines.recorded import Recorded
from events.state.subjects import State, from_json, to_json
from events.vocabulary.stream import Stream, mark_of_event
from events.vocabulary.times import as_datetime, moment_of

_HEAD = (
    "select position, event::text as line, recorded_at from events order by position desc limit 1"
)

_SUBJECTS = """
select u.stream,
    coalesce(
        (select e.version from stream_events e where e.stream = u.stream order by e.version desc limit 1), 0
    ) as version,
    (select s.state::text from subjects s where s.stream = u.stream) as state,
    coalesce((select e.position from events e order by e.position desc limit 1), 0) as head
from unnest($1::text[]) u(stream)
"""

_IDENTITIES = """
select e.position, e.event::text as line, e.streams::text as streams, e.sender
from unnest($1::text[], $2::text[]) u(source, id)
join lateral (select * from events e where e.source = u.source and e.id = u.id) e on true
"""

_EVENT = (
    "select position, event::text as line, streams::text as streams from events where position = $1"
)

_EVENTS = (
    "select position, event::text as line, streams::text as streams from events"
    " where position = any($1::bigint[]) order by position"
)

_HISTORY = """
select e.position, e.event::text as line, e.streams::text as streams,
    (select s.state::text from subjects s where s.stream = 'event/' || e.position) as mark
from stream_events s join lateral (select * from events e where e.position = s.position) e on true
where s.stream = $1 order by s.version
"""

_APPEND = """
select append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An event that is in the log already, and who sent it."""

    recorded: Recorded
    sender: str


@dataclass(slots=True)
class AppendedEvent:
    """One event on its way to disk."""

    source: str
    id: str
    type: str
    occurred_us: int
    sender: str
    line: bytes
    streams: Mapping[str, int]


@dataclass(slots=True)
class Batch:
    """What one commit writes: events, the states they change, and person keys that come and go."""

    head: Head
    recorded_us: int
    entries: list[AppendedEvent] = field(default_factory=list)
    states: dict[Stream, State | None] = field(default_factory=dict)
    new_keys: dict[str, bytes] = field(default_factory=dict)
    gone_persons: list[str] = field(default_factory=list)


def _recorded(row: Any) -> Recorded:
    return Recorded(row["position"], row["line"].encode(), orjson.loads(row["streams"]))


async def head(connection: asyncpg.Connection) -> Head:
    """Return the end of the log."""
    row = await connection.fetchrow(_HEAD)
    if row is None:
        return Head()
    return Head(row["position"], line_hash(row["line"].encode()), moment_of(row["recorded_at"]))


async def subjects(
    connection: asyncpg.Connection, streams: Sequence[str]
) -> tuple[dict[Stream, tuple[int, State | None]], int]:
    """Return the version and state of each stream, and the head's position, all of one moment."""
    rows = await connection.fetch(_SUBJECTS, list(streams))
    found = {row["stream"]: (row["version"], _state(row["stream"], row["state"])) for row in rows}
    return found, rows[0]["head"] if rows else 0


def _state(stream: Stream, text: str | None) -> State | None:
    return None if text is None else from_json(stream, orjson.loads(text))


async def identities(
    connection: asyncpg.Connection, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Stored]:
    """Return those of the events (by source and id) that are in the log."""
    pairs = list(wanted)
    rows = await connection.fetch(
        _IDENTITIES, [source for source, _ in pairs], [id_ for _, id_ in pairs]
    )
    found = (Stored(_recorded(row), row["sender"]) for row in rows)
    return {
        (stored.recorded.content["source"], stored.recorded.content["id"]): stored
        for stored in found
    }


async def person_keys(connection: asyncpg.Connection, persons: Sequence[str]) -> dict[str, bytes]:
    """Return the wrapped keys of those persons who are not forgotten."""
    rows = await connection.fetch(
        "select person, wrapped from person_keys where person = any($1)", list(persons)
    )
    return {row["person"]: row["wrapped"] for row in rows}


async def event(connection: asyncpg.Connection, position: int) -> Recorded | None:
    """Return the event at the position."""
    row = await connection.fetchrow(_EVENT, position)
    return None if row is None else _recorded(row)


async def events(connection: asyncpg.Connection, positions: Iterable[int]) -> list[Recorded]:
    """Return the events at these positions, oldest first."""
    rows = await connection.fetch(_EVENTS, list(positions))
    return [_recorded(row) for row in rows]


async def history(
    connection: asyncpg.Connection, stream: str
) -> list[tuple[Recorded, State | None]]:
    """Return the events of a stream, oldest first, with what later events said of each."""
    rows = await connection.fetch(_HISTORY, stream)
    return [(_recorded(row), _state(mark_of_event(row["position"]), row["mark"])) for row in rows]


async def append(connection: asyncpg.Connection, batch: Batch) -> str:
    """Write the batch after its head in one transaction of its own (or the present one).

    Returns `recorded`; or `moved` where the log has another head, or `repeated` where one of the ids is taken, and then
    nothing is written. Whoever waits for the log is notified.
    """
    entries = batch.entries
    states = batch.states.values()
    status: str = await connection.fetchval(
        _APPEND,
        batch.head.position,
        as_datetime(batch.recorded_us),
        "\n".join([e.source for e in entries]),
        "\n".join([e.id for e in entries]),
        "\n".join([e.type for e in entries]),
        [as_datetime(e.occurred_us) for e in entries],
        "\n".join([e.sender for e in entries]),
        b"\n".join([orjson.dumps(e.streams) for e in entries]).decode(),
        b"\n".join([e.line for e in entries]).decode(),
        "\n".join(batch.states),
        b"\n".join([orjson.dumps(state and to_json(state)) for state in states]).decode(),
        list(batch.new_keys),
        list(batch.new_keys.values()),
        batch.gone_persons,
    )
    return status


async def lock(connection: asyncpg.Connection) -> None:
    """Take the log's lock until the transaction ends: a statement of its own, so that what follows sees all before."""
    await connection.execute("select lock_log()")
