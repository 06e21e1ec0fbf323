"""GraphQL over HTTP: the audits of the public reference suite (npm: graphql-http), all of them, without a warning."""

import asyncio
from pathlib import Path

import orjson

from tests.service.graphql.client import caught_up
from tests.service.packages import installed
from tests.service.serving import serving

SUITE = "graphql-http@1.23.1"
AUDITS = Path(__file__).with_name("audits.mjs")


async def test_every_audit_passes_without_a_warning(database_url: str) -> None:
    folder = await asyncio.to_thread(installed, SUITE.replace("@", "-"), SUITE, "graphql@16")
    async with serving(database_url) as served:
        await caught_up(served.api.service)
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
