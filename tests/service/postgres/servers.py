"""The embedded server as the tests use it: from here, from other processes, as other users."""

from __future__ import annotations

import asyncio
import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest

PATIENCE_S = 60.0
ROOT = Path(__file__).parents[3]
IS_ROOT = os.geteuid() == 0


# Starts the server, says its pid and URL, and ends when its input does.
USER_SCRIPT = """
import sys
from pathlib import Path
from service.postgres import EmbeddedPostgres, PostgresError
try:
    with EmbeddedPostgres(Path(sys.argv[1])) as postgres:
        print(postgres.url, flush=True)
        sys.stdin.read()
except PostgresError as error:
    print(f"{type(error).__name__}: {error}", flush=True)
"""


def pid_of(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split()[0])


def socket_of(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        await asyncio.sleep(0.01)


async def ask(url: str, question: str) -> Any:
    connection = await asyncpg.connect(url, timeout=PATIENCE_S)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def user_process(data: Path, user: str | None = None) -> subprocess.Popen[str]:
    """A process of `user` that uses the server in `data`."""
    return subprocess.Popen(
        [python_for(user), "-c", USER_SCRIPT, str(data)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def python_for(user: str | None) -> str:
    """An interpreter that `user` can run this project's code with."""
    if user is None:
        return sys.executable
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    paths = [path for path in sys.path if "site-packages" in path]
    for python in (sys.executable, f"/usr/bin/{version}"):
        with suppress(OSError):
            check = subprocess.run(
                [python, "-c", "import asyncpg, psutil, structlog"],
                env={"PYTHONPATH": os.pathsep.join([str(ROOT), *paths])},
                cwd="/",
                user=user,
                check=False,
                capture_output=True,
            )
            if check.returncode == 0:
                return python
    pytest.skip(f"{user} can reach no Python that has the dependencies")


def first_line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=PATIENCE_S)
