"""Look-ups in the log's tables: its head, states, events, histories, ids and the keys of persons.

The recorder, the visible log and the checks of a log call them. Each is one statement.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import orjson

from events.lines.chain import Head, line_hash
from events.lines.recorded import Recorded
from events.state.subjects import State, from_json
from events.vocabulary.stream import Stream, event_reference
from events.vocabulary.values.times import moment_of

_HEAD: Final = (
    "select position, event::text as line, recorded_at from events order by position desc limit 1"
)

_SUBJECTS: Final = """
select u.stream,
    coalesce(
        (select e.version from stream_events e where e.stream = u.stream order by e.version desc limit 1), 0
    ) as version,
    (select s.state::text from subjects s where s.stream = u.stream) as state,
    coalesce((select e.position from events e order by e.position desc limit 1), 0) as head
from unnest($1::text[]) u(stream)
"""

_IDENTITIES: Final = """
select e.position, e.event::text as line, e.streams::text as streams, e.sender
from unnest($1::text[], $2::text[]) u(source, id)
join lateral (select * from events e where e.source = u.source and e.id = u.id) e on true
"""

_EVENT: Final = (
    "select position, event::text as line, streams::text as streams, sender"
    " from events where position = $1"
)

_EVENTS: Final = (
    "select position, event::text as line, streams::text as streams, sender from events"
    " where position = any($1::bigint[]) order by position"
)

_HISTORY: Final = """
select e.position, e.event::text as line, e.streams::text as streams,
    (select s.state::text from subjects s where s.stream = 'event/' || e.position) as amendments
from stream_events s join lateral (select * from events e where e.position = s.position) e on true
where s.stream = $1 order by s.version
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An event of the log, and the id of its sender."""

    recorded: Recorded
    sender: str


def _recorded(row: Any) -> Recorded:
    return Recorded(row["position"], row["line"].encode(), orjson.loads(row["streams"]))


async def head(connection: asyncpg.Connection) -> Head:
    """Return the end of the log."""
    row = await connection.fetchrow(_HEAD)
    if row is None:
        return Head()
    return Head(row["position"], line_hash(row["line"].encode()), moment_of(row["recorded_at"]))


async def subjects(
    connection: asyncpg.Connection, streams: Sequence[Stream]
) -> tuple[dict[Stream, tuple[int, State | None]], int]:
    """Return the version and state of each stream, and the position of the head at that moment."""
    rows = await connection.fetch(_SUBJECTS, list(streams))
    found = {row["stream"]: (row["version"], _state(row["stream"], row["state"])) for row in rows}
    return found, rows[0]["head"] if rows else 0


def _state(stream: Stream, text: str | None) -> State | None:
    return None if text is None else from_json(stream, orjson.loads(text))


async def identities(
    connection: asyncpg.Connection, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Stored]:
    """Return the events of the log that have one of these identities: (source, id)."""
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
    """Return the wrapped keys of these persons, except forgotten ones."""
    rows = await connection.fetch(
        "select person, wrapped from person_keys where person = any($1)", list(persons)
    )
    return {row["person"]: row["wrapped"] for row in rows}


async def event(connection: asyncpg.Connection, position: int) -> Recorded | None:
    """Return the event at the position, None if there is none."""
    found = await stored(connection, position)
    return None if found is None else found.recorded


async def stored(connection: asyncpg.Connection, position: int) -> Stored | None:
    """Return the event at the position and the id of its sender, None if there is none."""
    row = await connection.fetchrow(_EVENT, position)
    return None if row is None else Stored(_recorded(row), row["sender"])


async def events(connection: asyncpg.Connection, positions: Iterable[int]) -> list[Recorded]:
    """Return the events at these positions, oldest first."""
    return [one.recorded for one in await all_stored(connection, positions)]


async def all_stored(connection: asyncpg.Connection, positions: Iterable[int]) -> list[Stored]:
    """Return the events at these positions with the ids of their senders, oldest first."""
    rows = await connection.fetch(_EVENTS, list(positions))
    return [Stored(_recorded(row), row["sender"]) for row in rows]


async def history(
    connection: asyncpg.Connection, stream: Stream
) -> list[tuple[Recorded, State | None]]:
    """Return the events of a stream, oldest first, each with what later events changed about it."""
    rows = await connection.fetch(_HISTORY, stream)
    return [
        (_recorded(row), _state(event_reference(row["position"]), row["amendments"]))
        for row in rows
    ]
