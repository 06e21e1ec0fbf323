"""Pages, of each kind of viewer: their time beside that of the queries that they ask, and how large they are."""

import html
import json
import re
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median, quantiles
from typing import Final

from service.pages.frame.addresses import plural
from service.pages.frame.page import Page
from service.pages.routes import PAGES
from tests.benchmarks.bench import Bench
from tests.benchmarks.graph.caller import Caller, asked, calling, get
from tests.benchmarks.graph.journeys import generated
from tests.benchmarks.graph.viewers import Viewer, viewers_of
from tests.benchmarks.measured.painting import painted
from tests.benchmarks.servers import SERVICE, serving
from tests.benchmarks.table import Row, Skipped, limited

RATIO_MAX: Final = 1.5
"""A page's median time to that of its queries."""
BYTES_MAX: Final = 50_000
MILLISECONDS_MAX: Final = 50.0
SLOWEST_MILLISECONDS_MAX: Final = 100.0
VISITS: Final = 20
FIGURE: Final = "failureMix"
JOURNEY: Final = "/organisations/{key}"
ACROSS: Final = ("/cohorts/{key}", "/cohorts")
"""Pages whose slowest visits have a limit, too."""

_VARIABLES: Final = re.compile(r'<code id="variables\d*">(.*?)</code>', re.DOTALL)


async def visiting(bench: Bench) -> list[Row | Skipped]:
    """Measure every page that has an example in as many generated cohorts as the bench says."""
    journeys = await generated(await bench.database(), bench.cohorts)
    keys = {plural(kind): str(key) for kind, key in journeys.given.items()}
    viewers = await viewers_of(journeys.url, keys["cohorts"], keys["organisations"])
    rows: list[Row | Skipped] = []
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(SERVICE, journeys.url))
        caller = await stack.enter_async_context(calling(server))
        await caller.ready()
        for page in PAGES:
            path = page.path.replace("{key}", keys.get(page.path.split("/")[1], ""))
            path = path.replace("{figure}", FIGURE)
            if "{" in path:
                continue
            for viewer in viewers:
                rows += await _visited(bench, caller, page, path, viewer)
                if page.path == JOURNEY:
                    what = _named(page, viewer)
                    rows.append(await painted(server, what, path, viewer, bench.rounds))
    return rows


async def _visited(
    bench: Bench, caller: Caller, page: Page, path: str, viewer: Viewer
) -> Sequence[Row | Skipped]:
    """Return the rows of a page as one viewer sees it; none if there is nothing for this viewer."""
    visit = get(path, viewer.authorization)
    try:
        body = await caller.call(visit)
    except AssertionError:
        return []
    documents = [page.queries[0].document, *(one.query.document for one in page.further)]
    asking = [
        asked(document, json.loads(html.unescape(variables)), viewer.authorization)
        for document, variables in zip(documents, _VARIABLES.findall(body.decode()), strict=False)
    ]
    if not asking:
        return []
    visits: list[float] = []
    ratios: list[float] = []
    queries: list[float] = []
    for _ in range(bench.rounds):
        ours = [await _milliseconds(caller, visit) for _ in range(VISITS)]
        its = [sum([await _milliseconds(caller, query) for query in asking]) for _ in range(VISITS)]
        visits += ours
        queries += its
        ratios.append(median(ours) / median(its))
    what = _named(page, viewer)
    ratio = median(ratios)
    rows = [
        Row(
            f"{what}: median",
            median(visits),
            "ms",
            "its queries over HTTP",
            median(queries),
            ratio,
            f"≤ {RATIO_MAX:g}",
            ratio <= RATIO_MAX,
        )
    ]
    if page.path == JOURNEY:
        rows.append(limited(f"{what}: size", len(body) / 1_000, "KB", "", BYTES_MAX / 1_000))
        rows.append(limited(f"{what}: median", median(visits), "ms", "", MILLISECONDS_MAX))
    if page.path in ACROSS:
        slowest = quantiles(visits, n=20)[-1]
        rows.append(limited(f"{what}: p95", slowest, "ms", "", SLOWEST_MILLISECONDS_MAX))
    return rows


def _named(page: Page, viewer: Viewer) -> str:
    return f"page `{page.path}`, {viewer.name}"


async def _milliseconds(caller: Caller, request: bytes) -> float:
    began = time.perf_counter()
    await caller.call(request)
    return (time.perf_counter() - began) * 1_000
