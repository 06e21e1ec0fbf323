"""Where a visitor goes after signing in: a page of ours, never another site."""

import re
from typing import Final

HOME: Final = "/"

CHARACTERS_MAX: Final = 2_000
# Browsers read `\` as `/`, drop control characters, and take what follows `//` for a host.
_LOCAL: Final = re.compile(r"/(?!/)[!-\[\]-~]*")


def destination(to: str | None) -> str:
    """Return `to` if it is a path of this service, with its query; otherwise the first page."""
    if to is None or len(to) > CHARACTERS_MAX or _LOCAL.fullmatch(to) is None:
        return HOME
    return to
