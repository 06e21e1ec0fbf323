"""Numbers, widths of texts, and the small shapes that every chart draws."""

import math
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

FEW: Final = 5
"""Below this number of things, a sentence says more than a drawing."""

Tone = Literal["plain", "question", "good", "bad", "unsure", "learning", "peer"]
"""What a colour stands for. A shape, a sign or a word always says the same."""

Shape = Literal["circle", "square", "triangle", "diamond", "hexagon", "pennant"]

SIZE: Final = 18
"""The width and height of a shape, in CSS pixels."""

_NARROW: Final = frozenset("ijlftrI.,:;'|!()[]/ -")
_WIDE: Final = frozenset("mwMWQOGD@%&—…")

Point = tuple[float, float]


def number(value: float) -> float:
    """Return the number with at most one decimal, and as an integer if it has none."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def percent(part: float, whole: float) -> float:
    """Return the part as a percentage of the whole, from 0 to 100; 0 if there is no whole."""
    return number(min(max(100 * part / whole, 0), 100)) if whole > 0 else 0


def text_width(text: str, size: float = 12) -> float:
    """Return a width that the text does not exceed in the usual sans-serif fonts, in CSS pixels."""
    return sum(map(_WIDTHS.__getitem__, text)) * size


def _character_width(character: str) -> float:
    if character in _NARROW:
        return 0.42
    if character in _WIDE:
        return 1.05
    if character.isascii():
        return 0.72 if character.isupper() else 0.65
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    if unicodedata.category(character) == "So":
        return 1.4
    return 1.05 if unicodedata.east_asian_width(character) in "WF" else 0.85


class _Widths(dict[str, float]):
    """The widths of characters. Those of ASCII are computed once: a chart measures thousands of characters."""

    def __missing__(self, character: str) -> float:
        return _character_width(character)


_WIDTHS: Final = _Widths({chr(code): _character_width(chr(code)) for code in range(128)})


def lines_of(text: str, width: float, size: float = 12) -> tuple[str, ...]:
    """Return the text in lines of at most the width. A longer word has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return tuple(lines)


@dataclass(frozen=True)
class Mark:
    """One thing, drawn as a small shape that leads to its words. `label` is its name for everybody, drawn or not."""

    label: str
    href: str | None = None
    shape: Shape = "circle"
    tone: Tone = "plain"
    private: bool = False
    """Hatched."""
    hollow: bool = False
    """Only an outline."""

    @property
    def path(self) -> str:
        """The outline in a square of `SIZE`."""
        return _outline(self.shape)

    @property
    def hatching(self) -> str:
        """Parallel lines inside the outline."""
        return _hatched(self.shape)


def _circle(radius: float, corners: int, turned: float = 0) -> tuple[Point, ...]:
    angles = [(index / corners + turned) * math.tau for index in range(corners)]
    middle = SIZE / 2
    return tuple((middle + radius * math.cos(a), middle + radius * math.sin(a)) for a in angles)


_CORNERS: Final[dict[Shape, tuple[Point, ...]]] = {
    "circle": _circle(7.5, 20),
    "square": ((2.5, 2.5), (15.5, 2.5), (15.5, 15.5), (2.5, 15.5)),
    "triangle": ((9, 1.5), (17, 16), (1, 16)),
    "diamond": _circle(8.5, 4),
    "hexagon": _circle(8, 6),
    "pennant": ((1, 2), (17, 2), (9, 16.5)),
}


@cache
def _outline(shape: Shape) -> str:
    return _path(_CORNERS[shape], closed=True)


@cache
def _hatched(shape: Shape) -> str:
    return "".join(_path(line) for line in _hatching(_CORNERS[shape]))


def _hatching(corners: tuple[Point, ...]) -> list[tuple[Point, ...]]:
    """Where the lines x + y = 10, 14, … cross the outline, which is convex."""
    lines = []
    for total in range(6, 2 * SIZE, 4):
        crossed = []
        for (x, y), (next_x, next_y) in zip(corners, (*corners[1:], corners[0]), strict=True):
            before, after = x + y - total, next_x + next_y - total
            if (before < 0) != (after < 0):
                part = before / (before - after)
                crossed.append((x + part * (next_x - x), y + part * (next_y - y)))
        if len(crossed) == 2:
            lines.append(tuple(crossed))
    return lines


def _path(points: tuple[Point, ...], closed: bool = False) -> str:
    places = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"M{places}{'Z' if closed else ''}"
