"""A share as squares that can be counted: nine of fourteen are filled."""

from dataclasses import dataclass
from typing import Final

from service.pages.charts.geometry import FEW, Tone

COLUMNS: Final = 10
SIDE: Final = 14
STEP: Final = 18
SQUARES_MAX: Final = 200
"""For more things, the squares stand for parts of a hundred."""


@dataclass(frozen=True)
class Square:
    """One thing of the whole."""

    x: int
    y: int
    filled: bool


@dataclass(frozen=True)
class Squares:
    """What the template draws: nothing but the sentence if there are few."""

    sentence: str
    tone: Tone
    squares: tuple[Square, ...]
    width: int
    height: int
    of_hundred: bool


def squares(part: int, whole: int, sentence: str, tone: Tone = "question") -> Squares:
    """Return a square for each thing, ten in a row, the part first. Raises ValueError if the part exceeds the whole."""
    if not 0 <= part <= whole:
        raise ValueError(f"A share has a part between 0 and the whole: {part} of {whole}.")
    of_hundred = whole > SQUARES_MAX
    filled, shown = (round(100 * part / whole), 100) if of_hundred else (part, whole)
    found = tuple(
        Square(index % COLUMNS * STEP + 1, index // COLUMNS * STEP + 1, index < filled)
        for index in range(shown if whole >= FEW else 0)
    )
    rows = -(-len(found) // COLUMNS)
    return Squares(sentence, tone, found, min(len(found), COLUMNS) * STEP, rows * STEP, of_hundred)
