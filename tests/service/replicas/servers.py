"""A real streaming replica of a database, run by the wheel's programs, which lags, dies and comes back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg
import structlog

from events.log import EventLog
from service.postgres import EmbeddedPostgres
from service.postgres.account import Account
from service.postgres.binaries import Binaries
from service.postgres.cluster import SETTINGS, USER
from service.postgres.place import PORT
from service.postgres.waiting import Waiting
from tests.processes import data_folder, ended

PATIENCE_SECONDS = 30
HASTE = {"max_standby_streaming_delay": "0", "wal_retrieve_retry_interval": "100ms"}
"""The replica applies the primary's changes at once, even during queries and after a break."""


class Replica:
    """A replica of a server in a folder of its own; `url` is that of the server's own database on it."""

    def __init__(self, primary: str, folder: Path) -> None:
        self._primary_socket = Path(parse_qs(urlsplit(primary).query)["host"][0])
        self._account = Account.of(self._primary_socket.stat().st_uid)
        self._binaries = Binaries.find(self._account, Waiting(structlog.get_logger(), "")).folder
        self._cluster, self._socket = folder / "replica", folder / "socket"
        self._log = folder.parent / "replica.log"
        self._pid = 0
        query = f"host={quote(str(self._socket))}&port={PORT}"
        self.url = urlsplit(primary)._replace(query=query).geturl()

    async def copy(self) -> None:
        """Take a copy of the primary, which is to be followed from there."""
        folder = self._cluster.parent
        folder.mkdir()
        self._account.take(folder)
        self._account.run("/bin/mkdir", "-m", "0700", self._socket)
        copied = await asyncio.to_thread(
            self._account.run,
            *(self._binaries / "pg_basebackup", "-D", self._cluster, "-R", "-X", "stream"),
            *("-c", "fast", "-h", self._primary_socket, "-p", str(PORT), "-U", USER),
        )
        assert copied.returncode == 0, copied.stderr

    async def start(self) -> None:
        """Run the replica; afterwards it answers."""
        settings = {
            **SETTINGS,
            **HASTE,
            "unix_socket_directories": str(self._socket),
            "hot_standby": "on",
            # The copy brings the primary's files of permitted logins.
            "hba_file": str(self._cluster / "howcanwe_hba.conf"),
            "ident_file": str(self._cluster / "howcanwe_ident.conf"),
        }
        command = [str(self._binaries / "postgres"), "-D", str(self._cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("ab") as output:
            self._pid = self._account.launch(command, output.fileno())
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self._answers():
                await asyncio.sleep(0.05)

    async def stop(self, signal: str = "INT") -> None:
        """End the replica, with QUIT as a crash would; afterwards it is away."""
        if self._pid:
            self._account.run("/bin/kill", f"-{signal}", str(self._pid))
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not ended(self._pid):
                    await asyncio.sleep(0.05)
            self._pid = 0

    async def _answers(self) -> bool:
        try:
            return bool(await self.execute("select pg_is_in_recovery()"))
        except (OSError, asyncpg.PostgresError):
            return False

    async def execute(self, statement: str) -> object:
        """Run a statement on the replica; return its first value."""
        return await execute(self.url, statement)

    async def restore(self) -> None:
        """Let it run and follow, after anything that a test did to it."""
        if not self._pid:
            await self.start()
        await self.resume()

    async def pause(self) -> None:
        """Let it lag: what the primary does arrives, and is not shown."""
        await self.execute("select pg_wal_replay_pause()")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.execute("select pg_get_wal_replay_pause_state()") != "paused":
                await asyncio.sleep(0.02)

    async def resume(self) -> None:
        """Let it continue."""
        await self.execute("select pg_wal_replay_resume()")


@dataclass
class Pair:
    """A database on a primary and on its replica, by their URLs."""

    primary: str
    replica: Replica

    @property
    def replica_url(self) -> str:
        """The URL of the database on the replica."""
        return urlsplit(self.replica.url)._replace(path=urlsplit(self.primary).path).geturl()

    async def on_primary(self, statement: str) -> object:
        """Run a statement on the primary; return its first value."""
        return await execute(self.primary, statement)

    async def on_replica(self, statement: str) -> object:
        """Run a statement on the replica; return its first value."""
        return await execute(self.replica_url, statement)

    async def until_it_has(self, position: int) -> None:
        """Wait until the replica has the event at the position."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.on_replica("select max(position) from events") != position:
                await asyncio.sleep(0.02)

    async def until_it_has_all(self) -> None:
        """Wait until the replica has everything that the primary has done by now."""
        place = await self.on_primary("select pg_current_wal_lsn()::text")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self.replica.execute(f"select pg_last_wal_replay_lsn() >= '{place}'"):
                await asyncio.sleep(0.02)


async def execute(url: str, statement: str) -> object:
    """Run statements, divided by semicolons; return the last one's first value."""
    connection = await asyncpg.connect(url)
    try:
        *before, last = statement.split(";")
        for earlier in before:
            await connection.execute(earlier)
        return await connection.fetchval(last)
    finally:
        await connection.close()


@contextmanager
def replicated() -> Iterator[Pair]:
    """Give a primary with an empty log, and its replica."""
    with data_folder() as data, EmbeddedPostgres(data) as primary:
        asyncio.run(_prepare(primary.url))
        replica = Replica(primary.url, data.parent / "standby")
        try:
            asyncio.run(replica.copy())
            asyncio.run(replica.start())
            yield Pair(primary.url, replica)
        finally:
            asyncio.run(replica.stop())


@asynccontextmanager
async def fresh(servers: Pair, name: str) -> AsyncIterator[Pair]:
    """Give a database with an empty log on both; afterwards it is gone, and the replica follows again."""
    await servers.on_primary(f"create database {name}")
    pair = Pair(urlsplit(servers.primary)._replace(path=f"/{name}").geturl(), servers.replica)
    await _prepare(pair.primary)
    await pair.until_it_has_all()
    try:
        yield pair
    finally:
        await servers.replica.restore()
        await servers.on_primary(f"drop database {name} with (force)")


async def _prepare(url: str) -> None:
    async with await EventLog.open(url):
        pass
