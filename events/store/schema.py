"""The schema of the log: the revision that the code needs, and the migration to it. `EventLog.open` runs it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg
from sqlalchemy import Connection, text

from events.store.connections import engine
from events.vocabulary.faults import EventsError

if TYPE_CHECKING:
    from alembic.config import Config

REVISION: Final = "0003"
SERVER_VERSION_MIN: Final = 15
DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")

_MIGRATION_LOCK: Final = 4611686018427387848


class ServerTooOld(EventsError):
    """The database server is older than PostgreSQL 15."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(
            f"the database server is PostgreSQL {version}; howcanwe needs {SERVER_VERSION_MIN} or later"
        )


class SchemaTooNew(EventsError):
    """The log was written by a later release."""

    def __init__(self, revision: str) -> None:
        self.revision = revision
        super().__init__(
            f"the log's schema is at revision {revision}, which this release does not know: use a later release"
        )


@dataclass(frozen=True, slots=True)
class Migrations:
    """A chain of Alembic revisions: folder, the revision that this code needs, and the table with the current one."""

    folder: Path
    revision: str
    version_table: str


LOG: Final = Migrations(Path(__file__).parent / "migrations", REVISION, "alembic_version")


async def prepare(connection: asyncpg.Connection, url: str, migrations: Migrations = LOG) -> None:
    """Migrate the database to the revision that this code needs; afterwards the tables exist.

    Several processes may do so at once. Raises ServerTooOld or SchemaTooNew.
    """
    version = connection.get_server_version().major
    if version < SERVER_VERSION_MIN:
        raise ServerTooOld(version)
    if await _revision(connection, migrations) != migrations.revision:
        migrator = engine(url)
        try:
            async with migrator.begin() as migrating:
                await migrating.run_sync(_migrate, migrations)
        finally:
            await migrator.dispose()


async def not_durable(connection: asyncpg.Connection) -> list[str]:
    """Return the server's settings that are off although acknowledged events would then not be safe on disk."""
    rows = await connection.fetch(
        "select name, setting from pg_settings where name = any($1)", list(DURABLE)
    )
    return sorted(row["name"] for row in rows if row["setting"] == "off")


async def _revision(connection: asyncpg.Connection, migrations: Migrations) -> str | None:
    try:
        revision: str | None = await connection.fetchval(
            f"select version_num from {migrations.version_table}"
        )
    except asyncpg.UndefinedTableError:
        return None
    if revision is not None and revision > migrations.revision:
        raise SchemaTooNew(revision)
    return revision


def _migrate(connection: Connection, migrations: Migrations) -> None:
    # The import takes half of the time that a command needs to start, and is needed once for each database.
    import alembic.command

    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    config = configured(migrations)
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")


def configured(migrations: Migrations) -> "Config":
    """Return how Alembic finds the revisions. Those that belong together may have a folder of their own."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations.folder))
    config.set_main_option("recursive_version_locations", "true")
    config.attributes["version_table"] = migrations.version_table
    return config
