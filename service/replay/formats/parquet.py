"""A folder of Parquet files, by cohort and month: what DuckDB, Polars, Spark and Dask read as one table.

`<out>/cohort=<key>/month=<YYYY-MM>/window-<number>.parquet`. A window is a number of neighbouring events, as many as
may be held in memory; in each part of the folder there is a file for every window that has events there.
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
"""A window ends with the page in which its lines have come to so many bytes; part of the form of the folder."""

NO_COHORT: Final = "__HIVE_DEFAULT_PARTITION__"
"""Stands for no cohort in the names of folders, as readers of partitioned Parquet expect."""

_PARTITION: Final = ("cohort", "month")
_OFTEN_THE_SAME: Final = ("source", "type", "subject", "actor", "visibility", "correlationid")
"""Columns for which a dictionary pays: in all others values are told anew, or are few and short."""

_SMALL_ROWS: Final = 1_000
"""A file of fewer rows is not worth a dictionary, nor compression of more than its lines: both take time per column."""

_SYNCED_ALONE_MAX: Final = 64
"""More files than so many are brought to the disk all at once, where the system can do that and wait for it."""

_Part = tuple[str | None, str]


class ExportWindow:
    """Pages of events, arranged by the parts of the folder they belong to, until they are written."""

    def __init__(self, kept: list[str]) -> None:
        self._arrow = pyarrow()
        self._kept = kept
        self._parts: dict[_Part, list[Any]] = {}

    def add(self, table: Any) -> None:
        """Take in a page."""
        arrow = self._arrow
        keys = zip(*(table.column(name).to_pylist() for name in _PARTITION), strict=True)
        rows: dict[_Part, list[int]] = {}
        for index, key in enumerate(keys):
            rows.setdefault(key, []).append(index)
        said = [name for name in self._kept if table.column(name).null_count < table.num_rows]
        # One rearrangement of all; each part is a slice of it.
        order = arrow.array([index for indices in rows.values() for index in indices])
        arranged = table.select(said).take(order)
        begin = 0
        for key, indices in rows.items():
            self._parts.setdefault(key, []).append(arranged.slice(begin, len(indices)))
            begin += len(indices)

    def parts(self) -> Iterator[tuple[_Part, list[Any]]]:
        """Yield what each part of the folder gets; afterwards the window is empty."""
        for key in sorted(self._parts, key=lambda key: (key[0] or "", key[1])):
            yield key, self._parts[key]
        self._parts = {}


class Parquet:
    """Writes windows of events into a folder, one file on each thread that `threads` has."""

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
        """Return a window without events."""
        return ExportWindow(self._kept)

    def begin(self, number: int, window: ExportWindow) -> "Writing":
        """Begin to write the window of this number."""
        return Writing(
            [
                self._threads.submit(self._write, number, part, slices)
                for part, slices in window.parts()
            ]
        )

    def remove_after(self, windows: int) -> None:
        """Remove the files of later windows: they were not finished."""
        for path in self._out.rglob("window-*.parquet"):
            if number_of(path) > windows:
                path.unlink()

    def _write(self, number: int, part: _Part, slices: list[Any]) -> tuple[Path, ExportedFile]:
        arrow = self._arrow
        cohort, month = part
        folder = self._out / f"cohort={cohort or NO_COHORT}" / f"month={month}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / _name(number)
        # Which columns a page has nothing in differs from page to page.
        said = arrow.concat_tables(slices, promote_options="default").combine_chunks()
        slices.clear()
        columns = dict(zip(said.column_names, said.columns, strict=True))
        nothing = {type_: arrow.nulls(said.num_rows, type_) for type_ in self._types}
        table = arrow.Table.from_arrays(
            [columns.get(field.name, nothing[field.type]) for field in self._schema],
            schema=self._schema,
        )
        is_small = table.num_rows < _SMALL_ROWS
        arrow.parquet.write_table(
            table,
            path,
            compression={"line": "zstd"} if is_small else "zstd",
            use_dictionary=False if is_small else list(_OFTEN_THE_SAME),
            write_statistics=["position", "time", "recordedtime", "type", "subject"],
            # Parquet's own types tell it all; said again for Arrow, it would be a third of a small file.
            store_schema=False,
            write_page_checksum=True,
        )
        return path, exported(path, self._out)


class Writing:
    """The files of a window, while threads write them."""

    def __init__(self, files: list[Future[tuple[Path, ExportedFile]]]) -> None:
        self._files = files

    def end(self) -> list[ExportedFile]:
        """Wait; afterwards the files, which are returned, are on disk."""
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

    Raises NotWhole where it has not this hash (that is not None), or a page has not its checksum.
    """
    arrow = pyarrow()
    if sha256_ is not None and sha256(text).hexdigest() != sha256_:
        raise NotWhole(f"{place} is not what was exported: its SHA-256 is another")
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
    """Return the number of the window that a file is part of. Raises NotWhole where its name is another."""
    try:
        return int(path.stem.removeprefix("window-"))
    except ValueError:
        raise NotWhole(f"{path} is not part of an export") from None


def windows(out: Path) -> Iterator[list[Path]]:
    """Yield the files of each window, the windows in order."""
    found: dict[int, list[Path]] = {}
    for path in sorted(out.rglob("window-*.parquet")):
        found.setdefault(number_of(path), []).append(path)
    for number in sorted(found):
        yield found[number]
