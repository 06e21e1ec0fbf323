"""Exporting into a folder of Parquet files: window after window, a journal on the way, a manifest at the end."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from events.catalogue import Catalogue
from events.store.reading import Selection
from service.replay import journal
from service.replay.cohorts import Cohorts
from service.replay.errors import SourceLost
from service.replay.export import OnEvents
from service.replay.formats import Form
from service.replay.formats.parquet import WINDOW_BYTES, Parquet, Window, Writing
from service.replay.journal import Journal
from service.replay.manifest import Manifest, exported
from service.replay.pages import pages
from service.replay.source import Source

PAGES_AHEAD: Final = 2
"""Pages that wait for each thread: enough to keep it busy, few enough to be held."""

Given = TypeVar("Given")
Made = TypeVar("Made")


class FolderExport:
    """Writes a selection of a source to the folder `out`; as `Export`, `run` goes on where it stopped.

    What is held in memory are the events of two windows, whatever the length of the log: one is written while the next
    is read, on as many threads as there are cores.
    """

    def __init__(
        self,
        source: Source,
        out: Path,
        selection: Selection,
        on_events: OnEvents,
        catalogue: Catalogue,
        window_bytes: int = WINDOW_BYTES,
    ) -> None:
        self._source = source
        self._out = out
        self._on_events = on_events
        self._catalogue = catalogue
        self._window_bytes = window_bytes
        self._journal = journal.begun(out, Form.PARQUET.value, selection)
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

    def run(self) -> Manifest:
        """Export what is left; afterwards the folder and its manifest are on disk, and are all of it."""
        made = self._journal
        made.write(self._out)
        self._out.mkdir(parents=True, exist_ok=True)
        cohorts = Cohorts(self._catalogue)
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            writer = Parquet(self._out, self._catalogue, cohorts, threads)
            writer.remove_after(made.windows)
            cohorts.catch_up(
                self._source, made.last.position if made.last else made.selection.after
            )
            made = self._written(writer, made, threads)
            paths = sorted(self._out.rglob("*.parquet"))
            files = tuple(threads.map(lambda path: exported(path, self._out), paths))
        manifest = Manifest(
            Form.PARQUET.value, made.selection, made.events, made.first, made.last, files
        )
        manifest.write(self._out)
        made.remove(self._out)
        return manifest

    def _written(self, writer: Parquet, made: Journal, threads: Executor) -> Journal:
        """Write what is left; return the journal at its end."""
        writing: Writing | None = None
        try:
            for window, after in self._windows(writer, made, threads):
                if writing is not None:
                    writing.end()
                    self._keep(made)
                made = after
                writing = writer.begin(made.windows, window)
        finally:
            # Also where the source breaks: what was read before need not be read again.
            if writing is not None:
                writing.end()
                self._keep(made)
        return made

    def _windows(
        self, writer: Parquet, made: Journal, threads: Executor
    ) -> Iterator[tuple[Window, Journal]]:
        """Yield the windows of what is left, with the journal at each one's end."""
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

    def _keep(self, made: Journal) -> None:
        made.write(self._out)
        assert made.last is not None
        self._on_events(made.events - self._journal.events, made.last.position)
        self._journal = made


def _ahead(
    threads: Executor, make: Callable[[Given], Made], given: Iterable[Given]
) -> Iterator[tuple[Given, Made]]:
    """Yield each with what is made of it, in order; some are made in advance."""
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
