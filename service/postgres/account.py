"""The account that the server runs as, and what is done in its name."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from service.postgres.errors import AccountNotUsable, FolderNotUsable, name_of
from service.postgres.lock import FileLock

# PostgreSQL refuses to run as root. `nobody` exists everywhere and comes last, because it is shared
# with other programs.
CANDIDATES = ("howcanwe", "postgres", "nobody")

# Nothing of the caller's environment reaches the server: locale, PGDATA, LD_PRELOAD, … would.
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """An operating-system account; `switched` where a process must change to it, as root does."""

    name: str
    uid: int
    gid: int
    switched: bool

    @classmethod
    def of(cls, uid: int) -> Account:
        """The account with the number `uid`."""
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise AccountNotUsable(
                f"user id {uid} has no name on this machine, and PostgreSQL needs one"
            ) from None
        return cls._from(entry)

    @classmethod
    def unprivileged(cls, wanted: str | None) -> Account:
        """The account that root starts a new cluster as: `wanted`, else the first that exists."""
        for name in (wanted,) if wanted else CANDIDATES:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            if entry.pw_uid != 0:
                return cls._from(entry)
        raise AccountNotUsable(
            f"as root it needs an unprivileged one, and {wanted or ', '.join(CANDIDATES)} is none"
        )

    @classmethod
    def _from(cls, entry: pwd.struct_passwd) -> Account:
        switched = entry.pw_uid != os.geteuid()
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid, switched)

    def run(
        self, *command: str | Path, text: str | None = None, held: FileLock | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`command` has run as the account to its end, with `text` as its input.

        Until its end it holds the lock `held` too, even if this process is killed.
        """
        return subprocess.run(
            [str(part) for part in command],
            input=text if text is not None else "",
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            cwd="/",  # ours may be a folder that the account cannot enter
            env=ENVIRONMENT,
            umask=0o077,
            # A Ctrl-C in the terminal goes to the whole foreground group; this is not in it.
            start_new_session=True,
            pass_fds=() if held is None else (held.descriptor,),
            user=self.uid if self.switched else None,
            group=self.gid if self.switched else None,
            extra_groups=self._groups,
        )

    def launch(self, command: Sequence[str], output: int) -> int:
        """`command` runs as the account in a session of its own; returns its pid."""
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
        # From here it is followed by its pid, as an adopted server is. A Popen that is dropped
        # without a return code would warn that its process still runs, which is the point here.
        process.returncode = 0
        return process.pid

    @property
    def _groups(self) -> list[int] | None:
        return os.getgrouplist(self.name, self.gid) if self.switched else None

    def can_enter(self, folder: Path) -> bool:
        """Whether the account reaches `folder`: tried out, since modes do not tell everything."""
        return self.run("/bin/sh", "-c", 'cd "$1"', "sh", folder).returncode == 0

    def write(self, path: Path, text: str) -> None:
        """`path` holds `text`, whole or not at all, written as the account.

        Root does not write there itself: the account could lead it elsewhere with a link.
        """
        script = 'cat > "$1.new" && mv -f "$1.new" "$1"'
        done = self.run("/bin/sh", "-c", script, "sh", path, text=text)
        if done.returncode != 0:
            said = done.stderr.strip().rpartition(": ")[2].lower()
            raise FolderNotUsable(path, said or "it cannot be written")

    def remove(self, *paths: Path) -> None:
        """The files `paths` are gone."""
        self.run("/bin/rm", "-f", "--", *paths)

    def make_folder(self, folder: Path) -> None:
        """`folder` has been made by this process and is the account's alone."""
        folder.mkdir(mode=0o700)
        self.take(folder)

    def take(self, folder: Path) -> None:
        """`folder`, which this process has made just now, belongs to the account."""
        if not self.switched:
            return
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(descriptor).st_uid != os.geteuid():
                raise FolderNotUsable(folder, "someone replaced it while it was made")
            os.fchown(descriptor, self.uid, self.gid)
        finally:
            os.close(descriptor)

    def check_private(self, folder: Path) -> None:
        """`folder` is the account's and closed to everyone else. Raises FolderNotUsable if not."""
        found = folder.lstat()
        if found.st_uid != self.uid:
            raise FolderNotUsable(folder, f"it belongs to {name_of(found.st_uid)}, not {self.name}")
        if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
            raise FolderNotUsable(folder, "it must be a folder that is closed to others (0700)")
