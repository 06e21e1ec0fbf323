"""Tools of others take the description as it is: a linter, and a generator of clients, as the guide uses it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import orjson

from service.samples import demo
from tests.docs.page import FOLDER, Page
from tests.service.graphql.client import caught_up
from tests.service.http.openapi.described import calls, document
from tests.service.packages import INSTALL_SECONDS_MAX, installed, installed_python
from tests.service.serving import Served, serving

LINTER: Final = "@redocly/cli@2"
GENERATOR: Final = ("openapi-python-client==0.29.1",)
PAGE: Final = Page(FOLDER / "how-to" / "integrate.md")

READ: Final = """
import json, httpx
from howcanwe_client import models
from howcanwe_client.api.read import read_event, read_events

lines = httpx.get(f"{url}/events", headers={"Authorization": f"Bearer {key}"}).text.splitlines()
for line in map(json.loads, lines):
    name = "".join(part.capitalize() for part in line["type"].replace("_", ".").split(".")[2:-1])
    event = getattr(models, f"Recorded{name}").from_dict(line)
    assert event.to_dict().keys() == line.keys()
    assert event.data.to_dict().keys() == line["data"].keys()
one = read_event.sync(answer.receipts[0].position, client=client)
pages = client.with_headers({"Accept": "application/cloudevents-batch+json"})
page = read_events.sync(client=pages, type_=[models.ReadEventsTypeItem.LEARNING_CAPTURED], limit=3)
refused = record_events.sync(client=client, body=NoteAdded.from_dict({**note.to_dict(), "id": ""}))
print(json.dumps({"text": one.data.text, "read": len(lines), "page": [event.type_ for event in page],
    "rules": [fault.rule for fault in refused.errors]}))
"""


@asynccontextmanager
async def demonstrated(url: str) -> AsyncIterator[Served]:
    """A service with the sample cohort."""
    async with serving(url) as served:
        await served.api.record(orjson.loads(line) for line in demo.lines())
        await caught_up(served.api.service)
        yield served


def ran(folder: Path, *call: str | Path, **variables: str) -> str:
    """Run a command to its end, which is a good one; return what it prints."""
    # The service is on this machine, even if the environment names a proxy.
    here = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "REDOCLY_TELEMETRY": "off"}
    done = subprocess.run(
        call,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS_MAX,
        env={**os.environ, **here, **variables},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_linter_finds_nothing(tmp_path: Path) -> None:
    tools = installed("redocly", LINTER)
    file = tmp_path / "openapi.json"
    file.write_bytes(orjson.dumps(document()))
    program = tools / "node_modules" / ".bin" / "redocly"
    found = orjson.loads(ran(tmp_path, program, "lint", file, "--format=json"))
    assert found["problems"] == []


async def test_the_python_client_has_every_call_posts_and_reads(
    database_url: str, tmp_path: Path
) -> None:
    tools = await asyncio.to_thread(installed_python, "openapi-python-client", *GENERATOR)
    [shell], [recording] = (
        PAGE.blocks(one, "With a generated Python client") for one in ("sh", "py")
    )
    config = tmp_path / "client.yaml"
    config.write_text(shell.split("END'\n")[1].split("END\n")[0] + "post_hooks: []\n")
    package = tmp_path / "made"
    async with demonstrated(database_url) as served:
        address = f"http://127.0.0.1:{served.port}"
        generate = (sys.executable, "-m", "openapi_python_client", "generate")
        where = ("--url", f"{address}/openapi.json", "--output-path", package)
        out = await asyncio.to_thread(
            ran, tmp_path, *generate, *where, "--config", config, PYTHONPATH=str(tools)
        )
        assert "Warning" not in out
        modules = {path.stem for path in package.glob("howcanwe_client/api/*/*.py")}
        names = {_snake(call.described["operationId"]) for call in calls()}
        assert modules - {"__init__"} == names
        start = f"url, key = {address!r}, {served.api.keys['facilitator']!r}\n"
        paths = f"{package}{os.pathsep}{tools}"
        call = (sys.executable, "-W", "error", "-c", start + recording + READ)
        found = orjson.loads(await asyncio.to_thread(ran, tmp_path, *call, PYTHONPATH=paths))
        lines = await served.api.lines()
    assert found == {
        "text": "The lift was slow.",
        "read": len(lines),
        "page": ["org.howcanwe.learning.captured.v1"] * 3,
        "rules": ["field"],
    }
    assert lines[-1]["data"]["text"] == found["text"]


def _snake(name: str) -> str:
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name)
