"""`python -m tests.benchmarks [NAME…] [--quick] [--json FILE] [--write]`: measures here and prints the table."""

import argparse
import asyncio
import gc
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console

from docs.reference import sections
from service.postgres import EmbeddedPostgres
from tests.benchmarks.bench import Bench
from tests.benchmarks.graph.asking import asking
from tests.benchmarks.measured.appending import appending
from tests.benchmarks.measured.columns import columns
from tests.benchmarks.measured.exporting import exporting
from tests.benchmarks.measured.folding import folding
from tests.benchmarks.measured.holding import holding
from tests.benchmarks.measured.insights import insights
from tests.benchmarks.measured.posting import posting
from tests.benchmarks.measured.projecting import projecting
from tests.benchmarks.measured.recording import recording
from tests.benchmarks.measured.replaying import replaying
from tests.benchmarks.measured.sharing import sharing
from tests.benchmarks.measured.tabling import tabling
from tests.benchmarks.measured.visiting import visiting
from tests.benchmarks.table import Row, Skipped, as_json, as_markdown, machine, show

BENCHMARKS: dict[str, Callable[[Bench], Awaitable[list[Row] | list[Row | Skipped]]]] = {
    "asking": asking,
    "visiting": visiting,
    "recording": recording,
    "appending": appending,
    "holding": holding,
    "sharing": sharing,
    "posting": posting,
    "projecting": projecting,
    "replaying": replaying,
    "exporting": exporting,
    "columns": columns,
    "folding": folding,
    "tabling": tabling,
    "insights": insights,
}


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    # No choices: Python 3.11 takes an empty list for a wrong one.
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="shorter, and less certain")
    parser.add_argument(
        "--folded-events", type=int, metavar="N", help="how long a log `folding` folds"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the table as JSON")
    parser.add_argument(
        "--write",
        action="store_true",
        help="also write the table (of a NAME its rows) into docs/reference/benchmarks.md and README.md",
    )
    given = parser.parse_args()
    unknown = set(given.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; of: {', '.join(BENCHMARKS)}")
    return given


async def measured(bench: Bench, names: list[str]) -> tuple[list[Row | Skipped], list[str]]:
    """Return the rows of the benchmarks named (all if none is), and which of them failed."""
    rows: list[Row | Skipped] = []
    failed: list[str] = []
    for name in names or BENCHMARKS:
        Console(stderr=True).print(f"measuring {name} …")
        try:
            rows += await BENCHMARKS[name](bench)
        except Exception:
            # The rows measured before took minutes, and are worth printing.
            Console(stderr=True).print_exception()
            rows.append(Skipped(name, "it failed; see the output above"))
            failed.append(name)
    return rows + bench.tally.rows(), failed


async def main() -> int:
    """Measure and print; return the exit code."""
    given = arguments()
    # As the service does once it has started; it counts for the peer as well.
    gc.collect()
    gc.freeze()
    with (
        tempfile.TemporaryDirectory(prefix="howcanwe-bench-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        bench = Bench(server.url, given.quick, given.folded_events)
        measured_on = machine(await bench.postgres_version())
        rows, failed = await measured(bench, given.names)
    show(Console(width=140), measured_on, rows)
    if given.json is not None:
        given.json.write_text(json.dumps(as_json(measured_on, rows), indent=2) + "\n")
    if given.write:
        how = "scripts/bench --quick" if given.quick else "scripts/bench"
        if given.names:
            # What was skipped keeps its row, and what is counted over a run is of a whole one.
            counted = bench.tally.rows()
            part: list[Row | Skipped] = [
                row for row in rows if isinstance(row, Row) and row not in counted
            ]
            sections.write_part(as_markdown(measured_on, part, f"{how}, in parts"))
        else:
            sections.write(as_markdown(measured_on, rows, how))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
