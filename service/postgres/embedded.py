"""The embedded PostgreSQL: the interface of this package for `service.database` and `service.server`."""

import asyncio
import os
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import asyncpg
import structlog
from structlog.typing import FilteringBoundLogger

from service.postgres.binaries import Binaries
from service.postgres.cluster import DATABASE, USER, Cluster
from service.postgres.data_folder import DataFolder
from service.postgres.errors import (
    FolderNotUsable,
    NotStarted,
    PostgresError,
    StartFailed,
    StartInterrupted,
    faults_of,
)
from service.postgres.lock import FileLock
from service.postgres.place import PORT, ClusterPlace
from service.postgres.postmaster import Postmaster, clear_the_way
from service.postgres.waiting import Cancelled, Waiting

CHECK_S = 0.1
LOG_CHECK_S = 60.0
RETRY_S_MAX = 30.0
CONNECT_S_MAX = 10.0
LOG_TAIL_BYTES = 8 * 1024
REASON_LENGTH_MAX = 400

# The errors of connecting to a server that is starting, recovering or shutting down.
NOT_READY = (
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.PostgresConnectionError,
    ConnectionError,
    TimeoutError,
)


class EmbeddedPostgres:
    """A PostgreSQL server that this process and others share, in the data folder `data`.

    Every process that uses the folder has an instance. The first starts the server, and the last one to stop ends
    it. A server that outlived a killed process is adopted. For root, the server runs as the owner of the cluster; for a
    new cluster, as `account`, else as the first of `howcanwe`, `postgres` and `nobody` that exists.
    """

    def __init__(self, data: Path, *, account: str | None = None) -> None:
        self._data = DataFolder(data)
        self._account = account
        self._log: FilteringBoundLogger = structlog.get_logger(__name__)
        self._cancelled = threading.Event()
        self._is_interrupted: Callable[[], bool] = lambda: False
        self._users: FileLock | None = None
        self._postmaster: Postmaster | None = None
        self._cluster: Cluster | None = None
        self._socket: Path | None = None

    @property
    def url(self) -> str:
        """The URL of the server, for asyncpg, SQLAlchemy and libpq.

        Raises NotStarted before `start()` and after `stop()`.
        """
        if self._socket is None or self._users is None:
            raise NotStarted(self._data.path)
        host = quote(str(self._socket), safe="/")
        # Name the port, because PGPORT would apply otherwise.
        return f"postgresql://{USER}@/{DATABASE}?host={host}&port={PORT}"

    def start(self, is_interrupted: Callable[[], bool] = lambda: False) -> str:
        """Start the server or join its users, and return the URL. Afterwards the database exists.

        Waits for a crash recovery without a limit, or until `is_interrupted` returns true. Raises PostgresError;
        StartInterrupted if interrupted.
        """
        if self._users is not None:
            return self.url
        self._cancelled.clear()
        self._is_interrupted = is_interrupted
        with self._turn(self._cancelled) as turn:
            users = self._data.users_lock()
            users.share()
            try:
                self._bring_up(turn, create=True)
            except BaseException:
                self._leave(users)
                raise
            self._users = users
        self._is_interrupted = lambda: False
        return self.url

    def stop(self) -> None:
        """Stop using the server, and end it unless another process uses it."""
        self._cancelled.set()
        if self._users is None:
            return
        # Wait even if cancelled, because what was started must be ended.
        with self._turn(threading.Event()):
            users, self._users = self._users, None
            if users is not None:
                self._leave(users)

    async def supervise(self) -> None:
        """Restart the server whenever it dies, until cancelled or until `stop()` is called."""
        self._cancelled.clear()
        retry_s, elapsed_s = 1.0, 0.0
        while self._users is not None:
            if self._postmaster is not None and self._postmaster.alive():
                await asyncio.sleep(CHECK_S)
                elapsed_s += CHECK_S
                if elapsed_s > LOG_CHECK_S:
                    elapsed_s = 0.0
                    self._limit_log()
                continue
            try:
                await asyncio.to_thread(self._revive)
                retry_s = 1.0
            except asyncio.CancelledError:
                self._cancelled.set()
                raise
            except StartInterrupted:
                return
            except PostgresError as error:
                self._log.error("PostgreSQL could not be restarted", reason=str(error))
                await asyncio.sleep(retry_s)
                retry_s = min(retry_s * 2, RETRY_S_MAX)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @contextmanager
    def _turn(self, cancelled: threading.Event) -> Iterator[FileLock]:
        """Inside, no other process starts or stops the server. Yield the lock that ensures it."""
        with faults_of(self._data.path):
            self._data.prepare()
            what = "Waiting for another process that is starting or stopping PostgreSQL"
            try:
                with self._data.turn_lock() as turn:
                    turn.acquire(Waiting(self._log, what, cancelled, self._is_interrupted))
                    yield turn
            except Cancelled:
                raise StartInterrupted(self._data.path) from None

    def _bring_up(self, turn: FileLock, *, create: bool) -> None:
        """Adopt or start a server on the cluster, and wait until it answers."""
        cluster = self._cluster = self._prepare(turn, create=create)
        while (running := Postmaster.find(cluster.folder)) is not None:
            self._postmaster = running
            if self._answers(running):
                return
        # Keep the folder of an earlier socket, because other processes have it in their URLs.
        socket = self._socket
        if socket is None or not cluster.place.hold(socket):
            socket = cluster.place.socket_folder()
        what = "Waiting for the remaining processes of a killed PostgreSQL to end"
        waiting = Waiting(self._log, what, self._cancelled, self._is_interrupted)
        clear_the_way(cluster.folder, socket, cluster.place.account, waiting)
        cluster.admit()
        self._launch(cluster, socket)

    def _prepare(self, turn: FileLock, *, create: bool) -> Cluster:
        place = ClusterPlace.find(self._data, self._account, self._log)
        waiting = Waiting(self._log, "Waiting for PostgreSQL's programs to be copied")
        cluster = Cluster(place, Binaries.find(place.account, waiting))
        if not cluster.exists():
            if not create:
                raise FolderNotUsable(cluster.folder, "it no longer exists")
            cluster.make(turn)
        cluster.check_version()
        return cluster

    def _launch(self, cluster: Cluster, socket: Path) -> None:
        output = self._data.open_log()
        try:
            begin = os.fstat(output).st_size
            command = cluster.command(socket)
            started = Postmaster.launch(cluster.folder, command, cluster.place.account, output)
            self._postmaster = started
            if not self._answers(started):
                tail = os.pread(output, LOG_TAIL_BYTES, max(begin, _size(output) - LOG_TAIL_BYTES))
                text = tail.decode(errors="replace")
                raise StartFailed(cluster.folder, _reason(text), self._data.log_path, text)
        finally:
            os.close(output)

    def _answers(self, postmaster: Postmaster) -> bool:
        """Return True once the server answers, however long its recovery takes; False if it ends instead."""
        what = "Waiting for PostgreSQL, which is recovering or shutting down"
        waiting = Waiting(self._log, what, self._cancelled, self._is_interrupted)
        while postmaster.alive():
            socket = postmaster.ready_on()
            if socket is not None:
                try:
                    _ensure_reachable(socket)
                    self._socket = socket
                    return True
                except FileNotFoundError:
                    # The temp folder has been cleaned up, so nobody can reach this server.
                    postmaster.shut_down(waiting)
                except NOT_READY:
                    pass  # it is starting or stopping; the next steps show which
                except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                    log = self._data.log_path
                    raise StartFailed(self._data.path, str(error), log) from error
            waiting.step()
        return False

    def _revive(self) -> None:
        with self._turn(self._cancelled) as turn:
            if self._users is None:
                return
            pid = self._postmaster.pid if self._postmaster else None
            self._log.warning("PostgreSQL has died; restarting it", pid=pid)
            waiting = Waiting(self._log, "")
            self._bring_up(turn, create=False)
            pid = self._postmaster.pid if self._postmaster else None
            self._log.info(
                "PostgreSQL is running again", pid=pid, seconds=round(waiting.seconds, 2)
            )

    def _leave(self, users: FileLock) -> None:
        """End the server if `users` is the lock of its last user. The caller holds the turn lock."""
        try:
            if users.try_acquire() and self._cluster is not None:
                waiting = Waiting(self._log, "Waiting for PostgreSQL to shut down")
                # The server that this process started first: it may not have a pid file yet.
                for postmaster in (self._postmaster, Postmaster.find(self._cluster.folder)):
                    if postmaster is not None:
                        postmaster.shut_down(waiting)
                if self._socket is not None:
                    with suppress(OSError):
                        self._socket.rmdir()
        finally:
            users.close()
            self._postmaster = self._cluster = self._socket = None

    def _limit_log(self) -> None:
        with suppress(OSError):
            os.close(self._data.open_log())


def _ensure_reachable(socket: Path) -> None:
    # In a separate thread, because `start()` may be called while an event loop runs.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, _ensure_database(socket)).result()


async def _ensure_database(socket: Path) -> None:
    connection = await asyncpg.connect(
        host=str(socket),
        port=PORT,
        user=USER,
        database="postgres",
        timeout=CONNECT_S_MAX,
        target_session_attrs="any",  # the environment may ask for another kind of server
    )
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()


def _size(descriptor: int) -> int:
    return os.fstat(descriptor).st_size


def _reason(log: str) -> str:
    """Return the last message in the log that explains why the server ended."""
    found = re.findall(r"(?:FATAL|PANIC|ERROR): +(.*)", log)
    if found:
        return str(found[-1]).strip()
    # Before its log is set up, PostgreSQL writes messages of several lines without a severity.
    return " ".join(log.split())[-REASON_LENGTH_MAX:] or "it ended without a message"
