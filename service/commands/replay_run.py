"""One run of `howcanwe replay`: an export, or following, with its messages and its consumer.

What only some runs need is imported in them, so that an export of a file starts twice as fast.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.stream import is_key
from service.commands.console.options import report
from service.commands.console.progress import Bar
from service.commands.console.standard_output import quiet_pipe
from service.operations.signals import ending
from service.replay.errors import ReplayError
from service.replay.export.parquet_folder import FolderExport
from service.replay.export.single_file import Export, OnEvents
from service.replay.export.standard_output import Growing, follow, stream
from service.replay.export.writers import writer_of
from service.replay.export_format import ExportFormat
from service.replay.kafka.address import TopicAddress
from service.replay.manifests.journal import is_under_way
from service.replay.manifests.manifest import Manifest
from service.replay.origin import LogMark
from service.replay.source import Source, check_endless

if TYPE_CHECKING:
    from service.replay.export.delta_table import DeltaExport
    from service.replay.sources.server import ServerSource


class Consumer:
    """A named consumer on a server; without a name, no position is stored."""

    def __init__(self, server: "ServerSource | None", name: str) -> None:
        self._server = server
        self._name = name

    @classmethod
    def of(cls, source: Source, name: str | None) -> "Consumer":
        if name is None:
            return cls(None, "")
        from service.replay.sources.server import ServerSource

        if not isinstance(source, ServerSource):
            raise ReplayError(
                "--consumer needs a server, which stores the position; name its URL as the source"
            )
        if not is_key(name):
            raise ReplayError(
                f"{name!r} is not the name of a consumer; expected 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -"
            )
        return cls(source, name)

    def place(self) -> int | None:
        """Return the consumer's position, or None if there is none yet. Raises Diverged."""
        return self._server.consumer(self._name) if self._server else None

    def took(self, last: LogMark | None) -> None:
        """Store the consumer's position on the server. Raises Diverged."""
        if self._server is not None and last is not None:
            self._server.consumed(self._name, last.position, last.hash)


class Run:
    """One run of the command. Raises ReplayError if its options do not go together."""

    def __init__(
        self,
        source: Source,
        form: ExportFormat,
        out: Path | None,
        selection: Selection,
        consumer: Consumer,
        partition: tuple[str, ...],
        *,
        reconcile: bool = False,
    ) -> None:
        self._source = source
        self._partition = partition
        self._form = form
        self._out = out
        self._consumer = consumer
        self._selection = selection
        self._copied: ServerSource | None = None
        if reconcile:
            from service.replay.export.reconciliation import check_reconcilable

            self._copied = check_reconcilable(source)
        place = consumer.place()
        # A copy that is reconciled has all that the key may read, from its beginning.
        self._place = None if reconcile else place

    def once(self) -> None:
        """Export what there is."""
        rest = self._rest()
        with _progress(self._source, rest) as on_events:
            if self._out is None:
                writer = writer_of(self._form, self._source, rest, 0)
                with quiet_pipe():
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
        source = self._source
        if self._copied is not None:
            from service.replay.export.reconciliation import reconciled

            if is_under_way(out):
                self._exported_from(source, out, on_events)
            source = reconciled(self._copied, out, self._selection, _report_changed)
        return self._exported_from(source, out, on_events)

    def _exported_from(self, source: Source, out: Path, on_events: OnEvents) -> Manifest:
        export: Export | FolderExport | DeltaExport
        if self._form is ExportFormat.PARQUET:
            export = FolderExport(
                source,
                out,
                self._selection,
                on_events,
                VOCABULARY,
                place=self._place,
                partition=self._partition,
            )
        elif self._form is ExportFormat.DELTA:
            export = self._delta_export(source, out, on_events)
        else:
            export = Export(source, out, self._form, self._selection, on_events, self._place)
        before = export.resumed
        if before.events and not before.ended:
            report(f"continues after {before.events} events, up to position {before.reached}")
        made = (
            export.run(lambda written: writer_of(self._form, source, export.selection, written))
            if isinstance(export, Export)
            else export.run()
        )
        if before.ended:
            report(f"nothing to add: {out} and its manifest already have all {made.events} events")
        else:
            added = f"{made.events - before.events} added, " if before.events else ""
            report(f"{added}{made.events} events in {out}, with its manifest beside it")
        return made

    def _delta_export(self, source: Source, out: Path, on_events: OnEvents) -> "DeltaExport":
        from service.replay.export.delta_table import DeltaExport

        return DeltaExport(source, out, self._selection, on_events, self._place)

    def follow(self) -> None:
        """Export what there is, then each new event, until a signal to end comes."""
        check_endless(self._selection)
        with _ending(), _progress(self._source, self._rest()) as on_events:
            caught_up = _CaughtUp()
            if self._out is None:
                rest = self._rest()
                writer = writer_of(self._form, self._source, rest, 0)
                with quiet_pipe():
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

    def to_topic(self, address: TopicAddress, *, follow: bool) -> None:
        """Send events to a topic: those that there are, or also each new one until a signal to end comes."""
        from service.replay.export.kafka_topic import TopicExport
        from service.replay.kafka.topic import KafkaTopic

        if follow:
            check_endless(self._selection)
        sent = 0
        with closing(KafkaTopic(address)) as topic:
            export = TopicExport(self._source, topic, self._selection, self._place)
            if export.resumed:
                report(f"continues after position {export.resumed}")
            read = self._source.follow if follow else self._source.chunks
            with (
                _ending() if follow else nullcontext(),
                _progress(self._source, export.rest) as show,
            ):

                def on_events(events: int, position: int) -> None:
                    nonlocal sent
                    sent += events
                    show(events, position)

                for last in export.run(read(export.rest), on_events, _CaughtUp()):
                    self._consumer.took(last)
        report(f"{sent} events sent to {address}")


def _report_changed(came: int, went: int) -> None:
    report(
        f"the key may now read {came} earlier events that the copy lacks, and no longer {went} that it has;"
        " it is written again"
    )


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
