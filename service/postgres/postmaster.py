"""The running server: found by its pid file or launched, and then followed by its pid."""

import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil  # type: ignore[import-untyped]  # it ships no types

from service.postgres.account import Account
from service.postgres.errors import InUseElsewhere
from service.postgres.place import PORT
from service.postgres.waiting import Waiting

# A fast shutdown first writes everything to disk, which may take long on a slow disk; the next steps leave that to
# the recovery at the next start.
SHUTDOWN_S = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 20.0), (signal.SIGKILL, 20.0))


@dataclass(frozen=True)
class PidFile:
    """The lines of `postmaster.pid`; the server writes the last ones when it gets ready."""

    path: Path
    lines: tuple[str, ...]

    @classmethod
    def read(cls, cluster: Path) -> Self | None:
        path = cluster / "postmaster.pid"
        try:
            return cls(path, tuple(path.read_text(errors="replace").splitlines()))
        except FileNotFoundError:
            return None

    @property
    def pid(self) -> int | None:
        first = self.lines[0].strip() if self.lines else ""
        return abs(int(first)) if first.lstrip("-").isdecimal() else None

    @property
    def socket_folder(self) -> Path | None:
        return Path(self.lines[4]) if len(self.lines) > 4 and self.lines[4] else None

    @property
    def status(self) -> str:
        return self.lines[7].strip() if len(self.lines) > 7 else ""


class Postmaster:
    """A server process on the cluster `cluster`."""

    def __init__(self, cluster: Path, process: psutil.Process) -> None:
        self._cluster = cluster
        self._process = process

    @classmethod
    def find(cls, cluster: Path) -> Self | None:
        """Return the server that runs on the cluster, even if another process started it, or None."""
        file = PidFile.read(cluster)
        if file is None or not file.pid:
            return None
        try:
            process = psutil.Process(file.pid)
        except psutil.Error:
            return None
        return cls(cluster, process) if _is_at_work(process, cluster) else None

    @classmethod
    def launch(cls, cluster: Path, command: list[str], account: Account, output: int) -> Self:
        """Start a new server and return it before it is ready."""
        return cls(cluster, psutil.Process(account.launch(command, output)))

    @property
    def pid(self) -> int:
        pid: int = self._process.pid
        return pid

    def alive(self) -> bool:
        """Return whether the server runs. Reaps it if it was a child of this process and has ended."""
        try:
            if not self._process.is_running():
                return False
            if self._process.status() != psutil.STATUS_ZOMBIE:
                return True
            os.waitpid(self.pid, os.WNOHANG)
        except (psutil.NoSuchProcess, ChildProcessError):
            pass
        return False

    def ready_on(self) -> Path | None:
        """Return the folder of the socket on which the server accepts connections, or None if it does not."""
        file = PidFile.read(self._cluster)
        if file is None or file.pid != self.pid or file.status != "ready":
            return None
        return file.socket_folder

    def shut_down(self, waiting: Waiting) -> None:
        """End the server: in order if possible, at once if that takes too long."""
        for kind, patience_s in SHUTDOWN_S:
            if not self.alive():
                return
            self._process.send_signal(kind)
            until = waiting.seconds + patience_s
            while self.alive() and waiting.seconds < until:
                waiting.step()


def clear_the_way(cluster: Path, socket_folder: Path, account: Account, waiting: Waiting) -> None:
    """Remove what an earlier server left behind, so that a new one can start.

    Call it only if `Postmaster.find` has found no server, and under the lock of `turn_lock()`.
    """
    file = PidFile.read(cluster)
    folders = {socket_folder, file.socket_folder if file else None} - {None}
    if any(_listens(folder) for folder in folders if folder):
        raise InUseElsewhere(cluster, file.pid if file else None)
    # No server is running, so these are left over. PostgreSQL would believe the lock file if its pid now belonged to
    # another process.
    address = socket_folder / f".s.PGSQL.{PORT}"
    account.remove(address, address.with_name(f"{address.name}.lock"))
    if file is None:
        return
    _end_orphaned_backends(cluster, waiting)
    if file.pid is None:
        # A full disk or a crash truncated it. PostgreSQL does not remove such a file; this process may, because its
        # lock keeps others from starting a server.
        account.remove(file.path)
    elif psutil.pid_exists(file.pid):
        # After a reboot the pid may belong to another process, which PostgreSQL would take for the old server. It
        # ignores its parent's pid, which is this process's. The file is not removed, because its other lines
        # let PostgreSQL check whether the old server's shared memory is still in use, which protects the data.
        account.write(file.path, "\n".join((str(os.getpid()), *file.lines[1:])) + "\n")


def _end_orphaned_backends(cluster: Path, waiting: Waiting) -> None:
    """End the processes of a server whose postmaster was killed.

    Most end by themselves at once, but a busy one does not notice; they get the signals that their postmaster would
    send them in a crash.
    """
    while orphans := [p for p in psutil.process_iter() if _is_at_work(p, cluster)]:
        for process in orphans:
            try:
                process.send_signal(signal.SIGQUIT)
            except psutil.NoSuchProcess:
                continue
        waiting.step()


def _is_at_work(process: psutil.Process, cluster: Path) -> bool:
    """Return whether the process is a postgres of the cluster, whose folder is the working folder of its server."""
    try:
        with process.oneshot():
            return (
                process.name() == "postgres"
                and process.status() != psutil.STATUS_ZOMBIE
                and process.uids().effective == cluster.stat().st_uid
                and Path(process.cwd()) == cluster
            )
    except psutil.Error:
        return False


def _listens(folder: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(folder / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True
