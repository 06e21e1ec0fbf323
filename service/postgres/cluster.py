"""The cluster: it is made once, and gets its settings at every start."""

import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from service.postgres.binaries import Binaries
from service.postgres.errors import ClusterOfAnotherVersion, FolderNotUsable, InitialisationFailed
from service.postgres.lock import FileLock
from service.postgres.place import PORT, ClusterPlace

USER = "howcanwe"
DATABASE = "howcanwe"

# These are passed on the command line, so that they override postgresql.conf and a new release can change them.
SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_line_prefix": "%m [%p] ",
    "log_min_messages": "warning",
    # Events must not reach a log file, from which forgotten persons would not be removed.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster: its place, and the programs that run it."""

    place: ClusterPlace
    binaries: Binaries

    @property
    def folder(self) -> Path:
        return self.place.cluster

    def exists(self) -> bool:
        return (self.folder / "PG_VERSION").is_file()

    def make(self, turn: FileLock) -> None:
        """Make the cluster; it gets its name once it is complete and on disk.

        initdb holds `turn` too: if this process is killed, no other process gets its turn, and removes what
        is left, before initdb has ended.
        """
        if self.folder.exists():
            raise FolderNotUsable(self.folder, "it exists, but it is not a PostgreSQL cluster")
        beside = self.folder.parent
        for leftover in beside.glob(f"{self.folder.name}.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f"{self.folder.name}.new-", dir=beside))
        try:
            self.place.account.take(unfinished)
            self._initdb(unfinished, turn)
            unfinished.rename(self.folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        _sync(beside)

    def _initdb(self, folder: Path, turn: FileLock) -> None:
        done = self.place.account.run(
            self.binaries.folder / "initdb",
            f"--pgdata={folder}",
            f"--username={USER}",
            "--auth=peer",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--data-checksums",
            "--no-instructions",
            held=turn,
        )
        if done.returncode != 0:
            raise InitialisationFailed(self.folder, done.stdout + done.stderr)

    def check_version(self) -> None:
        """Raise ClusterOfAnotherVersion unless the installed PostgreSQL can run the cluster."""
        found = (self.folder / "PG_VERSION").read_text().strip()
        if found != self.binaries.major:
            raise ClusterOfAnotherVersion(self.folder, found, self.binaries.major)

    def admit(self) -> None:
        """Configure the server to admit only its own account and root, and only through its socket."""
        lines = [
            f"local {database} {USER} peer map=howcanwe" for database in ("all", "replication")
        ]
        self.place.account.write(self._hba, "\n".join(lines) + "\n")
        names = {self.place.account.name, pwd.getpwuid(0).pw_name}
        maps = [f'howcanwe "{name}" {USER}' for name in sorted(names)]
        self.place.account.write(self._ident, "\n".join(maps) + "\n")

    def command(self, socket: Path) -> list[str]:
        """Return the command that starts the server, with its socket in the folder `socket`."""
        settings = {
            **SETTINGS,
            "unix_socket_directories": '"{}"'.format(str(socket).replace('"', '""')),
            "hba_file": str(self._hba),
            "ident_file": str(self._ident),
        }
        command = [str(self.binaries.folder / "postgres"), "-D", str(self.folder)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    @property
    def _hba(self) -> Path:
        return self.folder / "howcanwe_hba.conf"

    @property
    def _ident(self) -> Path:
        return self.folder / "howcanwe_ident.conf"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
