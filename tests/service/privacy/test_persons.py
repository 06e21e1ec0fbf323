"""Persons: their stored data, forgetting them everywhere, and changing the master key."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.access.principal import RECORD
from events.integrity.checkpoint import public_bytes
from events.integrity.verify import Verifier, Whole
from events.lines.chain import line_hash
from events.log import EventLog
from events.recording.vault import WrongMasterKey
from service.errors import BackupRefused, ForeignMasterKey, NoSuchPerson
from service.privacy import persons
from service.privacy.quarantine import Quarantine, Rejected
from service.secrets.signing_key import public_pem
from tests.conftest import MASTER_KEY
from tests.databases import execute
from tests.events.record import Record
from tests.events.samples import forgotten, formed, introduced, joined, noted, registered
from tests.processes import run
from tests.service.app import BATCH, PERSONAL, SSE, Api, open_api, person
from tests.service.conftest import Messages

NEW_KEY = b"another master key for the tests"
THIRD_KEY = b"a third master key for the tests"
NAME, EMAIL = PERSONAL


@pytest.fixture
def record(log: EventLog) -> Record:
    """An empty record."""
    return Record(log)


async def begin(record: Record) -> None:
    await record.add(formed(), registered("mill"), joined("mill"))
    await record.add(introduced(name=NAME, email=EMAIL), introduced("ada", name="Ada", email=None))


async def backed_up(url: str, master_key: bytes = MASTER_KEY) -> list[bytes]:
    """Return a backup of the person keys."""
    async with persons.prepared(url) as connection:
        return await persons.backup(connection, master_key)


async def put_back(url: str, kept: list[bytes], master_key: bytes = MASTER_KEY) -> persons.Restored:
    """Restore a backup of person keys."""
    async with persons.prepared(url) as connection:
        return await persons.restore(connection, kept, master_key)


async def rewrapped(url: str, old: bytes, new: bytes) -> persons.Rewrapped:
    """Put another master key in the place of one."""
    async with persons.prepared(url) as connection:
        return await persons.rewrap(connection, [old], new)


async def test_a_person_is_given_what_is_held_about_them(record: Record) -> None:
    await begin(record)
    await record.add(noted("organisation/mill", actor="person/grace"))
    held = await persons.held_about(record.log, "grace")
    assert (held["name"], held["email"], held["forgotten"]) == (NAME, EMAIL, False)
    assert [event["position"] for event in held["events"]] == [4, 6]
    assert (await persons.held_about(record.log, "ada"))["email"] is None
    await record.add(forgotten())
    held = await persons.held_about(record.log, "grace")
    assert (held["name"], held["email"], held["forgotten"]) == (None, None, True)
    assert not held["readable"]
    assert NAME not in str(held)


async def test_a_person_whose_key_is_not_here_is_not_called_forgotten(
    record: Record, tmp_path: Path
) -> None:
    await begin(record)
    kept = await backed_up(record.log.url)
    await execute(record.log.url, "delete from person_keys")
    held = await persons.held_about(record.log, "grace")
    assert (held["name"], held["forgotten"], held["readable"]) == (None, False, False)
    place = ("--database-url", record.log.url, "--data", str(tmp_path / "data"))
    settings = {"HOWCANWE_MASTER_KEY": MASTER_KEY.hex()}
    done = await asyncio.to_thread(run, "person", "export", "grace", *place, settings=settings)
    assert orjson.loads(done.stdout)["forgotten"] is False
    assert b"the person's key is missing" in done.stderr
    await put_back(record.log.url, kept)
    held = await persons.held_about(record.log, "grace")
    assert (held["name"], held["forgotten"], held["readable"]) == (NAME, False, True)


@pytest.mark.parametrize("key", ["nobody", "no key"])
async def test_a_person_who_is_not_known_has_nothing_held(record: Record, key: str) -> None:
    with pytest.raises(NoSuchPerson):
        await persons.held_about(record.log, key)


async def test_another_master_key_wraps_everything_and_changes_no_event(record: Record) -> None:
    await begin(record)
    before = await Verifier(record.log).run()
    url = record.log.url
    pool = await asyncpg.create_pool(url, min_size=0)
    await rewrapped(url, MASTER_KEY, MASTER_KEY)  # The service's tables are there now.
    rejected = Rejected(0, {"a": NAME}, orjson.dumps({"a": NAME}).decode(), ())
    (waiting,) = await Quarantine(pool, MASTER_KEY, days=1, events_max=9).add("key", [rejected])
    assert waiting is not None
    assert await rewrapped(url, MASTER_KEY, NEW_KEY) == persons.Rewrapped(2)
    # Interrupted before the new key took the old one's place, and called again.
    assert await rewrapped(url, MASTER_KEY, NEW_KEY) == persons.Rewrapped(2)
    with pytest.raises(WrongMasterKey):
        await record.log.personal(["grace"], RECORD)
    async with await EventLog.open(url, master_key=NEW_KEY) as log:
        assert await log.personal(["grace"], RECORD) == {"grace": {"name": NAME, "email": EMAIL}}
        assert await Verifier(log).run() == before
    found = await Quarantine(pool, NEW_KEY, days=1, events_max=9).find("key", waiting)
    assert found is not None
    assert orjson.loads(found.text) == {"a": NAME}
    # Sent again, it is the one that is there.
    again = Quarantine(pool, NEW_KEY, days=1, events_max=9)
    assert await again.add("key", [rejected]) == [waiting]
    with pytest.raises(ForeignMasterKey):
        await rewrapped(url, MASTER_KEY, THIRD_KEY)
    await pool.close()


async def test_a_restored_key_of_a_forgotten_person_is_destroyed_again(record: Record) -> None:
    await begin(record)
    url = record.log.url
    kept = await backed_up(url)
    assert len(kept) == 2
    await record.add(forgotten())
    connection = await asyncpg.connect(url)
    await connection.execute("delete from person_keys")
    assert await put_back(url, kept) == persons.Restored(1, 1)
    assert await put_back(url, kept) == persons.Restored(0, 2)
    found = await record.log.personal(["grace", "ada"], RECORD)
    assert found == {"ada": {"name": "Ada"}}
    # What is put back past the command is destroyed when the service starts.
    await connection.execute("insert into person_keys values ('grace', '\\x00')")
    async with open_api(url) as api:
        assert await api.execute("select count(*) from person_keys") == 1
    await connection.close()


async def test_a_file_that_is_no_backup_is_refused(record: Record) -> None:
    await begin(record)
    kept = await backed_up(record.log.url)
    for wrong in (b"", b"[]", b'{"person": "a"}', b'{"person": "a", "wrapped": "?"}'):
        with pytest.raises(BackupRefused):
            await put_back(record.log.url, [wrong])
    with pytest.raises(WrongMasterKey):
        await put_back(record.log.url, kept, NEW_KEY)


async def everything(api: Api) -> list[bytes]:
    """Return the answer of every route that shows anything of persons, to the viewer who sees most."""
    query = {
        "query": """{ person(key: "grace") { key organisation { key } role name email }
            events(first: 100) { nodes { data line } }
            organisation(key: "mill") { timeline(first: 100) {
                nodes { ... on TimelineEntry { event { data line } } } } } }"""
    }
    head = await api.head()
    graph = await api.client.post(
        "/graphql",
        json=query,
        headers=api.headers("facilitator", {"min-position": str(head)}),
    )
    answers = [
        await api.get("/events"),
        await api.get("/events", accept=BATCH),
        await api.get(f"/events?limit={head}", accept=SSE),
        await api.get("/quarantine"),
        graph,
    ]
    assert all(answer.status_code == 200 for answer in answers)
    return [answer.content for answer in answers]


async def live_rows(url: str) -> list[str]:
    """Return every live row of every table in the database, as text; bytes in hex and as they are."""
    connection = await asyncpg.connect(url)
    tables = await connection.fetch(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema')"
    )
    rows = [
        row[0]
        for table in tables
        for row in await connection.fetch(f"select t::text from {table['name']} t")
    ]
    await connection.close()
    return rows


async def test_after_forgetting_a_name_is_found_nowhere(
    database_url: str, messages: Messages, tmp_path: Path
) -> None:
    logging.getLogger("howcanwe").setLevel(logging.DEBUG)
    async with open_api(database_url, lives=True) as api:
        await api.begin()
        assert (await api.post(person(id="once"))).status_code == 201
        # Refused, and kept in quarantine: it holds the name, too.
        refused = await api.post(person(colour="red"), prefer="handling=lenient")
        assert refused.status_code == 422
        before = b"".join(await everything(api))
        assert NAME.encode() in before and EMAIL.encode() in before
        assert len((await api.get("/quarantine")).json()["quarantined"]) == 1
        assert (await api.post(forgotten())).status_code == 201
        answers = await everything(api)
        assert (await api.get("/quarantine")).json()["quarantined"] == []
        again = await api.post(person(id="once"))
        assert again.status_code == 409
        answers.append(again.content)
        result = await Verifier(api.service.log).run()
        assert isinstance(result, Whole)
        rows = await live_rows(database_url)
    assert len(rows) > 20
    place = ("--database-url", database_url, "--data", str(tmp_path / "data"))
    settings = {"HOWCANWE_MASTER_KEY": MASTER_KEY.hex()}
    export = await asyncio.to_thread(run, "person", "export", "grace", *place, settings=settings)
    assert export.returncode == 0, export.stderr
    exported: dict[str, Any] = orjson.loads(export.stdout)
    assert (exported["forgotten"], exported["name"]) == (True, None)
    for where, texts in {
        "responses": answers,
        "rows": [row.encode() for row in rows],
        "messages": [line.encode() for line in messages.lines],
        "exports": [export.stdout, export.stderr],
    }.items():
        for text in texts:
            for datum in PERSONAL:
                assert datum.encode() not in text, where
                assert datum.encode().hex().encode() not in text, where


async def test_the_commands_do_all_of_it(record: Record, tmp_path: Path) -> None:
    await begin(record)
    data = tmp_path / "data"
    data.mkdir()
    key_file = data / "master.key"
    key_file.write_text(MASTER_KEY.hex())
    key_file.chmod(0o600)
    place = ("--database-url", record.log.url, "--data", str(data))

    async def called(*arguments: str) -> bytes:
        done = await asyncio.to_thread(run, *arguments, *place)
        assert done.returncode == 0, done.stderr
        return done.stdout

    kept = tmp_path / "persons.backup"
    await called("person", "backup", str(kept))
    assert kept.stat().st_mode & 0o777 == 0o600
    await called("person", "restore", str(kept))
    await called("person", "rewrap")
    assert key_file.read_text().strip() != MASTER_KEY.hex()
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert orjson.loads(await called("person", "export", "grace"))["name"] == NAME
    wrong = await asyncio.to_thread(run, "person", "restore", str(kept), *place)
    assert wrong.returncode == 1
    assert b"master key" in wrong.stderr

    signed = tmp_path / "checkpoint"
    signed.write_bytes(await called("checkpoint"))
    assert (data / "checkpoint.key").stat().st_mode & 0o777 == 0o600
    public = tmp_path / "public.pem"
    public.write_bytes(await called("checkpoint", "--public-key"))
    exported = tmp_path / "export.ndjson"
    chunks = [chunk async for chunk in record.log.lines()]
    exported.write_bytes(b"".join(chunks))
    last = line_hash(exported.read_bytes().splitlines()[-1])
    assert (await called("verify", "--checkpoint", str(signed))).decode() == f"5 {last}\n"
    without = (
        "--checkpoint",
        str(signed),
        "--public-key",
        str(public),
        "--data",
        str(tmp_path / "n"),
    )
    whole = await asyncio.to_thread(run, "verify", str(exported), *without)
    assert (whole.returncode, whole.stdout.decode()) == (0, f"5 {last}\n"), whole.stderr
    exported.write_bytes(b"".join(chunks)[:-1].rpartition(b"\n")[0] + b"\n")
    cut = await asyncio.to_thread(run, "verify", str(exported), *without)
    assert (cut.returncode, cut.stdout) == (1, b"")
    assert b"position 5 is invalid" in cut.stderr
    other = public_bytes(Ed25519PrivateKey.generate().public_key())
    public.write_text(public_pem(other))
    foreign = await asyncio.to_thread(run, "verify", str(exported), *without)
    assert foreign.returncode == 1
    assert b"was not signed by the key" in foreign.stderr
