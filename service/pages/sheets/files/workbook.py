"""Reads workbooks (.xlsx): the stored values of cells, and what openpyxl does not say of sheets that it streams."""

import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, Final
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException

from service.pages.sheets.files.table import WIDE, Bounds, Row, Table, Unreadable, Value

_NOT_STORED: Final = (
    "The formula has no stored value. Open the file in a spreadsheet program and save it."
)
_SHEETS: Final = "xl/worksheets"
_XML: Final = (".xml", ".rels")


@dataclass
class Marks:
    """What the XML of a sheet says besides its values, and how many elements it has."""

    hidden: set[int] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)
    unvalued: set[str] = field(default_factory=set)
    """The cells that have a formula without a stored value."""
    elements: int = 0


def tables_of(content: bytes, bounds: Bounds = WIDE) -> list[Table]:
    """Return the sheets of a workbook.

    Raises ValueError if it is none, is too large, or contains too many rows.
    """
    if len(content) > bounds.file_bytes_max:
        raise ValueError(f"the workbook is larger than {bounds.file_bytes_max:,} bytes")
    try:
        with ZipFile(BytesIO(content)) as archive:
            marks = _marks(archive, bounds)
        with warnings.catch_warnings():
            # It warns of parts that it leaves out when it writes; nothing is written.
            warnings.simplefilter("ignore")
            return _tables(content, marks, bounds)
    except (
        BadZipFile,
        EOFError,
        ExpatError,
        IndexError,
        InvalidFileException,
        KeyError,
        NotImplementedError,
        OSError,
        RuntimeError,
        TypeError,
        zlib.error,
    ) as error:
        raise ValueError(f"the workbook cannot be read: {error}") from None


def _marks(archive: ZipFile, bounds: Bounds) -> dict[str, Marks]:
    """Return the marks of each sheet by its path. Raises ValueError for an archive that is beyond the bounds."""
    members = archive.infolist()
    if len(members) > bounds.members_max:
        raise ValueError(f"the workbook has more than {bounds.members_max:,} members")
    if sum(member.file_size for member in members) > bounds.unpacked_bytes_max:
        raise ValueError(
            f"the workbook is larger than {bounds.unpacked_bytes_max:,} bytes, unpacked"
        )
    found = {}
    left = bounds.elements_max
    for member in members:
        if member.filename.endswith(_XML):
            marks = _scanned(archive, member.filename, left)
            left -= marks.elements
            if PurePosixPath(member.filename).parent == PurePosixPath(_SHEETS):
                found[member.filename] = marks
    return found


def _scanned(archive: ZipFile, name: str, elements_max: int) -> Marks:
    """Return the marks of a member. Raises ValueError if it has more elements, or declares a document type."""
    marks = Marks()
    parser = ParserCreate(namespace_separator=" ")
    row = 0
    cell: str | None = None
    is_formula = is_valued = False

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, cell, is_formula, is_valued
        marks.elements += 1
        if marks.elements > elements_max:
            raise ValueError("the XML of the workbook has too many elements")
        match tag.rpartition(" ")[2]:
            case "row":
                row = int(attributes.get("r", row + 1))
                if attributes.get("hidden") in ("1", "true"):
                    marks.hidden.add(row)
            case "mergeCell":
                marks.merged.append(attributes.get("ref", "?"))
            case "c":
                cell, is_formula, is_valued = attributes.get("r"), False, False
            case "f":
                is_formula = True
            case "v" | "is":
                is_valued = True

    def end(tag: str) -> None:
        if tag.rpartition(" ")[2] == "c" and is_formula and not is_valued and cell is not None:
            marks.unvalued.add(cell)

    def refuse(*_: object) -> None:
        raise ValueError("the workbook declares a document type, which no workbook needs")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    with archive.open(name) as member:
        parser.ParseFile(member)
    return marks


class _Reader(ExcelReader):  # type: ignore[misc]  # it ships no types
    """The library's reader, which would read one part as often as the workbook names it."""

    def read_worksheets(self) -> None:
        parts = [part.target for _, part in self.parser.find_sheets()]
        if len({*parts}) < len(parts):
            raise InvalidFileException("two of its sheets are one and the same")
        super().read_worksheets()


def _tables(content: bytes, marks: dict[str, Marks], bounds: Bounds) -> list[Table]:
    reader = _Reader(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.read()
    opened = reader.wb
    tables, read = [], _Read(bounds)
    try:
        for sheet in opened.worksheets:
            # The library streams cells only; the path says which marks are the sheet's.
            mark = marks.get(sheet._worksheet_path.lstrip("/"), Marks())
            rows = list(read.rows_of(sheet, mark))
            hidden = frozenset(row.number for row in rows) & mark.hidden
            tables.append(Table(sheet.title, rows, tuple(mark.merged), hidden))
    finally:
        opened.close()
    return tables


@dataclass
class _Read:
    """Reads the rows of sheets, and counts what was read of the workbook."""

    bounds: Bounds
    rows: int = 0
    cells: int = 0
    places: int = 0
    characters: int = 0

    def rows_of(self, sheet: Any, marks: Marks) -> Iterator[Row]:
        """Yield the rows of a sheet that are not empty. Raises ValueError beyond the bounds."""
        # Some programs declare a million rows and 16,384 columns, with which each row would be filled up.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(), 1):
            self.places += 1 + len(cells)
            found = {}
            for column, cell in enumerate(cells, 1):
                if isinstance(cell.value, str):
                    self.characters += len(cell.value)
                    self.bounds.check_places(self.places, self.characters)
                value = value_of(cell, marks)
                if value is not None:
                    found[column] = value
            self.bounds.check_places(self.places, self.characters)
            if found:
                self.rows += 1
                self.cells += len(found)
                self.bounds.check(self.rows, self.cells)
                yield Row(number, found)


def value_of(cell: Any, marks: Marks) -> Value | Unreadable | None:
    """Return the value of a cell of openpyxl's; None if it is empty."""
    value = cell.value
    if value is None:
        # An empty cell has no place of its own.
        is_unvalued = hasattr(cell, "coordinate") and cell.coordinate in marks.unvalued
        return Unreadable(_NOT_STORED) if is_unvalued else None
    if cell.data_type == "e":
        return Unreadable(f"The cell contains the error {value}.")
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, datetime):
        return value if _has_time(cell.number_format, value) else value.date()
    if isinstance(value, str | int | float | bool) or hasattr(value, "isoformat"):
        found: Value = value
        return found
    return Unreadable("The cell contains a duration, which no field takes.")


def _has_time(number_format: str, value: datetime) -> bool:
    """Return whether a cell shows, or contains, a time of day."""
    is_shown = any(letter in number_format.lower() for letter in "hs")
    return is_shown or value.time() != datetime.min.time()
