"""Folds a log in several processes of this machine, and puts together what they have folded."""

from collections.abc import Sequence
from operator import itemgetter

from projections.folding.projection import Projection
from projections.folding.tables import Row
from projections.in_memory.deal import NEIGHBOURS
from projections.updating.digest import TableSum
from service.replay.errors import ReplayError
from service.replay.processes.lines import Lines
from service.replay.processes.share import Folded, Rows, Share
from service.replay.processes.workers import folded_by_workers


def fold_in_processes(
    lines: Lines,
    projections: Sequence[Projection],
    processes: int,
    out: Rows | None = None,
    neighbours: int = NEIGHBOURS,
) -> Folded:
    """Fold a whole log in this many processes, which write the rows of the read models to `out` or return them.

    Raises ReplayError if a process failed or was killed, or if not every event was folded.
    """
    folded = folded_by_workers(
        [
            Share(lines, projections, number, processes, out, neighbours)
            for number in range(processes)
        ]
    )
    events, last = folded[0].events, folded[0].last
    if any((one.events, one.last) != (events, last) for one in folded):
        raise ReplayError("the processes of the fold have read different events; the log changed")
    home = sum(one.home for one in folded)
    if home != events:
        raise ReplayError(f"{home} of {events} events were folded")
    whole = Folded(events, last, home)
    for projection in projections:
        sums = whole.sums[projection.name] = TableSum()
        for one in folded:
            sums.merge(one.sums.get(projection.name, TableSum()))
        rows = [row for one in folded for row in one.rows.get(projection.name, ())]
        whole.rows[projection.name] = _sorted(rows, projection)
    return whole


def _sorted(rows: list[Row], projection: Projection) -> list[Row]:
    """Return rows in the order of their table's primary key."""
    return sorted(rows, key=itemgetter(*projection.table.primary_key.columns.keys()))
