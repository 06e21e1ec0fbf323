"""Packages of others that tests and benchmarks use, installed once for this user and every later run."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

INSTALL_SECONDS_MAX = 300


class NotInstalled(Exception):
    """Packages cannot be had here; the text says why."""


def installed(name: str, *packages: str) -> Path:
    """Return a folder of this name with the packages installed; skips where they cannot be had."""
    try:
        return install(name, *packages)
    except NotInstalled as error:
        pytest.skip(str(error))


def install(name: str, *packages: str) -> Path:
    """Return a folder of this name with the packages installed. Raises NotInstalled."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotInstalled("node and npm are not installed")
    folder = Path(tempfile.gettempdir()) / f"howcanwe-{name}"
    # npm writes it last.
    if not (folder / "node_modules" / ".package-lock.json").exists():
        command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", *packages]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_SECONDS_MAX)
        except (OSError, subprocess.SubprocessError):
            raise NotInstalled(f"{', '.join(packages)} cannot be installed here") from None
    return folder


def installed_python(name: str, *packages: str) -> Path:
    """Return a folder of this name with Python packages that would not fit beside ours; skips where there are none."""
    folder = Path(tempfile.gettempdir()) / f"howcanwe-{name}"
    complete = folder / ".complete"
    if not complete.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
        try:
            subprocess.run(
                [*command, "--upgrade", *packages],
                check=True,
                capture_output=True,
                timeout=INSTALL_SECONDS_MAX,
            )
        except (OSError, subprocess.SubprocessError):
            pytest.skip(f"{', '.join(packages)} cannot be installed here")
        complete.touch()
    return folder
