"""`howcanwe replay --fold`: the read models as files, folded here or on a cluster."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from projections.folding.fold import Undigested
from service.commands.console.options import tell
from service.replay.cluster.dask_fold import client_at, fold_on
from service.replay.cluster.local_fold import fold_alone
from service.replay.cluster.parquet_rows import ParquetRows
from service.replay.cluster.partitions import partitions_of
from service.replay.errors import ReplayError


class FoldOption(Enum):
    """What is folded. `JOURNEYS` are all read models that the service answers from."""

    JOURNEYS = "journeys"


class Engine(Enum):
    """Where it is folded: `LOCAL` in this process, `DASK` on the workers of a cluster."""

    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True, slots=True)
class Folding:
    """How a log is folded."""

    engine: Engine
    scheduler: str | None
    workers: int | None

    def run(self, source: str, key: str | None, out: str | None) -> str:
        """Fold the log into the folder and return the digest. Raises ReplayError."""
        if out is None:
            raise ReplayError("--fold writes a folder for each read model: name where with --out")
        if self.engine is Engine.LOCAL and (self.scheduler or self.workers):
            raise ReplayError("--scheduler and --workers go with --engine dask")
        if self.scheduler and self.workers:
            raise ReplayError("a running scheduler has its workers: --scheduler or --workers")
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
        tell(f"{events} events folded into {out}")
        return digest


def refuse_beside_fold(options: Iterable[str]) -> None:
    """Raise ReplayError where there are such options: a fold is of a whole log, up to its present end."""
    if given := ", ".join(options):
        raise ReplayError(f"a fold is of a whole log: it does not go with {given}")


def refuse_without_fold(engine: Engine, scheduler: str | None, workers: int | None) -> None:
    """Raise ReplayError where options of a fold were given, and nothing to fold."""
    if engine is not Engine.LOCAL or scheduler or workers:
        raise ReplayError("--engine, --scheduler and --workers go with --fold")
