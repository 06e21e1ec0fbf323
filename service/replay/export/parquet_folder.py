"""Exports into a folder of Parquet files, one window after another, with a journal meanwhile and a manifest last."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from events.store.reading import Selection
from events.vocabulary.catalogue import Catalogue
from service.replay.cohorts import CohortIndex
from service.replay.errors import NotWhole, SourceLost
from service.replay.export.resumption import begun
from service.replay.export.single_file import OnEvents
from service.replay.export_format import ExportFormat
from service.replay.formats.parquet import WINDOW_BYTES, ExportWindow, Parquet, Writing
from service.replay.line_pages import pages
from service.replay.manifests.journal import Journal
from service.replay.manifests.manifest import Manifest, exported, faults
from service.replay.source import Source

PAGES_AHEAD: Final = 2
"""The pages that wait for each thread: enough to keep it busy, few enough for memory."""

Given = TypeVar("Given")
Made = TypeVar("Made")


class FolderExport:
    """Exports a selection of a source to the folder `out`. As with `Export`, `run` resumes where it stopped.

    Memory holds the events of two windows, for a log of any length: one window is written while the next is read, on as
    many threads as there are cores.
    """

    def __init__(
        self,
        source: Source,
        out: Path,
        selection: Selection,
        on_events: OnEvents,
        catalogue: Catalogue,
        window_bytes: int = WINDOW_BYTES,
        place: int | None = None,
    ) -> None:
        """Start a new export or resume one; `place` is the position of the consumer, if any. Raises ReplayError."""
        self._source = source
        self._out = out
        self._on_events = on_events
        self._catalogue = catalogue
        self._window_bytes = window_bytes
        self._journal = begun(source, out, ExportFormat.PARQUET, selection, place=place)

    @property
    def selection(self) -> Selection:
        """The selection that is exported, with its end."""
        return self._journal.selection

    @property
    def resumed(self) -> Journal:
        """The journal as of the start of this run."""
        return self._journal

    def run(self) -> Manifest:
        """Export the rest; afterwards the whole folder and its manifest are on disk.

        Raises NotWhole if files that were written before have changed.
        """
        made = self._journal
        if not made.ended:
            made.begin(self._out)
            self._out.mkdir(parents=True, exist_ok=True)
            with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
                writer = Parquet(self._out, self._catalogue, CohortIndex(self._catalogue), threads)
                writer.remove_after(made.windows)
                self._journal = self._checked(made)
                writer.cohorts.catch_up(self._source, made.reached)
                self._write(writer, self._journal, threads)
            made = self._journal
        else:
            made = self._checked(made)
        files = sorted(made.files, key=lambda file: Path(file.path))
        manifest = made.manifest(tuple(files))
        manifest.write(self._out)
        made.remove(self._out)
        return manifest

    def _checked(self, made: Journal) -> Journal:
        """Return the journal after checking that its files are unchanged. Raises NotWhole."""
        if made.windows and not made.files:
            # Release 0.1.0 did not record the files in its journals.
            paths = self._out.rglob("*.parquet")
            return replace(made, files=tuple(exported(path, self._out) for path in paths))
        if wrong := list(faults(made.files, self._out)):
            raise NotWhole("; ".join(wrong))
        return made

    def _write(self, writer: Parquet, made: Journal, threads: Executor) -> None:
        """Write the rest, one window after another."""
        writing: Writing | None = None
        try:
            for window, after in self._windows(writer, made, threads):
                if writing is not None:
                    self._keep(made, writing)
                made = after
                writing = writer.begin(made.windows, window)
        finally:
            # Also after an error of the source, so that what has been read is not read again.
            if writing is not None:
                self._keep(made, writing)

    def _windows(
        self, writer: Parquet, made: Journal, threads: Executor
    ) -> Iterator[tuple[ExportWindow, Journal]]:
        """Yield the remaining windows, with the journal as of each one's end."""
        coming = pages(self._source.chunks(made.rest()))
        window, size_bytes = writer.window(), 0
        for page, read in _ahead(threads, writer.columns.read, coming):
            window.add(writer.columns.completed(read))
            made = made.advanced(page)
            size_bytes += len(page)
            if size_bytes >= self._window_bytes:
                made = replace(made, windows=made.windows + 1)
                yield window, made
                window, size_bytes = writer.window(), 0
        if size_bytes:
            yield window, replace(made, windows=made.windows + 1)

    def _keep(self, made: Journal, writing: Writing) -> None:
        made = replace(made, files=(*self._journal.files, *writing.end()))
        made.write(self._out)
        assert made.last is not None
        self._on_events(made.events - self._journal.events, made.last.position)
        self._journal = made


def _ahead(
    threads: Executor, make: Callable[[Given], Made], given: Iterable[Given]
) -> Iterator[tuple[Given, Made]]:
    """Yield each item with its result, in order; some results are computed in advance."""
    waiting: deque[tuple[Given, Future[Made]]] = deque()
    try:
        for one in given:
            waiting.append((one, threads.submit(make, one)))
            if len(waiting) > PAGES_AHEAD * (os.cpu_count() or 1):
                first, made = waiting.popleft()
                yield first, made.result()
    except SourceLost:
        yield from ((first, made.result()) for first, made in waiting)
        raise
    yield from ((first, made.result()) for first, made in waiting)
