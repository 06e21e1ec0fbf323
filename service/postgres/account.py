"""The account that the server runs as, and the actions that run as this account."""

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from service.postgres.errors import AccountNotUsable, FolderNotUsable, name_of
from service.postgres.lock import FileLock

# PostgreSQL refuses to run as root. `nobody` exists everywhere and comes last, because other programs use it too.
CANDIDATES = ("howcanwe", "postgres", "nobody")

# The server gets none of the caller's environment (locale, PGDATA, LD_PRELOAD, …).
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """An operating-system account; `switched` if this process, running as root, must change to it."""

    name: str
    uid: int
    gid: int
    switched: bool

    @classmethod
    def of(cls, uid: int) -> Self:
        """Return the account with this user id. Raises AccountNotUsable."""
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise AccountNotUsable(
                f"the user id {uid} has no name on this machine, and PostgreSQL needs one"
            ) from None
        return cls._from(entry)

    @classmethod
    def unprivileged(cls, requested: str | None) -> Self:
        """Return the account for a new cluster of root's: `requested`, else the first candidate that exists."""
        for name in (requested,) if requested else CANDIDATES:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            if entry.pw_uid != 0:
                return cls._from(entry)
        raise AccountNotUsable(
            "root needs an unprivileged account for it, and there is none named "
            f"{requested or ' or '.join(CANDIDATES)}"
        )

    @classmethod
    def _from(cls, entry: pwd.struct_passwd) -> Self:
        switched = entry.pw_uid != os.geteuid()
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid, switched)

    def run(
        self, *command: str | Path, text: str | None = None, held: FileLock | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `command` as the account with `text` as its input, and return its result.

        Until its end, the command holds the lock `held` too, even if this process is killed.
        """
        return subprocess.run(
            [str(part) for part in command],
            input=text if text is not None else "",
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            cwd="/",  # the account may be unable to enter the current folder
            env=ENVIRONMENT,
            umask=0o077,
            # Ctrl-C in the terminal signals the whole foreground process group, so leave that group.
            start_new_session=True,
            pass_fds=() if held is None else (held.descriptor,),
            user=self.uid if self.switched else None,
            group=self.gid if self.switched else None,
            extra_groups=self._groups,
        )

    def launch(self, command: Sequence[str], output: int) -> int:
        """Start `command` as the account in a new session, and return its pid."""
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            user=self.uid if self.switched else None,
            group=self.gid if self.switched else None,
            extra_groups=self._groups,
        )
        # From now on the process is followed by its pid, as an adopted server is. Without a return code, Popen
        # would warn when it is collected that the process still runs, which is intended here.
        process.returncode = 0
        return process.pid

    @property
    def _groups(self) -> list[int] | None:
        return os.getgrouplist(self.name, self.gid) if self.switched else None

    def can_enter(self, folder: Path) -> bool:
        """Return whether the account can enter `folder`. It is tried, because modes are not conclusive."""
        return self.run("/bin/sh", "-c", 'cd "$1"', "sh", folder).returncode == 0

    def write(self, path: Path, text: str) -> None:
        """Write `text` to `path` atomically, as the account. Raises FolderNotUsable.

        Root does not write there itself, because the account could redirect it with a link.
        """
        script = 'cat > "$1.new" && mv -f "$1.new" "$1"'
        done = self.run("/bin/sh", "-c", script, "sh", path, text=text)
        if done.returncode != 0:
            reason = done.stderr.strip().rpartition(": ")[2].lower()
            raise FolderNotUsable(path, reason or "it cannot be written")

    def remove(self, *paths: Path) -> None:
        """Remove the files `paths`."""
        self.run("/bin/rm", "-f", "--", *paths)

    def make_folder(self, folder: Path) -> None:
        """Make `folder`, which only the account can enter."""
        folder.mkdir(mode=0o700)
        self.take(folder)

    def take(self, folder: Path) -> None:
        """Give `folder`, which this process has just made, to the account. Raises FolderNotUsable."""
        if not self.switched:
            return
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(descriptor).st_uid != os.geteuid():
                raise FolderNotUsable(folder, "somebody replaced it while it was made")
            os.fchown(descriptor, self.uid, self.gid)
        finally:
            os.close(descriptor)

    def check_private(self, folder: Path) -> None:
        """Raise FolderNotUsable unless `folder` belongs to the account and is closed to everyone else."""
        found = folder.lstat()
        if found.st_uid != self.uid:
            raise FolderNotUsable(folder, f"it belongs to {name_of(found.st_uid)}, not {self.name}")
        if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
            raise FolderNotUsable(folder, "it must be a folder that is closed to others (0700)")
