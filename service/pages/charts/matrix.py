"""Rows by columns, with a count or with marks in each cell."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from service.pages.charts.geometry import Mark, number

RADIUS_MAX: Final = 20
RADIUS_MIN: Final = 9
"""Of the circle behind a count: its area grows with the count, but a number of two digits fits into the least."""

K = TypeVar("K", bound=Hashable)
C = TypeVar("C", bound=Hashable)


@dataclass(frozen=True)
class Count:
    """How many, and the address of them."""

    count: int
    href: str | None = None


@dataclass(frozen=True)
class Heading:
    """The name of a row or a column, with its address if it has one. `language` is that of the text, if it is known."""

    text: str
    href: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Cell:
    """A count with the radius of its circle, or marks. An empty cell has neither."""

    count: int = 0
    radius: float = 0
    href: str | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row with its sum, if sums are shown."""

    heading: Heading
    cells: tuple[Cell, ...]
    total: int | None

    @property
    def is_filled(self) -> bool:
        """Whether any of its cells has something."""
        return any(cell.count for cell in self.cells)


@dataclass(frozen=True)
class Matrix:
    """What the template draws. `rows_title` and `columns_title` name the two directions."""

    rows_title: str
    columns_title: str
    columns: tuple[Heading, ...]
    rows: tuple[Row, ...]
    column_totals: tuple[int, ...] | None
    total: int


def of_counts(
    rows: Mapping[K, Heading],
    columns: Mapping[C, Heading],
    counts: Mapping[tuple[K, C], Count],
    *,
    titles: tuple[str, str] = ("", ""),
    row_totals: bool = False,
    column_totals: bool = False,
) -> Matrix:
    """Return the counts by row and column. Counts of an unknown row or column are left out.

    `titles` are those of the rows and of the columns.
    """
    most = max(
        (counts[place].count for place in counts if place[0] in rows and place[1] in columns),
        default=0,
    )
    cells = {
        (row, column): _cell(counts.get((row, column), Count(0)), most)
        for row in rows
        for column in columns
    }
    return _matrix(rows, columns, cells, titles, row_totals, column_totals)


def of_marks(
    rows: Mapping[K, Heading],
    columns: Mapping[C, Heading],
    marks: Mapping[tuple[K, C], Sequence[Mark]],
    *,
    titles: tuple[str, str] = ("", ""),
    row_totals: bool = False,
    column_totals: bool = False,
) -> Matrix:
    """Return the marks by row and column. Marks of an unknown row or column are left out."""
    cells = {}
    for row in rows:
        for column in columns:
            here = tuple(marks.get((row, column), ()))
            cells[row, column] = Cell(len(here), marks=here)
    return _matrix(rows, columns, cells, titles, row_totals, column_totals)


def _matrix(
    rows: Mapping[K, Heading],
    columns: Mapping[C, Heading],
    cells: Mapping[tuple[K, C], Cell],
    titles: tuple[str, str],
    row_totals: bool,
    column_totals: bool,
) -> Matrix:
    return Matrix(
        *titles,
        columns=tuple(columns.values()),
        rows=tuple(
            Row(
                heading,
                tuple(cells[row, column] for column in columns),
                sum(cells[row, column].count for column in columns) if row_totals else None,
            )
            for row, heading in rows.items()
        ),
        column_totals=(
            tuple(sum(cells[row, column].count for row in rows) for column in columns)
            if column_totals
            else None
        ),
        total=sum(cell.count for cell in cells.values()),
    )


def _cell(count: Count, most: int) -> Cell:
    if count.count <= 0:
        return Cell()
    radius = max(RADIUS_MAX * math.sqrt(count.count / most), RADIUS_MIN)
    return Cell(count.count, number(radius), count.href)
