"""Data folders whose servers have ended afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest

from service.postgres import system_folder


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that every account can reach: when root runs the tests, tmp_path is not."""
    folder = Path(tempfile.mkdtemp(prefix="hcw-"))
    folder.chmod(0o755)
    yield folder / "data"
    left = end_servers(folder)
    shutil.rmtree(folder, ignore_errors=True)
    assert not left, "a test left its server running"


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A data folder that only the user who runs the tests can reach."""
    tmp_path.chmod(0o700)
    programs = set(system_folder.PATH.glob("postgresql-*"))
    data = tmp_path / "data"
    yield data
    # Only what is this test's: other processes have their clusters there, too.
    own = list(system_folder.PATH.glob(f"{system_folder.place_name(data)}*"))
    left = [server for folder in own for server in end_servers(folder)]
    for path in {*own, *system_folder.PATH.glob("postgresql-*")} - programs:
        shutil.rmtree(path, ignore_errors=True)
    assert not left, "a test left its server running"


def end_servers(folder: Path) -> list[int]:
    """The pids of the servers in `folder`, which have been killed."""
    servers = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.name() == "postgres" and Path(process.cwd()).is_relative_to(folder):
                servers.append(process.pid)
                process.kill()
    return servers
