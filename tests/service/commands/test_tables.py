"""`howcanwe tables` and `howcanwe sql`: tables of a log as people write and ask them."""

import csv
import io
from pathlib import Path

import orjson
import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from service.cli import app


@pytest.fixture
def place(demo_place: list[str]) -> list[str]:
    return demo_place


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_tables_are_written_and_asked(place: list[str], tmp_path: Path) -> None:
    for name, wanted in (("out", 32), ("out.duckdb", None), ("out.xlsx", None)):
        out = tmp_path / name
        made = run("tables", "--out", str(out), *place)
        assert made.exit_code == 0, made.output
        assert "32 tables with" in made.stderr
        assert "as of position 287" in made.stderr
        if wanted is not None:
            assert len(list(out.glob("*.parquet"))) == wanted
        verified = run("verify", str(out))
        assert verified.exit_code == 0, verified.output
        assert "whole" in verified.stderr
    query = "select degree, count(*) as failures from failures group by all order by all"
    answers = [
        run("sql", query, *given, "--format", "csv")
        for given in (place, [str(tmp_path / "out")], [str(tmp_path / "out.duckdb")])
    ]
    for answer in answers:
        assert answer.exit_code == 0, answer.output
        assert answer.stdout == answers[0].stdout
    [first, *_] = csv.DictReader(io.StringIO(answers[0].stdout))
    assert first["degree"]


def test_a_file_of_tables_that_was_cut_is_neither_whole_nor_asked(
    place: list[str], tmp_path: Path
) -> None:
    for name in ("out.duckdb", "out.xlsx"):
        out = tmp_path / name
        assert run("tables", "--out", str(out), *place).exit_code == 0
        out.write_bytes(out.read_bytes()[:-5_000])
        verified = run("verify", str(out))
        assert verified.exit_code == 1
        assert str(out) in verified.stderr
    asked = run("sql", "select key from organisations", str(tmp_path / "out.duckdb"))
    assert asked.exit_code == 1
    assert "is truncated" in asked.stderr


def test_a_participation_that_was_voided_is_not_counted(place: list[str]) -> None:
    query = "select sum(people) as people from participations where iteration = 'late-tuesday'"
    answer = run("sql", query, *place, "--format", "json")
    assert orjson.loads(answer.stdout) == {"people": 2}
    # Before the void at position 205, it counted.
    earlier = run("sql", query, *place, "--format", "json", "--as-of", "204")
    assert orjson.loads(earlier.stdout) == {"people": 4}


def test_viewers_see_less(place: list[str]) -> None:
    numbers = [
        int(run("sql", "select count(*) from failures", *place, "--viewer", who).stdout.split()[-1])
        for who in ("facilitator", "analyst", "public")
    ]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > numbers[-1]


def test_what_cannot_be_is_refused(place: list[str], tmp_path: Path) -> None:
    assert run("tables", *place).exit_code == 2
    assert run("tables", "--postgres", "--out", "x", *place).exit_code == 2
    printed = run("tables", "--out", "-", *place)
    assert (printed.exit_code, printed.stdout) == (2, "")
    assert "howcanwe sql prints one of them" in printed.stderr
    for options, sentence in (
        (("--out", str(tmp_path / "x"), "--format", "xlsx"), "ends in .xlsx"),
        (("--out", str(tmp_path / "x.csv")), "would be a folder, with a file for each table"),
        (("--out", str(tmp_path / "x"), "--for", "excel"), "--for excel is for --format csv"),
        (("--out", str(tmp_path / "x"), "--as-of", "999"), "after the end of the log"),
        (("--postgres", "--as-of", "9"), "--postgres makes views of the present"),
    ):
        refused = run("tables", *options, *place)
        assert refused.exit_code == 1, refused.output
        assert sentence in refused.stderr
    assert not (tmp_path / "x").exists()
    assert run("sql", "drop table failures", *place).exit_code == 1


def test_csv_is_not_asked(place: list[str], tmp_path: Path) -> None:
    out = tmp_path / "for-people"
    assert run("tables", "--out", str(out), "--format", "csv", *place).exit_code == 0
    refused = run("sql", "select * from failures", str(out))
    assert refused.exit_code == 1
    assert f"{out} has CSV files, without types" in refused.stderr


def test_views_in_postgresql_are_made_by_the_command(place: list[str], database_url: str) -> None:
    assert run("rebuild", *place).exit_code == 0
    made = run("tables", "--postgres", *place)
    assert made.exit_code == 0, made.output
    assert "32 views in the schema howcanwe" in made.stderr
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("set role howcanwe_reader"))
        number = connection.execute(text("select count(*) from howcanwe.failures")).scalar_one()
    engine.dispose()
    refused = run("tables", "--postgres", "--viewer", "evaluator:heritage-2042", *place)
    assert refused.exit_code == 1
    assert "there is no cohort heritage-2042 in this log; did you mean heritage-" in refused.stderr
    assert run("tables", "--postgres", "--viewer", "evaluator:heritage-2024", *place).exit_code == 0
    asked = run("sql", "select count(*) from failures", *place)
    assert number == int(asked.stdout.split()[-1])


def test_values_that_json_does_not_have_are_no_nulls(place: list[str]) -> None:
    query = "select 1 / 0 as inf, 'nan'::double as nan, time '10:30' as clock, null as nothing"
    answer = run("sql", query, *place, "--format", "csv")
    assert answer.stdout.splitlines() == ["inf,nan,clock,nothing", "inf,nan,10:30:00,"]


def test_lists_structures_and_numbers_are_json(place: list[str]) -> None:
    query = """select [1.5, null] as list, [[0.0000001]] as nested, array_value(2.50, 1) as pair,
        {'a': 1.5, 'day': date '2024-01-11', 'words': ['Grüße']} as struct, map {1: 2.5} as map,
        170141183460469231731687303715884105727::hugeint as huge,
        [18446744073709551616::hugeint, -9223372036854775808] as long, 1e-7::decimal(9, 8) as small,
        true as flag, [interval 3 day] as spans, ['nan'::double] as nan"""
    by_csv = run("sql", query, *place, "--format", "csv")
    assert by_csv.exit_code == 0, by_csv.output
    [row] = csv.DictReader(io.StringIO(by_csv.stdout))
    assert row == {
        "list": "[1.5,null]",
        "nested": "[[0.0000001]]",
        "pair": "[2.50,1.00]",
        "struct": '{"a":1.5,"day":"2024-01-11","words":["Grüße"]}',
        "map": '{"1":2.5}',
        "huge": "170141183460469231731687303715884105727",
        "long": "[18446744073709551616,-9223372036854775808]",
        "small": "0.00000010",
        "flag": "true",
        "spans": '["3 days, 0:00:00"]',
        "nan": "[null]",
    }
    by_json = run("sql", query, *place, "--format", "json")
    assert by_json.exit_code == 0, by_json.output
    texts = ",".join(f'"{name}":{value}' for name, value in row.items())
    assert by_json.stdout == f"{{{texts}}}\n"
