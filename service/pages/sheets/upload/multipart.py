"""Reads forms with a file (multipart/form-data, RFC 7578), as browsers send them. `routes` calls it."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

MULTIPART: Final = "multipart/form-data"
_PARTS_MAX: Final = 20
_HEAD_BYTES_MAX: Final = 4_096
_LINE: Final = b"\r\n"


@dataclass(frozen=True, slots=True)
class SentPart:
    """A field of a form. `filename` is None if it is no file."""

    content: bytes
    filename: str | None = None

    @property
    def text(self) -> str:
        """The content as text; what is not UTF-8 is replaced."""
        return self.content.decode(errors="replace")


def parts_of(body: bytes, content_type: str) -> Mapping[str, SentPart]:
    """Return the fields of a form by their names; of several with a name, the last. Raises ValueError."""
    boundary = _header(content_type).get_param("boundary", header="content-disposition")
    if not isinstance(boundary, str) or not boundary:
        raise ValueError("the form names no boundary")
    delimiter = b"--" + boundary.encode(errors="replace")
    # What comes before the first delimiter is no part, and after the last one are two hyphens.
    _, *parts = (_LINE + body).split(_LINE + delimiter)
    if not parts or not parts[-1].startswith(b"--"):
        raise ValueError("the form does not end")
    if len(parts) > _PARTS_MAX:
        raise ValueError("the form has too many fields")
    found = {}
    for part in parts[:-1]:
        head, between, content = part.partition(_LINE * 2)
        if not between or len(head) > _HEAD_BYTES_MAX:
            raise ValueError("a field of the form has no head")
        name, filename = _names(head)
        found[name] = SentPart(content, filename)
    return found


def _names(head: bytes) -> tuple[str, str | None]:
    """Return the name of a field, and that of its file."""
    for line in head.decode(errors="replace").splitlines():
        title, _, value = line.partition(":")
        if title.strip().lower() == "content-disposition":
            header = _header(value)
            name, filename = (
                header.get_param(one, header="content-disposition") for one in ("name", "filename")
            )
            if isinstance(name, str):
                return name, filename if isinstance(filename, str) else None
    raise ValueError("a field of the form has no name")


def _header(value: str) -> EmailMessage:
    found = EmailMessage()
    try:
        found["content-disposition"] = value.strip()
    except (IndexError, RecursionError):
        # The library raises them for some values that are no headers.
        raise ValueError("a field of the form has no head") from None
    return found
