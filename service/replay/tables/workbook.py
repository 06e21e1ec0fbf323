"""Tables as one workbook (.xlsx): a sheet for each, and one that says what the columns mean."""

import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from service.replay.errors import NotWhole, ReplayError
from service.replay.tables.cells import listed
from service.replay.tables.dictionary import type_name
from service.replay.tables.log_tables import LogTable, LogTables

CELL_LENGTH_MAX: Final = 32_767
ROWS_MAX: Final = 1_048_576
"""What a cell and a sheet of Excel may have."""

_FIRST_YEAR: Final = 1900
"""Excel has no earlier days."""
_UNWRITABLE: Final = "\ufffd"
_HEADINGS: Final = ("table", "column", "title", "description", "type", "values")


def write_workbook(tables: LogTables, path: Path) -> None:
    """Write the workbook. Raises ReplayError if a table or a text does not fit into one."""
    made = Workbook(write_only=True)
    about = made.create_sheet("about")
    about.freeze_panes = "A2"
    for row in _about(tables):
        about.append([_cell(about, value) for value in row])
    for table in tables.values():
        _write(made.create_sheet(table.name), table)
    made.save(path)


def check(path: Path) -> int:
    """Compare all of a workbook with its checksums; return how many sheets it has. Raises NotWhole."""
    try:
        with ZipFile(path) as parts:
            damaged = parts.testzip()
            sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise NotWhole(f"{path} is not whole: {error}") from None
    if damaged is not None:
        raise NotWhole(f"{path} is not whole: {damaged} differs from its checksum")
    return len(sheets)


def _write(sheet: Any, table: LogTable) -> None:
    if len(table) >= ROWS_MAX:
        raise ReplayError(
            f"{table.name} has {len(table):,} rows, more than a sheet can have; name a folder or a .duckdb file"
        )
    names = [column.name for column in table.definition.columns]
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{len(table) + 1}"
    sheet.append(names)
    for row in table:
        sheet.append([_cell(sheet, value) for value in row.values()])


def _about(tables: LogTables) -> Iterator[tuple[Any, ...]]:
    yield _HEADINGS
    yield ("", "", "", f"As of position {tables.position}, as {tables.viewer} sees it.", "", "")
    yield ("", "", "", "Times are in UTC.", "", "")
    for table in tables.values():
        yield (table.name, "", "", table.definition.description, "", "")
        for column in table.definition.columns:
            values = column.terms.terms if column.terms else ()
            yield (
                table.name,
                column.name,
                column.title,
                column.description,
                f"list of {type_name(column)}" if column.is_list else type_name(column),
                "; ".join(f"{term.value}: {term.title}" for term in values),
            )


def _cell(sheet: Any, value: Any) -> Any:
    """Return a value as a cell: a text is never a formula, and a time is in UTC without saying so."""
    match value:
        case list():
            return _cell(sheet, listed(value))
        case datetime():
            value = value.replace(tzinfo=None)
            return value if value.year >= _FIRST_YEAR else value.isoformat(sep=" ")
        case date():
            return value if value.year >= _FIRST_YEAR else value.isoformat()
        case str():
            if len(value) > CELL_LENGTH_MAX:
                raise ReplayError(
                    f"a text has {len(value):,} characters, more than a cell can have; name a folder or a .duckdb file"
                )
            text = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(_UNWRITABLE, value))
            text.data_type = "s"
            return text
        case _:
            return value
