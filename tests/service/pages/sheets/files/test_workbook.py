"""Workbooks: the values of their cells, what is hidden or merged, and archives that are no workbooks."""

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from itertools import count
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from service.pages.sheets.files import workbook
from service.pages.sheets.files.table import WIDE, Table, Unreadable
from service.pages.sheets.files.workbook import tables_of
from tests.service.pages.sheets.workbooks import replaced, written

CELLS_MAX = 1_000
SHEET = "xl/worksheets/sheet1.xml"


def only(content: bytes) -> Table:
    """Return the table of a workbook with one sheet."""
    [table] = tables_of(content)
    return table


def test_a_date_is_a_day_or_a_time_as_its_cell_shows_it() -> None:
    def as_day(made: Any) -> None:
        made.active["C1"].number_format = "dd/mm/yyyy"

    row = [date(2026, 3, 1), datetime(2026, 3, 1, 14, 30), datetime(2026, 3, 1)]
    [read] = only(written({"A": [row]}, as_day)).rows
    assert read.cells == {1: date(2026, 3, 1), 2: datetime(2026, 3, 1, 14, 30), 3: date(2026, 3, 1)}
    assert not isinstance(read.cells[1], datetime)


def test_a_time_of_midnight_is_a_time_if_its_cell_shows_one() -> None:
    [read] = only(written({"A": [[datetime(2026, 3, 1)]]})).rows
    assert isinstance(read.cells[1], datetime)


def test_a_text_that_begins_like_a_formula_is_a_text() -> None:
    [read] = only(written({"A": [["=why not"]]})).rows
    assert read.cells == {1: "=why not"}


def test_a_formula_is_its_stored_value_and_unreadable_without_one() -> None:
    def add(made: Any) -> None:
        made.active["A1"] = "=1+2"
        made.active["B1"] = "=1+3"

    plain = written({"A": [["", "", "x"]]}, add)
    content = replaced(plain, SHEET, b"<f>1+2</f><v />", b"<f>1+2</f><v>3</v>")
    content = replaced(content, SHEET, b"<f>1+3</f><v />", b"<f>1+3</f>")
    [read] = only(content).rows
    assert read.cells[1] == 3
    assert isinstance(read.cells[2], Unreadable)
    assert "no stored value" in read.cells[2].detail


def test_hidden_rows_are_read_and_named_and_merged_cells_are_named() -> None:
    def hide(made: Any) -> None:
        made.active.row_dimensions[2].hidden = True
        made.active.merge_cells("A3:B3")

    table = only(written({"A": [["a"], ["b"], ["c"]]}, hide))
    assert [row.number for row in table.rows] == [1, 2, 3]
    assert table.hidden == {2}
    assert table.merged == ("A3:B3",)


def test_a_million_empty_rows_are_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    content = written({"A": [["a"]]}, lambda made: made.active.cell(1_048_576, 1, "z"))
    content = replaced(content, SHEET, b'ref="A1:A1048576"', b'ref="A1:XFD1048576"')
    looked_at = count(1)
    value_of = workbook.value_of

    def looked(*cell: Any) -> Any:
        # Sixteen thousand million cells would take hours.
        assert next(looked_at) < CELLS_MAX
        return value_of(*cell)

    monkeypatch.setattr(workbook, "value_of", looked)
    assert [row.number for row in only(content).rows] == [1, 1_048_576]


@pytest.mark.parametrize("content", [b"", b"PK\3\4 no archive", b"id,time\n"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        tables_of(content)


def test_an_archive_that_unpacks_to_more_than_the_bound_is_refused() -> None:
    bomb = BytesIO()
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr(SHEET, b" " * 1_000_001)
    with pytest.raises(ValueError, match="larger than 1,000,000 bytes, unpacked"):
        tables_of(bomb.getvalue(), replace(WIDE, unpacked_bytes_max=1_000_000))


def test_an_archive_with_too_many_members_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 3 members"):
        tables_of(written({"A": [["a"]]}), replace(WIDE, members_max=3))


def test_more_rows_than_the_bound_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 2 rows"):
        tables_of(written({"A": [["a"], ["b"]], "B": [["c"]]}), replace(WIDE, rows_max=2))


def test_more_cells_than_the_bound_are_refused() -> None:
    content = written({"A": [["a", "b"]], "B": [["c"]]})
    assert len(tables_of(content, replace(WIDE, cells_max=3))) == 2
    with pytest.raises(ValueError, match="more than 2 cells"):
        tables_of(content, replace(WIDE, cells_max=2))


def test_a_document_type_is_refused() -> None:
    content = replaced(written({"A": [["a"]]}), SHEET, b"<worksheet", b"<!DOCTYPE x><worksheet")
    with pytest.raises(ValueError, match="document type"):
        tables_of(content)


def test_a_row_far_below_the_others_is_refused_before_all_empty_ones_are_gone_through() -> None:
    content = replaced(written({"A": [["a"]]}), SHEET, b'<row r="1"', b'<row r="999999999"')
    with pytest.raises(ValueError, match="goes over more than 1,000 rows and cells"):
        tables_of(content, replace(WIDE, places_max=1_000))


def test_empty_cells_before_a_cell_far_to_the_right_count() -> None:
    content = replaced(written({"A": [["a"]] * 9}), SHEET, b' r="A9"', b' r="XFD9"')
    with pytest.raises(ValueError, match="goes over more than 10,000 rows and cells"):
        tables_of(content, replace(WIDE, places_max=10_000))


def test_a_text_that_stands_in_many_cells_counts_in_each() -> None:
    content = written({"A": [["x"]] * 25})
    texts = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%b</t></si></sst>'
        % (b"a" * 10_000)
    )
    with ZipFile(BytesIO(content)) as archive:
        unused = archive.read("docProps/app.xml")
    for member, old, new in (
        ("docProps/app.xml", unused, texts),
        ("[Content_Types].xml", b"extended-properties", b"spreadsheetml.sharedStrings"),
        (SHEET, b't="inlineStr"><is><t>x</t></is>', b't="s"><v>0</v>'),
    ):
        content = replaced(content, member, old, new)
    assert only(content).rows[24].cells == {1: "a" * 10_000}
    with pytest.raises(ValueError, match="more than 200,000 characters"):
        tables_of(content, replace(WIDE, unpacked_bytes_max=200_000))


def test_more_elements_than_the_bound_are_refused() -> None:
    content = replaced(
        written({"A": [["a"]]}), SHEET, b"</worksheet>", b"<x/>" * 999 + b"</worksheet>"
    )
    with pytest.raises(ValueError, match="too many elements"):
        tables_of(content, replace(WIDE, elements_max=1_000))


def test_a_part_is_one_sheet() -> None:
    content = written({"A": [["a"]], "B": [["b"]]})
    twice = replaced(content, "xl/workbook.xml", b'r:id="rId2"', b'r:id="rId1"')
    with pytest.raises(ValueError, match="one and the same"):
        tables_of(twice)


def test_damaged_bytes_are_refused() -> None:
    content = bytearray(written({"A": [["a"]]}))
    begin = content.index(SHEET.encode()) + len(SHEET)
    content[begin : begin + 20] = bytes(range(200, 220))
    with pytest.raises(ValueError, match="cannot be read"):
        tables_of(bytes(content))
