"""The subjects' states as a whole: which folds made them, and their replacement. Refolding uses it."""

from collections.abc import Iterable, Mapping
from typing import Final

import asyncpg
import orjson

from events.state.subjects import State, from_json, to_json
from events.store.connections import FOLDS
from events.vocabulary.stream import Stream

_NOTED: Final = "select fingerprint from folds"
_NOTE: Final = """
insert into folds (fingerprint) values ($1) on conflict (single) do update set fingerprint = excluded.fingerprint
"""
# A state of null means that the subject no longer exists.
_ASIDE: Final = """
create temporary table refolded (stream text collate "C" primary key, state jsonb) on commit drop
"""
_PUT_ASIDE: Final = """
insert into refolded select * from unnest($1::text[], $2::jsonb[])
on conflict (stream) do update set state = excluded.state
"""
_FOUND: Final = """
select stream, state::text as state from refolded where stream = any($1::text[]) and state is not null
"""
_TAKE_AWAY: Final = """
delete from subjects s where not exists (select from refolded r where r.stream = s.stream and r.state is not null)
"""
_TAKE_OVER: Final = """
insert into subjects as s select r.stream, r.state from refolded r where r.state is not null
on conflict (stream) do update set state = excluded.state where s.state <> excluded.state
"""


async def noted_folds(connection: asyncpg.Connection) -> str | None:
    """Return the fingerprint of the folds that made the states, None if there is none yet."""
    found: str | None = await connection.fetchval(_NOTED)
    return found


async def note_folds(connection: asyncpg.Connection, fingerprint: str) -> None:
    """Store the fingerprint of the folds that made the states. The transaction may then write states of these folds."""
    await connection.execute("select set_config($1, $2, true)", FOLDS, fingerprint)
    await connection.execute(_NOTE, fingerprint)


async def begin(connection: asyncpg.Connection) -> None:
    """Create a table for new states, which exists until the transaction ends."""
    await connection.execute(_ASIDE)


async def put_aside(connection: asyncpg.Connection, states: Mapping[Stream, State | None]) -> None:
    """Store new states in that table."""
    texts = [
        None if state is None else orjson.dumps(to_json(state)).decode()
        for state in states.values()
    ]
    await connection.execute(_PUT_ASIDE, list(states), texts)


async def aside(
    connection: asyncpg.Connection, streams: Iterable[Stream]
) -> dict[Stream, State | None]:
    """Return the new states of these streams, None for a stream without one."""
    wanted = list(streams)
    rows = await connection.fetch(_FOUND, wanted)
    found = {row["stream"]: from_json(row["stream"], orjson.loads(row["state"])) for row in rows}
    return {stream: found.get(stream) for stream in wanted}


async def take_over(connection: asyncpg.Connection) -> None:
    """Replace the subjects' states by the new ones."""
    await connection.execute("analyze refolded")
    await connection.execute(_TAKE_AWAY)
    await connection.execute(_TAKE_OVER)
