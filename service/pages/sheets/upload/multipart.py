"""Reads forms with a file (multipart/form-data, RFC 7578), as browsers send them. `routes` calls it."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Final

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from service.privacy.uploads import UploadedFile

MULTIPART: Final = "multipart/form-data"
_FIELDS_MAX: Final = 20
_FILES_MAX: Final = 1

Fields = Mapping[str, Sequence[str]]
Files = Mapping[str, UploadedFile]


async def form_in(body: bytes, content_type: str) -> tuple[Fields, Files]:
    """Return the fields of a form and its files, by their names; of several with a name, the last.

    Raises ValueError.
    """
    try:
        form = await _Parser(body, content_type).parse()
    except MultiPartException as error:
        raise ValueError(f"the form cannot be read: {error.message}") from None
    fields, files = {}, {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files[name] = UploadedFile(value.filename or "", await value.read())
        else:
            fields[name] = [value]
    await form.close()
    return fields, files


class _Parser(MultiPartParser):
    """Starlette's parser, which keeps files in memory, never on a disk, and refuses a form that does not end."""

    spool_max_size = 0

    def __init__(self, body: bytes, content_type: str) -> None:
        headers = Headers({"content-type": content_type})
        super().__init__(headers, self._whole(body), max_files=_FILES_MAX, max_fields=_FIELDS_MAX)
        self._has_ended = False

    def on_end(self) -> None:
        self._has_ended = True

    async def _whole(self, body: bytes) -> AsyncGenerator[bytes]:
        yield body
        if not self._has_ended:
            raise MultiPartException("It does not end.")
