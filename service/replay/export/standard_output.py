"""Replays to standard output, and to a file that grows while a log is followed; each event is written at once."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from events.store.reading import Selection
from service.replay.errors import ReplayError
from service.replay.export.part_file import PartFile
from service.replay.export.resumption import begun
from service.replay.export.single_file import JOURNAL_SECONDS, OnEvents, Writer
from service.replay.export_format import ExportFormat
from service.replay.line_pages import PAGE_EVENTS, pages
from service.replay.manifests.manifest import ExportedFile, Manifest
from service.replay.origin import LogMark
from service.replay.source import Source

OnCaughtUp = Callable[[int], None]


def stream(
    source: Source, selection: Selection, writer: Writer, out: BinaryIO, on_events: OnEvents
) -> LogMark | None:
    """Write the selection; return its last event, or None if it is empty."""
    last: LogMark | None = None
    out.write(writer.head())
    for page in pages(source.chunks(selection)):
        out.write(writer.page(page))
        last = LogMark.last_of(page)
        on_events(page.count(b"\n"), last.position)
    for part in writer.tail():
        out.write(part)
    out.flush()
    return last


def follow(
    source: Source,
    selection: Selection,
    writer: Writer,
    out: BinaryIO,
    on_events: OnEvents,
    on_caught_up: OnCaughtUp,
) -> Iterator[LogMark]:
    """Write the selection and then each new event, without end; yield the last event after each write."""
    out.write(writer.head())
    out.flush()
    for item in source.follow(selection):
        if isinstance(item, int):
            on_caught_up(item)
            continue
        out.write(writer.page(item))
        out.flush()
        last = LogMark.last_of(item)
        on_events(item.count(b"\n"), last.position)
        yield last


class Growing:
    """A file that grows while a log is followed. It gets a manifest when following ends, and can be followed again.

    The journal is written once a second or once a page, not for each event. After a kill, events that the journal does
    not record are written again.
    """

    def __init__(
        self,
        source: Source,
        out: Path,
        form: ExportFormat,
        selection: Selection,
        place: int | None = None,
    ) -> None:
        """Start a new file or resume one; `place` is the position of the consumer, if any. Raises ReplayError."""
        self._source = source
        self._out = out
        self.journal = begun(source, out, form, selection, place=place, follow=True)
        self._made = self.journal

    def run(
        self, writer: Writer, on_events: OnEvents, on_caught_up: OnCaughtUp
    ) -> Iterator[LogMark]:
        """Write the events so far and each new one; yield the last event whenever the journal has recorded it."""
        self.journal.begin(self._out)
        kept = 0.0
        with PartFile(self._out, self.journal) as file:
            if not self._made.size_bytes:
                file.write(writer.head())
                self._made = file.recorded_in(self._made)
            elif not file.begins_with(writer.head()):
                raise ReplayError(
                    f"{self._out} was written by another release, which has other columns; name another, or remove it"
                )
            for item in self._source.follow(self.journal.rest()):
                if isinstance(item, int):
                    on_caught_up(item)
                else:
                    file.write(writer.page(item))
                    self._made = file.recorded_in(self._made.advanced(item))
                    on_events(item.count(b"\n"), self._made.reached)
                if self._is_due(kept) and self._made.last is not None:
                    self._keep(file)
                    kept = time.monotonic()
                    yield self._made.last

    def end(self, writer: Writer) -> Manifest:
        """Finish the file and write its manifest."""
        with PartFile(self._out, self._made) as file:
            self._keep(file)
            for part in writer.tail():
                file.write(part)
            whole = file.recorded_in(self._made)
            file.sync()
        made = replace(whole, selection=replace(whole.selection, through=whole.reached))
        files = (ExportedFile(self._out.name, whole.size_bytes, whole.sha256),)
        manifest = made.manifest(files)
        manifest.write(self._out)
        return manifest

    def _is_due(self, kept: float) -> bool:
        written = self._made.events - self.journal.events
        return written >= PAGE_EVENTS or (written > 0 and time.monotonic() > kept + JOURNAL_SECONDS)

    def _keep(self, file: PartFile) -> None:
        file.sync()
        self._made.write(self._out)
        self.journal = self._made
