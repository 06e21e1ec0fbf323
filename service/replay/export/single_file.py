"""Exporting into one file: pages behind one another, a journal on the way, a manifest at the end."""

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
"""Told how many events were written since, and the position of the last."""


class Writer(Protocol):
    """Writes pages of lines in some form."""

    def head(self) -> bytes:
        """Return what stands before the first page."""

    def page(self, lines: bytes) -> bytes:
        """Return a page."""

    def tail(self) -> Iterable[bytes]:
        """Return what stands behind the last page, part by part."""


class Export:
    """Writes a selection of a source to the file `out`.

    The bytes depend on the lines alone. Until it has ended the file is called `<out>.part`; a journal beside it lets
    `run` go on where it stopped, however it stopped.
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
        """Begin anew, or behind what is there; `place` is where the consumer is that it is for. Raises ReplayError."""
        self._source = source
        self._out = out
        self._part = out.with_name(out.name + PART)
        self._pack = packing(compression_of(out))
        self._on_events = on_events
        self._journal = begun(source, out, form, selection, place=place)

    @property
    def selection(self) -> Selection:
        """What is exported, with its end."""
        return self._journal.selection

    @property
    def resumed(self) -> Journal:
        """How far it was when it began."""
        return self._journal

    def run(self, make: Callable[[int], Writer]) -> Manifest:
        """Export what is left; afterwards the file and its manifest are on disk, and are all of it.

        `make` gives the writer, told the position up to which pages were written before. Raises NotWhole where what was
        written before is not what it was.
        """
        if not self._journal.ended:
            self._journal.begin(self._out)
            if self._out.exists() and not self._part.exists():
                self._out.replace(self._part)
            with PartFile(self._part, self._journal) as file:
                self._write(file, make(self._journal.last.position if self._journal.last else 0))
        if self._part.exists():
            self._part.replace(self._out)
        if not self._out.exists():
            raise ReplayError(f"{self._out} is gone: remove {journal.place(self._out).name}")
        made, file_ = self._journal, exported(self._out, self._out)
        if made.sha256 and file_.sha256 != made.sha256:
            raise NotWhole(f"{self._out} is not what was exported: its SHA-256 is another")
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
        self._journal = file.told(made)
        self._journal.write(self._out)
        return self._journal
