"""A streaming replica of the database, from which replays are read: a real one, of the programs of the wheel."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg
import pytest
import structlog
from pydantic import SecretStr

from events.log import EventLog
from service.postgres import EmbeddedPostgres
from service.postgres.account import Account
from service.postgres.binaries import Binaries
from service.postgres.cluster import SETTINGS, USER
from service.postgres.place import PORT
from service.postgres.waiting import Waiting
from tests.events.telling import noted
from tests.processes import data_folder, postmaster_pid
from tests.service.door import SSE, Door, open_door, problem

PATIENCE_SECONDS = 30


@dataclass
class Pair:
    """A primary and its replica, by their URLs."""

    primary: str
    replica: str

    async def on_replica(self, statement: str) -> object:
        """Run a statement on the replica; return its first value."""
        connection = await asyncpg.connect(self.replica)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    async def until_it_has(self, position: int) -> None:
        """Wait until the replica has the event at the position."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.on_replica("select max(position) from events") != position:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def standby(url: str, folder: Path) -> AsyncIterator[str]:
    """Run a streaming replica of the server at `url`; give the URL of the same database on it."""
    log = structlog.get_logger(__name__)
    socket = Path(parse_qs(urlsplit(url).query)["host"][0])
    account = Account.of(socket.stat().st_uid)
    binaries = Binaries.find(account, Waiting(log, "")).folder
    folder.mkdir()
    account.take(folder)
    cluster, own_socket = folder / "replica", folder / "socket"
    account.run("/bin/mkdir", "-m", "0700", own_socket)
    copied = await asyncio.to_thread(
        account.run,
        *(binaries / "pg_basebackup", "-D", cluster, "-R", "-X", "stream", "-c", "fast"),
        *("-h", socket, "-p", str(PORT), "-U", USER),
    )
    assert copied.returncode == 0, copied.stderr
    settings = {**SETTINGS, "unix_socket_directories": str(own_socket), "hot_standby": "on"}
    # The copy brings the primary's files of who may come in.
    settings |= {
        "hba_file": str(cluster / "howcanwe_hba.conf"),
        "ident_file": str(cluster / "howcanwe_ident.conf"),
    }
    command = [str(binaries / "postgres"), "-D", str(cluster)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (folder.parent / "replica.log").open("wb") as output:
        pid = account.launch(command, output.fileno())
    replica = urlsplit(url)._replace(query=f"host={quote(str(own_socket))}&port={PORT}").geturl()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await _answers(replica):
                await asyncio.sleep(0.05)
        yield replica
    finally:
        account.run("/bin/kill", "-INT", str(pid))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (cluster / "postmaster.pid").exists():
                await asyncio.sleep(0.05)


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError):
        return False
    try:
        return bool(await connection.fetchval("select pg_is_in_recovery()"))
    finally:
        await connection.close()


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    """A primary with an empty log, and its replica."""
    with data_folder() as data, EmbeddedPostgres(data) as primary:
        async with await EventLog.open(primary.url):
            pass
        assert postmaster_pid(data)
        async with standby(primary.url, data.parent / "standby") as replica:
            yield Pair(primary.url, replica)


@pytest.fixture
async def door(pair: Pair) -> AsyncIterator[Door]:
    """A service on the primary that reads replays from the replica."""
    replica_url = SecretStr(pair.replica)
    async with open_door(pair.primary, replica_url=replica_url, min_position_seconds=3.0) as door:
        await door.begin()
        await pair.until_it_has(await door.head())
        yield door


async def test_replays_come_from_the_replica_and_writes_go_to_the_primary(
    pair: Pair, door: Door
) -> None:
    before = (await door.get("/events")).content
    assert before.count(b"\n") == 6
    await pair.on_replica("select pg_wal_replay_pause()")
    posted = await door.post(noted("organisation/mill"))
    assert posted.status_code == 201
    assert (await door.get("/events")).content == before
    assert len(await door.lines("mill")) == len(await door.lines("mill", "?limit=100"))
    await pair.on_replica("select pg_wal_replay_resume()")
    await pair.until_it_has(7)
    assert (await door.get("/events")).content.startswith(before)


async def test_a_position_that_a_lagging_replica_has_not_is_waited_for_then_refused(
    pair: Pair, door: Door
) -> None:
    await pair.on_replica("select pg_wal_replay_pause()")
    await door.post(noted("organisation/mill"))
    refused = await door.get("/events?min_position=7")
    [error] = problem(refused, 503)
    assert error["rule"] == "position.not_reached"
    assert refused.headers["retry-after"]
    assert (await door.get("/events?min_position=6")).status_code == 200
    waiting = asyncio.create_task(door.get("/events?min_position=7"))
    await pair.on_replica("select pg_wal_replay_resume()")
    reached = await waiting
    assert (reached.status_code, reached.content.count(b"\n")) == (200, 7)


async def test_a_follower_on_a_replica_gets_what_comes(pair: Pair, door: Door) -> None:
    log = door.service.replica
    assert log is not None
    following = log.follow(after=6)
    coming = asyncio.create_task(anext(following))
    await door.post(noted("organisation/mill"))
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await coming).position == 7
    await following.aclose()


async def test_a_replica_that_is_away_is_told_and_writes_go_on(database_url: str) -> None:
    nowhere = SecretStr("postgresql://howcanwe@127.0.0.1:1/howcanwe")
    async with open_door(database_url, replica_url=nowhere) as door:
        await door.begin()
        for accept in ("application/x-ndjson", SSE):
            problem(await door.get("/events", accept=accept), 503)
        assert (await door.get("/events/1")).status_code == 200
