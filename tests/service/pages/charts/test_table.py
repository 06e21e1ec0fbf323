import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pages.charts.table import Cell, Column, Table, as_csv, as_rows
from tests.service.pages.charts.conftest import Draw, parsed

COLUMNS = [Column("trial", "Trial"), Column("people", "People", numeric=True)]
TABLE = Table(
    COLUMNS,
    [[Cell('Six "yards", of\nwall', "#wall"), Cell(1093, text="1,093")], [Cell("Ü"), Cell(None)]],
)


def test_csv_is_that_of_rfc_4180_in_utf_8() -> None:
    expected = 'trial,people\r\n"Six ""yards"", of\nwall",1093\r\nÜ,\r\n'
    assert as_csv(TABLE) == expected.encode()


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.integers()), max_size=8
    )
)
def test_csv_gives_back_every_text(rows: list[tuple[str, int]]) -> None:
    table = Table(COLUMNS, [[Cell(text), Cell(number)] for text, number in rows])
    read = [*csv.reader(io.StringIO(as_csv(table).decode(), newline=""))]
    assert read == [["trial", "people"], *([text, str(number)] for text, number in rows)]


def test_rows_for_json_have_values_and_no_texts_for_readers() -> None:
    rows = as_rows(TABLE)
    assert rows == [
        {"trial": 'Six "yards", of\nwall', "people": 1093},
        {"trial": "Ü", "people": None},
    ]
    assert json.loads(json.dumps(rows)) == rows


def test_a_reader_sees_titles_texts_and_links(draw: Draw) -> None:
    root = parsed(draw("table", TABLE))
    assert [head.text for head in root.iter("th") if head.get("scope") == "col"] == [
        "Trial",
        "People",
    ]
    assert [(link.get("href"), link.text) for link in root.iter("a")] == [
        ("#wall", 'Six "yards", of\nwall')
    ]
    assert [cell.text for cell in root.iter("td")] == ["1,093", None]


def test_a_row_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="as many cells"):
        Table(COLUMNS, [[Cell("x")]])
