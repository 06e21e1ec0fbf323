"""The builds: each build of the code has its own PostgreSQL schema of read models. The runner and the commands use it.

A schema's name is `read_models_<fingerprint>_<token>`. Because of the token no name is ever used twice: open
connections keep plans for a schema that had the name before. Every user of a schema holds a shared advisory lock for
it, which ends with the session in any case. So an unused schema can be recognised and removed.
"""

from dataclasses import dataclass
from secrets import token_hex
from typing import Final
from zlib import crc32

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Table,
    cast,
    column,
    func,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateSchema, DropSchema

from projections.folding.tables import READ_MODELS, checkpoint, metadata
from projections.queries import search  # noqa: F401 -- its indexes belong to the tables
from projections.updating.fingerprint import fingerprint

PREFIX: Final = "read_models_"
SCRATCH: Final = f"{PREFIX}scratch_"
TOKEN_BYTES: Final = 4
_CREATING_LOCK: Final = 4611686018427387849
_USING_LOCK: Final = 1752458083  # the first of two numbers; the second stands for the schema

_namespaces: Final = table("pg_namespace", column("oid"), column("nspname"), schema="pg_catalog")
_relations: Final = table(
    "pg_class", column("oid"), column("relnamespace"), column("relkind"), schema="pg_catalog"
)
_locks: Final = table(
    "pg_locks",
    column("locktype"),
    column("classid"),
    column("objid"),
    column("database"),
    schema="pg_catalog",
)
_databases: Final = table("pg_database", column("oid"), column("datname"), schema="pg_catalog")


@dataclass(frozen=True, slots=True)
class Build:
    """The read models of one build: their position (None if not begun), their size, and whether they are in use."""

    schema: str
    position: int | None
    size_bytes: int
    in_use: bool

    @property
    def fingerprint(self) -> str:
        """The build's fingerprint."""
        return self.schema.removeprefix(PREFIX).partition("_")[0]

    @property
    def is_own(self) -> bool:
        """Whether it is the build of this code."""
        return self.fingerprint == fingerprint()


async def own_schema(connection: AsyncConnection) -> str | None:
    """Return the schema of this build's read models, None if there is none yet."""
    return next(iter(await _schemas(connection, f"{PREFIX}{fingerprint()}_")), None)


async def prepare_own(connection: AsyncConnection) -> str:
    """Create this build's schema if it is missing, and return it; several processes may do so at once."""
    await connection.execute(select(func.pg_advisory_xact_lock(_CREATING_LOCK)))
    schema = await own_schema(connection) or new_name()
    await create(connection, schema)
    return schema


def new_name() -> str:
    """Return a name for this build's schema that was never used."""
    return f"{PREFIX}{fingerprint()}_{token_hex(TOKEN_BYTES)}"


def scratch_name() -> str:
    """Return a name that was never used, for read models that are not served."""
    return f"{SCRATCH}{token_hex(TOKEN_BYTES)}"


async def create(connection: AsyncConnection, schema: str) -> None:
    """Create the schema, its tables and its checkpoint if they are missing."""
    connection = await connection.execution_options(schema_translate_map={READ_MODELS: schema})
    await connection.execute(CreateSchema(schema, if_not_exists=True))
    await connection.run_sync(metadata.create_all)
    await connection.execute(
        insert(checkpoint).values(single=True, position=0).on_conflict_do_nothing()
    )


async def use(connection: AsyncConnection, schema: str) -> None:
    """Hold the schema until the session ends, so that it is not removed meanwhile."""
    await connection.execute(select(func.pg_advisory_lock_shared(_USING_LOCK, _lock(schema))))


async def builds(connection: AsyncConnection) -> list[Build]:
    """Return the read models of all builds, the largest position first."""
    found = [
        Build(
            schema,
            await _position(connection, schema),
            await _size_bytes(connection, schema),
            await _in_use(connection, schema),
        )
        for schema in await _schemas(connection, PREFIX)
    ]
    return sorted(found, key=lambda build: -(build.position or 0))


async def remove(connection: AsyncConnection, schema: str) -> bool:
    """Remove the schema if it is not in use; return whether it was removed. The caller commits the transaction."""
    await connection.execute(select(func.pg_advisory_xact_lock(_CREATING_LOCK)))
    free = select(func.pg_try_advisory_xact_lock(_USING_LOCK, _lock(schema)))
    if not (await connection.execute(free)).scalar_one():
        return False
    await connection.execute(DropSchema(schema, cascade=True, if_exists=True))
    return True


async def _schemas(connection: AsyncConnection, prefix: str) -> list[str]:
    names = select(_namespaces.c.nspname).where(
        _namespaces.c.nspname.startswith(prefix, autoescape=True)
    )
    return sorted((await connection.execute(names)).scalars())


async def _position(connection: AsyncConnection, schema: str) -> int | None:
    there = await connection.run_sync(
        lambda sync: sync.dialect.has_table(sync, checkpoint.name, schema=schema)
    )
    if not there:
        return None
    its = Table(checkpoint.name, MetaData(), Column("position", BigInteger), schema=schema)
    position: int | None = (await connection.execute(select(its.c.position))).scalar()
    return position


async def _size_bytes(connection: AsyncConnection, schema: str) -> int:
    size = (
        select(func.coalesce(func.sum(func.pg_total_relation_size(_relations.c.oid)), 0))
        .join(_namespaces, _namespaces.c.oid == _relations.c.relnamespace)
        .where(_namespaces.c.nspname == schema, _relations.c.relkind == "r")
    )
    return int((await connection.execute(size)).scalar_one())


async def _in_use(connection: AsyncConnection, schema: str) -> bool:
    holders = (
        select(func.count())
        .select_from(_locks)
        .join(_databases, _databases.c.oid == _locks.c.database)
        .where(
            _locks.c.locktype == "advisory",
            cast(_locks.c.classid, BigInteger) == _USING_LOCK,
            cast(_locks.c.objid, BigInteger) == _number(schema),
            _databases.c.datname == func.current_database(),
        )
    )
    return bool((await connection.execute(holders)).scalar_one())


def _number(schema: str) -> int:
    """Return the number of the schema in advisory locks: unsigned, as pg_locks shows it."""
    return crc32(schema.encode())


def _lock(schema: str) -> ColumnElement[int]:
    number = _number(schema)
    return cast(number - (1 << 32) if number >= 1 << 31 else number, Integer)
