"""Seals what a page has shown, so that what is confirmed is exactly that. `routes` calls it.

The events of a file are in the form that confirms them, signed with the secret of the session; nothing is kept here.
"""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable, Sequence
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac
from typing import Final

import orjson

from service.pages.sheets.files.table import Place
from service.pages.sheets.sheet_event import SheetEvent

SEALED_BYTES_MAX: Final = 4 * 1024 * 1024
"""The largest sealed text that is given out, and read again."""
_USE: Final = b"howcanwe sheets\n"


class NotSealed(Exception):
    """The text is none that was sealed in this session."""


def sealed(events: Iterable[SheetEvent], secret: str) -> str:
    """Return the events as a text that only this session can make."""
    parts = [
        (
            *(one.place.sheet, one.place.row, one.content),
            *(dict(one.columns), [*one.titles.items()]),
        )
        for one in events
    ]
    packed = zlib.compress(orjson.dumps(parts))
    return f"{_signature(packed, secret)}.{urlsafe_b64encode(packed).decode()}"


def unsealed(text: str, secret: str) -> Sequence[SheetEvent]:
    """Return the events that were sealed. Raises NotSealed."""
    signature, _, rest = text.partition(".")
    try:
        packed = urlsafe_b64decode(rest)
    except (Error, ValueError):
        raise NotSealed from None
    if not compare_digest(signature.encode(), _signature(packed, secret).encode()):
        raise NotSealed
    return [
        SheetEvent(Place(sheet, row), content, columns, titles=dict(titles))
        for sheet, row, content, columns, titles in orjson.loads(zlib.decompress(packed))
    ]


def _signature(packed: bytes, secret: str) -> str:
    return hmac(secret.encode(), _USE + packed, sha256).hex()
