"""Exported files as the source of a replay: NDJSON (also .gz and .zst), Arrow streams, folders of Parquet files."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import zstandard

from events.store.reading import Selection
from service.replay import manifest
from service.replay.errors import NotWhole, ReplayError
from service.replay.formats import Form
from service.replay.pages import last_line
from service.replay.source import matches, position_of

CHUNK_BYTES: Final = 1 << 20


class FileSource:
    """The lines that a file holds, read as often as they are asked for.

    Raises NotWhole where the file ends in the middle of something.
    """

    def __init__(self, path: Path, read: Callable[[Path], Iterator[bytes]]) -> None:
        self._path = path
        self._read = read

    def head(self) -> int:
        """Return the position of the last event, 0 where there is none."""
        last = 0
        for chunk in self._read(self._path):
            last = position_of(last_line(chunk))
        return last

    def chunks(self, selection: Selection) -> Iterator[bytes]:
        """Yield the lines of the selection."""
        if selection.streams:
            raise ReplayError("which streams an event stands in is not told by a file: ask a log")
        everything = selection.is_everything
        for chunk in self._read(self._path):
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

    def follow(self, selection: Selection) -> Iterator[bytes | int]:
        """Refuse: a file has an end."""
        raise ReplayError("a file cannot be followed: follow a server or a database")

    def close(self) -> None:
        """Do nothing: a file is open only while it is read."""


def file_source(path: Path) -> FileSource:
    """Return the source of an exported file or folder. Raises ReplayError where it is none that holds lines."""
    if not path.exists():
        raise ReplayError(f"{path} cannot be read: there is no such file")
    match Form.of(path):
        case Form.PARQUET:
            return FileSource(path, _parquet)
        case Form.ARROW:
            return FileSource(path, _arrow)
        case Form.CSV | Form.OCEL:
            raise ReplayError(
                f"{path} does not hold the events' lines: NDJSON, Arrow and Parquet do"
            )
        case Form.NDJSON:
            return FileSource(path, _ndjson)


def _ndjson(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file, closing(_decompressed(file)) as lines:
            rest = b""
            while data := lines.read(CHUNK_BYTES):
                whole, newline, rest = (rest + data).rpartition(b"\n")
                if newline:
                    yield whole + newline
            if rest:
                raise NotWhole(f"{path} ends in the middle of a line")
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile):
            raise NotWhole(f"{path} is not whole: {error}") from None
        raise ReplayError(f"{path} cannot be read: {error.strerror}") from None
    except (EOFError, zlib.error, zstandard.ZstdError) as error:
        raise NotWhole(f"{path} is not whole: {error}") from None


def _decompressed(file: BufferedReader) -> BinaryIO:
    """Return what stands in the file; how it is compressed is told by its first bytes."""
    begin = file.peek(4)
    if begin.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if begin.startswith(b"\x28\xb5\x2f\xfd"):
        reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        return cast(BinaryIO, reader)
    return file


def _arrow(path: Path) -> Iterator[bytes]:
    from service.replay.formats import columns

    pyarrow = columns.pyarrow()
    try:
        with pyarrow.OSFile(str(path), "rb") as file, pyarrow.ipc.open_stream(file) as batches:
            for batch in batches:
                yield _lines(batch.column("line"))
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise NotWhole(f"{path} is not whole: {error}") from None


def _parquet(path: Path) -> Iterator[bytes]:
    from service.replay.formats import columns, parquet

    pyarrow = columns.pyarrow()
    if not manifest.place(path).exists() and not next(parquet.windows(path), None):
        raise NotWhole(f"{path} holds no events, and no manifest says so")
    for window in parquet.windows(path):
        tables = [columns.parquet_file(file).read(columns=["position", "line"]) for file in window]
        table = pyarrow.concat_tables(tables).sort_by("position")
        yield _lines(table.column("line"))


def _lines(column: Any) -> bytes:
    return b"".join(line.encode() + b"\n" for line in column.to_pylist())
