"""Folds a log in this process, as one share that is the whole log."""

from projections.models import PROJECTIONS
from service.replay.cluster.parquet_rows import ParquetRows
from service.replay.processes.lines import Lines
from service.replay.processes.share import Share, fold_share


def fold_alone(lines: Lines, out: ParquetRows) -> tuple[int, str]:
    """Fold the lines of a whole log into `out`; return the number of events and the digest.

    Raises Undigested, UnknownType, and what the lines raise.
    """
    folded = fold_share(Share(lines, PROJECTIONS, 0, 1, out))
    return folded.events, out.end(folded.events, folded.sums)
