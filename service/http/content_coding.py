"""Compresses answers with zstd or gzip for clients that accept it. `GET /events` uses it, except for live streams.

Starlette's middleware has no zstd and does not read qualities, and a middleware would be for all routes alike.

Compression makes the length of an answer depend on secrets in it. To guess at them so (BREACH, 2013), somebody must
make another's client ask again and again, with words of their own in each answer. Neither is possible here: a request
comes with a key that no browser sends by itself, cookies open nothing, and nothing of a request is in its answer. Who
wants words of their own beside a hidden line records an event for each guess, with a random salt and hash, and has to
wait for the next reading.
"""

import asyncio
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import Final, Protocol

import zstandard

from service.http.requests.accept import accepted_coding

HEADER: Final = "Content-Encoding"

_ZSTD_LEVEL: Final = 1
_GZIP_LEVEL: Final = 4
_GZIP_WINDOW_BITS: Final = 31
_SMALL_BYTES: Final = 16_384
"""So much is compressed faster than another thread is asked to."""


class _Compressor(Protocol):
    """Makes one frame or member, so that its end is the end of the content."""

    def part(self, data: bytes) -> bytes:
        """Return the data compressed, so that all of it can be decompressed without what follows."""

    def end(self) -> bytes:
        """Return the end, which has a checksum of the whole content."""


class _Zstd:
    def __init__(self) -> None:
        made = zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)
        self._frame = made.compressobj()

    def part(self, data: bytes) -> bytes:
        return self._frame.compress(data) + self._frame.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def end(self) -> bytes:
        return self._frame.flush()


class _Gzip:
    def __init__(self) -> None:
        self._member = zlib.compressobj(_GZIP_LEVEL, wbits=_GZIP_WINDOW_BITS)

    def part(self, data: bytes) -> bytes:
        return self._member.compress(data) + self._member.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._member.flush()


_COMPRESSORS: Final[dict[str, Callable[[], _Compressor]]] = {"zstd": _Zstd, "gzip": _Gzip}


def coding_for(accept_encoding: Sequence[str]) -> str | None:
    """Return the coding for a client with these `Accept-Encoding` headers; None for content as it is."""
    return accepted_coding(accept_encoding, tuple(_COMPRESSORS))


async def encoded(coding: str | None, parts: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    """Yield the content in the coding, each part as soon as it is there.

    If the parts break off with an error, so does this: the frame then has no end, by which a reader notices it even if
    the connection does not show it.
    """
    compressor = _COMPRESSORS[coding]() if coding is not None else None
    async with aclosing(parts):
        async for part in parts:
            yield part if compressor is None else await _compressed(compressor, part)
    if compressor is not None:
        yield compressor.end()


async def encoded_whole(coding: str | None, content: bytes) -> bytes:
    """Return the content in the coding."""
    if coding is None:
        return content
    compressor = _COMPRESSORS[coding]()
    return await _compressed(compressor, content) + compressor.end()


async def _compressed(compressor: _Compressor, data: bytes) -> bytes:
    if len(data) <= _SMALL_BYTES:
        return compressor.part(data) if data else b""
    # In a thread, so that other requests are answered meanwhile.
    return await asyncio.to_thread(compressor.part, data)
