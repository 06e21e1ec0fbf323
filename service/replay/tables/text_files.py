"""Tables as CSV, for programs or for spreadsheets."""

import csv
from enum import Enum
from pathlib import Path
from typing import Final

from service.replay.tables.cells import cell, cell_for_excel
from service.replay.tables.log_tables import LogTable


class CsvFor(Enum):
    """Whom CSV is for: `PROGRAMS` (lists as JSON, times with an offset), or `EXCEL`."""

    PROGRAMS = "programs"
    EXCEL = "excel"


_CELLS: Final = {CsvFor.PROGRAMS: cell, CsvFor.EXCEL: cell_for_excel}
_ENCODINGS: Final = {CsvFor.PROGRAMS: "utf-8", CsvFor.EXCEL: "utf-8-sig"}


def write_csv(table: LogTable, path: Path, of: CsvFor) -> None:
    """Write a table as CSV (RFC 4180), its names first. For Excel it begins with a byte order mark."""
    written = _CELLS[of]
    with path.open("w", encoding=_ENCODINGS[of], newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in table.definition.columns)
        for row in table:
            writer.writerow([written(value) for value in row.values()])
