"""Queries that must not take longer as the log grows: search, a timeline, figures over everything, cohorts compared."""

import asyncio
import time
from collections.abc import Sequence
from statistics import median
from typing import Any, Final

from events.access.principal import Role
from service.access.grant import EVERY_COHORT, Grant
from tests.benchmarks.bench import Bench
from tests.benchmarks.graph.caller import Caller, asked, post
from tests.benchmarks.graph.journeys import Journeys
from tests.benchmarks.graph.subscribers import note
from tests.benchmarks.graph.viewers import (
    ALL_SEEING,
    ANALYST,
    EVALUATOR,
    FACILITATOR,
    ORGANISATION,
    PUBLIC,
    Viewer,
    holding,
)
from tests.benchmarks.measured.insights import COMPARED
from tests.benchmarks.servers import Server
from tests.benchmarks.table import Row, limited, unlimited

EVENTS_MIN: Final = 250_000
"""How many events there are at least where the targets hold."""
TIMES: Final = 20
FIRSTS: Final = 5
"""So many viewers of a kind compare cohorts for their first time; the public is one."""
TAKEN_IN_SECONDS: Final = 0.2
"""How long after it is recorded an event is surely among those that figures are of."""
IDLE_SECONDS: Final = 0.5
IDLE_SECONDS_MAX: Final = 300
MILLISECONDS: Final = 1_000

SEARCH_MAX_MS: Final = 50
TIMELINE_MAX_MS: Final = 15
FIGURES_MAX_MS: Final = 100
COMPARED_MAX_MS: Final = 500

FIGURES: Final = """{ insights {
  funnel { questions reframed tried answered parked planned started concluded failures learnings adopted publications }
  timeToFirstIteration { n quartiles without } learningVelocity { n quartiles without }
  failFast { n quartiles } failureConversion { n share medianDays } resultsByDecision { n }
  failureMix { n intelligentShare } doubleLoop { n share corroboratedOf corroborated } thinDecisions { n share }
  reach { n participations } participationShift { n medianSlope } framingShift { n up same down }
  harvest { n substantiated contested unanticipated negative } retention { joined left present }
  openness { n share medianDays } perspectiveGap { n mean } diffusion { n acrossCohorts } pathways { n }
} }"""


async def scale(
    bench: Bench, server: Server, caller: Caller, journeys: Journeys, viewers: Sequence[Viewer]
) -> list[Row]:
    """Ask as each kind of viewer. Where there is little to ask about, what it takes is only shown."""
    search, timeline = journeys.queries["search"], journeys.queries["organisation-timeline"]
    questions: list[tuple[str, str, dict[str, Any], float]] = [
        ("search", search.text, {**search.variables}, SEARCH_MAX_MS),
        ("timeline of 50", timeline.text, {**timeline.variables, "first": 50}, TIMELINE_MAX_MS),
        ("figures over everything", FIGURES, {}, FIGURES_MAX_MS),
    ]
    # The figures are there once the service has taken in the log, and compared the cohorts for those who see most.
    await caller.call(asked(FIGURES, {}, viewers[0].authorization))
    await _idle(server, caller)
    rows = []
    for what, query, variables, most in questions:
        for viewer in viewers:
            request = asked(query, variables, viewer.authorization)
            times = [await _milliseconds(caller, request) for _ in range(1 + TIMES)]
            rows.append(_row(journeys, what, viewer.name, median(times[1:]), most))
    rows += await _figures_after_events(caller, journeys, viewers)
    firsts: dict[str, list[float]] = {}
    for viewer in await _new(journeys, viewers):
        request = asked(COMPARED, {}, viewer.authorization)
        firsts.setdefault(viewer.name, []).append(await _milliseconds(caller, request))
    for name, times in firsts.items():
        rows.append(_row(journeys, "first compareCohorts", name, median(times), COMPARED_MAX_MS))
    return rows


async def _figures_after_events(
    caller: Caller, journeys: Journeys, viewers: Sequence[Viewer]
) -> list[Row]:
    """Measure the figures right after an event that changes them."""
    rows = []
    for viewer in viewers:
        times = []
        for number in range(FIRSTS):
            event = note(f"{viewer.name}-{number}", journeys.given["organisation"])
            posted = post("/events", event, viewers[0].authorization)
            await caller.call(posted, expected=b"201")
            await asyncio.sleep(TAKEN_IN_SECONDS)
            request = asked(FIGURES, {}, viewer.authorization)
            times.append(await _milliseconds(caller, request))
        rows.append(
            _row(journeys, "figures after an event", viewer.name, median(times), FIGURES_MAX_MS)
        )
    return rows


def _row(journeys: Journeys, what: str, viewer: str, found_ms: float, most: float) -> Row:
    named = f"{what}, {viewer}, p50"
    beside = f"{journeys.events:,} events"
    if journeys.events < EVENTS_MIN:
        return unlimited(
            named, found_ms, "ms", f"{beside}; at {EVENTS_MIN:,} and more ≤ {most:g} ms"
        )
    return limited(named, found_ms, "ms", beside, most)


async def _new(journeys: Journeys, viewers: Sequence[Viewer]) -> list[Viewer]:
    """Return some viewers of each kind of whom nothing is remembered."""
    cohorts = [f"c{number:04}" for number in range(1, 1 + FIRSTS)]
    grants = [
        *((FACILITATOR, Grant(Role.FACILITATOR, (cohort,))) for cohort in cohorts),
        *(
            (ORGANISATION, Grant(Role.ORGANISATION, organisation=f"{cohort}-org1"))
            for cohort in cohorts
        ),
        *((ALL_SEEING, Grant(Role.FACILITATOR, (EVERY_COHORT,))) for _ in cohorts),
        *((EVALUATOR, Grant(Role.EVALUATOR, (cohort,))) for cohort in cohorts),
        *((ANALYST, Grant(Role.ANALYST)) for _ in cohorts),
    ]
    return [*await holding(journeys.url, grants), Viewer(PUBLIC)]


async def _milliseconds(caller: Caller, request: bytes) -> float:
    begin = time.perf_counter()
    body = await caller.call(request)
    taken = time.perf_counter() - begin
    assert b'"errors"' not in body, body[:1_000]
    return taken * MILLISECONDS


async def _idle(server: Server, caller: Caller) -> None:
    """Wait until the server has hardly anything to do, and keep the connection alive meanwhile."""
    async with asyncio.timeout(IDLE_SECONDS_MAX):
        used = server.processor_seconds()
        while True:
            await asyncio.sleep(IDLE_SECONDS)
            await caller.ready()
            before, used = used, server.processor_seconds()
            if used - before < IDLE_SECONDS / 10:
                return
