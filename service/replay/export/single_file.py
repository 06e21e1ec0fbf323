"""Exports into one file, one page after another, with a journal meanwhile and a manifest last."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from events.store.reading import Selection
from service.replay.errors import NotWhole, ReplayError
from service.replay.export.part_file import PartFile
from service.replay.export.resumption import begun
from service.replay.export_format import ExportFormat, compression_of
from service.replay.formats.ndjson import packing
from service.replay.line_pages import pages
from service.replay.manifests import journal
from service.replay.manifests.journal import PART, Journal
from service.replay.manifests.manifest import Manifest, exported
from service.replay.source import Source

JOURNAL_SECONDS: Final = 1.0

OnEvents = Callable[[int, int], None]
"""Called with the number of events written since the last call, and the position of the last one."""


class Writer(Protocol):
    """Writes pages of lines in a format."""

    def head(self) -> bytes:
        """Return the bytes before the first page."""

    def page(self, lines: bytes) -> bytes:
        """Return the bytes of a page."""

    def tail(self) -> Iterable[bytes]:
        """Yield the bytes after the last page."""


class Export:
    """Exports a selection of a source to the file `out`.

    The bytes depend only on the lines. Until the export ends, the file is called `<out>.part`; with the journal beside
    it, `run` resumes after any interruption.
    """

    def __init__(
        self,
        source: Source,
        out: Path,
        form: ExportFormat,
        selection: Selection,
        on_events: OnEvents,
        place: int | None = None,
    ) -> None:
        """Start a new export or resume one; `place` is the position of the consumer, if any. Raises ReplayError."""
        self._source = source
        self._out = out
        self._part = out.with_name(out.name + PART)
        self._pack = packing(compression_of(out))
        self._on_events = on_events
        self._journal = begun(source, out, form, selection, place=place)

    @property
    def selection(self) -> Selection:
        """The selection that is exported, with its end."""
        return self._journal.selection

    @property
    def resumed(self) -> Journal:
        """The journal as of the start of this run."""
        return self._journal

    def run(self, make: Callable[[int], Writer]) -> Manifest:
        """Export the rest; afterwards the whole file and its manifest are on disk.

        `make` returns the writer, given the position up to which pages have been written. Raises NotWhole if bytes that
        were written before have changed.
        """
        if not self._journal.ended:
            self._journal.begin(self._out)
            if self._out.exists() and not self._part.exists():
                self._out.replace(self._part)
            with PartFile(self._part, self._journal) as file:
                writer = make(self._journal.last.position if self._journal.last else 0)
                if self._journal.size_bytes and not file.begins_with(self._pack(writer.head())):
                    # Another release wrote other columns.
                    file.clear()
                    self._journal, writer = self._journal.emptied(), make(0)
                self._write(file, writer)
        if self._part.exists():
            self._part.replace(self._out)
        if not self._out.exists():
            raise ReplayError(
                f"{self._out} no longer exists; remove {journal.place(self._out).name}"
            )
        made, file_ = self._journal, exported(self._out, self._out)
        if made.sha256 and file_.sha256 != made.sha256:
            raise NotWhole(f"{self._out} is not what was exported: its SHA-256 differs")
        manifest = made.manifest((file_,))
        manifest.write(self._out)
        made.remove(self._out)
        return manifest

    def _write(self, file: PartFile, writer: Writer) -> None:
        made, written = self._journal, time.monotonic()
        if not made.size_bytes:
            file.write(self._pack(writer.head()))
            made = self._keep(file, made)
        for page in pages(self._source.chunks(made.rest())):
            file.write(self._pack(writer.page(page)))
            made = made.advanced(page)
            assert made.last is not None
            self._on_events(page.count(b"\n"), made.last.position)
            if time.monotonic() > written + JOURNAL_SECONDS:
                made = self._keep(file, made)
                written = time.monotonic()
        made = self._keep(file, made)
        for part in writer.tail():
            file.write(self._pack(part))
        self._keep(file, replace(made, ended=True))

    def _keep(self, file: PartFile, made: Journal) -> Journal:
        file.sync()
        self._journal = file.recorded_in(made)
        self._journal.write(self._out)
        return self._journal
