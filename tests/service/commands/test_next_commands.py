"""The command that a new workbook is followed by: it records at the place from which the workbook is."""

from pathlib import Path

import pytest

from tests.processes import run, stderr_of

HERE = "howcanwe record {file} --to http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("settings", "next_"),
    [
        ({"HOWCANWE_KEY": "hcw_a_b"}, HERE),
        (
            {},
            HERE + " (with a key in HOWCANWE_KEY), or without a service: howcanwe record {file}",
        ),
    ],
    ids=["with a key", "without a key"],
)
def test_a_template_of_nowhere_is_recorded_at_the_service_here(
    tmp_path: Path, settings: dict[str, str], next_: str
) -> None:
    file = tmp_path / "cohort.xlsx"
    done = run("sheet", "template", "--out", file, settings=settings)
    written = f"howcanwe: {file} is written; fill it in, then run: {next_.format(file=file)}\n"
    assert (done.returncode, stderr_of(done)) == (0, written)
