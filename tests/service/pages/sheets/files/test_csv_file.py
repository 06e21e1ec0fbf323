"""CSV files: what parts their cells, and texts that are none."""

from dataclasses import replace

import pytest

from service.pages.sheets.files.csv_file import table_of
from service.pages.sheets.files.table import WIDE


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_cells_are_parted_by_what_parts_the_first_row(between: str) -> None:
    text = f'\ufeffid{between}text\n\n1{between}"two\nlines, here"\n{between}\n2{between}b\n'
    rows = table_of(text.encode().splitlines(keepends=True)).rows
    assert [(row.number, row.cells) for row in rows] == [
        (1, {1: "id", 2: "text"}),
        (3, {1: "1", 2: "two\nlines, here"}),
        (5, {1: "2", 2: "b"}),
    ]


def test_another_encoding_is_refused_with_its_line() -> None:
    with pytest.raises(ValueError, match="line 2 is not UTF-8"):
        table_of([b"id\n", "Grüße\n".encode("latin-1")])


def test_a_quote_that_never_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="the file is no CSV"):
        table_of([b'id\n"a'])


def test_a_file_beyond_the_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="larger than 7 bytes"):
        table_of((b"id\n" for _ in range(3)), replace(WIDE, file_bytes_max=7))
