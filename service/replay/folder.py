"""Exporting into a folder of Parquet files: window after window, a journal on the way, a manifest at the end."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

from events.catalogue import Catalogue
from events.store.reading import Selection
from service.replay import journal
from service.replay.cohorts import Cohorts
from service.replay.export import OnEvents
from service.replay.formats import Form
from service.replay.formats.parquet import WINDOW_PAGES, Parquet
from service.replay.journal import Journal
from service.replay.manifest import Manifest, exported
from service.replay.pages import pages
from service.replay.source import Source


class FolderExport:
    """Writes a selection of a source to the folder `out`; as `Export`, `run` goes on where it stopped."""

    def __init__(
        self,
        source: Source,
        out: Path,
        selection: Selection,
        on_events: OnEvents,
        catalogue: Catalogue,
        window_pages: int = WINDOW_PAGES,
    ) -> None:
        self._source = source
        self._out = out
        self._on_events = on_events
        self._catalogue = catalogue
        self._window_pages = window_pages
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
        writer = Parquet(self._out, self._catalogue, cohorts)
        writer.remove_after(made.windows)
        cohorts.catch_up(self._source, made.last.position if made.last else made.selection.after)
        made = self._written(writer, made)
        files = tuple(exported(path, self._out) for path in sorted(self._out.rglob("*.parquet")))
        manifest = Manifest(
            Form.PARQUET.value, made.selection, made.events, made.first, made.last, files
        )
        manifest.write(self._out)
        made.remove(self._out)
        return manifest

    def _written(self, writer: Parquet, made: Journal) -> Journal:
        """Write what is left; while one window is written, the next is read. Return the journal at its end."""
        coming = pages(self._source.chunks(made.rest()))
        with ThreadPoolExecutor(max_workers=1) as beside:
            writing: Future[None] | None = None
            while True:
                window = list(islice(coming, self._window_pages))
                table = writer.table(window) if window else None
                if writing is not None:
                    writing.result()
                    self._keep(made)
                if table is None:
                    return made
                for page in window:
                    made = made.advanced(page)
                made = replace(made, windows=made.windows + 1)
                writing = beside.submit(writer.write, made.windows, table)

    def _keep(self, made: Journal) -> None:
        made.write(self._out)
        assert made.last is not None
        self._on_events(made.events - self._journal.events, made.last.position)
        self._journal = made
