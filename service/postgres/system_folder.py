"""Where root keeps what the server's account cannot reach otherwise."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from service.postgres.errors import FolderNotUsable
from service.postgres.lock import FileLock

PATH = Path("/var/lib/howcanwe")


@dataclass(frozen=True)
class SystemFolder:
    """A folder of root's that everyone may enter and only root may change."""

    path: Path

    @classmethod
    def prepare(cls) -> SystemFolder:
        """The folder exists and can be trusted."""
        if not PATH.exists():
            PATH.mkdir(parents=True, exist_ok=True)
            PATH.chmod(0o755)  # whatever the umask is; we have made it
        found = PATH.lstat()
        if not PATH.is_dir() or found.st_uid != 0 or found.st_mode & 0o022:
            raise FolderNotUsable(PATH, "it must be a folder that only root can change")
        return cls(PATH)

    def lock(self) -> FileLock:
        """The lock under which the programs are copied."""
        return FileLock(os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))

    def new_place(self, data: Path) -> tuple[Path, list[Path]]:
        """A new folder for the cluster of `data`, and the ones that earlier folders there left.

        Those are kept: a data folder that is gone may be a disk that is not mounted today.
        """
        name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
        earlier: list[Path] = []
        while True:
            place = self.path / (f"{name}-{len(earlier) + 1}" if earlier else name)
            try:
                place.mkdir(mode=0o755)
            except FileExistsError:
                if any(place.iterdir()):
                    earlier.append(place)
                    continue
            place.chmod(0o755)  # whatever the umask is; we have made it
            return place, earlier
