"""How soon a browser shows something of a page that it opens for the first time."""

from statistics import median
from typing import Final

from tests.benchmarks.graph.viewers import Viewer
from tests.benchmarks.servers import HOST, Server
from tests.benchmarks.table import Row, Skipped, limited
from tests.chromium import PROGRAM, chromium

MILLISECONDS_MAX: Final = 300.0

_FIRST: Final = "performance.getEntriesByName('first-paint')[0]?.startTime"


async def painted(
    server: Server, what: str, path: str, viewer: Viewer, visits: int
) -> Row | Skipped:
    """Return the median of visits with an empty cache, from the request to the first paint."""
    name = f"{what}: first paint"
    if PROGRAM is None:
        return Skipped(name, "chromium is not installed")
    headers = {"authorization": viewer.authorization} if viewer.authorization else {}
    times: list[float] = []
    async with chromium() as browser:
        # The first one also starts the browser's own processes.
        for _ in range(visits + 1):
            context = await browser.new_context(extra_http_headers=headers)
            page = await context.new_page()
            await page.goto(f"http://{HOST}:{server.port}{path}")
            handle = await page.wait_for_function(_FIRST)
            times.append(float(await handle.json_value()))
            await context.close()
    return limited(name, median(times[1:]), "ms", "", MILLISECONDS_MAX)
