"""How points in time stand in the database, and how they come out again.

The driver writes the first and the last instant that Python knows as `-infinity` and `infinity`, and reads these as
moments without an offset, which compare with no others. A log of release 0.1.0 may hold the first one. So both stand
for these two instants everywhere: written so, compared so, and read as moments in UTC like all others.
"""

from datetime import UTC, datetime
from typing import Final

import asyncpg

from events.vocabulary.times import as_datetime, moment_of

_EPOCH_US: Final = moment_of(datetime(2000, 1, 1, tzinfo=UTC))
"""PostgreSQL counts µs from here."""
_INFINITE: Final = {
    moment_of(datetime.min.replace(tzinfo=UTC)): -(2**63),
    moment_of(datetime.max.replace(tzinfo=UTC)): 2**63 - 1,
}
_FINITE: Final = {kept: moment_us for moment_us, kept in _INFINITE.items()}


async def teach(connection: asyncpg.Connection) -> None:
    """Let the connection give every point in time as one in UTC. Nothing is asked of the server."""
    await connection.set_type_codec(
        "timestamptz", schema="pg_catalog", encoder=_encoded, decoder=_decoded, format="tuple"
    )


def _encoded(time: datetime) -> tuple[int]:
    moment_us = moment_of(time)
    kept = _INFINITE.get(moment_us)
    return (moment_us - _EPOCH_US if kept is None else kept,)


def _decoded(kept: tuple[int]) -> datetime:
    moment_us = _FINITE.get(kept[0])
    return as_datetime(kept[0] + _EPOCH_US if moment_us is None else moment_us)
