"""Rows of marks that can be counted: who is still growing it, which inspiration was used."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.pages.charts.geometry import Mark
from service.pages.charts.matrix import Heading


@dataclass(frozen=True)
class Row:
    """Marks in the order in which they are counted. `sentence` says their number in words."""

    heading: Heading
    marks: Sequence[Mark]
    sentence: str = ""


@dataclass(frozen=True)
class Dots:
    """Rows, and a key to the marks in them."""

    rows: tuple[Row, ...]
    key: tuple[Mark, ...]


def dots(rows: Sequence[Row], key: Sequence[Mark] = ()) -> Dots:
    """Return the rows. The key has the marks given, without those that look like an earlier one."""
    looks: dict[tuple[object, ...], Mark] = {}
    for mark in key:
        looks.setdefault((mark.shape, mark.tone, mark.hollow, mark.private), mark)
    return Dots(tuple(rows), tuple(looks.values()))
