"""GraphQL over HTTP, of each kind of viewer: timelines, the queries of frontends, a long log, and what comes live."""

from contextlib import AsyncExitStack

from tests.benchmarks.bench import Bench
from tests.benchmarks.graph.caller import calling
from tests.benchmarks.graph.journeys import generated
from tests.benchmarks.graph.queries import queries
from tests.benchmarks.graph.scale import scale
from tests.benchmarks.graph.subscribers import subscribers
from tests.benchmarks.graph.timelines import timelines
from tests.benchmarks.graph.viewers import viewers_of
from tests.benchmarks.servers import SERVICE, serving
from tests.benchmarks.table import Row, Skipped


async def asking(bench: Bench) -> list[Row | Skipped]:
    """Measure timelines on one large cohort, everything else on as many generated cohorts as the bench says."""
    rows = await timelines(bench)
    journeys = await generated(await bench.database(), bench.cohorts)
    organisation = journeys.given["organisation"]
    viewers = await viewers_of(journeys.url, journeys.given["cohort"], organisation)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(SERVICE, journeys.url))
        caller = await stack.enter_async_context(calling(server))
        await caller.ready()
        rows += await queries(bench, server, caller, journeys, viewers)
        rows += await scale(bench, server, caller, journeys, viewers)
        rows.append(await subscribers(server, str(viewers[0].authorization), organisation))
    return rows
