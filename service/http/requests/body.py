"""Reads a request's body up to the limit, and decompresses it."""

import zlib
from typing import Final

from starlette.requests import ClientDisconnect, Request

from service.problems import Problem, malformed, problem

_ENCODINGS: Final = {
    "gzip": 16 + zlib.MAX_WBITS,
    "x-gzip": 16 + zlib.MAX_WBITS,
    "deflate": zlib.MAX_WBITS,
}


async def read_body(request: Request, bytes_max: int) -> bytes:
    """Return the body, decompressed.

    Raises Problem: 413 if the body exceeds the limit, of which no more is read (even if it is compressed or declares
    another length); 415 for an unknown content encoding; 400 for invalid compression.
    """
    declared = request.headers.get("content-length", "")
    if _exceeds(declared, bytes_max):
        raise _too_large(bytes_max)
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        decompress = None
    elif encoding in _ENCODINGS:
        decompress = zlib.decompressobj(_ENCODINGS[encoding])
    else:
        expected = "the content encoding gzip, deflate or none"
        detail = "The content encoding of the body is not supported"
        raise problem(415, "content_encoding", detail, expected=expected)
    parts: list[bytes] = []
    received = length = 0
    try:
        async for chunk in request.stream():
            received += len(chunk)
            if decompress is not None:
                chunk = _decompressed(decompress, chunk, bytes_max - length)
            length += len(chunk)
            if max(length, received) > bytes_max:
                raise _too_large(bytes_max)
            parts.append(chunk)
    except ClientDisconnect:
        # The client is gone, so nobody reads this; raising a Problem keeps it from being logged as our error.
        raise malformed(
            "The body is incomplete", "body.incomplete", expected="the whole body"
        ) from None
    if decompress is not None and received and not decompress.eof:
        raise malformed(
            "The compressed body is incomplete",
            "body.compression",
            expected="the whole of the compressed body",
        )
    return b"".join(parts)


def _exceeds(declared: str, bytes_max: int) -> bool:
    """Return whether the declared length is a number above the limit; it may have any number of digits."""
    if not declared.isascii() or not declared.isdigit():
        return False
    digits = declared.lstrip("0")
    return len(digits) > len(str(bytes_max)) or int(digits or "0") > bytes_max


def _decompressed(decompress: "zlib._Decompress", chunk: bytes, room: int) -> bytes:
    try:
        data = decompress.decompress(chunk, room + 1)
    except zlib.error:
        raise malformed(
            "The body cannot be decompressed",
            "body.compression",
            expected="a body compressed as its Content-Encoding says",
        ) from None
    if decompress.unused_data:
        # It would otherwise be ignored silently.
        raise malformed(
            "Further bytes follow the compressed body",
            "body.compression",
            expected="nothing after the compressed body",
        )
    return data


def _too_large(bytes_max: int) -> Problem:
    # More of the body may follow than is drained, so the connection cannot be used again.
    expected = f"a body of at most {bytes_max} bytes"
    headers = {"Connection": "close"}
    detail = "The body is too large"
    return problem(413, "body.too_large", detail, expected=expected, headers=headers)
