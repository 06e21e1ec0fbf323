"""`howcanwe replay`: exports, follows or folds a log."""

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from service.commands.console.export_options import Reader, chosen_format, chosen_partition
from service.commands.console.fold_option import (
    Folding,
    FoldOption,
    refuse_beside_fold,
    refuse_without_fold,
)
from service.commands.console.options import (
    Data,
    DatabaseUrl,
    report,
    report_missing_manifest,
    sentences,
    settings_from,
)
from service.commands.console.progress import Bar
from service.database import database
from service.operations.signals import ending
from service.replay.cluster.engine import Engine
from service.replay.errors import ReplayError
from service.replay.export.delta_table import DeltaExport
from service.replay.export.parquet_folder import FolderExport
from service.replay.export.single_file import Export, OnEvents
from service.replay.export.standard_output import Growing, follow, stream
from service.replay.export.writers import writer_of
from service.replay.export_format import ExportFormat
from service.replay.log import ReplayLog
from service.replay.manifests.manifest import Manifest, named
from service.replay.origin import LogMark
from service.replay.source import Source, check_endless
from service.replay.sources.address import source_of
from service.replay.sources.server import ServerSource


def replay(
    source: Annotated[
        str | None,
        typer.Argument(
            help="A server's URL, a database's (postgresql://…), or an exported file. [default: the settings' log]"
        ),
    ] = None,
    *,
    form: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format", help="The output format. [default: by the name of --out, else ndjson]"
        ),
    ] = None,
    out_: Annotated[
        str | None,
        typer.Option(
            "--out",
            help="The file to write (.gz and .zst compress NDJSON and CSV), or a folder for Parquet.",
        ),
    ] = None,
    key: Annotated[str | None, typer.Option(help="Key for a server. [env: HOWCANWE_KEY]")] = None,
    after: Annotated[
        int | None, typer.Option(min=0, help="Only events after this position.")
    ] = None,
    through: Annotated[
        int | None, typer.Option(min=0, help="Only events up to this position.")
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", help="Only events at or after this time (RFC 3339), or this day in UTC."
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(help="Only events before this time (RFC 3339), or this day in UTC."),
    ] = None,
    stream_: Annotated[
        list[str] | None,
        typer.Option("--stream", help="Only events of this stream. Can be repeated."),
    ] = None,
    type_: Annotated[
        list[str] | None, typer.Option("--type", help="Only events of this type. Can be repeated.")
    ] = None,
    follow_: Annotated[
        bool, typer.Option("--follow", help="Continue with each new event, until interrupted.")
    ] = False,
    reader: Annotated[
        Reader | None,
        typer.Option(
            "--for", help="Write CSV that people open with a spreadsheet program, for reading only."
        ),
    ] = None,
    partition: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMNS",
            help="Write Parquet in a folder for each cohort and month: cohort,month, or one of them.",
        ),
    ] = None,
    consumer: Annotated[
        str | None,
        typer.Option(
            help="Continue where the last replay with this consumer name stopped; a server stores its position."
        ),
    ] = None,
    fold: Annotated[
        FoldOption | None,
        typer.Option(
            help="Fold the whole log into the read models of journeys, and print their digest."
        ),
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option(
            help="Where to fold: in this process (local), in several processes, or on Dask workers. auto chooses by "
            "the size of the log and reports why."
        ),
    ] = Engine.AUTO,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="The address of a running Dask scheduler. [default: a new local cluster]"
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="The number of processes, or of workers of the local cluster. [default: one per core]",
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            help="Continue the fold from the state in this file, and keep the new state in it."
        ),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Export events to a file, a folder or standard output.

    Rerun the command to resume after an interruption. A manifest is written beside the file, and `howcanwe verify FILE`
    checks the file against it. With --fold, --out is a folder at any address that fsspec supports; it gets a folder of
    Parquet files for each read model.
    """
    settings = settings_from(data=data, database_url=database_url)
    folding = Folding(engine, scheduler, workers, state)
    with sentences(), ExitStack() as stack:
        if source is None:
            source, _ = stack.enter_context(database(settings, begin=False))
        if fold is not None:
            chosen = {
                "--format": form,
                "--after": after,
                "--through": through,
                "--from": from_,
                "--to": to,
                "--stream": stream_,
                "--type": type_,
                "--follow": follow_ or None,
                "--consumer": consumer,
                "--for": reader,
                "--partition": partition,
            }
            refuse_beside_fold(name for name, value in chosen.items() if value is not None)
            report_missing_manifest(source)
            typer.echo(folding.run(source, key, out_))
            return
        refuse_without_fold(folding)
        out = named(Path(out_)) if out_ is not None else None
        form = chosen_format(form, reader, out, follow=follow_)
        columns = chosen_partition(partition, form)
        opened = source_of(source, key)
        stack.callback(opened.close)
        report_missing_manifest(source)
        selected = ReplayLog(opened).select(
            after=after,
            through=through,
            stream=stream_ or (),
            type=type_ or (),
            from_=from_,
            to=to,
        )
        run = _Run(opened, form, out, selected.selection, _Consumer.of(opened, consumer), columns)
        run.follow() if follow_ else run.once()


class _Consumer:
    """A named consumer on a server; without a name, no position is stored."""

    def __init__(self, server: ServerSource | None, name: str) -> None:
        self._server = server
        self._name = name

    @classmethod
    def of(cls, source: Source, name: str | None) -> "_Consumer":
        if name is None:
            return cls(None, "")
        if not isinstance(source, ServerSource):
            raise ReplayError(
                "--consumer needs a server, which stores the position; name its URL as the source"
            )
        return cls(source, name)

    def place(self) -> int | None:
        """Return the consumer's position, or None if there is none yet. Raises Diverged."""
        return self._server.consumer(self._name) if self._server else None

    def took(self, last: LogMark | None) -> None:
        """Store the consumer's position on the server."""
        if self._server is not None and last is not None:
            self._server.consumed(self._name, last.position, last.hash)


class _Run:
    """One run of the command."""

    def __init__(
        self,
        source: Source,
        form: ExportFormat,
        out: Path | None,
        selection: Selection,
        consumer: _Consumer,
        partition: tuple[str, ...],
    ) -> None:
        self._source = source
        self._partition = partition
        self._form = form
        self._out = out
        self._consumer = consumer
        self._selection = selection
        self._place = consumer.place()

    def once(self) -> None:
        rest = self._rest()
        with _progress(self._source, rest) as on_events:
            if self._out is None:
                writer = writer_of(self._form, self._source, rest, 0)
                with _quiet_pipe():
                    last = stream(self._source, rest, writer, sys.stdout.buffer, on_events)
                self._consumer.took(last)
                return
            made = self._exported(self._out, on_events)
        self._consumer.took(made.last)

    def _rest(self) -> Selection:
        """Return the part of the selection that the consumer has not read yet."""
        after = max(self._place or 0, self._selection.after)
        return replace(self._selection, after=after)

    def _exported(self, out: Path, on_events: OnEvents) -> Manifest:
        export: Export | FolderExport | DeltaExport
        if self._form is ExportFormat.PARQUET:
            export = FolderExport(
                self._source,
                out,
                self._selection,
                on_events,
                VOCABULARY,
                place=self._place,
                partition=self._partition,
            )
        elif self._form is ExportFormat.DELTA:
            export = DeltaExport(self._source, out, self._selection, on_events, self._place)
        else:
            export = Export(self._source, out, self._form, self._selection, on_events, self._place)
        before = export.resumed
        if before.events and not before.ended:
            report(f"continues after {before.events} events, up to position {before.reached}")
        made = (
            export.run(
                lambda written: writer_of(self._form, self._source, export.selection, written)
            )
            if isinstance(export, Export)
            else export.run()
        )
        if before.ended:
            report(f"nothing to add: {out} and its manifest already have all {made.events} events")
        else:
            added = f"{made.events - before.events} added, " if before.events else ""
            report(f"{added}{made.events} events in {out}, with its manifest beside it")
        return made

    def follow(self) -> None:
        check_endless(self._selection)
        with _ending(), _progress(self._source, self._rest()) as on_events:
            caught_up = _CaughtUp()
            if self._out is None:
                rest = self._rest()
                writer = writer_of(self._form, self._source, rest, 0)
                with _quiet_pipe():
                    out = sys.stdout.buffer
                    for last in follow(self._source, rest, writer, out, on_events, caught_up):
                        self._consumer.took(last)
                return
            growing = Growing(self._source, self._out, self._form, self._selection, self._place)
            journal = growing.journal
            if journal.events:
                report(f"continues after {journal.events} events, up to position {journal.reached}")
            written = journal.last.position if journal.last else 0
            writer = writer_of(self._form, self._source, journal.selection, written)
            try:
                for last in growing.run(writer, on_events, caught_up):
                    self._consumer.took(last)
            finally:
                made = growing.end(writer)
                report(f"{made.events} events in {self._out}, with its manifest beside it")
                self._consumer.took(made.last)


class _CaughtUp:
    """Reports once that the end of the log is reached."""

    def __init__(self) -> None:
        self._is_reported = False

    def __call__(self, position: int) -> None:
        if not self._is_reported:
            self._is_reported = True
            report(f"caught up at position {position}")


@contextmanager
def _progress(source: Source, selection: Selection) -> Iterator[OnEvents]:
    """Show the progress of the replay in a terminal."""
    with Bar("replaying") as bar:
        if not bar.is_shown:
            yield lambda events, position: None
            return
        end = source.head() if selection.through is None else selection.through
        done = 0

        def on_events(events: int, position: int) -> None:
            nonlocal done
            done += events
            passed = position - selection.after
            bar.show(passed, events=done, total=max(end - selection.after, 0))

        yield on_events


@contextmanager
def _quiet_pipe() -> Iterator[None]:
    """End with exit code 0 if the reader closes the pipe."""
    try:
        yield
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(0) from None


@contextmanager
def _ending() -> Iterator[None]:
    """Treat a signal to end as the normal end of following."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        raise _Ended

    before: dict[int, Any] = {number: signal.signal(number, end) for number in ending()}
    try:
        yield
    except _Ended:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Ended(BaseException):
    """The process has received a signal to end."""
