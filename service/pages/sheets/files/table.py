"""Tables: what a sheet of a workbook, or a CSV file, contains. `workbook` and `csv_file` make them.

Rows and columns are counted from 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Final

from openpyxl.utils import get_column_letter

FAULTS_SHOWN_MAX: Final = 200
TITLE_CHARACTERS_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a file is read: its bytes, the members and unpacked bytes of its archive, its rows and its cells.

    Rows and cells that are empty do not count, but for `places_max`, which bounds all that a reader goes through.
    `elements_max` bounds the elements of its XML. As one text may stand in many cells, these have no more characters
    than there are bytes.
    """

    file_bytes_max: int
    members_max: int
    unpacked_bytes_max: int
    rows_max: int
    cells_max: int
    places_max: int
    elements_max: int

    def check(self, rows: int, cells: int) -> None:
        """Raise ValueError if a file has too many rows or cells."""
        if rows > self.rows_max:
            raise ValueError(f"the file has more than {self.rows_max:,} rows")
        if cells > self.cells_max:
            raise ValueError(f"the file has more than {self.cells_max:,} cells")

    def check_places(self, places: int, characters: int) -> None:
        """Raise ValueError if a reader goes through too many rows and cells, or they have too many characters."""
        if places > self.places_max:
            raise ValueError(
                f"the file goes over more than {self.places_max:,} rows and cells, empty ones among them"
            )
        if characters > self.unpacked_bytes_max:
            raise ValueError(
                f"the cells of the file have more than {self.unpacked_bytes_max:,} characters"
            )


WIDE: Final = Bounds(
    50 * 1024 * 1024, 1_000, 400 * 1024 * 1024, 100_000, 5_000_000, 100_000_000, 25_000_000
)
"""What `howcanwe record` reads. Excel writes fewer than a hundred members, of which the sheets are the largest."""


def shortly(numbers: Iterable[int]) -> str:
    """Return numbers in their order as a text, which ends after the tenth."""
    found = sorted(numbers)
    return ", ".join(map(str, found[:10])) + (", …" if len(found) > 10 else "")


def shortened(text: str, characters_max: int) -> str:
    """Return a text in one line, without its end if it is long."""
    plain = " ".join(text.split())
    is_long = len(plain) > characters_max
    return f"{plain[: characters_max - 1].rstrip()}…" if is_long else plain


Value = str | int | float | bool | date | datetime | time


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What a cell contains instead of a value: the sentence that says what is wrong with it."""

    detail: str


Cells = Mapping[int, Value | Unreadable]
"""The cells of a row that are not empty, by their columns, counted from 1."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row with at least one cell that is not empty."""

    number: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet, a row or a cell of a file; `sheet` is None in a file that is one table.

    `title` is what the first row calls the column; None if it calls it nothing.
    """

    sheet: str | None = None
    row: int | None = None
    column: int | None = None
    title: str | None = field(default=None, compare=False)

    @property
    def letter(self) -> str | None:
        """The letters of the column, None if it is not one."""
        return None if self.column is None else get_column_letter(self.column)

    def at(self, column: int | None, title: str | None = None) -> "Place":
        """Return the cell of a column of this row."""
        return replace(self, column=column, title=title)

    def __str__(self) -> str:
        parts = [] if self.sheet is None else [f"sheet '{self.sheet}'"]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            called = "" if self.title is None else f" '{self.title}'"
            parts.append(f"column {self.letter}{called}")
        return ", ".join(parts) or "the file"


@dataclass(frozen=True)
class Table:
    """A sheet. `name` is None in a file that is one table; `hidden` are the numbers of hidden rows."""

    name: str | None
    rows: Sequence[Row]
    merged: Sequence[str] = ()
    hidden: frozenset[int] = frozenset()

    @cached_property
    def titles(self) -> Mapping[int, str]:
        """What the first row calls each column, without the mark of what is needed, and shortened."""
        header = self.rows[0].cells if self.rows else {}
        return {
            column: shortened(cell.rstrip(" *"), TITLE_CHARACTERS_MAX)
            for column, cell in header.items()
            if isinstance(cell, str)
        }

    def place(self, row: int | None = None, column: int | None = None) -> Place:
        """Return a place in this table."""
        is_header = not self.rows or row == self.rows[0].number
        title = None if is_header or column is None else self.titles.get(column)
        return Place(self.name, row, column, title)


@dataclass(frozen=True, slots=True)
class SheetFault:
    """Something that is wrong with a file, and where. `detail` is an English sentence.

    `rule` is the rule that refuses the row, "" where that is its form.
    """

    place: Place
    detail: str
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.detail}{f' ({self.rule})' if self.rule else ''}"
