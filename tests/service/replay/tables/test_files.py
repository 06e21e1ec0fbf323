"""Tables as files: in every form, all rows are there and described, and only earlier tables are replaced."""

import csv
from collections.abc import Mapping
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import orjson
import pandas
import polars
import pytest
from pyarrow import parquet

from howcanwe import ReplayError
from projections.tables.tables import TABLES
from service.replay.tables.files import TableFormat, checked, write_tables
from service.replay.tables.log_tables import LogTables
from service.replay.tables.querying import TablesToAsk
from service.replay.tables.text_files import CsvFor
from tests.service.replay.tables.conftest import FORMULA


def rows(tables: LogTables, name: str) -> list[Mapping[str, Any]]:
    return list(tables[name])


def test_a_folder_has_a_parquet_file_for_each_table(tables: LogTables, tmp_path: Path) -> None:
    out = tmp_path / "tables"
    write_tables(tables, out, TableFormat.PARQUET)
    assert {path.stem for path in out.glob("*.parquet")} == {*TABLES}
    for name, path in checked(out).items():
        table = parquet.read_table(path)
        assert table.to_pylist() == rows(tables, name)
        assert table.schema.metadata[b"description"].decode() == TABLES[name].description
    frame = pandas.read_parquet(out / "failures.parquet")
    assert list(frame["key"]) == [row["key"] for row in tables["failures"]]
    assert polars.read_parquet(out / "failures.parquet").to_dicts() == rows(tables, "failures")


def test_a_colon_in_a_relative_name_is_part_of_the_name(
    tables: LogTables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tables(tables, Path("organisation:mill-museum"), TableFormat.PARQUET)
    assert {*checked(tmp_path / "organisation:mill-museum")} == {*TABLES}


def test_what_stands_beside_tables_stays(tables: LogTables, tmp_path: Path) -> None:
    for name in ("tables.part", "tables.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "own").touch()
    for _ in range(2):
        write_tables(tables, tmp_path / "tables", TableFormat.PARQUET)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "tables",
        "tables.old",
        "tables.part",
    ]
    assert (tmp_path / "tables.old" / "own").exists()
    assert (tmp_path / "tables.part" / "own").exists()


@pytest.mark.parametrize("form", TableFormat, ids=lambda form: form.value)
def test_what_a_link_leads_to_is_replaced_and_the_link_stays(
    tables: LogTables, tmp_path: Path, form: TableFormat
) -> None:
    link, out = tmp_path / "link", tmp_path / "below" / "tables"
    link.symlink_to(out)
    for _ in range(2):
        write_tables(tables, link, form)
    assert link.is_symlink()
    assert out.exists()
    assert [*out.parent.iterdir()] == [out]


def test_a_folder_is_named_from_within(
    tables: LogTables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tables").mkdir()
    monkeypatch.chdir(tmp_path / "tables")
    write_tables(tables, Path(), TableFormat.PARQUET)
    assert {*checked(tmp_path / "tables")} == {*TABLES}


def test_frames_have_the_rows_and_types(tables: LogTables) -> None:
    table = tables["iterations"]
    assert table.to_arrow().to_pylist() == list(table)
    assert table.to_polars().to_dicts() == list(table)
    frame = table.to_pandas()
    assert len(frame) == len(table)
    assert str(frame["time"].dtype) == "timestamp[us, tz=UTC][pyarrow]"


def test_the_same_log_gives_the_same_folder(tables: LogTables, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_tables(tables, tmp_path / name, TableFormat.PARQUET)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_the_dictionary_describes_every_column_in_its_order(
    tables: LogTables, tmp_path: Path
) -> None:
    out = tmp_path / "tables"
    write_tables(tables, out, TableFormat.PARQUET)
    described = orjson.loads((out / "tables.json").read_bytes())
    assert described["position"] == tables.position
    assert described["viewer"] == "facilitator"
    resources = {one["name"]: one for one in described["resources"]}
    assert [*resources] == [*TABLES]
    for name, one in resources.items():
        fields = one["schema"]["fields"]
        assert [field["name"] for field in fields] == parquet.read_schema(out / one["path"]).names
        assert all(field["title"] and field["description"] for field in fields)
        assert one["rows"] == len(tables[name])
        for key in one["schema"]["foreignKeys"]:
            assert key["reference"]["resource"] in resources
    cause = next(
        field for field in resources["failures"]["schema"]["fields"] if field["name"] == "degree"
    )
    assert "tolerable_failure" in cause["constraints"]["enum"]
    assert {row["degree"] for row in tables["failures"]} <= {*cause["constraints"]["enum"]}


def test_no_column_is_described_as_the_key_of_something_new() -> None:
    described = {
        (name, column.name): column.description
        for name, table in TABLES.items()
        for column in table.columns
    }
    assert described["framings", "question"] == "The key of the question."
    assert described["cohorts", "shared_question"] == "The key of the shared question."
    assert [where for where, text in described.items() if "Which key should" in text] == []


def test_csv_is_for_programs_or_for_excel(tables: LogTables, tmp_path: Path) -> None:
    for of in CsvFor:
        write_tables(tables, tmp_path / of.value, TableFormat.CSV, of)
    plain = (tmp_path / "programs" / "notes.csv").read_bytes().decode()
    for_people = (tmp_path / "excel" / "notes.csv").read_bytes().decode()
    assert for_people.startswith("\ufeffposition,")
    texts = [
        [row["text"] for row in csv.DictReader(StringIO(one, newline=""))]
        for one in (plain, for_people)
    ]
    expected = [row["text"] for row in tables["notes"]]
    assert texts[0] == expected
    assert f"'{FORMULA}" in texts[1]
    assert not [text for text in texts[1] if text.startswith(("=", "+", "-", "@"))]
    first = next(csv.DictReader(StringIO(plain, newline="")))
    assert datetime.fromisoformat(first["time"]).tzinfo == UTC
    assert orjson.loads(first["links"]) == rows(tables, "notes")[0]["links"]


def test_one_duckdb_file_has_tables_comments_and_views(tables: LogTables, tmp_path: Path) -> None:
    out = tmp_path / "tables.duckdb"
    write_tables(tables, out, TableFormat.DUCKDB)
    with duckdb.connect(str(out), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name in TABLES:
            found = connection.sql(f'from "{name}"')
            assert found.columns == [column.name for column in TABLES[name].columns]
            # Nothing orders the rows of a table, but these are as they were written.
            assert found.to_arrow_table().to_pylist() == rows(tables, name)
        [(comment,)] = connection.execute(
            "select comment from duckdb_tables() where table_name = 'failures'"
        ).fetchall()
        assert f"As of position {tables.position}" in comment
        [(uncommented,)] = connection.execute(
            "select count(*) from duckdb_columns() where not internal and comment is null"
            " and table_name in (select table_name from duckdb_tables())"
        ).fetchall()
        assert uncommented == 0
        titles = connection.execute(
            "select organisation_title from failures_with_titles order by position"
        ).fetchall()
    names = {row["key"]: row["name"] for row in tables["organisations"]}
    assert titles == [(names[row["organisation"]],) for row in tables["failures"]]


def test_one_workbook_has_a_sheet_for_each_table_and_no_formula(
    tables: LogTables, tmp_path: Path
) -> None:
    out = tmp_path / "tables.xlsx"
    write_tables(tables, out, TableFormat.XLSX)
    workbook = openpyxl.load_workbook(out)
    assert workbook.sheetnames == ["about", *TABLES]
    about = list(workbook["about"].iter_rows(values_only=True))
    assert ("failures", "degree") in {row[:2] for row in about}
    notes = list(workbook["notes"].iter_rows())
    assert [cell.value for cell in notes[0]] == [column.name for column in TABLES["notes"].columns]
    texts = [row[notes_column("text")] for row in notes[1:]]
    assert FORMULA in [cell.value for cell in texts]
    assert {cell.data_type for cell in texts} == {"s"}
    assert "a\ufffdb" in [cell.value for cell in texts]
    expected = [row["time"].replace(tzinfo=None) for row in tables["notes"]]
    assert [row[notes_column("time")].value for row in notes[1:]] == expected
    days = [row["happened_on"] for row in tables["outcomes"]]
    column = [one.name for one in TABLES["outcomes"].columns].index("happened_on")
    found = [row[column] for row in workbook["outcomes"].iter_rows(min_row=2, values_only=True)]
    assert [day.date() if isinstance(day, datetime) else day for day in found] == days
    assert all(isinstance(day, date) for day in days)


def notes_column(name: str) -> int:
    return [column.name for column in TABLES["notes"].columns].index(name)


def test_a_folder_under_another_name_is_the_same(tables: LogTables, tmp_path: Path) -> None:
    write_tables(tables, tmp_path / "one", TableFormat.PARQUET)
    (tmp_path / "one").rename(tmp_path / "two")
    asked = TablesToAsk.written(str(tmp_path / "two"))
    assert asked is not None
    [(number,)] = asked.answer("select count(*) from failures").rows
    assert number == len(tables["failures"])
    asked.close()


def test_earlier_tables_are_replaced_and_nothing_else(tables: LogTables, tmp_path: Path) -> None:
    out = tmp_path / "tables"
    for _ in range(2):
        write_tables(tables, out, TableFormat.PARQUET)
    write_tables(tables, out, TableFormat.CSV)
    assert not list(out.glob("*.parquet"))
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(ReplayError, match="is no folder of tables"):
        write_tables(tables, other, TableFormat.PARQUET)
    assert (other / "thesis.txt").read_text() == "mine"


def test_the_name_of_a_file_says_its_form() -> None:
    assert TableFormat.of(Path("x.duckdb"), None) is TableFormat.DUCKDB
    assert TableFormat.of(Path("x.xlsx"), None) is TableFormat.XLSX
    assert TableFormat.of(Path("x"), None) is TableFormat.PARQUET
    assert TableFormat.of(Path("x"), TableFormat.CSV) is TableFormat.CSV
    with pytest.raises(ReplayError, match="is the name of a xlsx file"):
        TableFormat.of(Path("x.xlsx"), TableFormat.CSV)
    with pytest.raises(ReplayError, match=r"ends in \.duckdb"):
        TableFormat.of(Path("x"), TableFormat.DUCKDB)


@pytest.mark.parametrize(
    "query",
    [
        "drop table failures",
        "select 1; select 2",
        "copy failures to 'failures.csv'",
        "select * from read_csv('/etc/passwd')",
        "set enable_external_access = true",
        "attach 'other.duckdb'",
        "select from where",
    ],
)
def test_queries_only_read_the_tables(tables: LogTables, query: str) -> None:
    asked = TablesToAsk.of(tables)
    with pytest.raises(ReplayError):
        asked.answer(query)
    asked.close()
