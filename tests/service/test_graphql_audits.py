"""GraphQL over HTTP: the audits of the public reference suite (npm: graphql-http), all of them, without a warning."""

import asyncio
import shutil
import subprocess
import tempfile
from pathlib import Path

import orjson
import pytest

from tests.service.graphql_client import caught_up
from tests.service.serving import serving

SUITE = "graphql-http@1.23.1"
AUDITS = Path(__file__).with_name("audits.mjs")
INSTALL_SECONDS_MAX = 120


def _suite_folder() -> Path:
    """Return a folder with the suite installed, for this user and every later run; skips where it cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed")
    folder = Path(tempfile.gettempdir()) / f"howcanwe-{SUITE.replace('@', '-')}"
    if not (folder / "node_modules" / "graphql-http").is_dir():
        try:
            subprocess.run(
                [
                    npm,
                    "install",
                    "--prefix",
                    folder,
                    "--no-audit",
                    "--no-fund",
                    SUITE,
                    "graphql@16",
                ],
                check=True,
                capture_output=True,
                timeout=INSTALL_SECONDS_MAX,
            )
        except (OSError, subprocess.SubprocessError):
            pytest.skip(f"{SUITE} cannot be installed here")
    return folder


async def test_every_audit_passes_without_a_warning(database_url: str) -> None:
    folder = await asyncio.to_thread(_suite_folder)
    async with serving(database_url) as served:
        await caught_up(served.door.service.runner)
        process = await asyncio.create_subprocess_exec(
            "node",
            str(AUDITS),
            str(folder),
            f"http://127.0.0.1:{served.port}/graphql",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    results = orjson.loads(out)
    assert len(results) == 61
    failed = [result for result in results if result["status"] != "ok"]
    assert not failed, orjson.dumps(failed, option=orjson.OPT_INDENT_2).decode()
