"""Folding a log into Parquet on two Dask workers, beside the same in one process."""

import asyncio
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from events.log import EventLog
from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from service.replay.cluster.local_fold import fold_alone
from service.replay.cluster.parquet_rows import ParquetRows
from service.replay.cluster.partitions import partitions_of
from service.replay.export.parquet_folder import FolderExport
from service.replay.sources.database import DatabaseSource
from tests.benchmarks.bench import Bench
from tests.benchmarks.measured.replaying import fill
from tests.benchmarks.table import Row, Skipped, compared

WORKERS: Final = 2
ROUNDS: Final = 2
RATIO_MIN: Final = 1.6


async def folding(bench: Bench) -> list[Row | Skipped]:
    """Measure both on one export, in turns; the workers are there before the clock runs."""
    if find_spec("distributed") is None:
        return [Skipped("folding on Dask workers", "the extra `cluster` is not installed")]
    url = await bench.database()
    async with await EventLog.open(url) as log:
        events = await fill(log, bench.folded_events)
    with tempfile.TemporaryDirectory(prefix="howcanwe-bench-") as folder:
        rounds = await asyncio.to_thread(_rounds, url, Path(folder), events)
    what = f"fold {events:,} events on {WORKERS} Dask workers"
    return [compared(what, "events/s", "one process", rounds, RATIO_MIN)]


def _rounds(url: str, folder: Path, events: int) -> list[tuple[float, float]]:
    from service.replay.cluster.dask_fold import client_at

    export = folder / "log.parquet"
    source = DatabaseSource(url)
    try:
        FolderExport(source, export, Selection(), lambda events, position: None, VOCABULARY).run()
    finally:
        source.close()
    rounds = []
    with client_at(None, WORKERS) as client:
        for number in range(ROUNDS):
            many, digest = _folded(client, export, folder / f"many-{number}", events)
            one, same = _folded(None, export, folder / f"one-{number}", events)
            assert digest == same
            rounds.append((many, one))
    return rounds


def _folded(client: Any, export: Path, out: Path, events: int) -> tuple[float, str]:
    """Fold the export, on workers or here; return events per second and the digest."""
    from service.replay.cluster.dask_fold import fold_on

    models = ParquetRows(str(out))
    models.begin()
    pieces = partitions_of(str(export))
    begin = time.perf_counter()
    found, digest = (
        fold_alone(pieces, models) if client is None else fold_on(client, pieces, models)
    )
    assert found == events
    return events / (time.perf_counter() - begin), digest
