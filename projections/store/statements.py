"""The runner's statements: the schema, the checkpoint, and the reading and writing of rows. They contain no policy."""

from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import Any, Final

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.types import TypeEngine

from events.store import connections
from events.store.connections import CONNECT_SECONDS_MAX
from events.store.replica import Check
from projections.folding.fold import Rows
from projections.folding.tables import READ_MODELS, Key, Row, checkpoint

STATEMENTS_MAX: Final = 50
"""How many prepared statements a connection keeps. PostgreSQL needs about 80 bytes for each of their characters."""

LOCK_SECONDS_MAX: Final = 10
IDLE_SECONDS_MAX: Final = 10


def engine(
    url: str, *, connections_max: int, check: Check | None = None, **settings: str
) -> AsyncEngine:
    """Return an engine; `within` sets the schema in which its statements find the read models.

    `check` is called with each new connection.
    """
    return connections.engine(
        url,
        check=check,
        pool_size=connections_max,
        max_overflow=0,
        hide_parameters=True,  # errors are logged, and people's texts must not be
        pool_timeout=CONNECT_SECONDS_MAX,
        connecting={
            "timeout": CONNECT_SECONDS_MAX,
            "statement_cache_size": STATEMENTS_MAX,
            "max_cacheable_statement_size": 0,  # no limit: the planning of long statements takes longest
            "server_settings": {"timezone": "UTC", "jit": "off", **settings},
        },
    )


def within(engine: AsyncEngine, schema: str) -> AsyncEngine:
    """Return the same engine with statements that find the read models in `schema`."""
    return engine.execution_options(schema_translate_map={READ_MODELS: schema})


def writing_engine(url: str) -> AsyncEngine:
    """Return the runner's engine. A frozen process neither keeps the checkpoint's lock nor waits for it forever."""
    return engine(
        url,
        connections_max=1,
        application_name="howcanwe projections",
        lock_timeout=f"{LOCK_SECONDS_MAX}s",
        idle_in_transaction_session_timeout=f"{IDLE_SECONDS_MAX}s",
        # To the planner new tables that were not analysed look small, so it would scan a whole table for each key.
        enable_seqscan="off",
    )


async def lock(connection: AsyncConnection) -> int:
    """Lock the checkpoint until the transaction ends, and return its position. No other process writes meanwhile."""
    locked = await connection.execute(select(checkpoint.c.position).with_for_update())
    return int(locked.scalar_one())


async def position(connection: AsyncConnection) -> int:
    """Return the checkpoint's position."""
    return int((await connection.execute(select(checkpoint.c.position))).scalar_one())


async def move(connection: AsyncConnection, to: int) -> None:
    """Move the checkpoint; it must be locked."""
    await connection.execute(update(checkpoint).values(position=to))


async def fetch(connection: AsyncConnection, table: Table, keys: Iterable[Key]) -> Rows:
    """Return the table's rows with these keys."""
    wanted = list(keys)
    if not wanted:
        return {}
    statement = select(table).where(_is_among(table))
    names = [column.name for column in table.primary_key]
    found = await connection.execute(statement, _columns(names, wanted))
    return {tuple(row[name] for name in names): dict(row) for row in found.mappings()}


async def write(
    connection: AsyncConnection, table: Table, rows: Rows, stale: Collection[Key]
) -> None:
    """Write these rows to the table, in at most two statements for any number of rows.

    `stale` are the keys that the table may already have; rows that are None are deleted.
    """
    if stale:
        names = [column.name for column in table.primary_key]
        columns = _columns(names, list(stale))
        await connection.execute(delete(table).where(_is_among(table)), columns)
    names = [column.name for column in table.columns]
    records = list(map(itemgetter(*names), _encoded(table, filter(None, rows.values()))))
    if records:
        # COPY takes a fraction of the time of INSERT. SQLAlchemy does not support it, so the driver is called.
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        await driver.copy_records_to_table(
            table.name, schema_name=schema_of(connection), columns=names, records=records
        )


async def analyze(connection: AsyncConnection, tables: Iterable[Table]) -> None:
    """Give PostgreSQL the statistics by which it plans queries of these tables, except of those that others lock."""
    schema = schema_of(connection)
    names = ", ".join(f'"{schema}"."{table.name}"' for table in tables)
    await connection.execute(text(f"analyze (skip_locked) {names}"))


def schema_of(connection: AsyncConnection) -> str:
    """Return the schema in which the connection finds the read models."""
    options = (
        connection.sync_connection.get_execution_options() if connection.sync_connection else {}
    )
    return str(options["schema_translate_map"][READ_MODELS])


def _encoded(table: Table, rows: Iterable[Row]) -> Iterable[Row]:
    """Return the rows in the driver's form: JSON as text."""
    names = [column.name for column in table.columns if isinstance(column.type, JSONB)]
    if not names:
        return rows
    return ({**row, **{name: orjson.dumps(row[name]).decode() for name in names}} for row in rows)


def _columns(names: list[str], keys: list[Key]) -> Mapping[str, list[Any]]:
    return {f"p_{name}": [key[index] for key in keys] for index, name in enumerate(names)}


def _unnested(columns: Iterable[ColumnElement[Any]]) -> Select[Any]:
    """Return a row for each index of the arrays `p_<column>`, so one statement takes any number of rows."""
    return select(
        *(
            func.unnest(bindparam(f"p_{column.key}", type_=ARRAY(_bound(column.type))))
            for column in columns
        )
    )


def _bound(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    # A collation is a property of the column, not of the values that are sent.
    return Text() if isinstance(type_, Text) else type_


def _is_among(table: Table) -> ColumnElement[bool]:
    return tuple_(*table.primary_key).in_(_unnested(table.primary_key))
