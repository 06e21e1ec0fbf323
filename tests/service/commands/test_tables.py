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
            assert run("verify", str(out)).exit_code == 0
        else:
            verified = run("verify", str(out))
            assert verified.exit_code == 1
            assert f"{out} has no dictionary to be compared with" in verified.stderr
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
    for options, sentence in (
        (("--out", str(tmp_path / "x"), "--format", "xlsx"), "ends in .xlsx"),
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
    asked = run("sql", "select count(*) from failures", *place)
    assert number == int(asked.stdout.split()[-1])


def test_values_that_json_does_not_have_are_no_nulls(place: list[str]) -> None:
    query = "select 1 / 0 as inf, 'nan'::double as nan, time '10:30' as clock, null as nothing"
    answer = run("sql", query, *place, "--format", "csv")
    assert answer.stdout.splitlines() == ["inf,nan,clock,nothing", "inf,nan,10:30:00,"]
