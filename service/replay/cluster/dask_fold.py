"""Folds a log on Dask workers: each finds the streams of its events, and Dask brings together what is folded together.

The log does not pass through the calling process, unless its source can only be read there. Only the index of which
organisation created which subject is collected on one worker and copied to the others.
"""

import logging
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from projections.models import PROJECTIONS
from projections.updating.digest import TableSum
from service.replay.cluster import tasks
from service.replay.cluster.parquet_rows import ParquetRows
from service.replay.cluster.partitions import LinePartition, Partition
from service.replay.errors import PackageMissing, ReplayError, SourceLost

BUCKET_EVENTS: Final = 50_000
"""The events, on average, that a worker folds at once and so has to hold in memory."""

BUCKETS_PER_CORE: Final = 2
"""Buckets per worker, so that a worker with less work takes over some of the others'."""

SCHEDULER_SECONDS: Final = 10
"""How long a running scheduler may take to answer."""


@contextmanager
def client_at(scheduler: str | None, workers: int) -> Iterator[Any]:
    """Yield a client of the scheduler at the address, or of a new local cluster of `workers` processes.

    The local cluster ends with the block. Raises PackageMissing; SourceLost if no scheduler answers at the address.
    """
    try:
        import dask.dataframe  # noqa: F401  # needed later; one of its own requirements may be missing
        from distributed import Client, LocalCluster
    except ImportError:
        raise PackageMissing("folding on a cluster", "cluster") from None
    with _quiet(), ExitStack() as stack:
        address: Any = scheduler
        if address is None:
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="howcanwe-dask-"))
            address = stack.enter_context(
                LocalCluster(  # type: ignore[no-untyped-call]  # it has no types yet
                    n_workers=workers,
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    local_directory=scratch,
                )
            )
        try:
            client = Client(address, timeout=SCHEDULER_SECONDS)  # type: ignore[no-untyped-call]  # as above
        except (OSError, ValueError) as error:
            raise SourceLost(f"no scheduler answers at {scheduler}: {error}") from None
        yield stack.enter_context(client)


@contextmanager
def _quiet() -> Iterator[None]:
    """Inside, Dask logs only errors."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def fold_on(client: Any, pieces: Iterable[Partition], out: ParquetRows) -> tuple[int, str]:
    """Fold the partitions of a log on the client's workers into `out`; return the number of events and the digest.

    Raises ReplayError.
    """
    from dask import dataframe
    from dask.delayed import delayed
    from distributed.scheduler import KilledWorker

    cores = sum(client.ncores().values())
    if not cores:
        raise SourceLost("the scheduler has no workers")
    given, events_max = _given(client, pieces)
    buckets = max(BUCKETS_PER_CORE * cores, -(-events_max // BUCKET_EVENTS))
    read = [delayed(tasks.read, nout=2)(piece) for piece in given]
    creations = delayed(tasks.creations)([learned for _, learned in read])
    placed = [delayed(tasks.placed, nout=2)(lines, creations, buckets) for lines, _ in read]
    about = delayed(tasks.placed_about)(creations, [stood for _, stood in placed], buckets)
    frame = dataframe.from_delayed(
        [*(rows for rows, _ in placed), about],
        meta=tasks.PlacedEvents.empty_frame(),
        verify_meta=False,
    )
    # The shuffle moves every event to the buckets of the organisations that it affects.
    together = frame.set_index("bucket", divisions=tuple(range(buckets + 1)))
    sums = together.map_partitions(tasks.folded, out, meta=tasks.sums_frame({}))
    try:
        summed = client.compute(sums, sync=True)
    except (OSError, RuntimeError, CancelledError, KilledWorker) as error:
        raise ReplayError(f"the cluster failed: {error}") from error
    tables = {projection.name: TableSum() for projection in PROJECTIONS} | {
        tasks.EVENTS: TableSum()
    }
    for name, rows, total in summed.itertuples(index=False):
        tables[name].merge(TableSum(rows, int(total, 16)))
    events = tables.pop(tasks.EVENTS).rows
    return events, out.end(events, tables)


def _given(client: Any, pieces: Iterable[Partition]) -> tuple[list[Any], int]:
    """Return the partitions as tasks take them, and their largest number of events; sends lines to workers at once."""
    given, events_max = [], 0
    for piece in pieces:
        events_max += piece.events_max
        for part in piece.parts():
            given.append(
                client.scatter(part, hash=False) if isinstance(part, LinePartition) else part
            )
    return given, events_max
