"""The read models: rebuilding them from a long log, following a busy one, and reading a journey as it was."""

import asyncio
import time
from contextlib import AsyncExitStack
from statistics import median, quantiles
from typing import Any, Final

import psutil  # type: ignore[import-untyped]  # it ships no types

from events.log import EventLog
from projections.in_memory.journey import journey_as_of
from projections.store.progress import ReadModelState
from projections.updating import builds
from projections.updating.runner import Runner
from service.commands.read_models import REBUILD_BATCH_EVENTS
from service.event_files import batches
from service.samples.generator import generate
from tests.benchmarks.bench import Bench
from tests.benchmarks.compared.peers import eventsourcing
from tests.benchmarks.load.load import Load
from tests.benchmarks.table import Row, limited, reached, unlimited

MIB: Final = 1 << 20
MILLISECONDS: Final = 1_000
EVENTS_PER_COHORT: Final = 285
RATE_MIN: Final = 20_000
GROWTH_MAX_MIB: Final = 64
PEER_EVENTS: Final = 5_000
SIZES: Final = (10_000, 100_000, 1_000_000)
WINDOW_BATCHES: Final = 5
POSTED_PER_SECOND: Final = 500
LAG_MAX_MS: Final = 100
JOURNEY_MAX_MS: Final = 50
JOURNEY_EVENTS: Final = 1_000
JOURNEYS: Final = 21
ROUNDS: Final = 2
MASTER_KEY: Final = bytes(32)


async def projecting(bench: Bench) -> list[Row]:
    """Measure all of it."""
    return [*await _rebuilding(bench), await _following(bench), await _reading_journeys(bench)]


async def _rebuilding(bench: Bench) -> list[Row]:
    """Rebuild a log of many events, more than once; by the batch, for the cost of an event early and late."""
    url = await bench.database()
    async with await EventLog.open(url, master_key=MASTER_KEY) as log:
        await _generate(log, bench.projected_events)
        head = await log.head()
        rates = []
        costs: dict[int, list[float]] = {size: [] for size in SIZES if size <= head}
        growths = []
        for _ in range(ROUNDS):
            rebuild = _Rebuild()
            async with Runner(
                log, schema=builds.scratch_name(), batch_events_max=REBUILD_BATCH_EVENTS
            ) as runner:
                await runner.prepare()
                rebuild.begin()
                await runner.catch_up(rebuild.moved)
            rates.append(rebuild.rate)
            growths.append(rebuild.growth_mib)
            for size, found in costs.items():
                found += rebuild.costs_us(size)
    with eventsourcing(await bench.database()) as peer:
        peer.store(threads=1, events=100, seconds=bench.seconds)
        counted = await asyncio.to_thread(peer.project, PEER_EVENTS)
    first = min(costs)
    return [
        reached(
            f"rebuild {head:,} events into all read models",
            median(rates),
            "events/s",
            "eventsourcing, one counter",
            counted,
            RATE_MIN,
        ),
        limited(
            "memory of a rebuild, after its first tenth", max(growths), "MiB", "", GROWTH_MAX_MIB
        ),
        *(
            unlimited(
                f"cost of an event at {size:,}",
                median(found),
                "µs",
                f"at {first:,}",
                median(costs[first]),
            )
            for size, found in costs.items()
        ),
    ]


class _Rebuild:
    """What is noted on the way: when each batch was done, and how large the process was."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._marks: list[tuple[int, float, int]] = []

    def begin(self) -> None:
        """Start the clock."""
        self._marks = [(0, time.perf_counter(), self._process.memory_info().rss)]

    def moved(self, state: ReadModelState) -> None:
        """Note a batch."""
        self._marks.append((state.position, time.perf_counter(), self._process.memory_info().rss))

    @property
    def rate(self) -> float:
        """Events per second over all of it."""
        return self._marks[-1][0] / (self._marks[-1][1] - self._marks[0][1])

    @property
    def growth_mib(self) -> float:
        """How much the process grew after the first tenth."""
        tenth = self._marks[-1][0] / 10
        begun = [rss for position, _, rss in self._marks if position <= tenth] or [
            self._marks[1][2]
        ]
        return (max(rss for _, _, rss in self._marks) - max(begun)) / MIB

    def costs_us(self, size: int) -> list[float]:
        """Return µs per event of the batches that end at this position or shortly before."""
        pairs = zip(self._marks, self._marks[1:], strict=False)
        costs = [
            (position, (at - before_at) / (position - before) * 1e6)
            for (before, before_at, _), (position, at, _) in pairs
            if before < position <= size + REBUILD_BATCH_EVENTS
        ]
        return [cost for _, cost in costs[-WINDOW_BATCHES:]]


async def _generate(log: EventLog, events: int) -> None:
    cohorts = max(1, events // EVENTS_PER_COHORT + 1)
    for batch in batches(generate(cohorts=cohorts, seed=1), 1_000):
        await log.append(batch)
        if await log.head() >= events:
            return


async def _following(bench: Bench) -> Row:
    """Post one event at a time at a steady rate, and note how long each is not in the read models."""
    acknowledged: dict[int, float] = {}
    reached_at: dict[int, float] = {}
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(await EventLog.open(await bench.database()))
        load = Load("follow")
        first = len(await log.append(load.foundation()))
        runner = await stack.enter_async_context(Runner(log))
        await runner.catch_up()
        running = asyncio.create_task(runner.run())
        stack.callback(running.cancel)
        noting = asyncio.create_task(_note_reached(runner, first, reached_at))
        stack.callback(noting.cancel)
        posts = []
        begin = time.perf_counter()
        count = int(POSTED_PER_SECOND * bench.seconds * bench.rounds)
        for number in range(count):
            await asyncio.sleep(max(0.0, begin + number / POSTED_PER_SECOND - time.perf_counter()))
            posts.append(asyncio.create_task(_post(log, load.event(), acknowledged)))
        await asyncio.gather(*posts)
        await runner.wait_for(first + count, 10)
        await asyncio.sleep(0.05)
    lags = [
        max(0.0, reached_at[position] - at) * MILLISECONDS
        for position, at in acknowledged.items()
        if position in reached_at
    ]
    assert len(lags) == count
    return limited(
        f"read models behind at {POSTED_PER_SECOND} events/s, p99",
        quantiles(lags, n=100)[-1],
        "ms",
        "acknowledged",
        LAG_MAX_MS,
    )


async def _post(log: EventLog, event: dict[str, Any], acknowledged: dict[int, float]) -> None:
    [receipt] = await log.append([event])
    acknowledged[receipt.position] = time.perf_counter()


async def _note_reached(runner: Runner, position: int, reached_at: dict[int, float]) -> None:
    while True:
        await runner.wait_for(position + 1, 60)
        now = time.perf_counter()
        for one in range(position + 1, runner.position + 1):
            reached_at[one] = now
        position = runner.position


async def _reading_journeys(bench: Bench) -> Row:
    """Read the journey of an organisation with many events as it was, at positions all along."""
    async with await EventLog.open(await bench.database(), master_key=MASTER_KEY) as log:
        for batch in batches(generate(cohorts=1, seed=2, scale=24.0), 1_000):
            await log.append(batch)
        streams: dict[str, list[int]] = {}
        async for recorded in log.read():
            for stream in recorded.streams:
                if stream.startswith("organisation/"):
                    streams.setdefault(stream, []).append(recorded.position)
        stream, positions = min(
            ((s, p) for s, p in streams.items() if len(p) >= JOURNEY_EVENTS),
            key=lambda found: len(found[1]),
        )
        organisation = stream.removeprefix("organisation/")
        taken = []
        for _ in range(JOURNEYS):
            begin = time.perf_counter()
            await journey_as_of(log, organisation, position=positions[JOURNEY_EVENTS - 1])
            taken.append((time.perf_counter() - begin) * MILLISECONDS)
    return limited(
        f"journey as of a position, {JOURNEY_EVENTS:,} events",
        median(taken),
        "ms",
        "",
        JOURNEY_MAX_MS,
    )
