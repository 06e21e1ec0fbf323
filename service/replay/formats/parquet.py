"""Folders of Parquet files, by cohort and month, which DuckDB, Polars, Spark and Dask read as one table.

Files are `<out>/cohort=<key>/month=<YYYY-MM>/window-<number>.parquet`. A window is a run of neighbouring events that
fits into memory. Each partition of the folder has a file for every window that has events in it.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from events.vocabulary.catalogue import Catalogue
from service.replay.cohorts import CohortIndex
from service.replay.errors import NotWhole
from service.replay.formats.columns import Columns, pyarrow
from service.replay.manifests.manifest import ExportedFile, exported

WINDOW_BYTES: Final = 128 << 20
"""A window ends with the page in which its lines reach this many bytes. This is part of the format."""

NO_COHORT: Final = "__HIVE_DEFAULT_PARTITION__"
"""The name of the folder for events without a cohort, as readers of partitioned Parquet expect."""

_PARTITION: Final = ("cohort", "month")
_OFTEN_THE_SAME: Final = ("source", "type", "subject", "actor", "visibility", "correlationid")
"""The columns for which a dictionary is worthwhile: in others, values rarely repeat, or are few and short."""

_SMALL_ROWS: Final = 1_000
"""A file with fewer rows gets no dictionaries and compresses only its lines: both cost time for each column."""

_SYNCED_ALONE_MAX: Final = 64
"""More files than this are synced to disk together, if the system supports that."""

_Part = tuple[str | None, str]


class ExportWindow:
    """Pages of events, grouped by the partitions of the folder, until they are written."""

    def __init__(self, kept: list[str]) -> None:
        self._arrow = pyarrow()
        self._kept = kept
        self._parts: dict[_Part, list[Any]] = {}

    def add(self, table: Any) -> None:
        """Add a page."""
        arrow = self._arrow
        keys = zip(*(table.column(name).to_pylist() for name in _PARTITION), strict=True)
        rows: dict[_Part, list[int]] = {}
        for index, key in enumerate(keys):
            rows.setdefault(key, []).append(index)
        filled = [name for name in self._kept if table.column(name).null_count < table.num_rows]
        # Sort all rows once; each part is a slice of the result.
        order = arrow.array([index for indices in rows.values() for index in indices])
        arranged = table.select(filled).take(order)
        begin = 0
        for key, indices in rows.items():
            self._parts.setdefault(key, []).append(arranged.slice(begin, len(indices)))
            begin += len(indices)

    def parts(self) -> Iterator[tuple[_Part, list[Any]]]:
        """Yield the rows of each partition of the folder; afterwards the window is empty."""
        for key in sorted(self._parts, key=lambda key: (key[0] or "", key[1])):
            yield key, self._parts[key]
        self._parts = {}


class Parquet:
    """Writes windows of events into a folder, one file per thread of `threads` at a time."""

    def __init__(
        self, out: Path, catalogue: Catalogue, cohorts: CohortIndex, threads: Executor
    ) -> None:
        self._arrow = pyarrow()
        self._out = out
        self._threads = threads
        self.cohorts = cohorts
        self.columns = Columns(catalogue, cohorts)
        self._kept = [name for name in self.columns.schema.names if name not in _PARTITION]
        self._schema = self._arrow.schema([self.columns.schema.field(name) for name in self._kept])
        self._types = set(self._schema.types)

    def window(self) -> ExportWindow:
        """Return an empty window."""
        return ExportWindow(self._kept)

    def begin(self, number: int, window: ExportWindow) -> "Writing":
        """Start writing the window with this number."""
        return Writing(
            [
                self._threads.submit(self._write, number, part, slices)
                for part, slices in window.parts()
            ]
        )

    def remove_after(self, windows: int) -> None:
        """Remove the files of later windows, which were not finished."""
        for path in self._out.rglob("window-*.parquet"):
            if number_of(path) > windows:
                path.unlink()

    def _write(self, number: int, part: _Part, slices: list[Any]) -> tuple[Path, ExportedFile]:
        arrow = self._arrow
        cohort, month = part
        folder = self._out / f"cohort={cohort or NO_COHORT}" / f"month={month}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / _name(number)
        # The columns that are entirely null differ from page to page.
        rows = arrow.concat_tables(slices, promote_options="default").combine_chunks()
        slices.clear()
        columns = dict(zip(rows.column_names, rows.columns, strict=True))
        nulls = {type_: arrow.nulls(rows.num_rows, type_) for type_ in self._types}
        table = arrow.Table.from_arrays(
            [columns.get(field.name, nulls[field.type]) for field in self._schema],
            schema=self._schema,
        )
        is_small = table.num_rows < _SMALL_ROWS
        arrow.parquet.write_table(
            table,
            path,
            compression={"line": "zstd"} if is_small else "zstd",
            use_dictionary=False if is_small else list(_OFTEN_THE_SAME),
            write_statistics=["position", "time", "recordedtime", "type", "subject"],
            # Parquet's own types suffice; Arrow's schema in addition would be a third of a small file.
            store_schema=False,
            write_page_checksum=True,
        )
        return path, exported(path, self._out)


class Writing:
    """The files of a window while threads write them."""

    def __init__(self, files: list[Future[tuple[Path, ExportedFile]]]) -> None:
        self._files = files

    def end(self) -> list[ExportedFile]:
        """Wait until the files are on disk, and return them."""
        written = [file.result() for file in self._files]
        if len(written) > _SYNCED_ALONE_MAX and sys.platform == "linux":
            os.sync()
        else:
            for path, _ in written:
                descriptor = os.open(path, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
        return [file for _, file in written]


def table_of(text: bytes, names: Sequence[str], place: Path | str, sha256_: str | None) -> Any:
    """Return some columns of a Parquet file that was read from `place`.

    Raises NotWhole if the file does not have the hash (unless None), or a page does not have its checksum.
    """
    arrow = pyarrow()
    if sha256_ is not None and sha256(text).hexdigest() != sha256_:
        raise NotWhole(f"{place} is not what was exported: its SHA-256 differs")
    try:
        file = arrow.parquet.ParquetFile(arrow.BufferReader(text), page_checksum_verification=True)
        table = file.read(columns=list(names), use_threads=False)
        table.validate(full=True)
        return table.select(list(names))
    except (arrow.ArrowException, OSError, KeyError) as error:
        raise NotWhole(f"{place} is not whole: {error}") from None


def _name(number: int) -> str:
    return f"window-{number:06}.parquet"


def number_of(path: Path) -> int:
    """Return the number of a file's window. Raises NotWhole if its name has another form."""
    try:
        return int(path.stem.removeprefix("window-"))
    except ValueError:
        raise NotWhole(f"{path} is not part of an export") from None


def windows(out: Path) -> Iterator[list[Path]]:
    """Yield the files of each window, in the order of windows."""
    found: dict[int, list[Path]] = {}
    for path in sorted(out.rglob("window-*.parquet")):
        found.setdefault(number_of(path), []).append(path)
    for number in sorted(found):
        yield found[number]
