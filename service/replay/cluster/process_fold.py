"""Folds a log in several processes of this machine, each of which writes its share of the rows."""

from projections.models import PROJECTIONS
from service.replay.cluster.parquet_rows import ParquetRows
from service.replay.processes.fold import fold_in_processes
from service.replay.processes.lines import Lines


def fold_together(lines: Lines, processes: int, out: ParquetRows) -> tuple[int, str]:
    """Fold the lines of a whole log into `out`; return the number of events and the digest. Raises ReplayError."""
    folded = fold_in_processes(lines, PROJECTIONS, processes, out)
    return folded.events, out.end(folded.events, folded.sums)
