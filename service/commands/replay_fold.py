"""One fold of `howcanwe replay --fold`: into read models as files, in this process, in several, or on a cluster."""

from contextlib import closing
from pathlib import Path

from events.store.reading import Selection
from projections.folding.fold import Undigested
from projections.models import PROJECTIONS
from projections.updating.digest import table_sums
from service.commands.console.fold_option import Folding
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


def folded(options: Folding, source: str, key: str | None, out: str | None) -> str:
    """Fold the log into the folder and return the digest. Raises ReplayError."""
    if out in (None, STANDARD_OUTPUT):
        raise ReplayError("--fold needs --out, the folder to write the read models to")
    if options.engine is Engine.LOCAL and options.workers:
        raise ReplayError("--workers needs --engine processes or --engine dask")
    if options.engine in (Engine.LOCAL, Engine.PROCESSES) and options.scheduler:
        raise ReplayError("--scheduler needs --engine dask")
    if options.scheduler and options.workers:
        raise ReplayError(
            "--scheduler and --workers exclude each other: a running scheduler has workers of its own"
        )
    if options.state is not None:
        return _continued(options, options.state, source, key, out)
    machine = Machine.this()
    engine = _engine(options, source, key, machine)
    models = ParquetRows(out)
    models.begin()
    workers = options.workers or machine.processors
    match engine:
        case Engine.PROCESSES:
            with closing(lines_of(source, key)) as lines:
                events, digest = fold_together(lines, workers, models)
        case Engine.DASK:
            with client_at(options.scheduler, workers) as client:
                events, digest = fold_on(client, partitions_of(source, key), models)
        case _:
            try:
                with closing(lines_of(source, key)) as lines:
                    events, digest = fold_alone(lines, models)
            except Undigested as error:
                raise ReplayError(str(error)) from None
    report(f"{events} events folded into {out}")
    return digest


def _continued(options: Folding, state: Path, source: str, key: str | None, out: str) -> str:
    if options.engine in (Engine.PROCESSES, Engine.DASK) or options.scheduler or options.workers:
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


def _engine(options: Folding, source: str, key: str | None, machine: Machine) -> Engine:
    """Return the engine; if it was not given, choose one and report why."""
    if options.engine is not Engine.AUTO:
        return options.engine
    if options.scheduler:
        engine, why = Engine.DASK, "a scheduler is given"
    else:
        engine, why = chosen(events_of(source, key), machine, options.workers)
    report(f"--engine {engine.value}: {why}")
    return engine
