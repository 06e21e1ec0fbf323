"""A log in pieces, for workers: windows of a Parquet export, which they read, or lines that are brought to them."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from events.store.reading import Selection
from service.replay.errors import NotWhole, PackageMissing, ReplayError
from service.replay.event import decoded
from service.replay.export_format import ExportFormat
from service.replay.formats.columns import pyarrow
from service.replay.formats.parquet import table_of
from service.replay.line_pages import pages
from service.replay.manifests import manifest
from service.replay.manifests.manifest import ExportedFile, Manifest
from service.replay.sources.address import source_of

LINES_EVENTS: Final = 20_000
"""Events of a piece of lines."""

PART_BYTES: Final = 8 << 20
"""Bytes of files that a worker reads as one piece: some tens of thousands of events, compressed."""

_COLUMNS: Final = ("position", "type", "line")


class Partition(Protocol):
    """Some events of a log, in its order. Pieces can be sent to other processes.

    Pieces follow each other; the parts of one lie between each other.
    """

    @property
    def events_max(self) -> int:
        """How many events it holds at most."""

    def lines(self) -> list[bytes]:
        """Return its lines in order, without their newlines."""

    def types(self) -> list[str]:
        """Return the types (short names) of its events, in the same order."""

    def parts(self) -> Sequence["Partition"]:
        """Return it in parts for many to read."""


@dataclass(frozen=True, slots=True)
class LinePartition:
    """A piece whose lines go along with it."""

    text: bytes

    @property
    def events_max(self) -> int:
        """How many lines a piece of lines has."""
        return LINES_EVENTS

    def lines(self) -> list[bytes]:
        """Return its lines."""
        return self.text.rstrip(b"\n").split(b"\n")

    def types(self) -> list[str]:
        """Return the types that its lines tell."""
        return [event.type for event in decoded(self.text)]

    def parts(self) -> Sequence[Partition]:
        """Return it whole: it is small."""
        return (self,)


class ParquetPartition:
    """A window of a Parquet export, by the addresses of its files: whoever has it reads them where they are, once."""

    def __init__(self, files: Sequence[ExportedFile], events_max: int) -> None:
        """Name its files, their paths being addresses."""
        self._files = files
        self._events_max = events_max
        self._read: Any = None

    def __reduce__(self) -> tuple[type["ParquetPartition"], tuple[Sequence[ExportedFile], int]]:
        return ParquetPartition, (self._files, self._events_max)

    @property
    def events_max(self) -> int:
        """How many events it has at most."""
        return self._events_max

    def lines(self) -> list[bytes]:
        """Read its lines."""
        lines: list[bytes] = self._table().column("line").cast(pyarrow().large_binary()).to_pylist()
        return lines

    def types(self) -> list[str]:
        """Read the types of its events."""
        types: list[str] = self._table().column("type").to_pylist()
        return types

    def parts(self) -> Sequence[Partition]:
        """Return some of its files each."""
        parts: list[list[ExportedFile]] = []
        size_bytes = PART_BYTES
        for file in self._files:
            if size_bytes >= PART_BYTES:
                parts.append([])
                size_bytes = 0
            parts[-1].append(file)
            size_bytes += file.size_bytes
        return [ParquetPartition(files, self._events_max // len(parts)) for files in parts]

    def _table(self) -> Any:
        if self._read is None:
            tables = []
            for file in self._files:
                files, path = file_system(file.path)
                try:
                    text = files.cat_file(path)
                except OSError as error:
                    raise NotWhole(f"{file.path} cannot be read: {error}") from None
                tables.append(table_of(text, _COLUMNS, file.path, file.sha256))
            self._read = pyarrow().concat_tables(tables).sort_by("position")
        return self._read


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
    """Yield the pieces of a whole log, in its order: at a server, in a database, in an exported file or folder.

    A folder of Parquet files may be at any address that fsspec knows. Raises ReplayError, NotWhole where the folder
    holds only a part of a log.
    """
    if _is_ours(source):
        yield from _brought(source, key)
        return
    files, root = file_system(source)
    if not files.isdir(root):
        if "://" in source:
            raise ReplayError(f"{source} is no folder of Parquet files")
        yield from _brought(source, key)
        return
    told, events = _told(files, root)
    windows: dict[str, list[ExportedFile]] = {}
    for file in told:
        found = windows.setdefault(file.path.rpartition("/")[2], [])
        found.append(replace(file, path=files.unstrip_protocol(file.path)))
    for _, window in sorted(windows.items()):
        yield ParquetPartition(window, -(-events // len(windows)))


def _is_ours(source: str) -> bool:
    """Say whether it is a server or a database, not a file."""
    return source.partition("://")[0] in ("http", "https") or source.startswith("postgres")


def _brought(source: str, key: str | None) -> Iterator[Partition]:
    with closing(source_of(source, key)) as opened:
        _check_whole(opened.within(Selection()), source)
        yield from map(LinePartition, pages(opened.chunks(Selection()), LINES_EVENTS))


def _check_whole(held: Selection, source: str) -> None:
    """Raise NotWhole where it is a part of a log that a source holds."""
    if held.after or not held.is_everything:
        raise NotWhole(f"{source} holds a part of a log: only a whole one can be folded")


def _told(files: Any, root: str) -> tuple[list[ExportedFile], int]:
    """Return a folder's files by their paths and its events, as the manifest tells, which is written last.

    Raises NotWhole where it is missing, where it is not that of a log from its first event on, and where the folder has
    other files, or files of other sizes.
    """
    root = root.rstrip("/")
    place = root + manifest.SUFFIX
    if not files.exists(place):
        raise NotWhole(f"{root} is not whole: its manifest is missing, which is written last")
    found = Manifest.parsed(files.cat_file(place), place)
    if found.form != ExportFormat.PARQUET.value:
        raise ReplayError(f"{root} is no folder of Parquet files")
    _check_whole(found.selection, root)
    # A copy may be called otherwise than what was exported.
    told = [replace(file, path=f"{root}/{file.path.partition('/')[2]}") for file in found.files]
    there = {path: one["size"] for path, one in files.find(root, detail=True).items()}
    for file in told:
        size = there.pop(file.path, None)
        if size is None:
            raise NotWhole(f"{file.path} is missing")
        if size != file.size_bytes:
            raise NotWhole(f"{file.path} has {size} bytes, not {file.size_bytes}")
    for path in there:
        if path.endswith(".parquet"):
            raise NotWhole(f"{path} is not part of the export")
    return told, found.events
