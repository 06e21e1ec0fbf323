"""Tables: what a sheet of a workbook, or a CSV file, contains. `workbook` and `csv_file` make them.

Rows and columns are counted from 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from openpyxl.utils import get_column_letter

from events.vocabulary.faults import EventsError

ROWS_MAX: Final = 100_000
"""How many rows that are not empty a file may have."""
FILE_BYTES_MAX: Final = 50 * 1024 * 1024
"""How large a file may be."""
FAULTS_SHOWN_MAX: Final = 200

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
class Table:
    """A sheet. `name` is None in a file that is one table; `hidden` are the numbers of hidden rows."""

    name: str | None
    rows: Sequence[Row]
    merged: Sequence[str] = ()
    hidden: frozenset[int] = frozenset()

    def place(self, row: int | None = None, column: int | None = None) -> str:
        """Return a place in words, such as `sheet 'Failures', row 5, column F`."""
        parts = [] if self.name is None else [f"sheet '{self.name}'"]
        if row is not None:
            parts.append(f"row {row}")
        if column is not None:
            parts.append(f"column {get_column_letter(column)}")
        return ", ".join(parts) or "the file"


class SheetsRefused(EventsError):
    """Nothing of the file is recorded. The message has every fault with its place, up to a number, a line each."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        shown = [*self.faults[:FAULTS_SHOWN_MAX]]
        if len(self.faults) > len(shown):
            shown.append(f"and {len(self.faults) - len(shown)} more faults")
        super().__init__("\n".join([*shown, "nothing is recorded"]))
