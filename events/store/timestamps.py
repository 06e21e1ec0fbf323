"""How times are stored in the database. All connections that read or write times use it.

The driver writes the first and the last time of Python's calendar as `-infinity` and `infinity`, and reads these as
times without an offset, which cannot be compared with others. A log of release 0.1.0 may have the first one. So both
values mean these two times everywhere, and are read as times in UTC like all others.
"""

from datetime import UTC, datetime
from typing import Final

import asyncpg

from events.vocabulary.values.times import as_datetime, moment_of

_EPOCH_US: Final = moment_of(datetime(2000, 1, 1, tzinfo=UTC))
"""PostgreSQL counts µs from here."""
_INFINITE: Final = {
    moment_of(datetime.min.replace(tzinfo=UTC)): -(2**63),
    moment_of(datetime.max.replace(tzinfo=UTC)): 2**63 - 1,
}
_FINITE: Final = {kept: moment_us for moment_us, kept in _INFINITE.items()}


async def teach(connection: asyncpg.Connection) -> None:
    """Make the connection return every time as one in UTC, without asking the server."""
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
