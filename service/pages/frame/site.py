"""What the operator says of this installation: its address and its licence. Pages and the commons state them."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from service.settings import Settings

_SPDX: Final = "https://spdx.org/licenses"
_TAGGED_SINCE: Final = "2026"
"""The year in which the ids of feeds were defined. A `tag:` URI needs a date (RFC 4151)."""


@dataclass(frozen=True, slots=True)
class Licence:
    """The licence of what is public, and the address of its text. `spdx` is its SPDX id, if it was given by that."""

    name: str
    address: str
    spdx: str | None

    @classmethod
    def of(cls, given: str) -> "Licence":
        """Return the licence with this SPDX id or address."""
        if "://" in given:
            return cls(given, given, None)
        return cls(given, f"{_SPDX}/{given}.html", given)


@dataclass(frozen=True, slots=True)
class Site:
    """An installation: the address with which its absolute addresses begin, and the licence of what is public.

    `licence` is None if the operator states none.
    """

    address: str
    licence: Licence | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Site":
        """Return what the settings say."""
        return cls(settings.address, Licence.of(settings.licence) if settings.licence else None)

    def tag(self, name: str) -> str:
        """Return the id in feeds of what has this name, which stays the same."""
        host = (urlsplit(self.address).hostname or "localhost").replace(":", "-")
        return f"tag:{host},{_TAGGED_SINCE}:{quote(name, safe='/@?=&')}"


NOWHERE: Final = Site("")
"""A site without an address: addresses stay within it."""
