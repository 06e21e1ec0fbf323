"""Compressed files, read as what stands in them: for replays of files and for `howcanwe record`."""

import zlib
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, Final

import zstandard

from service.replay.errors import NotWhole

GZIP_MAGIC: Final = b"\x1f\x8b"
ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"

_READ_BYTES: Final = 1 << 16
"""Compressed bytes that are taken at once: what they become is held in memory."""

_GZIP_WINDOW_BITS: Final = 31


def decompressed(file: BufferedReader, name: str) -> BufferedReader:
    """Return what stands in the file, .gz and .zst told by their first bytes; anything else is returned as it is.

    Reading raises NotWhole, with the file's `name`, where it ends in the middle of something or is damaged.
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
    """The members or frames of a file behind one another. Each must have its end: a cut one is no shorter file."""

    def __init__(self, file: BinaryIO, name: str, begin: Any) -> None:
        self._file = file
        self._name = name
        self._begin = begin
        self._part: Any = None
        self._rest = b""
        self._made = memoryview(b"")

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Put the next bytes into the buffer; return how many, 0 at the end. Raises NotWhole."""
        while not self._made:
            data = self._rest or self._file.read(_READ_BYTES)
            if not data:
                if self._part is not None:
                    raise NotWhole(f"{self._name} is not whole: its compressed data is cut short")
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
