"""The examples in R do what the page says, where R and the packages that they use are installed."""

import csv
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Final

import duckdb
import orjson
import pytest

from service.samples import demo
from tests.docs.page import FOLDER, Page
from tests.processes import command, environment
from tests.service.replay.logs import chain

EXAMPLES: Final = Page(FOLDER / "how-to" / "tables.md").blocks("r", "Use tables in R")
ARROW, DUCKDB, PLAIN = range(3)
FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "tables/": (),
    "cohorts.duckdb": (),
    "tables-for-r": ("--format", "csv"),
}
"""What the examples read, each with the options that it is written with."""
PATIENCE_SECONDS: Final = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the log of the sample cohort."""
    made = tmp_path_factory.mktemp("r")
    (made / "log.ndjson").write_bytes(chain(map(orjson.loads, demo.lines())))
    return made


def write(folder: Path, out: str) -> None:
    """Write the tables as the page does, unless they are there."""
    if not (folder / out).exists():
        call = command("tables", "log.ndjson", "--out", out, *FORMATS[out])
        subprocess.run(call, cwd=folder, env=environment(), check=True, capture_output=True)


def in_r(folder: Path, program: str) -> str:
    """Return what a program in R prints; skips where there is no R."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    file = folder / "program.R"
    file.write_text(program)
    call = ("Rscript", "--vanilla", file.name)
    done = subprocess.run(
        call, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ran(folder: Path, example: str) -> str:
    """Return what an example prints; where packages of R are missing, skips once it is seen to be R."""
    for package in re.findall(r"^library\((\w+)\)", example, re.MULTILINE):
        (folder / "example.R").write_text(example)
        has = f'cat(length(parse("example.R")) > 0, requireNamespace("{package}", quietly = TRUE))'
        if in_r(folder, has) != "TRUE TRUE":
            pytest.skip(f"R has no package {package} here")
    for out in FORMATS:
        if f'"{out}' in example:
            write(folder, out)
    return in_r(folder, example)


def failures(folder: Path) -> list[tuple[str, str]]:
    """Return the degree and the month of each failure, as they were written for R without packages."""
    write(folder, "tables-for-r")
    with (folder / "tables-for-r" / "failures.csv").open(newline="") as file:
        return [(row["degree"], row["time"][: len("2024-03")]) for row in csv.DictReader(file)]


def test_arrow_counts_failures(folder: Path) -> None:
    printed = ran(folder, EXAMPLES[ARROW])
    counted = re.findall(r"(\w+) +(\d+)$", printed, re.MULTILINE)
    degrees = [degree for degree, _ in failures(folder)]
    assert dict(counted) == {degree: str(degrees.count(degree)) for degree in degrees}


def test_duckdb_counts_failures_of_organisations(folder: Path) -> None:
    assert "organisation_title failures" in ran(folder, EXAMPLES[DUCKDB])


def test_what_r_asks_of_duckdb_has_an_answer(folder: Path) -> None:
    [query] = re.findall(r'dbGetQuery\(connection, "(.*?)"\)', EXAMPLES[DUCKDB], re.DOTALL)
    write(folder, "cohorts.duckdb")
    with duckdb.connect(folder / "cohorts.duckdb", read_only=True) as connection:
        rows = connection.sql(query).fetchall()
    assert sum(count for _, count in rows) == len(failures(folder))


def test_r_without_packages_counts_failures_by_month(folder: Path) -> None:
    header, *rows = map(str.split, ran(folder, EXAMPLES[PLAIN]).strip().splitlines())
    months = [(degree, month) for degree, *_ in rows for month in header]
    counts = [int(count) for _, *row in rows for count in row]
    found = {pair: count for pair, count in zip(months, counts, strict=True) if count}
    assert found == Counter(failures(folder))
