"""`howcanwe replay --fold`: folds the log into read models as files, in this process, in several, or on a cluster."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from events.store.reading import Selection
from projections.folding.fold import Undigested
from projections.models import PROJECTIONS
from projections.updating.digest import table_sums
from service.commands.console.options import report
from service.commands.console.standard_output import STANDARD_OUTPUT
from service.replay.cluster.dask_fold import client_at, fold_on
from service.replay.cluster.engine import Engine, Machine, chosen
from service.replay.cluster.local_fold import fold_alone
from service.replay.cluster.parquet_rows import ParquetRows
from service.replay.cluster.partitions import check_whole, events_of, lines_of, partitions_of
from service.replay.cluster.process_fold import fold_together
from service.replay.errors import ReplayError
from service.replay.sources.address import source_of
from service.replay.states.continued_fold import fold_on_from


class FoldOption(Enum):
    """What is folded. `JOURNEYS`: all read models that the service has."""

    JOURNEYS = "journeys"


@dataclass(frozen=True, slots=True)
class Folding:
    """The options of a fold."""

    engine: Engine
    scheduler: str | None
    workers: int | None
    state: Path | None = None

    def run(self, source: str, key: str | None, out: str | None) -> str:
        """Fold the log into the folder and return the digest. Raises ReplayError."""
        if out in (None, STANDARD_OUTPUT):
            raise ReplayError("--fold needs --out, the folder to write the read models to")
        if self.engine is Engine.LOCAL and self.workers:
            raise ReplayError("--workers needs --engine processes or --engine dask")
        if self.engine in (Engine.LOCAL, Engine.PROCESSES) and self.scheduler:
            raise ReplayError("--scheduler needs --engine dask")
        if self.scheduler and self.workers:
            raise ReplayError(
                "--scheduler and --workers exclude each other: a running scheduler has workers of its own"
            )
        if self.state is not None:
            return self._continued(self.state, source, key, out)
        machine = Machine.this()
        engine = self._engine(source, key, machine)
        models = ParquetRows(out)
        models.begin()
        workers = self.workers or machine.processors
        match engine:
            case Engine.PROCESSES:
                with closing(lines_of(source, key)) as lines:
                    events, digest = fold_together(lines, workers, models)
            case Engine.DASK:
                with client_at(self.scheduler, workers) as client:
                    events, digest = fold_on(client, partitions_of(source, key), models)
            case _:
                try:
                    with closing(lines_of(source, key)) as lines:
                        events, digest = fold_alone(lines, models)
                except Undigested as error:
                    raise ReplayError(str(error)) from None
        report(f"{events} events folded into {out}")
        return digest

    def _continued(self, state: Path, source: str, key: str | None, out: str) -> str:
        if self.engine in (Engine.PROCESSES, Engine.DASK) or self.scheduler or self.workers:
            raise ReplayError("--state is continued in one process; use it with --engine local")
        with closing(source_of(source, key)) as opened:
            check_whole(opened.within(Selection()), source)
            models = ParquetRows(out)
            models.begin()
            try:
                tables, events = fold_on_from(state, opened, Selection(), PROJECTIONS, report)
            except Undigested as error:
                raise ReplayError(str(error)) from None
            models.write(0, tables)
            digest = models.end(events, table_sums(tables))
        report(f"{events} events folded into {out}")
        return digest

    def _engine(self, source: str, key: str | None, machine: Machine) -> Engine:
        """Return the engine; if it was not given, choose one and report why."""
        if self.engine is not Engine.AUTO:
            return self.engine
        if self.scheduler:
            engine, why = Engine.DASK, "a scheduler is given"
        else:
            engine, why = chosen(events_of(source, key), machine, self.workers)
        report(f"--engine {engine.value}: {why}")
        return engine


def refuse_beside_fold(options: Iterable[str]) -> None:
    """Raise ReplayError if there are such options: --fold always folds the whole log, up to its current end."""
    if given := ", ".join(options):
        raise ReplayError(f"--fold folds the whole log and cannot be combined with {given}")


def refuse_without_fold(folding: Folding) -> None:
    """Raise ReplayError if options of a fold are given without --fold."""
    if folding != Folding(Engine.AUTO, None, None):
        raise ReplayError("--engine, --scheduler, --workers and --state need --fold")
