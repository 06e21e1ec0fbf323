"""A folder of Parquet files, by cohort and month: what DuckDB, Polars, Spark and Dask read as one table.

`<out>/cohort=<key>/month=<YYYY-MM>/window-<number>.parquet`. A window is a fixed number of pages of the export; in
each part of the folder there is a file for every window that has events there, so that only one window is ever held.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from events.catalogue import Catalogue
from service.replay.cohorts import Cohorts
from service.replay.formats.columns import DATA, Columns, data_columns, pyarrow

WINDOW_PAGES: Final = 20
"""Pages of a window; part of the form of the folder."""

NO_COHORT: Final = "__HIVE_DEFAULT_PARTITION__"
"""Stands for no cohort in the names of folders, as readers of partitioned Parquet expect."""

_PARTITION: Final = ("cohort", "month")
_UNIQUE: Final = frozenset(
    {"position", "time", "recordedtime", "id", "previoushash", "salt", "line"}
)


class Parquet:
    """Writes windows of lines into a folder."""

    def __init__(self, out: Path, catalogue: Catalogue, cohorts: Cohorts) -> None:
        self._arrow = pyarrow()
        self._out = out
        self._columns = Columns(catalogue, cohorts)
        kept = [name for name in self._columns.schema.names if name not in _PARTITION]
        self._kept = kept
        # Texts of some length are rarely said twice: a dictionary would only take time.
        short = {"string": True, "list": True}
        fields = {DATA + name: kind in short for name, kind in data_columns(catalogue).items()}
        self._dictionary = [name for name in kept if name not in _UNIQUE and fields.get(name, True)]

    def table(self, window: Sequence[bytes]) -> Any:
        """Return pages of lines as a table; windows must be read in order."""
        return self._arrow.concat_tables([self._columns.table(page) for page in window])

    def write(self, number: int, table: Any) -> None:
        """Write a table as the window of this number; afterwards its files are on disk."""
        keys = zip(*(table.column(name).to_pylist() for name in _PARTITION), strict=True)
        rows: dict[tuple[str | None, str], list[int]] = {}
        for index, key in enumerate(keys):
            rows.setdefault(key, []).append(index)
        parts = sorted(rows.items(), key=lambda part: (part[0][0] or "", part[0][1]))
        # One rearrangement of all; each part is a slice of it.
        order = self._arrow.array([index for _, indices in parts for index in indices])
        said = [name for name in self._kept if table.column(name).null_count < len(order)]
        arranged = table.select(said).combine_chunks().take(order)
        kept = self._arrow.Table.from_arrays(
            [
                arranged.column(name)
                if name in said
                else self._columns.nothing(table.schema.field(name).type, len(order))
                for name in self._kept
            ],
            schema=table.select(self._kept).schema,
        )
        begin = 0
        for (cohort, month), indices in parts:
            folder = self._out / f"cohort={cohort or NO_COHORT}" / f"month={month}"
            folder.mkdir(parents=True, exist_ok=True)
            self._write(folder / _name(number), kept.slice(begin, len(indices)))
            begin += len(indices)

    def remove_after(self, windows: int) -> None:
        """Remove the files of later windows: they were not finished."""
        for path in self._out.rglob("window-*.parquet"):
            if number_of(path) > windows:
                path.unlink()

    def _write(self, path: Path, table: Any) -> None:
        self._arrow.parquet.write_table(
            table,
            path,
            compression="zstd",
            use_dictionary=self._dictionary,
            write_statistics=["position", "time", "recordedtime", "type", "subject"],
        )
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _name(number: int) -> str:
    return f"window-{number:06}.parquet"


def number_of(path: Path) -> int:
    """Return the number of the window that a file is part of."""
    return int(path.stem.removeprefix("window-"))


def windows(out: Path) -> Iterator[list[Path]]:
    """Yield the files of each window, the windows in order."""
    found: dict[int, list[Path]] = {}
    for path in sorted(out.rglob("window-*.parquet")):
        found.setdefault(number_of(path), []).append(path)
    for number in sorted(found):
        yield found[number]
