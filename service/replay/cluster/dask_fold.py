"""Folds a log on Dask workers: each reads parts of the log, and sends events to the workers that fold them.

The log does not pass through the calling process, unless its source can only be read there. Each part gives an index of
what was created in it. One worker puts these together, and all of them get a copy.
"""

import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from projections.models import PROJECTIONS
from projections.updating.digest import TableSum
from service.replay.cluster import tasks
from service.replay.cluster.parquet_rows import ParquetRows
from service.replay.cluster.partitions import LinePartition, Partition
from service.replay.errors import PackageMissing, ReplayError, SourceLost
from service.replay.processes.held import FOLDED_EVENTS

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
    from distributed.scheduler import KilledWorker

    cores = sum(client.ncores().values())
    if not cores:
        raise SourceLost("the scheduler has no workers")
    given, events_max = _given(client, pieces)
    buckets = max(BUCKETS_PER_CORE * cores, -(-events_max // FOLDED_EVENTS))
    try:
        summed = client.gather(_folded(client, _placed(client, given, buckets), out))
    except (OSError, RuntimeError, CancelledError, KilledWorker) as error:
        raise ReplayError(f"the cluster failed: {error}") from error
    tables = {projection.name: TableSum() for projection in PROJECTIONS} | {
        tasks.EVENTS: TableSum()
    }
    for sums in summed:
        for name, one in sums.items():
            tables[name].merge(one)
    events = tables.pop(tasks.EVENTS).rows
    return events, out.end(events, tables)


def _placed(client: Any, given: Sequence[Any], buckets: int) -> list[Any]:
    """Return the buckets of each partition, and those of the events about other events, as they will be on workers."""
    from dask.delayed import delayed

    read = [delayed(tasks.read, nout=2)(piece) for piece in given]
    creations = delayed(tasks.creations)([created for _, created in read])
    placed = [delayed(tasks.placed, nout=2)(named, creations, buckets) for named, _ in read]
    about = delayed(tasks.placed_about)(creations, [stood for _, stood in placed], buckets)
    found: list[Any] = client.persist([*(dealt for dealt, _ in placed), about])
    return found


def _folded(client: Any, placed: Sequence[Any], out: ParquetRows) -> list[Any]:
    """Return the sums of each bucket, as they will be on workers, which send each other only events of these buckets.

    Nothing here keeps what `placed` has, so workers drop it as soon as it is folded.
    """
    from dask.delayed import delayed

    together: dict[int, list[Any]] = {}
    for dealt, numbers in zip(
        placed,
        client.gather(client.compute([delayed(list)(dealt) for dealt in placed])),
        strict=True,
    ):
        for number in numbers:
            together.setdefault(number, []).append(dealt[number])
    folds = [
        delayed(tasks.folded)(number, found, out) for number, found in sorted(together.items())
    ]
    sums: list[Any] = client.compute(folds)
    return sums


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
