"""Folding an exported log into Parquet in two processes and on two Dask workers, beside the same in one process."""

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from select import select
from typing import Final

import psutil  # type: ignore[import-untyped]  # it ships no types

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from service.replay.export.parquet_folder import FolderExport
from service.replay.sources.file import file_source
from tests.benchmarks.bench import Bench
from tests.benchmarks.measured.tabling import EVENTS_OF_A_COHORT
from tests.benchmarks.table import Row, Skipped, compared, unlimited
from tests.processes import command, environment
from tests.service.replay.logs import chained

WORKERS: Final = 2
PROCESSES_RATIO_MIN: Final = 1.7
DASK_RATIO_MIN: Final = 1.3
MIB: Final = 1 << 20
STEP_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Fold:
    """One fold: its wall time, the processor time of all its processes, the memory of the largest, and the digest."""

    seconds: float
    processor_seconds: float
    largest_bytes: int
    digest: bytes


async def folding(bench: Bench) -> list[Row | Skipped]:
    """Measure the command with each engine on one export, from its start to its end."""
    return await asyncio.to_thread(_rows, bench.folded_events)


def _rows(events: int) -> list[Row | Skipped]:
    with tempfile.TemporaryDirectory(prefix="howcanwe-bench-") as folder:
        log, export = Path(folder) / "log.ndjson", Path(folder) / "log.parquet"
        lines = chained(events // EVENTS_OF_A_COHORT, 1.0)
        log.write_bytes(lines)
        events = lines.count(b"\n")
        del lines
        FolderExport(
            file_source(log), export, Selection(), lambda events, position: None, VOCABULARY
        ).run()
        one = _fold(export, "local")
        many = _fold(export, "processes", "--workers", str(WORKERS))
        rows = _beside(f"{WORKERS} processes", events, many, one, PROCESSES_RATIO_MIN)
        if find_spec("distributed") is None:
            missing = Skipped("folding on Dask workers", "the extra `cluster` is not installed")
            return [*rows, missing]
        dask = _fold(export, "dask", "--workers", str(WORKERS))
        return [*rows, *_beside(f"{WORKERS} Dask workers", events, dask, one, DASK_RATIO_MIN)]


def _fold(export: Path, engine: str, *options: str) -> Fold:
    out = export.with_name(engine)
    called = command(
        "replay", export, "--fold", "journeys", "--engine", engine, *options, "--out", out
    )
    begin = time.perf_counter()
    with subprocess.Popen(called, stdout=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        largest_bytes = 0
        while not select([process.stdout], [], [], STEP_SECONDS)[0]:
            largest_bytes = max(largest_bytes, *_memory(process.pid))
        digest = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    seconds = time.perf_counter() - begin
    return Fold(seconds, used.ru_utime + used.ru_stime, largest_bytes, digest)


def _memory(pid: int) -> Iterator[int]:
    """Yield the memory of a process and of those that it has started."""
    started = psutil.Process(pid)
    for process in (started, *started.children(recursive=True)):
        with suppress(psutil.Error):
            yield process.memory_info().rss


def _beside(what: str, events: int, many: Fold, one: Fold, ratio_min: float) -> list[Row | Skipped]:
    """Return the rows of a fold by several processes, beside one."""
    assert many.digest == one.digest
    rates = (events / many.seconds, events / one.seconds)
    return [
        compared(f"fold {events:,} events, {what}", "events/s", "one process", [rates], ratio_min),
        unlimited(
            f"its processor time, {what}",
            many.processor_seconds,
            "s",
            "one process",
            one.processor_seconds,
        ),
        unlimited(
            f"its largest process, {what}",
            many.largest_bytes / MIB,
            "MiB",
            "one process",
            one.largest_bytes / MIB,
        ),
    ]
