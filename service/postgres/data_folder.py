"""The data folder; this module opens its files."""

import os
from pathlib import Path

from service.postgres.errors import FolderNotUsable
from service.postgres.lock import FileLock

LOG_BYTES_MAX = 8 * 1024 * 1024


class DataFolder:
    """The folder of the embedded database; the cluster is its entry `postgres`."""

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they were given
        self.log_path = self.path / "postgres.log"

    def prepare(self) -> None:
        """Make the folder if it does not exist. Raises FolderNotUsable."""
        if self.path.exists() and not self.path.is_dir():
            raise FolderNotUsable(self.path, "it is a file, not a folder")
        self.path.mkdir(parents=True, exist_ok=True)

    def turn_lock(self) -> FileLock:
        """Return the lock that a process holds while it starts or stops the server."""
        return FileLock(self._open("postgres.turn.lock", os.O_RDWR))

    def users_lock(self) -> FileLock:
        """Return the lock that all processes that use the server share."""
        return FileLock(self._open("postgres.users.lock", os.O_RDWR))

    def open_log(self) -> int:
        """Open the server's log for appending, and empty it if it has grown too large.

        It can be emptied while a server writes: the server always appends at the end.
        """
        descriptor = self._open(self.log_path.name, os.O_RDWR | os.O_APPEND)
        if os.fstat(descriptor).st_size > LOG_BYTES_MAX:
            os.ftruncate(descriptor, 0)
        return descriptor

    def _open(self, name: str, flags: int) -> int:
        path = self.path / name
        # Do not follow links: root may work in a folder in which somebody else can make links.
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
            # The folder's owner must be able to start the server after root did.
            owner = self.path.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        return descriptor
