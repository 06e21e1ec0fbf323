"""Exported files as the source of a replay: NDJSON (also .gz and .zst), Arrow streams, folders of Parquet files."""

import os
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from events.store.reading import Selection
from service.replay.errors import NotWhole, ReplayError
from service.replay.export_format import ExportFormat
from service.replay.line_pages import first_line, last_line, position_of, spans_with
from service.replay.manifests import journal
from service.replay.manifests.manifest import Manifest, faults, named
from service.replay.origin import LogMark, Origin, narrowed
from service.replay.source import matches
from service.replay.sources.compression import decompressed
from service.replay.sources.line_check import LineCheck

CHUNK_BYTES: Final = 1 << 20

_OF_TABLES: Final = (".duckdb", ".xlsx")


class FileSource:
    """The lines of a file or folder, which can be read several times.

    If there is a manifest, the files are compared with it: names and sizes before the first line, hashes before the
    first line of each file. Without a manifest, each line is checked until all of them have been read once, and
    neighbours must form a chain; lines that are missing at the end go unnoticed. Raises NotWhole.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = journal.stamp(path)
        self._manifest = Manifest.beside(path)
        self._form = ExportFormat(self._manifest.form) if self._manifest else ExportFormat.of(path)
        self._is_checked = False
        self._lines_are_checked = self._manifest is not None
        if not self._form.is_lossless:
            raise ReplayError(
                f"{path} does not contain the events' lines; expected NDJSON, Arrow or Parquet"
            )

    def head(self) -> int:
        """Return the position of the last event, 0 if there is none."""
        if self._manifest is not None and self._form is ExportFormat.NDJSON:
            with self._stamp.reading():
                self._check()
                line = _last_plain_line(self._path)
            if line is not None:
                return position_of(line)
        last = 0
        for chunk in self._read():
            last = position_of(last_line(chunk))
        return last

    def origin(self) -> Origin:
        """Return the origin of the lines from the manifest, else from the first line."""
        if self._manifest is not None and self._manifest.origin is not None:
            return self._manifest.origin
        with closing(self._read()) as chunks:
            chunk = next(chunks, None)
        return Origin(None if chunk is None else LogMark.of(first_line(chunk)), None)

    def within(self, selection: Selection) -> Selection:
        """Return the part of a selection that the file can have, by its manifest."""
        return narrowed(self._manifest.selection, selection) if self._manifest else selection

    def has_all(self, through: int) -> bool:
        """Return whether the file has the line of every event up to a position; the manifest may say so."""
        held = self._manifest
        if held is not None and held.last is not None and held.events == held.last.position:
            return through <= held.events
        events = 0
        for chunk in self._read():
            if position_of(last_line(chunk)) > through:
                events += sum(position_of(line) <= through for line in chunk.splitlines())
                break
            events += chunk.count(b"\n")
        return events == through

    def chunks(self, selection: Selection) -> Generator[bytes]:
        """Yield the lines of the selection, whose streams must be those of the export, if any."""
        held = self._manifest.selection.streams if self._manifest else ()
        if selection.streams and selection.streams != held:
            raise ReplayError(
                "a file does not contain the streams of events; select streams of a server or a database"
            )
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
                line for line in _candidates(selection, chunk) if matches(selection, line)
            ):
                yield kept

    def follow(self, selection: Selection) -> Generator[bytes | int]:
        """Raise ReplayError: a file has an end."""
        raise ReplayError("a file cannot be followed; follow a server or a database")

    def close(self) -> None:
        """Do nothing: files are open only while they are read."""

    def _read(self) -> Generator[bytes]:
        """Yield all lines, after comparing the files with the manifest."""
        with self._stamp.reading():
            self._check()
            match self._form:
                case ExportFormat.PARQUET:
                    chunks = _parquet(self._path, self._manifest)
                case ExportFormat.ARROW:
                    chunks = _arrow(self._path, is_ended=self._manifest is not None)
                case _:
                    chunks = _ndjson(self._path)
            if self._lines_are_checked:
                yield from chunks
            else:
                yield from LineCheck(str(self._path)).passed(chunks)
                self._lines_are_checked = True

    def _check(self) -> None:
        """Compare the files with the manifest, the first time."""
        if self._is_checked:
            return
        check_ended(self._path)
        if self._manifest is not None:
            # Parquet files are hashed when they are read.
            hashes = self._form is not ExportFormat.PARQUET
            if wrong := list(faults(self._manifest.files, self._path, hashes=hashes)):
                raise NotWhole("; ".join(wrong))
        self._is_checked = True


def check_ended(path: Path) -> None:
    """Raise NotWhole if the export is unfinished."""
    if journal.is_under_way(path):
        raise NotWhole(
            f"{path} is not whole: its export is unfinished; rerun howcanwe replay to resume it"
        )


def file_source(path: Path) -> FileSource:
    """Return the source of an exported file or folder. Raises ReplayError if it does not contain lines."""
    if not path.exists():
        check_ended(path)
        raise ReplayError(f"{path} cannot be read: there is no such file")
    if path.suffix in _OF_TABLES and path.is_file():
        raise ReplayError(
            f"{path} contains tables, not the events' lines; export the log with howcanwe replay"
        )
    return FileSource(named(path))


def _candidates(selection: Selection, chunk: bytes) -> list[bytes]:
    """Return the lines that may belong to a selection, so that few have to be parsed if it has types."""
    # A name is in its line as it is, unless it is written with escapes.
    # The search for a single byte first, because it is much faster.
    is_escaped = b"\\" in chunk and b"\\u" in chunk
    if selection.types and not is_escaped:
        spans = spans_with([name.encode() for name in selection.types], chunk)
        return [chunk[begin:end] for begin, end in spans]
    return [line + b"\n" for line in chunk[:-1].split(b"\n")]


def _ndjson(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        lines = decompressed(file, str(path))
        while chunk := lines.read(CHUNK_BYTES) + lines.readline():
            if not chunk.endswith(b"\n"):
                raise NotWhole(f"{path} ends in the middle of a line")
            yield chunk


def _last_plain_line(path: Path) -> bytes | None:
    """Return the last line of an exported file; None if the file is compressed or empty."""
    with path.open("rb") as file:
        if decompressed(file, str(path)) is not file:
            return None
        size = begin = file.seek(0, os.SEEK_END)
        tail = b""
        while begin and tail.count(b"\n") < 2:
            begin = max(begin - CHUNK_BYTES, 0)
            file.seek(begin)
            tail = file.read(size - begin)
    return last_line(tail) if tail else None


def _arrow(path: Path, *, is_ended: bool) -> Iterator[bytes]:
    from service.replay.formats import arrow, columns

    pyarrow = columns.pyarrow()
    try:
        if not is_ended and not arrow.is_ended(path):
            raise NotWhole(f"{path} is not whole: the end mark of its Arrow stream is missing")
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
    # The files of the manifest, so that none goes unnoticed that is removed meanwhile.
    held = hashes if found else None
    if found is None and not next(parquet.windows(path), None):
        raise NotWhole(f"{path} contains no events, and there is no manifest of an empty export")
    for window in parquet.windows(path, held):
        read = (
            table
            for file in window
            for table in parquet.tables_of(
                file.read_bytes(), ("position", "line"), file, hashes.get(file)
            )
        )
        if len(window) == 1:
            yield from (_lines(table.column("line")) for table in read if table.num_rows)
        else:
            table = columns.pyarrow().concat_tables(read).sort_by("position")
            yield _lines(table.column("line"))


def _lines(column: Any) -> bytes:
    return b"".join(line.encode() + b"\n" for line in column.to_pylist())
