"""What others notice of an attack on a service that runs as a process: `python -m tests.faults.attack`.

During an attack, other users continue to ask, each at fixed times whether or not the last answer has come, so that no
wait is left out. An attack is a function of the service's address, listed in `ATTACKS`; it ends by itself.
"""

import argparse
import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import httpx
import orjson
import psutil  # type: ignore[import-untyped]  # it ships no types

from tests.events.samples import at
from tests.faults.floods import long_headers, silence
from tests.processes import Serving, command, data_folder, environment, key_for, run, until

PERIOD_S: Final = 0.05
PATIENCE_S: Final = 120.0
COHORTS: Final = 10

Attack = Callable[[str], Awaitable["Counter[str]"]]
"""Attacks the service at an address, and returns how often it was answered how."""


@dataclass(slots=True)
class Waits:
    """How long some requests took, in milliseconds, and how often they were not answered as they should be."""

    ms: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        """Return the wait that this share of requests did not exceed."""
        ordered = sorted(self.ms)
        return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else float("nan")

    def __str__(self) -> str:
        times = f"n {len(self.ms)}, p50 {self.percentile(0.5):.0f} ms, p99 {self.percentile(0.99):.0f} ms"
        times += f", most {max(self.ms, default=float('nan')):.0f} ms"
        return f"{times}, failed {dict(self.failed)}" if self.failed else times


@dataclass(frozen=True, slots=True)
class Noticed:
    """What others noticed of an attack: their waits by what they asked, and what it cost the service."""

    waits: Mapping[str, Waits]
    answers: "Counter[str]"
    seconds: float
    cpu_seconds: float

    def __str__(self) -> str:
        lines = [
            f"{self.seconds:.1f} s, CPU {self.cpu_seconds:.1f} s, answered {dict(self.answers)}"
        ]
        return "\n".join(lines + [f"  {name:12} {waits}" for name, waits in self.waits.items()])


# Attacks


async def nothing(address: str, seconds: float = 1.0) -> "Counter[str]":
    """Do nothing for some time: what others notice of it is the machine's."""
    await asyncio.sleep(seconds)
    return Counter()


async def questions(address: str, *, field: str, times: int, at_once: int) -> "Counter[str]":
    """Send, without a key, many queries at once, each with a field repeated `times`; `{n}` in it is a number."""
    answers: Counter[str] = Counter()

    async def ask(client: httpx.AsyncClient) -> None:
        fields = " ".join(f"s{n}:{field.replace('{n}', str(n))}" for n in range(times))
        response = await client.post("/graphql", json={"query": f"{{{fields}}}"})
        errors = response.json().get("errors") or [{"extensions": {"code": "answered"}}]
        answers[f"{response.status_code} {errors[0]['extensions']['code']}"] += 1

    async with _client(address) as client:
        await asyncio.gather(*(ask(client) for _ in range(at_once)))
    return answers


async def variables(address: str, *, values: int, at_once: int) -> "Counter[str]":
    """Ask, without a key, queries at once whose variables hold so many values."""
    query = "query($where:LearningFilter){learnings(first:1,where:$where){totalCount}}"
    body = orjson.dumps({"query": query, "variables": {"where": {"or": [{}] * values}}})
    sent = {"content-type": "application/json"}
    async with _client(address) as client:
        asked = [client.post("/graphql", content=body, headers=sent) for _ in range(at_once)]
        return Counter(str(response.status_code) for response in await asyncio.gather(*asked))


SEARCH: Final = 'search(text:"zz{n}",first:1){totalCount}'
FOUND: Final = 'search(text:"people the a{n}",first:100){totalCount nodes{fragments{text}}}'
LIST: Final = 'learnings(first:1,where:{text:"zz{n}"}){filteredCount}'
ROWS: Final = "learnings(first:100){nodes{key statement themes}}"
FIGURES: Final = "insights{compareCohorts{list{cohort}}}"
SCHEMA: Final = "__schema{types{name fields{name description type{name}}}}"

ATTACKS: Final[Mapping[str, Attack]] = {
    "nothing": nothing,
    "1 of 30 searches": partial(questions, field=SEARCH, times=30, at_once=1),
    "4 of 30 searches": partial(questions, field=SEARCH, times=30, at_once=4),
    "16 of 30 searches": partial(questions, field=SEARCH, times=30, at_once=16),
    "30 of 16 searches": partial(questions, field=SEARCH, times=16, at_once=30),
    "16 of 16 searches that find": partial(questions, field=FOUND, times=16, at_once=16),
    "16 of 25 lists": partial(questions, field=LIST, times=25, at_once=16),
    "16 of 25 lists of rows": partial(questions, field=ROWS, times=25, at_once=16),
    "16 of 30 figures": partial(questions, field=FIGURES, times=30, at_once=16),
    "16 of 8 schemas": partial(questions, field=SCHEMA, times=8, at_once=16),
    "4 of 2,000,000 variables": partial(variables, values=2_000_000, at_once=4),
    "1 header of 64 MiB": partial(long_headers, size_mib=64, at_once=1),
    "4 headers of 64 MiB": partial(long_headers, size_mib=64, at_once=4),
    "400 silent connections": partial(silence, headers=300, bodies=100),
}


# What others notice


async def noticed(serving: Serving, key: str, name: str) -> Noticed:
    """Return what others notice of an attack; some time passes before and after it."""
    waits = {name: Waits() for name in ("health/live", "a page", "a query", "recording")}
    process = psutil.Process(serving.pid)
    async with _attacker() as attack, _client(serving.address, key) as client:
        number = iter(range(10**9))

        async def live() -> httpx.Response:
            return await client.get("/health/live")

        async def page() -> httpx.Response:
            return await client.get("/events?limit=20")

        async def query() -> httpx.Response:
            return await client.post(
                "/graphql", json={"query": "{cohorts(first:5){nodes{key title}}}"}
            )

        async def record() -> httpx.Response:
            event = {
                "specversion": "1.0",
                "id": f"{time.time_ns()}-{next(number)}",
                "source": "urn:others",
                "type": "org.howcanwe.note.added.v1",
                "time": at(),
                "data": {"about": "organisation/others", "text": "We continue."},
            }
            sent = {"content-type": "application/cloudevents+json"}
            return await client.post("/events", content=orjson.dumps(event), headers=sent)

        async with _asking(waits, (live, page, query, record)):
            before, began = _cpu_seconds(process), time.monotonic()
            answers = await attack(name, serving.address)
            seconds = time.monotonic() - began
            cpu_seconds = _cpu_seconds(process) - before
    return Noticed(waits, answers, seconds, cpu_seconds)


@asynccontextmanager
async def _attacker() -> AsyncIterator[Callable[[str, str], Awaitable["Counter[str]"]]]:
    """Return what runs an attack in a process of its own, so that the measured users never wait for the attacker."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        await loop.run_in_executor(pool, _attack, "nothing", "")

        async def attack(name: str, address: str) -> "Counter[str]":
            return await loop.run_in_executor(pool, _attack, name, address)

        yield attack


def _attack(name: str, address: str) -> "Counter[str]":
    async def attack() -> "Counter[str]":
        return await ATTACKS[name](address)

    return asyncio.run(attack())


@asynccontextmanager
async def _asking(
    waits: Mapping[str, Waits], kinds: tuple[Callable[[], Awaitable[httpx.Response]], ...]
) -> AsyncIterator[None]:
    under_way: set[asyncio.Task[None]] = set()

    async def once(ask: Callable[[], Awaitable[httpx.Response]], found: Waits) -> None:
        began = time.monotonic()
        try:
            response = await ask()
        except httpx.TransportError as error:
            found.failed[type(error).__name__] += 1
            return
        found.ms.append((time.monotonic() - began) * 1000)
        if not response.is_success:
            found.failed[str(response.status_code)] += 1

    async def again_and_again() -> None:
        due = time.monotonic()
        while True:
            for ask, found in zip(kinds, waits.values(), strict=True):
                task = asyncio.create_task(once(ask, found))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            due += PERIOD_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    asking = asyncio.create_task(again_and_again())
    try:
        await asyncio.sleep(10 * PERIOD_S)
        yield
        await asyncio.sleep(10 * PERIOD_S)
    finally:
        asking.cancel()
        await asyncio.gather(asking, *under_way, return_exceptions=True)


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _client(address: str, key: str | None = None) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    return httpx.AsyncClient(
        base_url=address, headers=headers, timeout=PATIENCE_S, limits=limits, trust_env=False
    )


def fill(data: Path, cohorts: int) -> None:
    """Record generated cohorts, and the organisation that others write about."""
    generated = subprocess.run(
        command("generate", "--cohorts", str(cohorts)),
        capture_output=True,
        check=True,
        env=environment(),
    ).stdout
    others = {
        "specversion": "1.0",
        "id": "others",
        "source": "urn:others",
        "type": "org.howcanwe.organisation.registered.v1",
        "time": at(),
        "data": {"organisation": "others", "name": "The others", "sector": "museums"},
    }
    done = run("record", "-", "--data", data, stdin=generated + orjson.dumps(others) + b"\n")
    assert done.returncode == 0, done.stderr


@contextmanager
def attacked(cohorts: int = COHORTS) -> Iterator[tuple[Serving, str]]:
    """Give a service over generated cohorts that can be asked, and a key for it."""
    with data_folder() as data:
        fill(data, cohorts)
        key = key_for(data)
        with Serving(data) as serving:
            serving.ready()
            with httpx.Client(base_url=serving.address, trust_env=False) as client:
                until(lambda: client.get("/health/ready").is_success, "the read models")
            yield serving, key
            serving.stop()


def main() -> None:
    """Measure the attacks that are named, or all of them, and print what others noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attacks", nargs="*", help="; ".join(ATTACKS), metavar="attack")
    parser.add_argument("--cohorts", type=int, default=COHORTS)
    arguments = parser.parse_args()
    with attacked(arguments.cohorts) as (serving, key):
        for name in arguments.attacks or ATTACKS:
            found = asyncio.run(noticed(serving, key, name))
            sys.stdout.write(f"{name}: {found}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
