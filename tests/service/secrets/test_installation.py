"""One master key a database, and one key that signs its checkpoints, for processes with any data folder."""

import asyncio
import os
from base64 import b64encode
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import httpx
import orjson

from events.log import EventLog
from service.privacy import persons
from service.secrets.master_key import KEY_BYTES
from tests.conftest import MASTER_KEY
from tests.events.samples import formed, introduced, joined, registered
from tests.processes import Serving, run
from tests.service.app import STRUCTURED, complete, open_api

RELEASED = Path(__file__).parents[2] / "data" / "releases" / "0.1.0" / "whole"
OTHER_KEY = b"another master key for the tests"


def key_file(folder: Path, key: bytes = MASTER_KEY) -> Path:
    """Return a folder's master key file, made with this key."""
    folder.mkdir(exist_ok=True)
    file = folder / "master.key"
    file.write_text(key.hex())
    file.chmod(0o600)
    return file


async def called(
    url: str, data: Path, *arguments: str | Path, stdin: bytes | None = None, **settings: str
) -> tuple[int, str]:
    """Run a command on a database, with a data folder; return its exit code and its output."""
    done = await asyncio.to_thread(
        run, *arguments, "--database-url", url, "--data", data, stdin=stdin, settings=settings
    )
    return done.returncode, done.stderr.decode()


async def released(url: str) -> None:
    """Let the database be one of release 0.1.0, which noted no check value."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("alter table subjects disable trigger user")
        for table in ("events", "stream_events", "subjects", "person_keys"):
            await connection.copy_to_table(table, source=RELEASED / "tables" / f"{table}.copy")
        await connection.execute("alter table subjects enable trigger user")
    finally:
        await connection.close()


async def noted(url: str) -> dict[str, str]:
    """Return what the database notes."""
    async with persons.prepared(url) as connection:
        rows = await connection.fetch("select name, value from facts")
    return {row["name"]: row["value"] for row in rows}


async def test_a_second_process_with_a_folder_of_its_own_does_not_begin_another_key(
    database_url: str, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert (await called(database_url, first, "record", "-", stdin=b""))[0] == 0
    for command in (
        ["serve", "--port", "0"],
        ["record", "-"],
        ["person", "backup", tmp_path / "b"],
    ):
        code, output = await called(database_url, second, *command, stdin=b"")
        assert code == 1
        assert output == (
            f"howcanwe: this database needs its master key, which is not in {second}/master.key;"
            " put it back, or name its file with HOWCANWE_MASTER_KEY_FILE\n"
        )
        assert not (second / "master.key").exists()
        assert not (tmp_path / "b").exists()
    shared = {"HOWCANWE_MASTER_KEY_FILE": str(first / "master.key")}
    assert (await called(database_url, second, "record", "-", stdin=b"", **shared))[0] == 0


async def test_another_key_is_refused_by_everything_that_would_use_it(
    database_url: str, tmp_path: Path
) -> None:
    assert (await called(database_url, tmp_path / "first", "record", "-", stdin=b""))[0] == 0
    file = key_file(tmp_path / "other", OTHER_KEY)
    for command in (
        ["serve", "--port", "0"],
        ["record", "-"],
        ["person", "backup", tmp_path / "b"],
        ["person", "export", "grace"],
    ):
        code, output = await called(database_url, file.parent, *command, stdin=b"")
        assert (code, output) == (
            1,
            f"howcanwe: the master key in {file} is not the one of this database;"
            " name the file of the right one with HOWCANWE_MASTER_KEY_FILE\n",
        )


async def test_processes_that_come_first_at_once_agree(database_url: str, tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(3)]
    done = await asyncio.gather(
        *(called(database_url, folder, "record", "-", stdin=b"") for folder in folders)
    )
    assert sorted(code for code, _ in done) == [0, 1, 1]
    keys = [folder for folder in folders if (folder / "master.key").exists()]
    assert [done[folders.index(folder)][0] for folder in keys] == [0]


async def test_two_services_with_one_key_file_read_what_the_other_introduced(
    database_url: str, tmp_path: Path
) -> None:
    file = key_file(tmp_path / "shared", os.urandom(KEY_BYTES))
    settings = {"HOWCANWE_DATABASE_URL": database_url, "HOWCANWE_MASTER_KEY_FILE": str(file)}
    made = await asyncio.to_thread(
        run, "keys", "create", "--role", "facilitator", "--cohort", "*", settings=settings
    )
    key = {"authorization": f"Bearer {made.stdout.decode().strip()}", "content-type": STRUCTURED}

    def both() -> None:
        # With folders of their own, and with one between them.
        places = [tmp_path / "a", tmp_path / "b", tmp_path / "b"]
        with ExitStack() as stack:
            services = [stack.enter_context(Serving(data, settings=settings)) for data in places]
            addresses = [service.ready().address for service in services]
            with httpx.Client(headers=key) as client:
                for event in (formed(), registered("mill"), joined("mill")):
                    answer = client.post(f"{addresses[0]}/events", json=complete(event))
                    assert answer.status_code == 201, answer.text
                for address, person in zip(addresses, "xyz", strict=True):
                    introduction = complete(introduced(person, name=f"Name {person}"))
                    answer = client.post(f"{address}/events", json=introduction)
                    assert answer.status_code == 201, answer.text
                query = {"query": '{ x: person(key: "x") {name} z: person(key: "z") {name} }'}
                json = {"content-type": "application/json", "min-position": "6"}
                for address in addresses:
                    assert client.get(f"{address}/health/ready").status_code in (200, 503)
                    answered = client.post(f"{address}/graphql", json=query, headers=json).json()
                    assert answered["data"] == {"x": {"name": "Name x"}, "z": {"name": "Name z"}}
            assert [service.stop() for service in services] == [0, 0, 0]

    await asyncio.to_thread(both)


async def test_a_database_of_an_earlier_release_adopts_the_key_that_opens_it(
    database_url: str, tmp_path: Path
) -> None:
    await released(database_url)
    for command in (["record", "-"], ["person", "backup", tmp_path / "b"]):
        code, output = await called(database_url, tmp_path / "lost", *command, stdin=b"")
        assert (code, "its master key, which is not in" in output) == (1, True)
        other = key_file(tmp_path / "other", OTHER_KEY).parent
        code, output = await called(database_url, other, *command, stdin=b"")
        assert (code, "is not the one of this database" in output) == (1, True)
    assert not (tmp_path / "lost" / "master.key").exists()
    assert await noted(database_url) == {}
    own = bytes.fromhex((RELEASED / "master.key").read_text())
    folder = key_file(tmp_path / "own", own).parent
    assert await called(database_url, folder, "record", "-", stdin=b"") == (
        0,
        "howcanwe: 0 recorded, 0 already in the log\n",
    )
    assert own.hex() not in str(await noted(database_url))
    assert set(await noted(database_url)) == {"master_key"}


async def test_names_that_were_split_between_two_keys_are_brought_under_one(
    database_url: str, tmp_path: Path
) -> None:
    own, other = key_file(tmp_path / "own"), key_file(tmp_path / "other", OTHER_KEY)
    for key, person in ((MASTER_KEY, "ada"), (OTHER_KEY, "grace")):
        async with await EventLog.open(database_url, master_key=key) as log:
            begun = [] if person == "grace" else [formed(), registered("mill"), joined("mill")]
            events = [*begun, introduced(person, name=f"Name {person}")]
            await log.append([complete(event) for event in events])
    code, output = await called(database_url, own.parent, "serve", "--port", "0")
    assert (code, output) == (
        1,
        "howcanwe: 1 of this database's 2 person keys are wrapped with another master key; run"
        " howcanwe person rewrap, and name the other keys with --old-key-file\n",
    )
    code, output = await called(database_url, own.parent, "person", "rewrap")
    assert (code, "1 of this database's 2 person keys" in output) == (1, True)
    code, output = await called(
        database_url, own.parent, "person", "rewrap", "--old-key-file", other
    )
    assert (code, output) == (0, "howcanwe: 2 person keys are wrapped with the new master key\n")
    # Called again, after an interruption perhaps: it holds with the next key too.
    assert (await called(database_url, own.parent, "person", "rewrap"))[0] == 0
    key = bytes.fromhex(own.read_text().strip())
    assert key not in (MASTER_KEY, OTHER_KEY)
    for person in ("ada", "grace"):
        done = await asyncio.to_thread(
            run, "person", "export", person, "--database-url", database_url, "--data", own.parent
        )
        assert orjson.loads(done.stdout)["name"] == f"Name {person}"
    code, output = await called(database_url, other.parent, "record", "-", stdin=b"")
    assert (code, "is not the one of this database" in output) == (1, True)


async def test_a_key_that_is_lost_permanently_can_be_given_up(
    database_url: str, tmp_path: Path
) -> None:
    await released(database_url)
    assert (await called(database_url, tmp_path / "new", "person", "rewrap"))[0] == 1
    code, output = await called(
        database_url, tmp_path / "new", "person", "rewrap", "--drop-unreadable"
    )
    assert code == 0
    assert "howcanwe: 0 person keys are wrapped with the new master key\n" in output
    assert "the names of these persons can no longer be read: " in output
    assert (await called(database_url, tmp_path / "new", "record", "-", stdin=b""))[0] == 0


async def test_a_backup_of_two_keys_is_put_back_as_far_as_it_goes_and_the_rest_is_named(
    database_url: str, tmp_path: Path
) -> None:
    own, backup = key_file(tmp_path / "own"), tmp_path / "backup"
    for key, person in ((MASTER_KEY, "ada"), (OTHER_KEY, "grace")):
        async with await EventLog.open(database_url, master_key=key) as log:
            begun = [] if person == "grace" else [formed(), registered("mill"), joined("mill")]
            await log.append([complete(event) for event in [*begun, introduced(person)]])
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch("delete from person_keys returning *")
    await connection.close()
    kept = b"\n".join(
        orjson.dumps({"person": person, "wrapped": b64encode(key).decode()}) for person, key in rows
    )
    backup.write_bytes(kept)
    code, output = await called(database_url, own.parent, "person", "restore", backup)
    assert (code, output) == (
        1,
        "howcanwe: 1 person keys restored\n"
        "howcanwe: keys that are wrapped with another master key were left out, of these persons: grace\n",
    )
    code, output = await called(database_url, own.parent, "person", "restore", backup)
    assert output.startswith(
        "howcanwe: 0 person keys restored\n"
        "howcanwe: 1 were left out: their persons have a key, are forgotten, or are not in the log\n"
    )
    code, output = await called(database_url, tmp_path / "none", "person", "restore", backup)
    assert (code, "its master key, which is not in" in output) == (1, True)


async def test_a_process_whose_key_is_no_longer_the_databases_is_not_ready(
    database_url: str,
) -> None:
    async with open_api(database_url, lives=True) as api:
        await api.begin()
        async with persons.prepared(database_url) as connection:
            await persons.rewrap(connection, [MASTER_KEY], OTHER_KEY)
        response = await api.get("/health/ready", None)
        assert response.status_code == 503
        assert response.json()["status"] == "the master key is not the one of the database"


async def test_a_master_key_is_not_changed_under_a_service(
    database_url: str, tmp_path: Path
) -> None:
    settings = {"HOWCANWE_DATABASE_URL": database_url}

    def beside() -> None:
        with Serving(tmp_path / "data", settings=settings).ready() as service:
            done = run("person", "rewrap", "--data", tmp_path / "data", settings=settings)
            assert done.returncode == 1
            assert b"a howcanwe process is serving this database" in done.stderr
            assert service.stop() == 0
        assert (
            run("person", "rewrap", "--data", tmp_path / "data", settings=settings).returncode == 0
        )

    await asyncio.to_thread(beside)


async def test_checkpoints_of_a_database_are_signed_by_one_key_unless_it_is_changed(
    database_url: str, tmp_path: Path
) -> None:
    async def signer(data: str, *more: str) -> str:
        where = ("--database-url", database_url, "--data", str(tmp_path / data))
        done = await asyncio.to_thread(run, "checkpoint", *more, *where)
        assert done.returncode == 0, done.stderr
        return str(orjson.loads(done.stdout)["public_key"])

    first = await signer("first")
    assert await signer("first") == first
    code, output = await called(database_url, tmp_path / "second", "checkpoint")
    assert (code, "is not in" in output, "HOWCANWE_SIGNING_KEY_FILE" in output) == (
        1,
        True,
        True,
    )
    assert not (tmp_path / "second" / "checkpoint.key").exists()
    # Verification gets the same key from every folder.
    public = {
        (
            await asyncio.to_thread(
                run,
                *("checkpoint", "--public-key", "--database-url", database_url),
                *("--data", tmp_path / data),
            )
        ).stdout
        for data in ("first", "second")
    }
    assert len(public) == 1
    second = await signer("second", "--change-key")
    assert second != first
    code, output = await called(database_url, tmp_path / "first", "checkpoint")
    assert (code, "is not the one that signs this database's checkpoints" in output) == (1, True)
    assert await signer("second") == second
