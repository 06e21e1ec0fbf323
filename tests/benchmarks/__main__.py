"""`python -m tests.benchmarks [NAME…] [--quick] [--json FILE]`: measures on this machine and prints the table."""

import argparse
import asyncio
import gc
import json
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console

from service.postgres import EmbeddedPostgres
from tests.benchmarks.appending import appending
from tests.benchmarks.asking import asking
from tests.benchmarks.bench import Bench
from tests.benchmarks.holding import holding
from tests.benchmarks.posting import posting
from tests.benchmarks.replaying import replaying
from tests.benchmarks.sharing import sharing
from tests.benchmarks.table import Row, Skipped, as_json, machine, show

BENCHMARKS: dict[str, Callable[[Bench], Awaitable[list[Row] | list[Row | Skipped]]]] = {
    "asking": asking,
    "appending": appending,
    "holding": holding,
    "sharing": sharing,
    "posting": posting,
    "replaying": replaying,
}


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    # No choices: Python 3.11 takes an empty list for a wrong one.
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="shorter, and less certain")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the table as JSON")
    given = parser.parse_args()
    unknown = set(given.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; of: {', '.join(BENCHMARKS)}")
    return given


async def measured(bench: Bench, names: list[str]) -> list[Row | Skipped]:
    """Return the rows of the benchmarks named, all if none is."""
    rows: list[Row | Skipped] = []
    for name in names or BENCHMARKS:
        Console(stderr=True).print(f"measuring {name} …")
        rows += await BENCHMARKS[name](bench)
    return rows + bench.tally.rows()


async def main() -> None:
    """Measure and print."""
    given = arguments()
    # As the service does once it has started; it counts for the peer as well.
    gc.collect()
    gc.freeze()
    with (
        tempfile.TemporaryDirectory(prefix="howcanwe-bench-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        bench = Bench(server.url, given.quick)
        measured_on = machine(await bench.postgres_version())
        rows = await measured(bench, given.names)
    show(Console(width=140), measured_on, rows)
    if given.json is not None:
        given.json.write_text(json.dumps(as_json(measured_on, rows), indent=2) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
