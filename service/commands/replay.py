"""`howcanwe replay`."""

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
from service.commands.console.fold_option import (
    Engine,
    Folding,
    FoldOption,
    refuse_beside_fold,
    refuse_without_fold,
)
from service.commands.console.options import (
    Data,
    DatabaseUrl,
    sentences,
    settings_from,
    tell,
    tell_what_lacks_manifest,
)
from service.commands.console.progress import Bar
from service.database import database
from service.operations.signals import ending
from service.replay.errors import ReplayError
from service.replay.export.parquet_folder import FolderExport
from service.replay.export.single_file import Export, OnEvents
from service.replay.export.standard_output import Growing, follow, stream
from service.replay.export.writers import writer_of
from service.replay.export_format import ExportFormat, check
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
        typer.Option("--format", help="[default: as the name of --out says, else ndjson]"),
    ] = None,
    out_: Annotated[
        str | None,
        typer.Option(
            "--out", help="A file (.gz and .zst compress NDJSON and CSV), or a folder for Parquet."
        ),
    ] = None,
    key: Annotated[str | None, typer.Option(help="Key for a server. [env: HOWCANWE_KEY]")] = None,
    after: Annotated[int | None, typer.Option(min=0, help="Only later positions.")] = None,
    through: Annotated[int | None, typer.Option(min=0, help="The last position.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="Only times from this on (RFC 3339).")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Only times before this (RFC 3339).")] = None,
    stream_: Annotated[
        list[str] | None, typer.Option("--stream", help="Only this stream; may be repeated.")
    ] = None,
    type_: Annotated[
        list[str] | None, typer.Option("--type", help="Only this event type; may be repeated.")
    ] = None,
    follow_: Annotated[
        bool, typer.Option("--follow", help="Go on with each new event, until told to end.")
    ] = False,
    consumer: Annotated[
        str | None,
        typer.Option(help="Go on where the last replay of this name stopped; a server keeps it."),
    ] = None,
    fold: Annotated[
        FoldOption | None,
        typer.Option(
            help="FoldOption the whole log into the read models of journeys, and print their digest."
        ),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="Where to fold: in this process, or on the workers of Dask.")
    ] = Engine.LOCAL,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Address of a running Dask scheduler. [default: a cluster of its own]"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes of a cluster of its own. [default: one per core]"),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Take the events into files or another program.

    Broken off, it goes on when called again. Beside a file stands its manifest, which `howcanwe verify FILE` checks.
    With --fold, --out is a folder, at any address that fsspec knows: a folder in it for each read model, as Parquet.
    """
    settings = settings_from(data=data, database_url=database_url)
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
            }
            refuse_beside_fold(name for name, value in chosen.items() if value is not None)
            tell_what_lacks_manifest(source)
            folding = Folding(engine, scheduler, workers)
            typer.echo(folding.run(source, key, out_))
            return
        refuse_without_fold(engine, scheduler, workers)
        out = named(Path(out_)) if out_ is not None else None
        form = form or (ExportFormat.written(out) if out is not None else ExportFormat.NDJSON)
        check(form, out, follow=follow_)
        opened = source_of(source, key)
        stack.callback(opened.close)
        tell_what_lacks_manifest(source)
        selected = ReplayLog(opened).select(
            after=after,
            through=through,
            stream=stream_ or (),
            type=type_ or (),
            from_=from_,
            to=to,
        )
        run = _Run(opened, form, out, selected.selection, _Consumer.of(opened, consumer))
        run.follow() if follow_ else run.once()


class _Consumer:
    """A named consumer on a server; without a name, nothing is kept."""

    def __init__(self, server: ServerSource | None, name: str) -> None:
        self._server = server
        self._name = name

    @classmethod
    def of(cls, source: Source, name: str | None) -> "_Consumer":
        if name is None:
            return cls(None, "")
        if not isinstance(source, ServerSource):
            raise ReplayError(
                "a consumer's position is kept by a server: name its URL as the source"
            )
        return cls(source, name)

    def place(self) -> int | None:
        """Return the position up to which it has everything, None where it has nothing. Raises Diverged."""
        return self._server.consumer(self._name) if self._server else None

    def took(self, last: LogMark | None) -> None:
        """Let the server keep where the consumer is."""
        if self._server is not None and last is not None:
            self._server.consumed(self._name, last.position, last.hash)


class _Run:
    """One call of the command."""

    def __init__(
        self,
        source: Source,
        form: ExportFormat,
        out: Path | None,
        selection: Selection,
        consumer: _Consumer,
    ) -> None:
        self._source = source
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
        """Return what of the selection the consumer has not had yet."""
        after = max(self._place or 0, self._selection.after)
        return replace(self._selection, after=after)

    def _exported(self, out: Path, on_events: OnEvents) -> Manifest:
        export: Export | FolderExport
        if self._form is ExportFormat.PARQUET:
            export = FolderExport(
                self._source, out, self._selection, on_events, VOCABULARY, place=self._place
            )
        else:
            export = Export(self._source, out, self._form, self._selection, on_events, self._place)
        before = export.resumed
        if before.events and not before.ended:
            tell(f"goes on behind {before.events} events, up to position {before.reached}")
        made = (
            export.run()
            if isinstance(export, FolderExport)
            else export.run(
                lambda written: writer_of(self._form, self._source, export.selection, written)
            )
        )
        if before.ended:
            tell(f"nothing to add: {out} has all {made.events} events, its manifest beside it")
        else:
            added = f"{made.events - before.events} added, " if before.events else ""
            tell(f"{added}{made.events} events in {out}, its manifest beside it")
        return made

    def follow(self) -> None:
        check_endless(self._selection)
        with _ending(), _progress(self._source, self._rest()) as on_events:
            told = _CaughtUp()
            if self._out is None:
                rest = self._rest()
                writer = writer_of(self._form, self._source, rest, 0)
                with _quiet_pipe():
                    out = sys.stdout.buffer
                    for last in follow(self._source, rest, writer, out, on_events, told):
                        self._consumer.took(last)
                return
            growing = Growing(self._source, self._out, self._form, self._selection, self._place)
            journal = growing.journal
            if journal.events:
                tell(f"goes on behind {journal.events} events, up to position {journal.reached}")
            written = journal.last.position if journal.last else 0
            writer = writer_of(self._form, self._source, journal.selection, written)
            try:
                for last in growing.run(writer, on_events, told):
                    self._consumer.took(last)
            finally:
                made = growing.end(writer)
                tell(f"{made.events} events in {self._out}, its manifest beside it")
                self._consumer.took(made.last)


class _CaughtUp:
    """Says once that the log's end is reached."""

    def __init__(self) -> None:
        self._told = False

    def __call__(self, position: int) -> None:
        if not self._told:
            self._told = True
            tell(f"caught up at position {position}")


@contextmanager
def _progress(source: Source, selection: Selection) -> Iterator[OnEvents]:
    """Show on a terminal how far the replay is, its rate and the time left."""
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
    """Let whoever reads have enough."""
    try:
        yield
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(0) from None


@contextmanager
def _ending() -> Iterator[None]:
    """Take being told to end as the end of what is followed, and nothing that went wrong."""

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
    """The process was told to end."""
