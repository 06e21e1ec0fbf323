"""`howcanwe openapi --bruno` writes a collection that Bruno's own command runs."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any, Final

import orjson

from events.vocabulary.words.envelope import EXAMPLE
from service.hooks.tool import Tool
from service.samples import demo
from tests.processes import run, stderr_of
from tests.service.app import BATCH
from tests.service.graphql.client import caught_up
from tests.service.http.openapi.test_examples import HOOK
from tests.service.packages import installed
from tests.service.serving import Served, serving
from tests.service.submissions.hooked import hooked

PROGRAM: Final = "@usebruno/cli@4"
SECONDS_MAX: Final = 120
REFUSED: Final = {**EXAMPLE, "source": "https://minutes.example/board", "data": {}}

WITH_ONE_KEY: Final = (
    *("record", "read", "ask", "replay", "vocabulary", "webhooks", "hooks", "health"),
    *("quarantine/listQuarantine.bru", "quarantine/retryQuarantined.bru"),
)
REMOVING: Final = ("quarantine/listQuarantine.bru", "quarantine/removeQuarantined.bru")


def written(folder: Path) -> Path:
    """Return a folder with the collection, as the command writes it."""
    done = run("openapi", "--bruno", folder)
    assert (done.returncode, done.stdout) == (0, b"")
    assert stderr_of(done) == f"howcanwe: the collection is in {folder}; open it in Bruno\n"
    return folder


def ran(folder: Path, served: Served, who: str, *requests: str) -> list[dict[str, Any]]:
    """Run requests of a collection, and return what each had as its answer."""
    tools = installed("bruno", PROGRAM)
    report = folder.parent / "report.json"
    keys = served.api.keys
    given = {"address": f"http://127.0.0.1:{served.port}", "key": keys[who], "hook": keys["hook"]}
    variables = [part for one in given.items() for part in ("--env-var", "=".join(one))]
    program = str(tools / "node_modules" / ".bin" / "bru")
    options = ("--env", "local", "--noproxy", "--reporter-json", str(report))
    done = subprocess.run(
        [program, "run", *requests, *options, *variables],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results: list[dict[str, Any]] = orjson.loads(report.read_bytes())[0]["results"]
    return results


async def test_every_request_of_the_collection_succeeds(database_url: str, tmp_path: Path) -> None:
    folder = await asyncio.to_thread(written, tmp_path / "howcanwe")
    names = {path.stem for path in folder.glob("*/*.bru")} - {"folder", "local"}
    async with serving(database_url) as served:
        api = served.api
        await api.record(orjson.loads(line) for line in demo.lines())
        await caught_up(api.service)
        api.keys["hook"] = (await hooked(api, Tool.JSON, HOOK)).secret

        async def succeeded(who: str, *requests: str) -> set[str]:
            # Each run needs an event in quarantine that the run before has not settled.
            await api.send(
                orjson.dumps([{**REFUSED, "id": requests[-1]}]), BATCH, prefer="handling=lenient"
            )
            results = await asyncio.to_thread(ran, folder, served, who, *requests)
            return {Path(result["test"]["filename"]).stem for result in results}

        done = await succeeded("facilitator", *WITH_ONE_KEY)
        done |= await succeeded("facilitator", *REMOVING)
        done |= await succeeded("admin", "keys")
    assert done == names


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("openapi", "--bruno", tmp_path / "file")
    assert done.returncode == 1
    assert stderr_of(done) == f"howcanwe: {tmp_path / 'file'} cannot be written: File exists\n"
