"""Folds a log in this process: for logs that fit into memory, and to check a cluster's result."""

from collections.abc import Iterable

from events.state.streams_from_lines import events_in
from projections.folding.garbage_collector import collector_paused
from projections.folding.step import linked_events
from projections.in_memory.rows import fold
from projections.updating.digest import table_sums
from service.replay.cluster.parquet_rows import ParquetRows
from service.replay.cluster.partitions import Partition


def fold_alone(pieces: Iterable[Partition], out: ParquetRows) -> tuple[int, str]:
    """Fold the partitions of a log into `out`; return the number of events and the digest. Raises Undigested."""
    with collector_paused():
        steps = linked_events(events_in(line for piece in pieces for line in piece.lines()))
        tables = fold(steps)
    out.write(0, tables)
    return len(steps), out.end(len(steps), table_sums(tables))
