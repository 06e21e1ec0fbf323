"""Exports into a folder of Parquet files, one window after another, with a journal meanwhile and a manifest last."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from events.store.reading import Selection
from events.vocabulary.catalogue import Catalogue
from service.replay.amendments import Amendments
from service.replay.cohorts import CohortIndex
from service.replay.errors import NotWhole, SourceLost
from service.replay.export.amended_rows import in_parquet
from service.replay.export.resumption import begun
from service.replay.export.single_file import OnEvents
from service.replay.export_format import ExportFormat
from service.replay.formats.columns import Columns, pyarrow
from service.replay.formats.hive import HiveWindow
from service.replay.formats.members import Members
from service.replay.formats.parquet import (
    ROW_GROUP_PAGES,
    WINDOW_BYTES,
    Window,
    WindowFile,
    Writing,
    last_of,
    number_of,
    part_of,
    rewritten,
    rows_of,
    sync,
)
from service.replay.line_pages import pages
from service.replay.manifests.journal import Journal
from service.replay.manifests.manifest import ExportedFile, Manifest, faults, sized
from service.replay.source import Source


class FolderExport:
    """Exports a selection of a source to the folder `out`. As with `Export`, `run` resumes where it stopped.

    Memory holds a few row groups, for a log of any length, or the events of two windows if the folder is partitioned. A
    whole export is continued to the bytes of a new one: its last window is written again with the events that follow,
    and earlier windows if the columns about amendments change in them.
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
        partition: tuple[str, ...] = (),
    ) -> None:
        """Start a new export or resume one.

        `place` is the position of the consumer, if any; `partition` are the columns by which it is partitioned. Raises
        ReplayError.
        """
        self._source = source
        self._out = out
        self._on_events = on_events
        self._catalogue = catalogue
        self._window_bytes = window_bytes
        self._partition = partition
        self._begun = begun(
            source, out, ExportFormat.PARQUET, selection, place=place, partition=partition
        )
        self._journal = self._begun

    @property
    def selection(self) -> Selection:
        """The selection that is exported, with its end."""
        return self._journal.selection

    @property
    def resumed(self) -> Journal:
        """The journal as of the start of this run."""
        return self._begun

    def run(self) -> Manifest:
        """Export the rest; afterwards the whole folder and its manifest are on disk.

        Raises NotWhole if files that were written before have changed.
        """
        if self._journal.ended:
            self._check()
        else:
            self._finish()
        made = self._journal
        files = sorted(made.files, key=lambda file: Path(file.path))
        manifest = made.manifest(tuple(files))
        manifest.write(self._out)
        made.remove(self._out)
        return manifest

    def _finish(self) -> None:
        self._out.parent.mkdir(parents=True, exist_ok=True)
        if self._journal.files and not self._journal.windows:
            self._journal = without_last_window(self._journal, self._out)
        # The journal comes first: a folder without one is taken for somebody else's.
        self._journal.begin(self._out)
        self._out.mkdir(exist_ok=True)
        remove_after(self._journal.windows, self._out)
        self._check()
        through = self._journal.selection.through or 0
        amendments = Amendments.until(self._source, through, self._catalogue)
        cohorts = CohortIndex(self._catalogue)
        columns = Columns(self._catalogue, cohorts, amendments)
        if self._has_other_columns(columns):
            self._journal = self._journal.emptied()
            self._journal.begin(self._out)
            remove_after(0, self._out)
        self._amend(columns, amendments)
        cohorts.catch_up(self._source, self._journal.reached)
        cores = os.cpu_count() or 1
        with (
            _memory_of_jemalloc(),
            ThreadPoolExecutor(cores) as readers,
            ThreadPoolExecutor(1) as writer,
        ):
            self._write(columns, readers, writer)

    def _check(self) -> None:
        """Check that the files of the journal are unchanged, after replacing those that were written again.

        Raises NotWhole.
        """
        made = self._journal
        for file in made.files:
            replace_by_part(file, self._out)
        if wrong := list(faults(made.files, self._out)):
            raise NotWhole("; ".join(wrong))

    def _has_other_columns(self, columns: Columns) -> bool:
        """Return whether another release wrote the files that are there. Readers need the same columns in all."""
        expected = [name for name in columns.schema.names if name not in self._partition]
        paths = (file.place(self._out) for file in self._journal.files)
        return any(pyarrow().parquet.read_schema(path).names != expected for path in paths)

    def _amend(self, columns: Columns, amendments: Amendments) -> None:
        """Write files again in which the columns about amendments change."""
        made = self._journal
        files = []
        for file in made.files:
            path = file.place(self._out)
            if in_parquet(path, amendments):
                rewritten(path, columns)
                files.append(ExportedFile(file.path, *sized(part_of(path))))
            else:
                files.append(file)
        # First the journal knows the new files, then they take their places: so that it can resume between the two.
        self._journal = replace(made, files=tuple(files), amended_through=made.selection.through)
        self._journal.write(self._out)
        for file in files:
            replace_by_part(file, self._out)

    def _write(self, columns: Columns, readers: Executor, writer: Executor) -> None:
        """Write the rest, one window after another; each is finished while the next one is read."""
        writing: Writing | None = None
        made = self._journal
        try:
            for window, after in self._windows(columns, readers, writer):
                if writing is not None:
                    self._keep(made, writing)
                made, writing = after, window.close()
        finally:
            # Also after an error of the source, so that what has been read is not read again.
            if writing is not None:
                self._keep(made, writing)

    def _windows(
        self, columns: Columns, readers: Executor, writer: Executor
    ) -> Iterator[tuple[Window, Journal]]:
        """Yield the remaining windows with all of their row groups, and the journal as of each one's end."""
        made, window = self._journal, None
        for (lines, is_last), read in _ahead(readers, columns.read, self._row_groups()):
            window = window or self._window(made.windows + 1, columns, readers, writer)
            window.add(columns.completed(read))
            made = made.advanced(lines)
            if is_last:
                made = replace(made, windows=made.windows + 1)
                yield window, made
                window = None
        if window is not None:
            yield window, replace(made, windows=made.windows + 1)

    def _row_groups(self) -> Iterator[tuple[bytes, bool]]:
        """Yield the remaining lines in row groups, and whether each is known to be the last of its window."""
        group: list[bytes] = []
        size_bytes = 0
        for page in pages(self._source.chunks(self._journal.rest())):
            group.append(page)
            size_bytes += len(page)
            is_last = size_bytes >= self._window_bytes
            if is_last or len(group) == ROW_GROUP_PAGES:
                yield b"".join(group), is_last
                group = []
            if is_last:
                size_bytes = 0
        if group:
            yield b"".join(group), False

    def _window(self, number: int, columns: Columns, readers: Executor, writer: Executor) -> Window:
        if self._partition:
            return HiveWindow(self._out, number, columns, self._partition, readers)
        return WindowFile(self._out, number, columns, writer)

    def _keep(self, made: Journal, writing: Writing) -> None:
        made = replace(made, files=(*self._journal.files, *writing.end()))
        made.write(self._out)
        assert made.last is not None
        self._on_events(made.events - self._journal.events, made.last.position)
        self._journal = made


def without_last_window(made: Journal, out: Path) -> Journal:
    """Return the journal of a whole export without its last window, which is to be written again."""
    numbered = [(number_of(file.path), file) for file in made.files]
    number = max(at for at, _ in numbered)
    kept = tuple(file for at, file in numbered if at < number)
    before = [file.place(out) for at, file in numbered if at == number - 1]
    if not before:
        return made.emptied()
    events = sum(rows_of(file.place(out)) for file in kept)
    return replace(made, files=kept, windows=number - 1, events=events, last=last_of(before))


def remove_after(windows: int, out: Path) -> None:
    """Remove the files of later windows, which were not finished."""
    for path in out.rglob("window-*.parquet"):
        if number_of(path) > windows:
            path.unlink()


def replace_by_part(file: ExportedFile, out: Path) -> None:
    """Put a file that was written again in its place, if it is there and as the journal says; else remove it."""
    path = file.place(out)
    part = part_of(path)
    if not part.exists():
        return
    if sized(part) == (file.size_bytes, file.sha256):
        part.replace(path)
        sync([path.parent])
    else:
        part.unlink()


@contextmanager
def _memory_of_jemalloc() -> Iterator[None]:
    """Let Arrow take its memory from jemalloc, if it has it: an export of 300,000 events needs 70 MiB less with it."""
    arrow = pyarrow()
    if "jemalloc" not in arrow.supported_memory_backends():
        yield
        return
    pool = arrow.default_memory_pool()
    arrow.set_memory_pool(arrow.jemalloc_memory_pool())
    try:
        yield
    finally:
        arrow.set_memory_pool(pool)


def _ahead(
    threads: Executor, read: Callable[[bytes], Members], groups: Iterable[tuple[bytes, bool]]
) -> Iterator[tuple[tuple[bytes, bool], Members]]:
    """Yield each row group with what is read from it, in order; as many are read at once as there are cores."""
    waiting: deque[tuple[tuple[bytes, bool], Future[Members]]] = deque()
    try:
        for group in groups:
            waiting.append((group, threads.submit(read, group[0])))
            if len(waiting) >= (os.cpu_count() or 1):
                first, coming = waiting.popleft()
                yield first, coming.result()
    except SourceLost:
        yield from ((first, coming.result()) for first, coming in waiting)
        raise
    yield from ((first, coming.result()) for first, coming in waiting)
