"""Partitions of a log for workers: windows of a Parquet export, which workers read, or lines that are sent to them."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from events.store.reading import Selection
from service.replay.errors import NotWhole, PackageMissing, ReplayError
from service.replay.export_format import ExportFormat
from service.replay.formats.columns import pyarrow
from service.replay.formats.parquet import tables_of
from service.replay.line_pages import pages
from service.replay.manifests import manifest
from service.replay.manifests.manifest import ExportedFile, Manifest
from service.replay.processes.lines import Lines, SourceLines
from service.replay.sources.address import is_server, source_of

LINES_EVENTS: Final = 20_000
"""The events of a partition of lines."""

PART_BYTES: Final = 8 << 20
"""The bytes of files that a worker reads at once: some tens of thousands of compressed events."""

LINE_BYTES: Final = 660
"""The usual size of a line."""

COMPRESSION: Final = 5
"""How much smaller compressed lines usually are."""

_COLUMNS: Final = ("position", "line")


class Partition(Protocol):
    """Some events of a log, in order. Partitions can be sent to other processes.

    Partitions follow each other in the log; the parts of one partition overlap.
    """

    @property
    def events_max(self) -> int:
        """The largest number of events that it may have."""

    def lines(self) -> list[bytes]:
        """Return its lines in order, without their newlines."""

    def parts(self) -> Sequence["Partition"]:
        """Return its parts, which several workers can read."""


@dataclass(frozen=True, slots=True)
class LinePartition:
    """A partition that contains its lines."""

    text: bytes

    @property
    def events_max(self) -> int:
        """The largest number of lines."""
        return LINES_EVENTS

    def lines(self) -> list[bytes]:
        """Return its lines."""
        return self.text.rstrip(b"\n").split(b"\n")

    def parts(self) -> Sequence[Partition]:
        """Return only the partition itself, because it is small."""
        return (self,)


class ParquetPartition:
    """Row groups of a window of a Parquet export, which the worker that needs them reads.

    It has the addresses of files, and takes the part `part` of `of` of each file's row groups.
    """

    def __init__(
        self, files: Sequence[ExportedFile], events_max: int, part: int = 0, of: int = 1
    ) -> None:
        """Set its files, whose paths are addresses."""
        self._files = files
        self._events_max = events_max
        self._part = part
        self._of = of

    @property
    def events_max(self) -> int:
        """The largest number of events that it may have."""
        return self._events_max

    def lines(self) -> list[bytes]:
        """Read its lines."""
        arrow = pyarrow()
        tables: list[Any] = []
        for file in self._files:
            files, path = file_system(file.path)
            try:
                text = files.cat_file(path)
            except OSError as error:
                raise NotWhole(_unread(file.path, error)) from None
            tables += tables_of(text, _COLUMNS, file.path, file.sha256, self._part, self._of)
        table = arrow.concat_tables(tables).sort_by("position")
        lines: list[bytes] = table.column("line").cast(arrow.large_binary()).to_pylist()
        return lines

    def parts(self) -> Sequence[Partition]:
        """Return partitions with some of its files each, or with some row groups of one file."""
        parts: list[list[ExportedFile]] = []
        size_bytes = PART_BYTES
        for file in self._files:
            if size_bytes >= PART_BYTES:
                parts.append([])
                size_bytes = 0
            parts[-1].append(file)
            size_bytes += file.size_bytes
        shares = [
            (files, -(-files[0].size_bytes // PART_BYTES) if len(files) == 1 else 1)
            for files in parts
        ]
        count = sum(of for _, of in shares)
        return [
            ParquetPartition(files, self._events_max // count, part, of)
            for files, of in shares
            for part in range(of)
        ]


@dataclass(frozen=True, slots=True)
class PartitionLines:
    """The lines of partitions, which each process reads for itself."""

    pieces: Sequence[Partition]

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            yield from piece.lines()

    def close(self) -> None:
        """Do nothing: files are open only while they are read."""


def file_system(address: str) -> tuple[Any, str]:
    """Return the file system of an address and the path in it. Raises PackageMissing, ReplayError."""
    try:
        import fsspec
    except ImportError:
        raise PackageMissing("folding into files", "cluster") from None
    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise ReplayError(f"{address} cannot be reached: {error}") from None
    return found


def partitions_of(source: str, key: str | None = None) -> Iterator[Partition]:
    """Yield the partitions of a whole log, in order: from a server, a database, or an exported file or folder.

    A folder of Parquet files may be at any address that fsspec supports. Raises ReplayError; NotWhole if the source
    contains only a part of a log.
    """
    if not _has_partitions(source):
        yield from _brought(source, key)
        return
    files, root = file_system(source)
    exported, events = _exported(files, root)
    windows: dict[str, list[ExportedFile]] = {}
    for file in exported:
        found = windows.setdefault(file.path.rpartition("/")[2], [])
        found.append(replace(file, path=files.unstrip_protocol(file.path)))
    for _, window in sorted(windows.items()):
        yield ParquetPartition(window, -(-events // len(windows)))


def lines_of(source: str, key: str | None = None) -> Lines:
    """Return the lines of a whole log as it is now, from any source that `partitions_of` takes.

    Raises ReplayError; NotWhole if the source contains only a part of a log.
    """
    if _has_partitions(source):
        return PartitionLines(tuple(partitions_of(source, key)))
    opened = source_of(source, key)
    check_whole(opened.within(Selection()), source)
    return SourceLines.of(opened, Selection())


def events_of(source: str, key: str | None = None) -> int:
    """Return about how many events a source has, without reading them. Raises ReplayError."""
    if _has_partitions(source):
        files, root = file_system(source)
        return _exported(files, root)[1]
    if _is_ours(source):
        with closing(source_of(source, key)) as opened:
            return opened.head()
    path = Path(source)
    if (found := Manifest.beside(path)) is not None:
        return found.events
    compressed = path.suffix in (".gz", ".zst", ".arrow")
    size_bytes = path.stat().st_size if path.exists() else 0
    return size_bytes // (LINE_BYTES // COMPRESSION if compressed else LINE_BYTES)


def _has_partitions(source: str) -> bool:
    """Return whether a source is a folder of Parquet files, at any address. Raises ReplayError."""
    if _is_ours(source):
        return False
    files, root = file_system(source)
    if not files.isdir(root) and "://" in source:
        raise ReplayError(f"{source} is not a folder of Parquet files")
    return bool(files.isdir(root))


def _is_ours(source: str) -> bool:
    """Return whether the source is a server or a database, not a file."""
    return is_server(source) or source.startswith("postgres")


def _brought(source: str, key: str | None) -> Iterator[Partition]:
    with closing(source_of(source, key)) as opened:
        check_whole(opened.within(Selection()), source)
        yield from map(LinePartition, pages(opened.chunks(Selection()), LINES_EVENTS))


def check_whole(held: Selection, source: str) -> None:
    """Raise NotWhole if the source contains only a part of a log."""
    if held.after or not held.is_everything:
        raise NotWhole(
            f"{source} contains only a part of a log, and only a whole log can be folded"
        )


def _unread(address: str, error: OSError) -> str:
    return (
        f"{address} cannot be read: {error.strerror or error}; if the export is being written, "
        "run the command again when nothing writes to it any more"
    )


def _exported(files: Any, root: str) -> tuple[list[ExportedFile], int]:
    """Return a folder's files and its number of events, from its manifest.

    Raises NotWhole if the manifest is missing, if it is not of a log from its first event on, or if the folder has
    other files or files of other sizes.
    """
    root = root.rstrip("/")
    place = root + manifest.SUFFIX
    if not files.exists(place):
        raise NotWhole(f"{root} is not whole: its manifest, which is written last, is missing")
    try:
        found = Manifest.parsed(files.cat_file(place), place)
        there = {path: one["size"] for path, one in files.find(root, detail=True).items()}
    except OSError as error:
        raise NotWhole(_unread(place, error)) from None
    if "file" in files.protocol:
        for file in found.files:
            # As it is on this machine, where links may lead out of the folder.
            file.place(Path(root))
    if found.form != ExportFormat.PARQUET.value:
        raise ReplayError(f"{root} is not a folder of Parquet files")
    check_whole(found.selection, root)
    # A copy may have another name than the export.
    exported = [replace(file, path=f"{root}/{file.path.partition('/')[2]}") for file in found.files]
    for file in exported:
        size = there.pop(file.path, None)
        if size is None:
            raise NotWhole(f"{file.path} is missing")
        if size != file.size_bytes:
            raise NotWhole(f"{file.path} has {size} bytes; expected {file.size_bytes}")
    for path in there:
        if path.endswith(".parquet"):
            raise NotWhole(f"{path} is not part of the export")
    return exported, found.events
