"""Keeps an uploaded file, with the ids and keys that were made for its rows, for its download. `routes` calls it."""

import asyncio
from collections.abc import Sequence
from pathlib import PureWindowsPath
from typing import Final
from uuid import UUID

from fastapi import Request

from service.access.signing_in.cookies import cookie_of
from service.pages.sheets.events import with_ids
from service.pages.sheets.upload.files import is_workbook
from service.pages.sheets.upload.judged import Judged, Status
from service.privacy.uploads import UploadedFile
from service.services import service_of

_NAME_CHARACTERS_MAX: Final = 200
_OF_THE_RECORD: Final = (Status.NEW, Status.REPEATED)


async def keep(request: Request, file: UploadedFile, outcome: Sequence[Judged]) -> str | None:
    """Keep a file with the ids and keys of the rows that are, or can be, recorded; return its id.

    None if it has them already, or if they cannot be written.
    """
    events = [one.event for one in outcome if one.status in _OF_THE_RECORD]
    secret = cookie_of(request)
    if secret is None:
        return None
    is_book = is_workbook(file.content)
    try:
        async with request.app.state.reading_sheets:
            content = await asyncio.to_thread(with_ids, file.content, events, is_workbook=is_book)
    except ValueError:
        return None
    if content is None:
        return None
    # Some browsers send the whole path.
    name = PureWindowsPath(file.name).name[-_NAME_CHARACTERS_MAX:]
    upload = UploadedFile(name or ("howcanwe.xlsx" if is_book else "howcanwe.csv"), content)
    id_ = await service_of(request).uploads.keep(secret, upload)
    return None if id_ is None else str(id_)


async def is_kept(request: Request, id_: str) -> bool:
    """Return whether the session has uploaded the file with this id, and can still download it."""
    asked = _asked(request, id_)
    return asked is not None and await service_of(request).uploads.has(*asked)


async def kept(request: Request, id_: str) -> UploadedFile | None:
    """Return the file with this id that the session has uploaded; None if there is none, or not any more."""
    asked = _asked(request, id_)
    return None if asked is None else await service_of(request).uploads.find(*asked)


def _asked(request: Request, id_: str) -> tuple[str, UUID] | None:
    """Return the secret of the session and the id, None if either is none."""
    secret = cookie_of(request)
    try:
        return None if secret is None else (secret, UUID(id_))
    except ValueError:
        return None
