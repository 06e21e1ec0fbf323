"""Chooses the writer of a format."""

from typing import assert_never

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from service.replay.amendments import Amendments
from service.replay.cohorts import CohortIndex
from service.replay.errors import ReplayError
from service.replay.export.single_file import Writer
from service.replay.export_format import ExportFormat
from service.replay.formats.arrow import Arrow
from service.replay.formats.csv import Csv
from service.replay.formats.excel import Excel
from service.replay.formats.ndjson import Ndjson
from service.replay.formats.ocel import Ocel
from service.replay.source import Source


def writer_of(form: ExportFormat, source: Source, selection: Selection, written: int) -> Writer:
    """Return the writer of a format for a selection that has been written up to the position `written`."""
    cohorts, amendments = CohortIndex(VOCABULARY), Amendments()
    if form.has_columns:
        cohorts.catch_up(source, written or selection.after)
    if form.has_columns or form is ExportFormat.OCEL:
        through = source.head() if selection.through is None else selection.through
        amendments = Amendments.until(source, through)
    match form:
        case ExportFormat.NDJSON:
            return Ndjson()
        case ExportFormat.CSV:
            return Csv(VOCABULARY, cohorts, amendments)
        case ExportFormat.EXCEL:
            return Excel(VOCABULARY, cohorts, amendments, selection.types)
        case ExportFormat.ARROW:
            return Arrow(VOCABULARY, cohorts, amendments)
        case ExportFormat.OCEL:
            return Ocel(VOCABULARY, source, selection, amendments, begun=written > 0)
        case ExportFormat.PARQUET | ExportFormat.DELTA:
            raise ReplayError(f"{form.value} is written to a folder, not to a file")
        case _:
            assert_never(form)
