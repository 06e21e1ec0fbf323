"""The files that pages load: one stylesheet, put together from those of the rooms, our ES modules, and the icon.

The name of a file has the hash of its content, so that a browser asks for it once. A page that needs several modules
loads them as one file, whose name has their names.
"""

import re
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
_SCRIPT: Final = ".js"
_AND: Final = "+"
_SEVERAL: Final = re.compile(rf"([a-z_]+(?:\+[a-z_]+)+)-[0-9a-f]{{{_HEX_DIGITS}}}\.js")


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
def styles(*names: str) -> str:
    """Return stylesheets with these names as one, for a document that brings its own."""
    found = {one.name: one for one in _files(files(ROOM)) if one.name.endswith(".css")}
    return "\n".join(found[name].read_text("utf-8") for name in names)


@cache
def asset(*names: str) -> Asset:
    """Return a file, or several modules as one: each in a block of its own, in this order."""
    if len(names) == 1:
        return assets()[names[0]]
    blocks = (b"{\n" + assets()[name].content + b"}\n" for name in names)
    return _asset(
        _AND.join(name.removesuffix(_SCRIPT) for name in names) + _SCRIPT, b"".join(blocks)
    )


def asset_at(hashed: str) -> Asset | None:
    """Return the file with this name in addresses; None if there is none, or it has another content by now."""
    if (found := by_address().get(hashed)) is not None:
        return found
    if (several := _SEVERAL.fullmatch(hashed)) is None:
        return None
    names = [name + _SCRIPT for name in several[1].split(_AND)]
    if len(names) != len(set(names)) or not all(name in assets() for name in names):
        return None
    made = asset.__wrapped__(*names)
    return made if made.hashed == hashed else None


@cache
def by_address() -> Mapping[str, Asset]:
    """Return the files by their names in addresses, without those of several modules."""
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
