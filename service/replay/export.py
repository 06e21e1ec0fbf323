"""Exporting into one file: pages behind one another, a journal on the way, a manifest at the end."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from events.store.reading import Selection
from service.replay import journal
from service.replay.errors import ReplayError
from service.replay.formats import Form, compression_of
from service.replay.formats.ndjson import packing
from service.replay.journal import Journal
from service.replay.manifest import Manifest, exported
from service.replay.pages import pages
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
        self, source: Source, out: Path, form: Form, selection: Selection, on_events: OnEvents
    ) -> None:
        self._source = source
        self._out = out
        self._part = out.with_name(out.name + ".part")
        self._form = form
        self._pack = packing(compression_of(out))
        self._on_events = on_events
        self._journal = journal.begun(out, form.value, selection)
        if self._journal.selection.through is None:
            head = source.head()
            self._journal = replace(
                self._journal, selection=replace(selection, through=max(head, selection.after))
            )

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

        `make` gives the writer, told the position up to which pages were written before.
        """
        if not self._journal.ended:
            with self._opened() as file:
                self._write(file, make(self._journal.last.position if self._journal.last else 0))
        if self._part.exists():
            self._part.replace(self._out)
        if not self._out.exists():
            raise ReplayError(f"{self._out} is gone: remove {journal.place(self._out).name}")
        made = self._journal
        manifest = Manifest(
            self._form.value,
            made.selection,
            made.events,
            made.first,
            made.last,
            (exported(self._out, self._out),),
        )
        manifest.write(self._out)
        made.remove(self._out)
        return manifest

    def _opened(self) -> BinaryIO:
        """Return the file, cut to what the journal knows of."""
        self._part.touch()
        if self._part.stat().st_size < self._journal.size_bytes:
            raise ReplayError(
                f"{self._part} is shorter than its journal says: remove both to begin anew"
            )
        file = self._part.open("r+b")
        file.truncate(self._journal.size_bytes)
        file.seek(self._journal.size_bytes)
        return file

    def _write(self, file: BinaryIO, writer: Writer) -> None:
        made, written = self._journal, time.monotonic()
        if not made.size_bytes:
            file.write(self._pack(writer.head()))
            made = replace(made, size_bytes=file.tell())
            self._keep(file, made)
        for page in pages(self._source.chunks(made.rest())):
            file.write(self._pack(writer.page(page)))
            made = replace(made.advanced(page), size_bytes=file.tell())
            assert made.last is not None
            self._on_events(page.count(b"\n"), made.last.position)
            if time.monotonic() > written + JOURNAL_SECONDS:
                self._keep(file, made)
                written = time.monotonic()
        self._keep(file, made)
        for part in writer.tail():
            file.write(self._pack(part))
        self._keep(file, replace(made, size_bytes=file.tell(), ended=True))

    def _keep(self, file: BinaryIO, made: Journal) -> None:
        file.flush()
        os.fsync(file.fileno())
        made.write(self._out)
        self._journal = made
