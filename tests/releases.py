"""What earlier releases wrote, as their users have it: their tables in a database, their files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import alembic.command
import asyncpg
from alembic.config import Config
from sqlalchemy import Connection

from events.store.connections import engine
from events.store.schema import LOG
from tests.databases import copied

RELEASES: Final = Path(__file__).parent / "data" / "releases"
FIRST_INSTANT: Final = RELEASES / "0.1.0" / "first-instant"

_TABLES: Final = {
    "events": (
        *("position", "source", "id", "type", "occurred_at", "recorded_at", "sender"),
        *("streams", "event"),
    ),
    "stream_events": ("stream", "version", "position"),
    "subjects": ("stream", "state"),
    "person_keys": ("person", "wrapped"),
}


def master_key(kept: Path) -> bytes:
    """Return the master key that opens the person keys of what is kept."""
    return bytes.fromhex((kept / "master.key").read_text().strip())


@asynccontextmanager
async def restored_tables(server_url: str, kept: Path) -> AsyncIterator[str]:
    """The URL of a database whose log has the tables of what is kept, as its release left them; gone afterwards."""
    tables = kept / "tables"
    revision = (tables / "alembic_version.copy").read_text().strip()
    async with copied(server_url, "template1") as url:
        migrator = engine(url)
        async with migrator.begin() as connection:
            await connection.run_sync(_migrate, revision)
        await migrator.dispose()
        copying = await asyncpg.connect(url)
        try:
            for table, columns in _TABLES.items():
                await copying.copy_to_table(table, source=tables / f"{table}.copy", columns=columns)
        finally:
            await copying.close()
        yield url


def _migrate(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(LOG.folder))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = LOG.version_table
    alembic.command.upgrade(config, revision)
