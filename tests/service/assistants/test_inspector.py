"""The protocol's inspector takes the server as it is."""

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from tests.events.samples import assessed
from tests.service.app import complete
from tests.service.packages import INSTALL_SECONDS_MAX, installed
from tests.service.serving import Served, serving

pytestmark = pytest.mark.frontend

INSPECTOR: Final = "@modelcontextprotocol/inspector@2"
MAIN_PROGRAM: Final = Path("node_modules") / ".bin" / "mcp-inspector"


async def inspected(served: Served, folder: Path, who: str | None, *call: str) -> Any:
    """Return what the inspector prints, which ends well."""
    tools = await asyncio.to_thread(installed, "inspector", INSPECTOR)
    headers = [f"{name}: {value}" for name, value in served.api.headers(who).items()]
    command: list[str | Path] = [
        *(tools / MAIN_PROGRAM, "--cli", f"http://127.0.0.1:{served.port}/mcp"),
        *("--transport", "http", *(part for one in headers for part in ("--header", one)), *call),
    ]
    here = {"HOME": str(folder), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}

    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS_MAX,
            env={**os.environ, **here},
        )

    done = await asyncio.to_thread(run)
    assert done.returncode == 0, done.stdout + done.stderr
    return orjson.loads(done.stdout)


async def test_the_inspector_lists_and_calls_the_tools(database_url: str, tmp_path: Path) -> None:
    async with serving(database_url) as served:
        await served.api.begin()

        async def inspect(who: str | None, *call: str) -> Any:
            return await inspected(served, tmp_path, who, *call)

        listed = await inspect("mill", "--method", "tools/list", "--strict")
        assert [tool["name"] for tool in listed["tools"]][-1] == "record"
        public = await inspect(None, "--method", "tools/list", "--strict")
        assert "record" not in [tool["name"] for tool in public["tools"]]
        calling = ("--method", "tools/call", "--tool-name")
        found = await inspect(
            *("mill", *calling, "journey", "--tool-arg", "organisation=mill", "first=2")
        )
        assert len(found["structuredContent"]["entries"]) == 2
        events = orjson.dumps([complete(assessed())]).decode()
        recorded = await inspect("mill", *calling, "record", "--tool-arg", f"events={events}")
        assert recorded["structuredContent"]["receipts"][0]["repeated"] is False
