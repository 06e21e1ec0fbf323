"""Workbooks for tests: sheets by their names, with rows of values."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl

Sheets = Mapping[str, Sequence[Sequence[Any]]]

NOTES = ["id", "time", "about", "text"]
"""The columns of a sheet of notes."""
FIRST = ["n-1", "2026-03-01", "organisation/mill", "Signs were moved."]
SECOND = ["n-2", "2026-03-02", "organisation/mill", "=1+1 is how it began."]


def written(sheets: Sheets, change: Callable[[Any], None] = lambda _: None) -> bytes:
    """Return a workbook, in which texts stay texts; `change` is given it before it is saved."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                cell = sheet.cell(number, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    change(made)
    content = BytesIO()
    made.save(content)
    return content.getvalue()


def replaced(content: bytes, member: str, old: bytes, new: bytes) -> bytes:
    """Return the workbook with other bytes in one of its members."""
    changed = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(changed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name)
            if name == member:
                assert old in text
                text = text.replace(old, new)
            target.writestr(name, text)
    return changed.getvalue()
