"""The table that stands beside a chart: what it shows, to read, to download as CSV, and as JSON."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

Value = str | int | float | None


@dataclass(frozen=True)
class Column:
    """`key` names the column for programs, `title` for the reader."""

    key: str
    title: str
    numeric: bool = False


@dataclass(frozen=True)
class Cell:
    """A value, with the address of what it counts or names. `text` is how the reader sees it, if not as it is.

    `language` is that of the text, if it is known.
    """

    value: Value
    href: str | None = None
    text: str | None = None
    language: str | None = None

    @property
    def shown(self) -> str:
        """The text of the cell; empty without a value."""
        return self.text if self.text is not None else "" if self.value is None else str(self.value)


@dataclass(frozen=True)
class Table:
    """Rows under a header. The first column names its row."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""

    def __post_init__(self) -> None:
        """Hold every row to the header. Raises ValueError for a row of another length."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(
                f"A row of the table {self.caption!r} has not as many cells as its header."
            )


def as_csv(table: Table) -> bytes:
    """Return the table as RFC 4180 has it, in UTF-8, with the keys of the columns as header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(column.key for column in table.columns)
    writer.writerows([cell.value for cell in row] for row in table.rows)
    return text.getvalue().encode()


def as_rows(table: Table) -> list[dict[str, Value]]:
    """Return an object for each row, ready for JSON."""
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, (cell.value for cell in row), strict=True)) for row in table.rows]
