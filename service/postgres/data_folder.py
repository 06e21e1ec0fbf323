"""The data folder as this process sees it: its files are opened here."""

from __future__ import annotations

import os
from pathlib import Path

from service.postgres.errors import FolderNotUsable
from service.postgres.lock import FileLock

LOG_BYTES_MAX = 8 * 1024 * 1024


class DataFolder:
    """The folder that everything is kept in; the cluster is its entry `postgres`."""

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they were given
        self.log_path = self.path / "postgres.log"

    def prepare(self) -> None:
        """The folder exists."""
        if self.path.exists() and not self.path.is_dir():
            raise FolderNotUsable(self.path, "it is a file, not a folder")
        self.path.mkdir(parents=True, exist_ok=True)

    def turn_lock(self) -> FileLock:
        """The lock that whoever starts or stops the server holds meanwhile."""
        return FileLock(self._open("postgres.turn.lock", os.O_RDWR))

    def users_lock(self) -> FileLock:
        """The lock that everyone shares who uses the server."""
        return FileLock(self._open("postgres.users.lock", os.O_RDWR))

    def open_log(self) -> int:
        """The server's log, open for appending and emptied if it had grown too large.

        Emptying it is safe while a server writes: it appends, wherever the end is.
        """
        descriptor = self._open(self.log_path.name, os.O_RDWR | os.O_APPEND)
        if os.fstat(descriptor).st_size > LOG_BYTES_MAX:
            os.ftruncate(descriptor, 0)
        return descriptor

    def _open(self, name: str, flags: int) -> int:
        path = self.path / name
        # Never through a link: root may be at work in a folder where someone else makes links.
        flags |= os.O_NOFOLLOW
        try:
            return os.open(path, flags)
        except FileNotFoundError:
            pass
        try:
            descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return os.open(path, flags)
        if os.geteuid() == 0:
            # Whose folder it is must be able to start the server after root has.
            owner = self.path.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        return descriptor
