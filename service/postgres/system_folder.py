"""The folder in which root puts what the server's account could not reach elsewhere."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from service.postgres.errors import FolderNotUsable
from service.postgres.lock import FileLock

PATH = Path("/var/lib/howcanwe")


def place_name(data: Path) -> str:
    """Return the name of the folder for the cluster of `data`; later ones at that path have it with a number."""
    return hashlib.sha256(os.fsencode(data)).hexdigest()[:12]


@dataclass(frozen=True)
class SystemFolder:
    """A folder of root that everyone may enter and only root may change."""

    path: Path

    @classmethod
    def prepare(cls) -> Self:
        """Make the folder if needed, and return it. Raises FolderNotUsable if others could change it."""
        if not PATH.exists():
            PATH.mkdir(parents=True, exist_ok=True)
            PATH.chmod(0o755)  # regardless of the umask; this process has just made it
        found = PATH.lstat()
        if not PATH.is_dir() or found.st_uid != 0 or found.st_mode & 0o022:
            raise FolderNotUsable(PATH, "it must be a folder that only root can change")
        return cls(PATH)

    def lock(self) -> FileLock:
        """Return the lock to hold while the programs are copied."""
        return FileLock(os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))

    def new_place(self, data: Path) -> tuple[Path, list[Path]]:
        """Return a new folder for the cluster of `data`, and the folders that earlier data folders at that path left.

        Those are kept, because a missing data folder may be on a disk that is not mounted at present.
        """
        name = place_name(data)
        earlier: list[Path] = []
        while True:
            place = self.path / (f"{name}-{len(earlier) + 1}" if earlier else name)
            try:
                place.mkdir(mode=0o755)
            except FileExistsError:
                if any(place.iterdir()):
                    earlier.append(place)
                    continue
            place.chmod(0o755)  # regardless of the umask; this process has just made it
            return place, earlier
