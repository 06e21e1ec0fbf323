"""What the runner asks of PostgreSQL: the schema, the checkpoint, rows before and rows after. Statements, no policy."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

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
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.schema import CreateSchema
from sqlalchemy.types import TypeEngine

from events.store.connections import CONNECT_SECONDS_MAX, sqlalchemy_url
from projections.fold import Rows
from projections.projection import Key
from projections.tables import READ_MODELS, checkpoint, metadata

LOCK_SECONDS_MAX: Final = 10
IDLE_SECONDS_MAX: Final = 10
_CREATING_LOCK: Final = 4611686018427387849


def engine(url: str, schema: str, *, connections_max: int, **settings: str) -> AsyncEngine:
    """Return an engine whose statements find the read models in `schema`."""
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=connections_max,
        max_overflow=0,
        hide_parameters=True,  # errors are logged, and what people told is not for there
        pool_timeout=CONNECT_SECONDS_MAX,
        connect_args={
            "timeout": CONNECT_SECONDS_MAX,
            "server_settings": {"timezone": "UTC", "jit": "off", **settings},
        },
    ).execution_options(schema_translate_map={READ_MODELS: schema})


def writing_engine(url: str, schema: str) -> AsyncEngine:
    """Return the engine that projects: a frozen process does not hold the checkpoint, nor wait for it for good."""
    return engine(
        url,
        schema,
        connections_max=1,
        application_name="howcanwe projections",
        lock_timeout=f"{LOCK_SECONDS_MAX}s",
        idle_in_transaction_session_timeout=f"{IDLE_SECONDS_MAX}s",
    )


async def prepare(connection: AsyncConnection, schema: str) -> None:
    """Make the schema, its tables and its checkpoint where they are missing; several processes may do so at once."""
    await connection.execute(select(func.pg_advisory_xact_lock(_CREATING_LOCK)))
    await connection.execute(CreateSchema(schema, if_not_exists=True))
    await connection.run_sync(metadata.create_all)
    await connection.execute(
        insert(checkpoint).values(single=True, position=0).on_conflict_do_nothing()
    )


async def lock(connection: AsyncConnection) -> int:
    """Take the checkpoint until the transaction ends, and return its position: nobody else writes meanwhile."""
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


async def write(connection: AsyncConnection, table: Table, rows: Rows) -> None:
    """Write the rows, and delete those that are None: two statements at most, whatever their number."""
    kept = [row for row in rows.values() if row is not None]
    if kept:
        names = [column.name for column in table.columns]
        values = {f"p_{name}": [row[name] for row in kept] for name in names}
        await connection.execute(_upsert(table), values)
    if gone := [key for key, row in rows.items() if row is None]:
        names = [column.name for column in table.primary_key]
        await connection.execute(delete(table).where(_is_among(table)), _columns(names, gone))


def _columns(names: list[str], keys: list[Key]) -> Mapping[str, list[Any]]:
    return {f"p_{name}": [key[index] for key in keys] for index, name in enumerate(names)}


def _unnested(columns: Iterable[ColumnElement[Any]]) -> Select[Any]:
    """Return a row for each place in the arrays `p_<column>`: as many rows as one likes in one statement."""
    return select(
        *(
            func.unnest(bindparam(f"p_{column.key}", type_=ARRAY(_bound(column.type))))
            for column in columns
        )
    )


def _bound(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    # A collation belongs to the column, not to the values that are sent.
    return Text() if isinstance(type_, Text) else type_


def _is_among(table: Table) -> ColumnElement[bool]:
    return tuple_(*table.primary_key).in_(_unnested(table.primary_key))


def _upsert(table: Table) -> Insert:
    inserted = insert(table).from_select([c.name for c in table.columns], _unnested(table.columns))
    others = {c.name: inserted.excluded[c.name] for c in table.columns if not c.primary_key}
    return inserted.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)
