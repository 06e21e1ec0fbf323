"""Which rows of an export say less about voids and corrections than is known now.

Amendments that are older than the export count, too: they may have been hidden when it was written.
"""

import csv
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, Final

from service.replay.amendments import Amendments, Row
from service.replay.export_format import ExportFormat
from service.replay.formats.columns import pyarrow
from service.replay.manifests.journal import PART, Journal
from service.replay.sources.compression import decompressed

COLUMNS: Final = ("position", "voided_by", "corrected_by")


def is_outdated(made: Journal, out: Path, amendments: Amendments) -> bool:
    """Return whether rows that were written are to change."""
    form = ExportFormat(made.form)
    if not made.events or not amendments.positions:
        return False
    path = out if out.exists() else out.with_name(out.name + PART)
    rows: Iterable[Row]
    match form:
        case ExportFormat.PARQUET:
            return any(in_parquet(file.place(out), amendments) for file in made.files)
        case ExportFormat.DELTA:
            import deltalake

            return bool(in_dataset(deltalake.DeltaTable(out).to_pyarrow_dataset(), amendments))
        case ExportFormat.ARROW:
            rows = _in_arrow(path)
        case _:
            rows = _in_csv(path)
    # What follows is not recorded in the journal, and will be written again.
    return bool(amendments.changed(islice(rows, made.events)))


def in_parquet(path: Path, amendments: Amendments) -> list[int]:
    """Return the positions of a file's rows that are to change."""
    if not amendments.positions:
        return []
    inside, read = _concerned(amendments), pyarrow().parquet.read_table
    table = read(path, columns=[*COLUMNS], filters=inside, partitioning=None)
    return amendments.changed(_rows(table))


def in_dataset(dataset: Any, amendments: Amendments) -> list[int]:
    """Return the positions of a dataset's rows that are to change, in order."""
    if not amendments.positions:
        return []
    table = dataset.to_table(columns=[*COLUMNS], filter=_concerned(amendments))
    return sorted(amendments.changed(_rows(table)))


def _concerned(amendments: Amendments) -> Any:
    """Return the condition for rows that may change: of events that were amended, or whose correction was."""
    field, amended = pyarrow().compute.field, amendments.positions
    return field("position").isin(amended) | field("corrected_by").isin(amended)


def _rows(table: Any) -> Iterator[Row]:
    return zip(*(table.column(name).to_pylist() for name in COLUMNS), strict=True)


def _in_arrow(path: Path) -> Iterator[Row]:
    arrow = pyarrow()
    with arrow.OSFile(str(path), "rb") as file, arrow.ipc.open_stream(file) as batches:
        for batch in batches:
            yield from _rows(batch)


def _in_csv(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        # A byte order mark is no part of the first name.
        text = TextIOWrapper(
            decompressed(file, str(path)), "utf-8-sig", errors="replace", newline=""
        )
        rows = csv.reader(text)
        names = next(rows)
        places = [names.index(name) for name in COLUMNS]
        for row in rows:
            position, void, correction = (row[at] for at in places)
            yield (
                int(position),
                int(void) if void else None,
                int(correction) if correction else None,
            )
