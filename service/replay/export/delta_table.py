"""Exports into a Delta table, which grows by snapshots: readers see a run's events all at once, or not yet.

Delta and not Iceberg, because a Delta table is a folder that can be moved and needs no catalogue.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from service.replay.amendments import Amendments
from service.replay.cohorts import CohortIndex
from service.replay.errors import NotWhole, PackageMissing
from service.replay.export.amended_rows import COLUMNS, in_dataset
from service.replay.export.resumption import begun
from service.replay.export.single_file import OnEvents
from service.replay.export_format import ExportFormat
from service.replay.formats.columns import Columns, pyarrow
from service.replay.formats.parquet import ROW_GROUP_PAGES
from service.replay.line_pages import PAGE_EVENTS, pages
from service.replay.manifests.journal import Journal
from service.replay.manifests.manifest import Manifest, exported, faults
from service.replay.origin import LogMark
from service.replay.source import Source

FILES_MAX: Final = 32
"""If a table has more files, small ones are put together, in a snapshot of their own."""

_APPLICATION: Final = "howcanwe"
"""Under this name, the table keeps the position up to which it is exported."""


class DeltaExport:
    """Exports a selection of a source to the Delta table `out`; a whole table gets the later events.

    A run is one commit: new events are appended, and `voided_by` and `corrected_by` change in earlier rows. A run that
    was interrupted before its commit starts again. Files have names of chance, so that only the rows are the same each
    time.
    """

    def __init__(
        self,
        source: Source,
        out: Path,
        selection: Selection,
        on_events: OnEvents,
        place: int | None = None,
    ) -> None:
        """Start or continue an export; `place` is the position of the consumer, if any. Raises ReplayError."""
        self._delta = deltalake()
        self._source = source
        self._out = out
        self._on_events = on_events
        self._journal = begun(source, out, ExportFormat.DELTA, selection, place=place)

    @property
    def selection(self) -> Selection:
        """The selection that is exported, with its end."""
        return self._journal.selection

    @property
    def resumed(self) -> Journal:
        """The journal as of the start of this run."""
        return self._journal

    def run(self) -> Manifest:
        """Export the rest; afterwards the table and its manifest are on disk.

        Raises NotWhole if files that were written before have changed.
        """
        made = self._journal
        # What an interrupted run committed is there already; the journal does not have it.
        if wrong := list(faults(made.files, self._out, alone=made.ended)):
            raise NotWhole("; ".join(wrong))
        if not made.ended:
            made.begin(self._out)
            self._commit(made)
            made = self._found(made)
        files = tuple(
            exported(path, self._out) for path in sorted(self._out.rglob("*")) if path.is_file()
        )
        manifest = made.manifest(files)
        manifest.write(self._out)
        made.remove(self._out)
        return manifest

    def _commit(self, made: Journal) -> None:
        """Write the snapshot, unless it was written before an interruption."""
        through = made.selection.through or 0
        table = self._table()
        if table is not None and table.transaction_version(_APPLICATION) == through:
            return
        amendments = Amendments.until(self._source, through)
        cohorts = CohortIndex(VOCABULARY)
        cohorts.catch_up(self._source, made.reached)
        columns = Columns(VOCABULARY, cohorts, amendments)
        changed = self._changed(table, amendments, columns)
        batches = self._batches(made, columns, changed)
        given = pyarrow().RecordBatchReader.from_batches(columns.schema, batches)
        options = {
            "commit_properties": self._delta.CommitProperties(
                app_transactions=[self._delta.Transaction(_APPLICATION, through)]
            ),
            "writer_properties": self._delta.WriterProperties(
                compression="ZSTD", max_row_group_size=ROW_GROUP_PAGES * PAGE_EVENTS
            ),
        }
        if table is None or not changed:
            # A release may have more columns than the one before.
            self._delta.write_deltalake(
                self._out, given, mode="append", schema_mode="merge", **options
            )
        else:
            merger = table.merge(
                given, "old.position = new.position", "new", "old", merge_schema=True, **options
            ).when_matched_update({name: f"new.{name}" for name in columns.amended([])})
            merger.when_not_matched_insert_all().execute()
        table = self._delta.DeltaTable(self._out)
        if len(table.file_uris()) > FILES_MAX:
            table.optimize.compact()

    def _table(self) -> Any:
        """Return the table, or None if nothing was committed; then files of an interrupted run are removed."""
        if self._delta.DeltaTable.is_deltatable(str(self._out)):
            return self._delta.DeltaTable(self._out)
        for path in self._out.rglob("*.parquet"):
            path.unlink()
        return None

    def _changed(self, table: Any, amendments: Amendments, columns: Columns) -> list[Any]:
        """Return batches of rows of the table whose columns about amendments change, without their other columns."""
        if table is None:
            return []
        arrow, dataset = pyarrow(), table.to_pyarrow_dataset()
        positions = in_dataset(dataset, amendments)
        if not positions:
            return []
        chosen = arrow.compute.field("position").isin(positions)
        columns.kept(dataset.to_table(columns=[*COLUMNS], filter=chosen))
        rows = {"position": arrow.array(positions, arrow.int64()), **columns.amended(positions)}
        filled = [
            rows.get(field.name, columns.nulls(field.type, len(positions)))
            for field in columns.schema
        ]
        batches: list[Any] = arrow.Table.from_arrays(filled, schema=columns.schema).to_batches()
        return batches

    def _batches(self, made: Journal, columns: Columns, changed: Iterable[Any]) -> Iterator[Any]:
        yield from changed
        for page in pages(self._source.chunks(made.rest())):
            yield from columns.table(page).to_batches()
            self._on_events(page.count(b"\n"), LogMark.last_of(page).position)

    def _found(self, made: Journal) -> Journal:
        """Return the journal as of what is in the table now."""
        table = self._delta.DeltaTable(self._out).to_pyarrow_dataset()
        positions = table.to_table(columns=["position"]).column("position")
        edges = [
            self._mark(table, edge)
            for edge in pyarrow().compute.min_max(positions).as_py().values()
            if edge is not None
        ]
        return replace(
            made,
            events=len(positions),
            first=edges[0] if edges else None,
            last=edges[-1] if edges else None,
            amended_through=made.selection.through,
            ended=True,
        )

    @staticmethod
    def _mark(table: Any, position: int) -> LogMark:
        at = pyarrow().compute.field("position") == position
        [line] = table.to_table(columns=["line"], filter=at).column("line").to_pylist()
        return LogMark.of(line.encode())


def deltalake() -> Any:
    """Return the package deltalake. Raises PackageMissing."""
    try:
        import deltalake
    except ImportError:
        raise PackageMissing("a Delta table", "delta") from None
    return deltalake
