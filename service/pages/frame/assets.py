"""The files that pages load: one stylesheet, put together from those of the rooms, our ES modules, and the icon.

The name of a file has the hash of its content, so that a browser asks for it once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from service.pages.frame.page import ROOM

STYLESHEET: Final = "howcanwe.css"

_MEDIA: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FIRST: Final = ("palette.css", "frame.css")
"""The parts of the stylesheet that come before all others."""
_HEX_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load: its name in templates, its name in addresses, its media type and its content."""

    name: str
    hashed: str
    media_type: str
    content: bytes

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"/assets/{self.hashed}"


@cache
def assets() -> Mapping[str, Asset]:
    """Return the files by their names in templates."""
    found = list(_files(files(ROOM)))
    styles = sorted(
        (one for one in found if one.name.endswith(".css")),
        key=lambda one: (_FIRST.index(one.name) if one.name in _FIRST else len(_FIRST), one.name),
    )
    contents = {STYLESHEET: b"\n".join(one.read_bytes() for one in styles)}
    contents |= {one.name: one.read_bytes() for one in found if not one.name.endswith(".css")}
    return {name: _asset(name, content) for name, content in contents.items()}


@cache
def by_address() -> Mapping[str, Asset]:
    """Return the files by their names in addresses."""
    return {asset.hashed: asset for asset in assets().values()}


def _asset(name: str, content: bytes) -> Asset:
    stem, dot, suffix = name.rpartition(".")
    hashed = f"{stem}-{sha256(content).hexdigest()[:_HEX_DIGITS]}{dot}{suffix}"
    return Asset(name, hashed, _MEDIA[dot + suffix], content)


def _files(folder: Traversable) -> list[Traversable]:
    found = []
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            found += _files(one)
        elif one.name.endswith(tuple(_MEDIA)):
            found.append(one)
    return found
