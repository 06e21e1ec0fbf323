"""Which writer writes which form."""

from typing import assert_never

from events.catalogue import VOCABULARY
from events.store.reading import Selection
from service.replay.cohorts import Cohorts
from service.replay.errors import ReplayError
from service.replay.export import Writer
from service.replay.formats import Form
from service.replay.formats.arrow import Arrow
from service.replay.formats.csv import Csv
from service.replay.formats.ndjson import Ndjson
from service.replay.formats.ocel import Ocel
from service.replay.source import Source


def writer_of(form: Form, source: Source, selection: Selection, written: int) -> Writer:
    """Return the writer of a form for a selection of which everything up to the position `written` is written."""
    cohorts = Cohorts(VOCABULARY)
    if form in (Form.CSV, Form.ARROW):
        cohorts.catch_up(source, written or selection.after)
    match form:
        case Form.NDJSON:
            return Ndjson()
        case Form.CSV:
            return Csv(VOCABULARY, cohorts)
        case Form.ARROW:
            return Arrow(VOCABULARY, cohorts)
        case Form.OCEL:
            return Ocel(VOCABULARY, source, selection, begun=written > 0)
        case Form.PARQUET:
            raise ReplayError("Parquet is written to a folder, not to one file")
        case _:
            assert_never(form)
