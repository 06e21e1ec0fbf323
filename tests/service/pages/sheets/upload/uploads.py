"""Sheets of notes, and uploads as a browser without scripts sends them."""

from html import unescape
from typing import Any
from uuid import uuid4

import httpx

from tests.service.pages.record.forms import OWN, FormReader
from tests.service.pages.sheets.workbooks import NOTES, written
from tests.service.pages.sign_in.browser import Visitor

SHEETS = "/record/sheets"
MILL = "organisation/mill-museum"
BOUNDARY = "----a boundary"
"""What parts the fields of a form."""


def multipart(file: bytes, **fields: str) -> bytes:
    """Return the body of a form with a file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = 'Content-Disposition: form-data; name="file"; filename="Grüße.xlsx"\r\nContent-Type: a/b'
    last = f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode()
    return b"".join([*parts, last, file, f"\r\n--{BOUNDARY}--\r\n".encode()])


async def upload(
    visitor: Visitor, file: bytes, headers: dict[str, str] | None = None, **fields: str
) -> httpx.Response:
    """Upload a file with the form's own token, unless the fields have another one."""
    given = {"token": await visitor.token(), **fields}
    sent = {"content-type": f'multipart/form-data; boundary="{BOUNDARY}"'}
    body = multipart(file, **given)
    return await visitor.send("POST", SHEETS, body, sent | (OWN if headers is None else headers))


def sealed_in(answer: httpx.Response) -> dict[str, str]:
    """Return what the form contains that confirms an upload."""
    found = FormReader(answer.text, f"{SHEETS}/recorded").values
    return {name: values[-1] for name, values in found.items()}


async def confirm(visitor: Visitor, shown: httpx.Response) -> httpx.Response:
    """Confirm what a page has shown; return what was recorded."""
    answer = await visitor.post(f"{SHEETS}/recorded", **sealed_in(shown))
    assert answer.status_code == 303, answer.text
    return await visitor.get(answer.headers["location"])


def text(answer: httpx.Response) -> str:
    """Return a page's text, with its marks."""
    return " ".join(unescape(answer.text).split())


def note(words: str, about: str = MILL, id_: str | None = None) -> list[str]:
    """Return a row of a sheet of notes."""
    return [id_ or str(uuid4()), "2024-05-01", about, words]


def notes(*rows: list[str], **more: Any) -> bytes:
    """Return a workbook of notes."""
    return written({"A note": [NOTES, *rows], **more})
