"""A release without a pause: the old build serves, the new one fills its read models, and posts continue."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import httpx
import pytest

from events.log import EventLog
from service.event_files import batches
from service.samples.generator import generate
from tests.conftest import MASTER_KEY
from tests.faults.load import Load
from tests.processes import ROOT, Serving, run

QUERY: Final = """{
  organisation(key: "c0000-org1") { name timeline(first: 2) { totalCount nodes { ... on TimelineEntry { type } } } }
}"""
RECORDED_COHORTS: Final = 12


@pytest.fixture
def release(tmp_path: Path) -> Iterator[Path]:
    """A folder with another release: its projections are others, if only by a comment."""
    folder = tmp_path / "release"
    for package in ("events", "projections", "service"):
        shutil.copytree(ROOT / package, folder / package)
    with (folder / "projections" / "models" / "record.py").open("a") as source:
        source.write("# Another release.\n")
    yield folder
    shutil.rmtree(folder)


@dataclass(slots=True)
class Reader:
    """Sends one request again and again, and keeps the failures."""

    address: str
    key: str
    answers: int = 0
    others: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Inside, it asks; afterwards every question was answered in full, and there was one at least."""
        task = asyncio.create_task(self._read())
        try:
            yield
            async with asyncio.timeout(60):
                while not self.answers and not self.others:
                    await asyncio.sleep(0.01)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert not self.others, self.others[:3]

    async def _read(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        async with httpx.AsyncClient(base_url=self.address, headers=headers, timeout=30) as client:
            while True:
                answer = await client.post("/graphql", json={"query": QUERY})
                found = (answer.json().get("data") or {}).get("organisation")
                if found and len(found["timeline"]["nodes"]) == 2:
                    self.answers += 1
                else:
                    self.others.append(answer.text)


async def ready(address: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=address) as client:
        return await client.get("/health/ready")


async def until_ready(address: str) -> None:
    async with asyncio.timeout(60):
        while (await ready(address)).status_code != 200:
            await asyncio.sleep(0.02)


async def test_a_new_release_takes_over_under_load(
    database_url: str, tmp_path: Path, release: Path
) -> None:
    async with await EventLog.open(database_url, master_key=MASTER_KEY) as log:
        for batch in batches(generate(cohorts=RECORDED_COHORTS, seed=4), 500):
            await log.append(batch)
    settings = {
        "HOWCANWE_DATABASE_URL": database_url,
        "HOWCANWE_MASTER_KEY": MASTER_KEY.hex(),
    }
    made = await asyncio.to_thread(
        run, "keys", "create", "--role", "facilitator", "--cohort", "*", settings=settings
    )
    key = made.stdout.decode().strip()
    with Serving(tmp_path / "old", settings=settings) as old:
        await asyncio.to_thread(old.ready)
        await until_ready(old.address)
        load = Load(old.address, key, Random(4))
        await load.begin()
        async with load.running(posters=4), Reader(old.address, key).reading():
            await load.resumes(20)
            filled = await asyncio.to_thread(run, "rebuild", settings=settings, root=release)
            assert filled.returncode == 0, filled.stderr
            schema = filled.stdout.decode().split()[0]
            listed = await asyncio.to_thread(run, "read-models", settings=settings)
            rows = [line.split("\t") for line in listed.stdout.decode().splitlines()[1:]]
            assert {row[1] for row in rows} == {"this one", "another"}
            assert [row[0] for row in rows if row[1] == "another"] == [schema]
            await load.resumes(20)
            with Serving(tmp_path / "new", settings=settings, root=release) as new:
                await asyncio.to_thread(new.ready)
                await until_ready(new.address)
                async with Reader(new.address, key).reading():
                    await load.resumes(20)
                assert new.stop() == 0
        assert old.stop() == 0
    pruned = await asyncio.to_thread(run, "read-models", "prune", settings=settings)
    assert pruned.stdout.decode().split() == [schema]
    digests = {
        (await asyncio.to_thread(run, "digest", *way, settings=settings)).stdout
        for way in ([], ["--rebuild"], ["--memory"])
    }
    assert len(digests) == 1
