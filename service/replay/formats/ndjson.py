"""NDJSON: the exact lines."""

import gzip
from collections.abc import Callable, Iterable
from typing import Final

import zstandard

_GZIP_LEVEL: Final = 6


class Ndjson:
    """Writes each event's line and a newline."""

    def head(self) -> bytes:
        """Return nothing: the format has no header."""
        return b""

    def page(self, lines: bytes) -> bytes:
        """Return the lines unchanged."""
        return lines

    def tail(self) -> Iterable[bytes]:
        """Return nothing: the format has no ending."""
        return ()


def packing(compression: str | None) -> Callable[[bytes], bytes]:
    """Return a function that compresses a page as a separate member (gz) or frame (zst), so an export can resume."""
    match compression:
        case "gz":
            return lambda data: gzip.compress(data, _GZIP_LEVEL, mtime=0) if data else b""
        case "zst":
            compressor = zstandard.ZstdCompressor(write_checksum=True)
            return lambda data: compressor.compress(data) if data else b""
        case _:
            return lambda data: data
