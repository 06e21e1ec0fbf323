"""Writes texts into empty cells of a file, and leaves every other byte of what it says as it is."""

import csv
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import Final
from xml.parsers.expat import ParserCreate
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from events.vocabulary.values.strict_json import unmarked
from service.pages.sheets.files.csv_file import delimiter_of

Cells = Mapping[tuple[int, int], str]
"""Texts by the rows and columns of their cells."""

_MARK: Final = b"\xef\xbb\xbf"
_DECLARED_BYTES: Final = 200
_PREFIX: Final = re.compile(rb"</?((?:[\w.-]+:)?).*", re.DOTALL)
"""A tag, of which the group is the prefix of the namespace, with its colon."""
_STYLE: Final = re.compile(rb' s="\d+"')


def completed_workbook(content: bytes, cells: Mapping[str, Cells]) -> bytes:
    """Return a workbook with these texts in cells of its sheets, by their names.

    Raises ValueError if a sheet is not written in UTF-8.
    """
    opened = openpyxl.load_workbook(BytesIO(content), read_only=True)
    paths = {
        # The library reads sheets only; the path says which member is the sheet's.
        sheet._worksheet_path.lstrip("/"): cells[sheet.title]
        for sheet in opened.worksheets
        if cells.get(sheet.title)
    }
    opened.close()
    changed = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(changed, "w", ZIP_DEFLATED) as target:
        for member in source.infolist():
            text = source.read(member)
            if member.filename in paths:
                text = _completed_sheet(text, paths[member.filename])
            target.writestr(member, text)
    return changed.getvalue()


def completed_csv(content: bytes, cells: Cells) -> bytes:
    """Return a CSV file in UTF-8 with these texts in cells. Other rows stay as they are written."""
    lines = content.splitlines(keepends=True)
    texts = [unmarked(line).decode() for line in lines]
    delimiter = delimiter_of(texts)
    reader = csv.reader(texts, delimiter=delimiter, strict=True)
    parts, before = [_MARK] if content.startswith(_MARK) else [], 0
    for number, row in enumerate(reader, 1):
        written = texts[before : reader.line_num]
        before = reader.line_num
        added = {column: text for (at, column), text in cells.items() if at == number}
        parts.append(
            _row(row, added, delimiter, written[-1]) if added else "".join(written).encode()
        )
    return b"".join(parts)


def _row(row: list[str], added: Mapping[int, str], delimiter: str, last_line: str) -> bytes:
    filled = [*row, *[""] * (max(added) - len(row))]
    for column, text in added.items():
        filled[column - 1] = text
    ending = "\r\n" if last_line.endswith("\r\n") else "\n"
    written = StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator=ending).writerow(filled)
    return written.getvalue().encode()


@dataclass
class _Spans:
    """Where the cells of each row stand in the XML of a sheet, in their order, and where its end tag begins."""

    rows: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    """The column, the beginning and the end of each cell."""
    ends: dict[int, int] = field(default_factory=dict)

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Return the beginning and the end of a cell, or twice where it is to be inserted."""
        cells = self.rows.get(row, [])
        at = bisect_left(cells, column, key=lambda one: one[0])
        if at == len(cells):
            return self.ends[row], self.ends[row]
        found, begin, end = cells[at]
        return (begin, end) if found == column else (begin, begin)


def _completed_sheet(xml: bytes, cells: Cells) -> bytes:
    """Return the XML of a sheet with these texts in its cells, whose rows are there already."""
    head = xml[:_DECLARED_BYTES].lower()
    if not head.lstrip(_MARK).startswith(b"<") or (b"encoding=" in head and b"utf-8" not in head):
        raise ValueError("a sheet is not written in UTF-8")
    spans = _spans(xml)
    changes = [(spans.place(row, column), column, row) for row, column in cells]
    parts, before = [], 0
    # Of two before the same cell, the earlier column first.
    for span, column, row in sorted(changes):
        parts += [xml[before : span[0]], _cell(xml, span, row, column, cells[row, column])]
        before = span[1]
    return b"".join([*parts, xml[before:]])


def _cell(xml: bytes, span: tuple[int, int], row: int, column: int, text: str) -> bytes:
    """Return the XML of a cell with a text. It keeps the style of the empty cell at its place, if there is one."""
    begin, end = span
    tag = xml[begin : xml.index(b">", begin)]
    prefix = _PREFIX.sub(rb"\1", tag)
    style = _STYLE.search(tag) if end > begin else None
    place = f"{get_column_letter(column)}{row}"
    return b"".join(
        [
            b'<%bc r="%b"%b t="inlineStr">' % (prefix, place.encode(), style[0] if style else b""),
            b'<%bis><%bt xml:space="preserve">%b' % (prefix, prefix, escape(text).encode()),
            b"</%bt></%bis></%bc>" % (prefix, prefix, prefix),
        ]
    )


def _spans(xml: bytes) -> _Spans:
    spans, parser = _Spans(), ParserCreate()
    row = column = begin = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, begin
        match name.rpartition(":")[2]:
            case "row":
                row, column = int(attributes.get("r", row + 1)), 0
            case "c":
                place = attributes.get("r")
                column = (
                    column + 1
                    if place is None
                    else column_index_from_string(coordinate_from_string(place)[0])
                )
                begin = parser.CurrentByteIndex

    def end(name: str) -> None:
        at = parser.CurrentByteIndex
        match name.rpartition(":")[2]:
            case "row":
                spans.ends[row] = at
            case "c":
                tag_end = xml.index(b">", begin) + 1
                is_empty = xml.startswith(b"/>", tag_end - 2)
                end_ = tag_end if is_empty else xml.index(b">", at) + 1
                spans.rows.setdefault(row, []).append((column, begin, end_))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(xml, True)
    return spans
