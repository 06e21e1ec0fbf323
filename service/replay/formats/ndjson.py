"""NDJSON: the lines as they are."""

import gzip
from collections.abc import Callable, Iterable
from typing import Final

import zstandard

_GZIP_LEVEL: Final = 6


class Ndjson:
    """Each event's line and a newline, nothing else."""

    def head(self) -> bytes:
        """Return nothing: there is no heading."""
        return b""

    def page(self, lines: bytes) -> bytes:
        """Return the lines."""
        return lines

    def tail(self) -> Iterable[bytes]:
        """Return nothing: there is no ending."""
        return ()


def packing(compression: str | None) -> Callable[[bytes], bytes]:
    """Return what compresses one page: each is a member (gz) or a frame (zst) of its own, so that one can go on
    behind any of them."""
    match compression:
        case "gz":
            return lambda data: gzip.compress(data, _GZIP_LEVEL, mtime=0) if data else b""
        case "zst":
            compressor = zstandard.ZstdCompressor(write_checksum=True)
            return lambda data: compressor.compress(data) if data else b""
        case _:
            return lambda data: data
