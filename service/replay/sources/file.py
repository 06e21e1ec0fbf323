"""Exported files as the source of a replay: NDJSON (also .gz and .zst), Arrow streams, folders of Parquet files."""

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from events.store.reading import Selection
from service.replay.errors import NotWhole, ReplayError
from service.replay.export_format import ExportFormat
from service.replay.line_pages import first_line, last_line, position_of
from service.replay.manifests import journal
from service.replay.manifests.manifest import Manifest, faults, named
from service.replay.origin import LogMark, Origin, narrowed
from service.replay.source import matches
from service.replay.sources.compression import decompressed
from service.replay.sources.line_check import LineCheck

CHUNK_BYTES: Final = 1 << 20


class FileSource:
    """The lines that a file or folder holds, read as often as they are asked for.

    Where a manifest stands beside it, nothing is read that is not what was exported: the files' names and sizes are
    compared before the first line, their hashes before the first line of each. Without one, each line is looked at,
    and neighbours must be a chain; what is missing at the end of lines, nobody can tell. Raises NotWhole.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._manifest = Manifest.beside(path)
        self._form = ExportFormat(self._manifest.form) if self._manifest else ExportFormat.of(path)
        self._is_checked = False
        if not self._form.is_lossless:
            raise ReplayError(
                f"{path} does not hold the events' lines: NDJSON, Arrow and Parquet do"
            )

    def head(self) -> int:
        """Return the position of the last event, 0 where there is none."""
        last = 0
        for chunk in self._read():
            last = position_of(last_line(chunk))
        return last

    def origin(self) -> Origin:
        """Return where the lines are from: what the manifest keeps, else their first one."""
        if self._manifest is not None and self._manifest.origin is not None:
            return self._manifest.origin
        with closing(self._read()) as chunks:
            chunk = next(chunks, None)
        return Origin(None if chunk is None else LogMark.of(first_line(chunk)), None)

    def within(self, selection: Selection) -> Selection:
        """Return what of a selection the file can hold, as its manifest tells."""
        return narrowed(self._manifest.selection, selection) if self._manifest else selection

    def chunks(self, selection: Selection) -> Generator[bytes]:
        """Yield the lines of the selection; its streams can be none but those that were exported."""
        held = self._manifest.selection.streams if self._manifest else ()
        if selection.streams and selection.streams != held:
            raise ReplayError("which streams an event stands in is not told by a file: ask a log")
        everything = selection.is_everything
        for chunk in self._read():
            last = position_of(last_line(chunk))
            if last <= selection.after:
                continue
            first = position_of(chunk[: chunk.index(b"\n")])
            if selection.through is not None and first > selection.through:
                return
            inside = first > selection.after and (
                selection.through is None or last <= selection.through
            )
            if everything and inside:
                yield chunk
            elif kept := b"".join(
                line + b"\n" for line in chunk[:-1].split(b"\n") if matches(selection, line)
            ):
                yield kept

    def follow(self, selection: Selection) -> Generator[bytes | int]:
        """Refuse: a file has an end."""
        raise ReplayError("a file cannot be followed: follow a server or a database")

    def close(self) -> None:
        """Do nothing: a file is open only while it is read."""

    def _read(self) -> Generator[bytes]:
        """Yield all lines, once it is certain that the files are what the manifest says."""
        if not self._is_checked:
            self._check()
            self._is_checked = True
        match self._form:
            case ExportFormat.PARQUET:
                chunks = _parquet(self._path, self._manifest)
            case ExportFormat.ARROW:
                chunks = _arrow(self._path, is_ended=self._manifest is not None)
            case _:
                chunks = _ndjson(self._path)
        if self._manifest is None:
            chunks = LineCheck(str(self._path)).passed(chunks)
        yield from chunks

    def _check(self) -> None:
        check_ended(self._path)
        if self._manifest is not None:
            # Parquet's files are hashed one after another, as they are read.
            hashes = self._form is not ExportFormat.PARQUET
            if wrong := list(faults(self._manifest.files, self._path, hashes=hashes)):
                raise NotWhole("; ".join(wrong))


def check_ended(path: Path) -> None:
    """Raise NotWhole where an export is under way."""
    if journal.is_under_way(path):
        raise NotWhole(f"{path} is not whole: its export has not ended; call it again to go on")


def file_source(path: Path) -> FileSource:
    """Return the source of an exported file or folder. Raises ReplayError where it is none that holds lines."""
    if not path.exists():
        check_ended(path)
        raise ReplayError(f"{path} cannot be read: there is no such file")
    return FileSource(named(path))


def _ndjson(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            lines = decompressed(file, str(path))
            rest = b""
            while data := lines.read(CHUNK_BYTES):
                whole, newline, rest = (rest + data).rpartition(b"\n")
                if newline:
                    yield whole + newline
            if rest:
                raise NotWhole(f"{path} ends in the middle of a line")
    except OSError as error:
        raise ReplayError(f"{path} cannot be read: {error.strerror}") from None


def _arrow(path: Path, *, is_ended: bool) -> Iterator[bytes]:
    from service.replay.formats import arrow, columns

    pyarrow = columns.pyarrow()
    try:
        if not is_ended and not arrow.is_ended(path):
            raise NotWhole(
                f"{path} is not whole: an Arrow stream ends with a mark, which is missing"
            )
        with pyarrow.OSFile(str(path), "rb") as file, pyarrow.ipc.open_stream(file) as batches:
            for batch in batches:
                column = batch.column("line")
                column.validate(full=True)
                yield _lines(column)
    except (pyarrow.ArrowException, OSError, KeyError) as error:
        raise NotWhole(f"{path} is not whole: {error}") from None


def _parquet(path: Path, found: Manifest | None) -> Iterator[bytes]:
    from service.replay.formats import columns, parquet

    hashes = {file.place(path): file.sha256 for file in found.files} if found else {}
    if found is None and not next(parquet.windows(path), None):
        raise NotWhole(f"{path} holds no events, and no manifest says so")
    for window in parquet.windows(path):
        tables = [
            parquet.table_of(file.read_bytes(), ("position", "line"), file, hashes.get(file))
            for file in window
        ]
        table = columns.pyarrow().concat_tables(tables).sort_by("position")
        yield _lines(table.column("line"))


def _lines(column: Any) -> bytes:
    return b"".join(line.encode() + b"\n" for line in column.to_pylist())
