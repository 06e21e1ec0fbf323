"""Normalising caches, as they come: today and the past side by side, and events that their sources call alike."""

import asyncio
from pathlib import Path
from typing import Any

import orjson

from tests.events.samples import at, framed, noted, reframed
from tests.service.graphql.client import caught_up
from tests.service.packages import installed
from tests.service.serving import serving

CACHES = Path(__file__).with_name("caches.mjs")
SCHEMA = Path(__file__).parents[3] / "schema.graphql"
PACKAGES = (
    *("@apollo/client@4", "rxjs@7", "graphql-tag@2", "graphql@16"),
    *("@urql/core@6", "@urql/exchange-graphcache@9"),
    *("relay-runtime@21", "relay-compiler@21"),
)
BEFORE, AFTER = "How can we turn the wheel?", "How can we repair the wheel?"


async def test_caches_keep_today_and_the_past_and_events_that_are_called_alike_apart(
    database_url: str,
) -> None:
    folder = await asyncio.to_thread(installed, "caches", *PACKAGES)
    async with serving(database_url) as served:
        await served.api.begin()
        note = {"id": "note-1", "time": at(9)}
        story = (
            framed("wheel", text=BEFORE),
            reframed("wheel", text=AFTER),
            {**noted("organisation/mill", text="Of a."), **note, "source": "urn:a"},
            {**noted("organisation/mill", text="Of b."), **note, "source": "urn:b"},
        )
        for event in story:
            assert (await served.api.post(event)).status_code == 201
        await caught_up(served.api.service)
        address = f"http://127.0.0.1:{served.port}/graphql"
        process = await asyncio.create_subprocess_exec(
            *("node", str(CACHES), str(folder), str(SCHEMA), address, served.api.keys["mill"]),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), 60)
        finally:
            if process.returncode is None:
                process.kill()
    assert process.returncode == 0, err.decode()
    found: dict[str, Any] = orjson.loads(out)
    assert found.keys() == {"apollo", "urql", "relay"}
    for client, result in found.items():
        assert result["complaints"] == [], client
        assert result["kept"] == result["asked"], client
        kept = result["kept"]
        today = kept["Today"]["organisation"]
        [now] = today["questions"]["nodes"]
        assert today["journey"]["questions"]["nodes"] == [now]
        [then] = kept["Then"]["organisation"]["journey"]["questions"]["nodes"]
        assert [now["text"], then["text"]] == [AFTER, BEFORE], client
        assert [len(one["framings"]["nodes"]) for one in (now, then)] == [2, 1]
        assert kept["Again"]["nodes"] == [now, then]
        alike = kept["Alike"]
        assert [alike[name]["source"] for name in "ab"] == ["urn:a", "urn:b"]
        assert [alike[name]["data"]["text"] for name in "ab"] == ["Of a.", "Of b."]
        assert [alike[name]["eventId"] for name in "ab"] == ["note-1", "note-1"]
