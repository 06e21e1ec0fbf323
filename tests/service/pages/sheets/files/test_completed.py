"""Texts that are written into a file: they are read back, and everything else of it stays as it was."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from service.pages.sheets.files.completed import completed_csv, completed_workbook
from service.pages.sheets.files.workbook import tables_of
from tests.service.pages.sheets.workbooks import replaced, written

SHEET = "xl/worksheets/sheet1.xml"
ROWS = [["id", "text", "key"], ["", "=a", ""], ["2", "b"]]


def with_everything(made: Any) -> None:
    """Give a workbook a formula, a hidden row, a style, a list to choose from and a comment."""
    sheet = made["A"]
    sheet["B5"] = "=1+2"
    sheet.row_dimensions[3].hidden = True
    sheet["A2"].number_format = "@"
    sheet["A2"].value = None
    sheet["B2"].comment = openpyxl.comments.Comment("Why?", "Ada")


def test_empty_cells_have_the_texts_and_all_others_are_as_they_were() -> None:
    content = written({"A": ROWS, "B": [["x"]]}, with_everything)
    content = replaced(content, SHEET, b"<f>1+2</f><v />", b"<f>1+2</f><v>3</v>")
    texts = {(2, 1): "n<1>", (2, 3): " k ", (3, 3): "l", (3, 5): "m", (3, 4): "n"}
    changed = completed_workbook(content, {"A": texts})
    [first, other] = tables_of(changed)
    assert [row.cells for row in first.rows] == [
        {1: "id", 2: "text", 3: "key"},
        {1: "n<1>", 2: "=a", 3: "k"},
        {1: "2", 2: "b", 3: "l", 4: "n", 5: "m"},
        {2: 3},
    ]
    assert first.hidden == {3}
    assert [row.cells for row in other.rows] == [{1: "x"}]
    before, after = ZipFile(BytesIO(content)), ZipFile(BytesIO(changed))
    assert after.namelist() == before.namelist()
    assert [name for name in before.namelist() if before.read(name) != after.read(name)] == [SHEET]
    made = openpyxl.load_workbook(BytesIO(changed))["A"]
    assert (made["A2"].number_format, made["B5"].value) == ("@", "=1+2")
    assert made["B2"].comment.text == "Why?"


def test_a_sheet_with_a_prefix_and_without_places_is_completed() -> None:
    content = written({"A": [["id", "text"], ["", "b"]]})
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = '<x:c t="inlineStr"><x:is><x:t>{}</x:t></x:is></x:c>'
    rows = [
        f"<x:row>{cells.format('id')}{cells.format('text')}</x:row>",
        f"<x:row><x:c/>{cells.format('b')}</x:row>",
    ]
    body = f'<x:worksheet xmlns:x="{main}"><x:sheetData>{"".join(rows)}</x:sheetData></x:worksheet>'
    with ZipFile(BytesIO(content)) as archive:
        old = archive.read(SHEET)
    content = replaced(content, SHEET, old, body.encode())
    [table] = tables_of(completed_workbook(content, {"A": {(2, 1): "n", (2, 3): "k"}}))
    assert table.rows[1].cells == {1: "n", 2: "b", 3: "k"}


def test_a_sheet_that_is_not_in_utf_8_is_left_alone() -> None:
    content = written({"A": [["id"], ["a"]]})
    with ZipFile(BytesIO(content)) as archive:
        old = archive.read(SHEET)
    content = replaced(content, SHEET, old, old.decode().encode("utf-16"))
    with pytest.raises(ValueError, match="UTF-8"):
        completed_workbook(content, {"A": {(2, 2): "n"}})


@pytest.mark.parametrize("between", [",", ";"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_csv_file_has_the_texts_and_its_other_rows_as_they_were(
    between: str, ending: str
) -> None:
    lines = [
        f"\ufeffid{between}text{between}key",
        "",
        f'{between}"two',
        f'lines"{between}',
        f'"2"{between} b',
        "",
    ]
    content = ending.join(lines).encode()
    changed = completed_csv(content, {(3, 1): "n", (3, 3): "k", (4, 3): "l"}).decode()
    two = f'n{between}"two{ending}lines"{between}k'
    expected = [lines[0], "", two, f"2{between} b{between}l", ""]
    assert changed == ending.join(expected)
