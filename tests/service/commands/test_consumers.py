"""`howcanwe consumers` as an analyst calls it."""

import asyncio
from pathlib import Path

import orjson

from events.lines.chain import GENESIS
from tests.processes import run, stderr_of
from tests.service.serving import serving


async def test_consumers_are_listed_with_their_lag_and_removed(database_url: str) -> None:
    async with serving(database_url) as served:
        await served.api.begin()
        url, key = f"http://127.0.0.1:{served.port}", served.api.keys["analyst"]
        settings = {"HOWCANWE_KEY": key}
        for name in ("day", "night"):
            await served.api.client.put(
                f"/consumers/{name}",
                json={"position": 0, "hash": GENESIS},
                headers=served.api.headers("analyst"),
            )
        listed = await asyncio.to_thread(run, "consumers", "list", url, settings=settings)
        assert listed.returncode == 0, stderr_of(listed)
        head = (await served.api.lines("analyst"))[-1]["position"]
        assert [orjson.loads(line) for line in listed.stdout.splitlines()] == [
            {"name": name, "position": 0, "hash": GENESIS, "lag": head} for name in ("day", "night")
        ]
        removed = await asyncio.to_thread(run, "consumers", "remove", url, "day", "--key", key)
        assert (removed.returncode, removed.stdout) == (0, b""), stderr_of(removed)
        assert " is removed; a replay with this name begins from the start" in stderr_of(removed)
        for name in ("day", "../keys"):
            unknown = await asyncio.to_thread(
                run, "consumers", "remove", url, name, settings=settings
            )
            assert unknown.returncode == 1
            assert "the server answered 40" in stderr_of(unknown)
        left = (await served.api.get("/consumers", "analyst")).json()["consumers"]
        assert [consumer["name"] for consumer in left] == ["night"]


async def test_a_consumer_has_a_name_before_anything_is_exported(
    database_url: str, tmp_path: Path
) -> None:
    out = tmp_path / "log.ndjson"
    async with serving(database_url) as served:
        url = f"http://127.0.0.1:{served.port}"
        for name in ("", "a/b", "../keys", "Ü"):
            refused = await asyncio.to_thread(run, "replay", url, "--consumer", name, "--out", out)
            assert refused.returncode == 1
            assert "is not the name of a consumer" in stderr_of(refused)
    assert not list(tmp_path.iterdir())
