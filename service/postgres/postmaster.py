"""The running server: found by its pid file, or launched; followed by its pid either way."""

from __future__ import annotations

import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types

from service.postgres.account import Account
from service.postgres.errors import InUseElsewhere
from service.postgres.place import PORT
from service.postgres.waiting import Waiting

# A fast shutdown writes everything out first, which takes a slow disk its time; the next ones leave
# that to the recovery at the next start.
SHUTDOWN_S = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 20.0), (signal.SIGKILL, 20.0))


@dataclass(frozen=True)
class PidFile:
    """What `postmaster.pid` says: a line each, the last ones written as the server gets ready."""

    path: Path
    lines: tuple[str, ...]

    @classmethod
    def read(cls, cluster: Path) -> PidFile | None:
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
    """A server process on `cluster`."""

    def __init__(self, cluster: Path, process: psutil.Process) -> None:
        self._cluster = cluster
        self._process = process

    @classmethod
    def find(cls, cluster: Path) -> Postmaster | None:
        """The server that runs on the cluster, whoever started it."""
        file = PidFile.read(cluster)
        if file is None or not file.pid:
            return None
        try:
            process = psutil.Process(file.pid)
        except psutil.Error:
            return None
        return cls(cluster, process) if _is_at_work(process, cluster) else None

    @classmethod
    def launch(cls, cluster: Path, command: list[str], account: Account, output: int) -> Postmaster:
        """A new server has been started; it is not ready yet."""
        return cls(cluster, psutil.Process(account.launch(command, output)))

    @property
    def pid(self) -> int:
        pid: int = self._process.pid
        return pid

    def alive(self) -> bool:
        """Whether the server runs. Takes note of its end if it was our child."""
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
        """The folder of the socket where it takes connections, or None if it does not (yet)."""
        file = PidFile.read(self._cluster)
        if file is None or file.pid != self.pid or file.status != "ready":
            return None
        return file.socket_folder

    def shut_down(self, waiting: Waiting) -> None:
        """The server has ended: in order if it can, at once if that takes too long."""
        for kind, patience_s in SHUTDOWN_S:
            if not self.alive():
                return
            self._process.send_signal(kind)
            until = waiting.seconds + patience_s
            while self.alive() and waiting.seconds < until:
                waiting.step()


def clear_the_way(cluster: Path, socket_folder: Path, account: Account, waiting: Waiting) -> None:
    """Nothing that an earlier server left behind keeps a new one from starting.

    Called only when `Postmaster.find` has found none, and under the lock of `turn_lock()`.
    """
    file = PidFile.read(cluster)
    folders = {socket_folder, file.socket_folder if file else None} - {None}
    if any(_listens(folder) for folder in folders if folder):
        raise InUseElsewhere(cluster, file.pid if file else None)
    # No server of ours is there, so these are remains; PostgreSQL would believe the lock file if
    # its pid has passed to another process.
    address = socket_folder / f".s.PGSQL.{PORT}"
    account.remove(address, address.with_name(f"{address.name}.lock"))
    if file is None:
        return
    _end_orphaned_backends(cluster, waiting)
    if file.pid is None:
        # Cut off by a full disk or a crash. PostgreSQL leaves such a file to us, and we hold the
        # lock: nobody else is starting a server.
        account.remove(file.path)
    elif psutil.pid_exists(file.pid):
        # After a reboot the pid may be another process's, and PostgreSQL would take that for the
        # old server. It does not if the pid is its own parent's, which is this process. The file
        # is not removed: by its other lines PostgreSQL finds out whether the shared memory of the
        # old server is still in use, which is what truly protects the data.
        account.write(file.path, "\n".join((str(os.getpid()), *file.lines[1:])) + "\n")


def _end_orphaned_backends(cluster: Path, waiting: Waiting) -> None:
    """No process of a server whose postmaster was killed is left.

    Most end by themselves within a moment, but one that is busy computing does not look; they are
    sent what their postmaster would send them in a crash.
    """
    while orphans := [p for p in psutil.process_iter() if _is_at_work(p, cluster)]:
        for process in orphans:
            try:
                process.send_signal(signal.SIGQUIT)
            except psutil.NoSuchProcess:
                continue
        waiting.step()


def _is_at_work(process: psutil.Process, cluster: Path) -> bool:
    """Whether it is a postgres that works in the cluster: a server's working folder is its own."""
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
