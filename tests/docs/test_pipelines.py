"""The program for dlt loads each event once: it continues after what it has, and loads what was recorded since."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import orjson

from tests.docs.page import FOLDER, Page
from tests.events.samples import noted
from tests.service.http.openapi.test_generators import demonstrated
from tests.service.packages import INSTALL_SECONDS_MAX, installed_python
from tests.service.serving import Served

DLT: Final = ("dlt[duckdb]==1.31.0",)
[PROGRAM] = Page(FOLDER / "how-to" / "pipelines.md").blocks("py", "Load into a warehouse with dlt")
LOADED: Final = """
with pipeline.sql_client() as client:
    rows = client.execute_sql("select position, data->>'$.text' from events order by position")
counts = pipeline.last_trace.last_normalize_info.row_counts
print("\\n" + json.dumps({"rows": rows, "new": counts.get("events", 0)}))
"""
"""Appended to the program: prints what is in the table, and how many rows the run has loaded."""


async def load(served: Served, folder: Path, program: str = PROGRAM) -> Any:
    """Run the program; return the rows of its table and how many of them are new."""
    tools = await asyncio.to_thread(installed_python, "dlt", *DLT)
    variables = {
        "PYTHONPATH": str(tools),
        "HOWCANWE_URL": f"http://127.0.0.1:{served.port}",
        "HOWCANWE_KEY": served.api.keys["facilitator"],
        "DLT_DATA_DIR": str(folder / "dlt"),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        # The service is on this machine, even if the environment names a proxy.
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    done = await asyncio.to_thread(
        subprocess.run,
        (sys.executable, "-c", program + LOADED),
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS_MAX,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return orjson.loads(done.stdout.splitlines()[-1])


async def test_dlt_loads_each_event_once_and_continues(database_url: str, tmp_path: Path) -> None:
    async with demonstrated(database_url) as served:
        # A first run that ends after its first page.
        short = PROGRAM.replace("1_000", "100").replace("run(source)", "run(source.add_limit(1))")
        begun = await load(served, tmp_path, short)
        assert begun["new"] == len(begun["rows"]) == 100
        await served.api.record([noted("organisation/mill-museum")])
        lines = await served.api.lines()
        whole = await load(served, tmp_path)
        assert whole["new"] == len(lines) - 100
        assert whole["rows"] == [[line["position"], line["data"].get("text")] for line in lines]
