"""The insights over HTTP, from few cohorts to many, and what keeping them current costs beside the read models."""

import asyncio
import gc
import time
from collections.abc import Iterator
from statistics import quantiles
from typing import Any, Final

import httpx
import orjson

from events.log import EventLog
from projections.insights.follower import InsightsFollower
from projections.updating import builds
from projections.updating.runner import Runner
from service.commands.read_models import REBUILD_BATCH_EVENTS
from service.event_files import batches
from service.samples.generator import generate
from tests.benchmarks.bench import Bench
from tests.benchmarks.servers import HOST, SERVICE, new_key, serving
from tests.benchmarks.table import Row, limited

MILLISECONDS: Final = 1_000
SIZES: Final = (10, 100, 1_000)
SIZES_QUICK: Final = (10, 30)
COHORT_MAX_MS: Final = 20
COMPARED_MAX_MS: Final = 100
CURRENT_MAX_PERCENT: Final = 30
ASKED: Final = 100
WARM: Final = 5
READY_SECONDS_MAX: Final = 60
MASTER_KEY: Final = bytes(32)
# A cohort of this scale has three hundred events and some.
SCALE: Final = 1.08

ONE_COHORT: Final = """
query One($cohorts: [String!], $organisation: String!) {
  insights(filter: {cohorts: $cohorts}) {
    partial
    quietOrganisations { n } noFailuresTold { n } danglingPivots { n } stalledIterations { n }
    openAsks { n } pairingsWithoutMeeting { n }
    pairingLift { n adoptionsPaired monthsPaired adoptionsUnpaired monthsUnpaired lift }
    avoidableRepeats { n share } leavers { n }
    funnel {
      questions reframed tried answered parked planned started concluded
      failures learnings adopted publications
    }
    timeToFirstIteration { n quartiles without } learningVelocity { n quartiles without }
    failFast { n quartiles } failureConversion { n share medianDays } resultsByDecision { n }
    failureMix { n intelligentShare } doubleLoop { n share corroboratedOf corroborated }
    thinDecisions { n share } reach { n participations } participationShift { n medianSlope }
    framingShift { n up same down }
    harvest { n substantiated contested unanticipated negative }
    sustained { list { months n share withoutCheckin } } retention { joined left present }
    openness { n share medianDays } perspectiveGap { n mean } contestedLearnings { n }
    triedBefore(mode: GIVE_TIME) { n decided share low high }
    learningReach(organisation: $organisation) { n adopters longestChain }
    modesTried(organisation: $organisation) { n share }
    costOfLearning { n hours perLearning perRefuted }
    diffusion { n acrossCohorts } pathways { n }
  }
}
"""

COMPARED: Final = """
{ insights { compareCohorts { list {
  cohort organisations questions reframed tried answered parked planned started concluded
  failures learnings adopted publications timeToFirstIteration learningVelocity failFast
  failureConversion doubleLoop corroborated thinDecisions openness substantiated
  avoidableRepeats intelligentShare medianSlope lift participations retention sustained
} } } }
"""


async def insights(bench: Bench) -> list[Row]:
    """Measure all of it."""
    return [*await _asking(bench), await _keeping(bench)]


async def _asking(bench: Bench) -> list[Row]:
    """Ask a service with a log of some cohorts, of more, and of many."""
    sizes = SIZES_QUICK if bench.quick else SIZES
    url = await bench.database()
    times: dict[str, dict[int, float]] = {"one": {}, "compared": {}}
    rows: list[Row] = []
    async with await EventLog.open(url, master_key=MASTER_KEY) as log:
        growing = _Growing(log, sizes[-1])
        key = await new_key(url)
        for size in sizes:
            await growing.to(size)
            # What is measured is asking, not a service that is still catching up.
            async with Runner(log, batch_events_max=REBUILD_BATCH_EVENTS) as runner:
                await runner.catch_up()
            cohort = f"c{size // 2:04}"
            one = {
                "query": ONE_COHORT,
                "variables": {"cohorts": [cohort], "organisation": growing.member(cohort)},
            }
            async with (
                serving(SERVICE, url) as server,
                httpx.AsyncClient(
                    base_url=f"http://{HOST}:{server.port}",
                    headers={"Authorization": f"Bearer {key}"},
                    timeout=600,
                ) as client,
            ):
                await _ready(client)
                times["one"][size] = await _p95_ms(client, one)
                times["compared"][size] = await _p95_ms(client, {"query": COMPARED})
        head = await log.head()
    for size in sizes:
        rows.append(
            limited(
                f"single-number figures of a cohort, of {size:,}, p95",
                times["one"][size],
                "ms",
                "over HTTP",
                COHORT_MAX_MS,
            )
        )
    for size in sizes:
        events = f", {head:,} events" if size == sizes[-1] else ""
        rows.append(
            limited(
                f"compareCohorts over {size:,}{events}, p95",
                times["compared"][size],
                "ms",
                "over HTTP",
                COMPARED_MAX_MS,
            )
        )
    return rows


class _Growing:
    """A log that grows to as many cohorts as one likes; the first are the same however many there are."""

    def __init__(self, log: EventLog, cohorts: int) -> None:
        self._log = log
        self._events: Iterator[dict[str, Any]] = iter(
            generate(cohorts=cohorts + 1, seed=1, scale=SCALE)
        )
        self._waiting: dict[str, Any] | None = None
        self._cohorts = 0
        self._members: dict[str, str] = {}

    def member(self, cohort: str) -> str:
        """Return an organisation of the cohort."""
        return self._members[cohort]

    async def to(self, cohorts: int) -> None:
        """Record events up to the end of this many cohorts."""
        for batch in batches(self._until(cohorts), 1_000):
            await self._log.append(batch)

    def _until(self, cohorts: int) -> Iterator[dict[str, Any]]:
        if self._waiting is not None:
            yield self._waiting
            self._waiting = None
        for event in self._events:
            if str(event["type"]).endswith("cohort.formed.v1"):
                self._cohorts += 1
                if self._cohorts > cohorts:
                    self._waiting = event
                    return
            if str(event["type"]).endswith("organisation.joined.v1"):
                data = event["data"]
                self._members[data["cohort"]] = data["organisation"]
            yield event


async def _ready(client: httpx.AsyncClient) -> None:
    """Wait until the service says that it can be asked."""
    async with asyncio.timeout(READY_SECONDS_MAX):
        while (await client.get("/health/ready")).is_error:
            await asyncio.sleep(0.1)


async def _p95_ms(client: httpx.AsyncClient, asked: dict[str, Any]) -> float:
    """Return the 95th percentile of the time that an answer takes, once the service is warm."""
    taken = []
    content = orjson.dumps(asked)
    for number in range(WARM + ASKED):
        begin = time.perf_counter()
        response = await client.post(
            "/graphql", content=content, headers={"Content-Type": "application/json"}
        )
        if number >= WARM:
            taken.append((time.perf_counter() - begin) * MILLISECONDS)
        assert b'"errors"' not in response.content, response.text[:1_000]
    return quantiles(taken, n=20)[-1]


async def _keeping(bench: Bench) -> Row:
    """Fill the read models and the figures' index from a log; compare the two times."""
    cohorts = 30 if bench.quick else 100
    async with await EventLog.open(await bench.database(), master_key=MASTER_KEY) as log:
        await _Growing(log, cohorts).to(cohorts)
        shares = []
        for _ in range(bench.rounds):
            async with Runner(
                log, schema=builds.scratch_name(), batch_events_max=REBUILD_BATCH_EVENTS
            ) as runner:
                await runner.prepare()
                begin = time.perf_counter()
                await runner.catch_up()
                projected = time.perf_counter() - begin
            gc.collect()
            begin = time.perf_counter()
            await InsightsFollower(log).caught_up()
            shares.append((time.perf_counter() - begin) / projected * 100)
    return limited(
        "keeping the insights current, of the read models' time",
        sorted(shares)[len(shares) // 2],
        "%",
        "rebuild",
        CURRENT_MAX_PERCENT,
    )
