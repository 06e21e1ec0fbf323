"""What is compressed: files are decompressed while they are read, and servers are asked for a coding."""

import zlib
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, Final

import zstandard

from service.replay.errors import NotWhole

GZIP_MAGIC: Final = b"\x1f\x8b"
ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"

ACCEPT_ENCODING: Final = {"Accept-Encoding": "zstd"}
"""Asks for the one coding of which a missing end is noticed: httpx takes truncated gzip for whole."""

_READ_BYTES: Final = 1 << 16
"""The compressed bytes that are read at once; their decompressed content is held in memory."""

_GZIP_WINDOW_BITS: Final = 31


def decompressed(file: BufferedReader, name: str) -> BufferedReader:
    """Return the decompressed content of a file; .gz and .zst are recognised by their first bytes, others unchanged.

    Reading raises NotWhole, with the file's `name`, if the file is truncated or damaged.
    """
    begin = file.peek(len(ZSTD_MAGIC))
    if begin.startswith(GZIP_MAGIC):
        return BufferedReader(_Decompressed(file, name, _gzip_member))
    if begin.startswith(ZSTD_MAGIC):
        return BufferedReader(_Decompressed(file, name, _zstd_frame))
    return file


def _gzip_member() -> Any:
    return zlib.decompressobj(_GZIP_WINDOW_BITS)


def _zstd_frame() -> Any:
    return zstandard.ZstdDecompressor().decompressobj()


class _Decompressed(RawIOBase):
    """The members or frames of a file, one after another. Each must have its end, so that truncation is noticed."""

    def __init__(self, file: BinaryIO, name: str, begin: Any) -> None:
        self._file = file
        self._name = name
        self._begin = begin
        self._part: Any = None
        self._rest = b""
        self._made = memoryview(b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes into the buffer; return their number, 0 at the end. Raises NotWhole."""
        while not self._made:
            data = self._rest or self._file.read(_READ_BYTES)
            if not data:
                if self._part is not None:
                    raise NotWhole(f"{self._name} is not whole: its compressed data is truncated")
                return 0
            self._made = memoryview(self._next(data))
        count = min(len(buffer), len(self._made))
        buffer[:count] = self._made[:count]
        self._made = self._made[count:]
        return count

    def _next(self, data: bytes) -> bytes:
        self._part = self._part or self._begin()
        try:
            made: bytes = self._part.decompress(data)
        except (zlib.error, zstandard.ZstdError) as error:
            raise NotWhole(f"{self._name} is not whole: {error}") from None
        self._rest = self._part.unused_data
        if self._part.eof:
            self._part = None
        return made
