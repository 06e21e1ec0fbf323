"""QR codes, drawn as one path."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import segno

QUIET: Final = 4
"""The width of the empty margin that readers need, in modules."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code in a square of `size` units, its margin included. `path` draws the dark modules."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """Return the QR code of a text. It can be read with 15 % of it damaged, as paper on a wall may be."""
    matrix = segno.make_qr(text, error="m", boost_error=False).matrix
    runs = []
    for y, row in enumerate(matrix, QUIET):
        x = QUIET
        for is_dark, modules in groupby(row):
            width = len(list(modules))
            if is_dark:
                runs.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return QrCode(len(matrix) + 2 * QUIET, "".join(runs))
