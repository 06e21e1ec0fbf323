"""The queries of frontends over HTTP, of each kind of viewer: how fast, and how far apart the viewers are."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any, Final

import orjson

from tests.benchmarks.bench import Bench
from tests.benchmarks.graph.caller import Caller, asked
from tests.benchmarks.graph.journeys import Journeys, Query
from tests.benchmarks.graph.viewers import ALL_SEEING, ORGANISATION, Viewer
from tests.benchmarks.servers import Server
from tests.benchmarks.table import Row, limited, unlimited

JOURNEY_MAX_MS: Final = 10
APART_MAX: Final = 1.3
MILLISECONDS: Final = 1_000

SHOWN: Final = (ALL_SEEING, ORGANISATION)
"""Of which viewers every query has a row."""

EARLIER: Final = {
    "cohort-list": 93,
    "cohort-page": 83,
    "cohort-timeline": 66,
    "failure-library": 71,
    "help-board": 94,
    "inspirations": 76,
    "iteration-board": 64,
    "iteration-page": 46,
    "journey": 28,
    "learning-library": 54,
    "learning-page": 64,
    "organisation-page": 66,
    "organisation-timeline": 48,
    "outcomes": 82,
    "people": 89,
    "publications": 108,
    "question-board": 91,
    "question-page": 91,
    "refetch": 212,
    "search": 30,
}
"""Requests per second of a facilitator of everything before queries were compiled, as they were published then.

They were measured on 2 cores with 24 GiB in a quick run: on another machine they say little, so there is no target.
"""


@dataclass(eq=False)
class Asked:
    """A query as one viewer asks it: how long each answer took, in rounds, and the processor time of the service."""

    viewer: Viewer
    request: bytes
    rows: int
    rounds: list[list[float]] = field(default_factory=list)
    processor_seconds: float = 0.0

    @property
    def seconds(self) -> list[float]:
        """How long each answer took."""
        return [seconds for of_round in self.rounds for seconds in of_round]

    @property
    def p50_ms(self) -> float:
        """The median over the rounds of each one's median: what else the machine did in one round counts little."""
        return median(median(of_round) for of_round in self.rounds) * MILLISECONDS


async def queries(
    bench: Bench, server: Server, caller: Caller, journeys: Journeys, viewers: Sequence[Viewer]
) -> list[Row]:
    """Ask each query as each viewer, in turns."""
    measured = {
        query: [await _asked(caller, query, viewer) for viewer in viewers]
        for query in journeys.queries.values()
    }
    for all_asked in measured.values():
        for _ in range(bench.rounds):
            for one in all_asked:
                await _ask(server, caller, one, bench.seconds / bench.rounds)
    rows = [
        _row(query, one)
        for name in SHOWN
        for query, all_asked in measured.items()
        for one in all_asked
        if one.viewer.name == name
    ]
    slowest = max(measured[journeys.queries["journey"]], key=lambda one: one.p50_ms)
    beside = f"the slowest: {slowest.viewer.name}"
    rows.append(limited("query journey, p50", slowest.p50_ms, "ms", beside, JOURNEY_MAX_MS))
    return [*rows, _apart(measured)]


async def _asked(caller: Caller, query: Query, viewer: Viewer) -> Asked:
    request = asked(query.text, dict(query.variables), viewer.authorization)
    answer = orjson.loads(await caller.call(request))
    assert "errors" not in answer, (query.name, viewer.name, answer["errors"])
    return Asked(viewer, request, _objects(answer["data"]))


async def _ask(server: Server, caller: Caller, one: Asked, seconds: float) -> None:
    """Ask for so long."""
    await caller.call(one.request)
    times = []
    used = server.processor_seconds()
    begin = now = time.perf_counter()
    while now - begin < seconds:
        await caller.call(one.request)
        after = time.perf_counter()
        times.append(after - now)
        now = after
    one.processor_seconds += server.processor_seconds() - used
    one.rounds.append(times)


def _row(query: Query, one: Asked) -> Row:
    times = one.seconds
    cuts = quantiles(times, n=100, method="inclusive")
    processor = one.processor_seconds / len(times)
    details = (
        f"p50 {cuts[49] * MILLISECONDS:.1f} ms, p99 {cuts[98] * MILLISECONDS:.1f} ms,"
        f" CPU {processor * MILLISECONDS:.1f} ms, {query.statements} statements"
    )
    rate = len(times) / sum(times)
    if one.viewer.name != ALL_SEEING:
        return unlimited(f"query {query.name}, {one.viewer.name}", rate, "req/s", details)
    return unlimited(
        f"query {query.name}",
        rate,
        "req/s",
        f"{details}; earlier, not compiled",
        EARLIER[query.name],
    )


def _apart(measured: dict[Query, list[Asked]]) -> Row:
    """Return the largest ratio between viewers who see equally many rows."""
    found: list[tuple[float, str]] = []
    for query, all_asked in measured.items():
        for rows in {one.rows for one in all_asked}:
            alike = sorted(
                (one for one in all_asked if one.rows == rows), key=lambda one: one.p50_ms
            )
            fast, slow = alike[0], alike[-1]
            compared = f"{query.name}, {rows} rows: {slow.viewer.name} to {fast.viewer.name}"
            found.append((slow.p50_ms / fast.p50_ms, compared))
    ratio, compared = max(found)
    return limited("queries, slowest kind of viewer to fastest", ratio, "x", compared, APART_MAX)


def _objects(value: Any) -> int:
    """Return the number of objects in an answer: rows, and the objects within them."""
    if isinstance(value, dict):
        return 1 + sum(map(_objects, value.values()))
    return sum(map(_objects, value)) if isinstance(value, list) else 0
