"""The digest: one hash over all rows of a build's read models. It is the same for every way to compute the rows.

Each row has the SHA-256 of its values as JSON, and a table has the sum of these modulo 2^256. So the order of the rows
and their division between processes do not matter, and parts can be added. The digest finds rows that differ. It does
not protect against rows that were made to collide: the log's hash chain does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from projections.folding.tables import Row
from projections.in_memory.rows import Tables
from projections.models import PROJECTIONS
from projections.store import statements

_MODULUS: Final = 1 << 256
_OPTIONS: Final = orjson.OPT_SORT_KEYS
_ROWS_PAGE: Final = 2_000


@dataclass(slots=True)
class TableSum:
    """The number of rows of a table, and the sum of their hashes."""

    rows: int = 0
    sum: int = 0

    def add(self, values: Any) -> None:
        """Add a row, given by its values in the order of the table's columns."""
        self.rows += 1
        row = sha256(orjson.dumps(values, option=_OPTIONS)).digest()
        self.sum = (self.sum + int.from_bytes(row)) % _MODULUS

    def merge(self, other: "TableSum") -> None:
        """Add the sum of another part of the same table."""
        self.rows += other.rows
        self.sum = (self.sum + other.sum) % _MODULUS


def digest_of(tables: Mapping[str, TableSum]) -> str:
    """Return the hash over all tables, as 64 hex digits."""
    lines = (f"{name} {one.rows} {one.sum:064x}\n" for name, one in sorted(tables.items()))
    return sha256("".join(lines).encode()).hexdigest()


def rows_digest(tables: Tables) -> str:
    """Return the digest of rows in memory, as `fold` returns them."""
    return digest_of(table_sums(tables))


def table_sums(tables: Tables) -> dict[str, TableSum]:
    """Return the sums of rows in memory, by table."""
    return {
        projection.name: _summed(projection.table.columns.keys(), tables[projection.name])
        for projection in PROJECTIONS
    }


def _summed(names: list[str], rows: Iterable[Row]) -> TableSum:
    values = itemgetter(*names)
    table = TableSum()
    for row in rows:
        table.add(values(row))
    return table


async def stored_digest(engine: AsyncEngine) -> tuple[int, str]:
    """Return the checkpoint's position and the digest of the read models that `engine` finds, from one snapshot."""
    tables: dict[str, TableSum] = {}
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    async with snapshot.begin() as connection:
        position = await statements.position(connection)
        for projection in PROJECTIONS:
            table = tables[projection.name] = TableSum()
            rows = await connection.stream(
                select(projection.table), execution_options={"yield_per": _ROWS_PAGE}
            )
            async for row in rows:
                table.add(tuple(row))
    return position, digest_of(tables)
