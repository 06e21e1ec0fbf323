"""Reading a request's body, never more of it than is allowed."""

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

    Raises Problem: 413 after reading at most the limit, whatever length was declared and however well it is compressed;
    415 for an unknown content encoding; 400 for broken compression.
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
        raise problem(415, "content_encoding", "the content encoding gzip, deflate or none")
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
        # Nobody is there to be answered: this is no mistake of ours to be noted.
        raise malformed("the whole body", "body.incomplete") from None
    if decompress is not None and received and not decompress.eof:
        raise malformed("the whole of the compressed body", "body.compression")
    return b"".join(parts)


def _exceeds(declared: str, bytes_max: int) -> bool:
    """Say whether a declared length is one, and beyond the limit; a number of any length is told by its digits."""
    if not declared.isascii() or not declared.isdigit():
        return False
    digits = declared.lstrip("0")
    return len(digits) > len(str(bytes_max)) or int(digits or "0") > bytes_max


def _decompressed(decompress: "zlib._Decompress", chunk: bytes, room: int) -> bytes:
    try:
        data = decompress.decompress(chunk, room + 1)
    except zlib.error:
        raise malformed(
            "a body compressed as its Content-Encoding says", "body.compression"
        ) from None
    if decompress.unused_data:
        # It would be left unread without a word.
        raise malformed("nothing after the compressed body", "body.compression")
    return data


def _too_large(bytes_max: int) -> Problem:
    # However much of the rest is drained, there may be more: the connection cannot be used again.
    detail = f"a body of at most {bytes_max} bytes"
    return problem(413, "body.too_large", detail, headers={"Connection": "close"})
