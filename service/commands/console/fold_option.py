"""`howcanwe replay --fold`: folds the log into read models as files, in this process or on a cluster."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from projections.folding.fold import Undigested
from service.commands.console.options import report
from service.replay.cluster.dask_fold import client_at, fold_on
from service.replay.cluster.local_fold import fold_alone
from service.replay.cluster.parquet_rows import ParquetRows
from service.replay.cluster.partitions import partitions_of
from service.replay.errors import ReplayError


class FoldOption(Enum):
    """What is folded. `JOURNEYS`: all read models that the service has."""

    JOURNEYS = "journeys"


class Engine(Enum):
    """Where the log is folded: `LOCAL` in this process, `DASK` on the workers of a cluster."""

    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True, slots=True)
class Folding:
    """The options of a fold."""

    engine: Engine
    scheduler: str | None
    workers: int | None

    def run(self, source: str, key: str | None, out: str | None) -> str:
        """Fold the log into the folder and return the digest. Raises ReplayError."""
        if out is None:
            raise ReplayError("--fold needs --out, the folder to write the read models to")
        if self.engine is Engine.LOCAL and (self.scheduler or self.workers):
            raise ReplayError("--scheduler and --workers need --engine dask")
        if self.scheduler and self.workers:
            raise ReplayError(
                "--scheduler and --workers exclude each other: a running scheduler has workers of its own"
            )
        models = ParquetRows(out)
        models.begin()
        if self.engine is Engine.LOCAL:
            try:
                events, digest = fold_alone(partitions_of(source, key), models)
            except Undigested as error:
                raise ReplayError(str(error)) from None
        else:
            with client_at(self.scheduler, self.workers or os.cpu_count() or 1) as client:
                events, digest = fold_on(client, partitions_of(source, key), models)
        report(f"{events} events folded into {out}")
        return digest


def refuse_beside_fold(options: Iterable[str]) -> None:
    """Raise ReplayError if there are such options: --fold always folds the whole log, up to its current end."""
    if given := ", ".join(options):
        raise ReplayError(f"--fold folds the whole log and cannot be combined with {given}")


def refuse_without_fold(engine: Engine, scheduler: str | None, workers: int | None) -> None:
    """Raise ReplayError if options of a fold are given without --fold."""
    if engine is not Engine.LOCAL or scheduler or workers:
        raise ReplayError("--engine, --scheduler and --workers need --fold")
