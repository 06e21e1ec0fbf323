"""Parquet files of an export: how they are written, read and written again with later amendments.

An export is a folder of windows: runs of neighbouring events, sorted by position. A window is one file,
`<out>/window-<number>.parquet`, unless the export is partitioned (`formats.hive`).
"""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from hashlib import sha256
from inspect import signature
from pathlib import Path
from typing import Any, Final, Protocol

from service.replay.errors import NotWhole
from service.replay.formats.columns import ENVELOPE, Columns, pyarrow
from service.replay.formats.members import DATA
from service.replay.manifests.manifest import ExportedFile, exported
from service.replay.origin import LogMark

WINDOW_BYTES: Final = 128 << 20
"""A window ends with the page in which its lines reach this many bytes. This is part of the format."""

ROW_GROUP_PAGES: Final = 4
"""The pages of a row group. A reader skips row groups by the smallest and largest cohort and month in them."""

_OFTEN_THE_SAME: Final = frozenset(
    ("source", "type", "subject", "actor", "visibility", "correlationid", "cohort", "month")
)
"""The columns for which a dictionary is worthwhile: in others, values rarely repeat, or are few and short."""

_COUNTED: Final = frozenset(
    ("position", "time", "time_utc", "recordedtime", "cohort", "month", "voided_by", "corrected_by")
) | (frozenset(ENVELOPE) - {"id", "previoushash", "salt"})
"""The columns with statistics, by which readers skip row groups; keys of subjects have them, too."""

_KEYS: Final = ("cohort", "iteration", "learning", "organisation", "question", "session")

_LOOKED_UP: Final = ("cohort", "subject")
"""The columns with Bloom filters, if the installed pyarrow writes them."""

_SMALL_ROWS: Final = 1_000
"""A file of a partition with fewer rows gets no dictionaries and compresses only its lines, to save time."""

_SYNCED_ALONE_MAX: Final = 64
"""More files than this are synced to disk together, if the system supports that."""


class Window(Protocol):
    """A run of neighbouring events on its way to disk."""

    def add(self, table: Any) -> None:
        """Add a row group."""

    def close(self) -> "Writing":
        """Write the rest; no row group follows."""


class Writing:
    """The files of a window while threads finish them."""

    def __init__(self, files: Sequence[Future[tuple[Path, ExportedFile]]]) -> None:
        self._files = files

    def end(self) -> list[ExportedFile]:
        """Wait until the files are on disk, and return them."""
        written = [file.result() for file in self._files]
        sync([path for path, _ in written])
        return [file for _, file in written]


class WindowFile:
    """A window as one file, which a thread writes a row group at a time, so that memory holds few of them."""

    def __init__(self, out: Path, number: int, columns: Columns, thread: Executor) -> None:
        self._out = out
        self._path = out / name(number)
        self._thread = thread
        self._writing: Future[None] | None = None
        self._file = pyarrow().parquet.ParquetWriter(
            self._path.absolute(), columns.schema, **options(columns.schema)
        )

    def add(self, table: Any) -> None:
        """Start to write a row group, after the one before."""
        if self._writing is not None:
            self._writing.result()
        self._writing = self._thread.submit(write_group, self._file, table)

    def close(self) -> Writing:
        """Finish the file."""
        return Writing([self._thread.submit(self._closed)])

    def _closed(self) -> tuple[Path, ExportedFile]:
        if self._writing is not None:
            self._writing.result()
        self._file.close()
        return self._path, exported(self._path, self._out)


def options(schema: Any, *, small: bool = False) -> dict[str, Any]:
    """Return how files with this schema are written, or small ones."""
    arrow, names = pyarrow(), schema.names
    keys = {DATA + name for name in _KEYS}
    found = {
        "compression": {"line": "zstd"} if small else "zstd",
        "use_dictionary": [name for name in names if name in _OFTEN_THE_SAME and not small]
        or False,
        "write_statistics": [name for name in names if name in _COUNTED or name in keys],
        # Parquet's own types suffice; Arrow's schema in addition would be a third of a small file.
        "store_schema": False,
        "write_page_checksum": True,
        "write_page_index": not small,
        "sorting_columns": arrow.parquet.SortingColumn.from_ordering(
            schema, [("position", "ascending")]
        ),
    }
    blooms = {name: {"ndv": 5_000, "fpp": 0.01} for name in _LOOKED_UP if name in names}
    if not small and "bloom_filter_options" in signature(arrow.parquet.ParquetWriter).parameters:
        found["bloom_filter_options"] = blooms
    return found


def write_group(file: Any, table: Any) -> None:
    """Write a table as a row group. The bytes do not depend on how it is divided into chunks."""
    table = table.combine_chunks()
    file.write_table(table, row_group_size=max(table.num_rows, 1))


def rewritten(path: Path, columns: Columns) -> None:
    """Write a file again, with what is known now about amendments, as `part_of` has it; afterwards it is on disk.

    What the file says about amendments that are hidden now stays: it has the lines of their events as well.
    """
    arrow, part = pyarrow(), part_of(path)
    with arrow.parquet.ParquetFile(path) as read:
        schema = arrow.schema([columns.schema.field(name) for name in read.schema_arrow.names])
        chosen = options(schema, small=is_hive(path) and is_small(read.metadata.num_rows))
        with arrow.parquet.ParquetWriter(part.absolute(), schema, **chosen) as file:
            for group in range(read.num_row_groups):
                table = read.read_row_group(group).cast(schema)
                columns.kept(table)
                for column, values in columns.amended(table.column("position").to_pylist()).items():
                    table = table.set_column(schema.get_field_index(column), column, values)
                write_group(file, table.cast(schema))
    sync([part])


def is_small(rows: int) -> bool:
    """Return whether a file of a partition has few rows."""
    return rows < _SMALL_ROWS


def is_hive(path: Path) -> bool:
    """Return whether a file belongs to a partition."""
    return "=" in path.parent.name


def rows_of(path: Path) -> int:
    """Return the number of events in a file."""
    rows: int = pyarrow().parquet.read_metadata(path).num_rows
    return rows


def last_of(paths: Sequence[Path]) -> LogMark:
    """Return the last event of a window."""
    last = (0, "")
    for path in paths:
        with pyarrow().parquet.ParquetFile(path) as file:
            table = file.read_row_group(file.num_row_groups - 1, ["position", "line"])
        last = max(last, (table["position"][-1].as_py(), table["line"][-1].as_py()))
    return LogMark.of(last[1].encode())


def tables_of(
    text: bytes,
    names: Sequence[str],
    place: Path | str,
    sha256_: str | None,
    part: int = 0,
    of: int = 1,
) -> Iterator[Any]:
    """Yield some columns of each row group of a Parquet file that was read from `place`, or of a part of them.

    Raises NotWhole if the file does not have the hash (unless None), or a page does not have its checksum.
    """
    arrow = pyarrow()
    if sha256_ is not None and sha256(text).hexdigest() != sha256_:
        raise NotWhole(f"{place} is not what was exported: its SHA-256 differs")
    try:
        file = arrow.parquet.ParquetFile(arrow.BufferReader(text), page_checksum_verification=True)
        groups, chosen = file.num_row_groups, list(names)
        yield file.schema_arrow.empty_table().select(chosen)
        for group in range(groups * part // of, groups * (part + 1) // of):
            table = file.read_row_group(group, columns=chosen, use_threads=False)
            table.validate(full=True)
            yield table.select(chosen)
    except (arrow.ArrowException, OSError, KeyError) as error:
        raise NotWhole(f"{place} is not whole: {error}") from None


def sync(paths: Sequence[Path]) -> None:
    """Wait until files are on disk."""
    if len(paths) > _SYNCED_ALONE_MAX and sys.platform == "linux":
        os.sync()
        return
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def name(number: int) -> str:
    """Return the name of a file of the window with this number."""
    return f"window-{number:06}.parquet"


def part_of(path: Path) -> Path:
    """Return the path of a file that replaces another; readers of folders leave it out."""
    return path.with_name(f"_{path.name}.part")


def number_of(path: Path | str) -> int:
    """Return the number of a file's window. Raises NotWhole if its name has another form."""
    try:
        return int(Path(path).stem.removeprefix("window-"))
    except ValueError:
        raise NotWhole(f"{path} is not part of an export") from None


def windows(out: Path, files: Iterable[Path] | None = None) -> Iterator[list[Path]]:
    """Yield the files of each window, in the order of windows: those that the export has, or all in the folder."""
    found: dict[int, list[Path]] = {}
    for path in sorted(out.rglob("window-*.parquet") if files is None else files):
        found.setdefault(number_of(path), []).append(path)
    for number in sorted(found):
        yield found[number]
