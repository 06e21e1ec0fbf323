"""Sheets and the log beside the command: a dry run, keys that are written back, and a template of what is recorded."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest

from tests.events.samples import formed, framed, joined, registered
from tests.processes import run, stderr_of
from tests.service.app import complete
from tests.service.pages.sheets.trials import BEGINNING, WHOLE, only, sheet
from tests.service.pages.sheets.workbooks import NOTES, written

ROWS = 500
TIME = "2024-03-01T09:00:00Z"


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> list[str]:
    """The option that names a log with one organisation in a cohort."""
    events = [formed(), registered("mill", name="=The (old) mill"), joined("mill"), framed()]
    begin = tmp_path / "begin.ndjson"
    begin.write_bytes(
        b"\n".join(orjson.dumps({**complete(event), "time": TIME}) for event in events)
    )
    done = run("record", begin, "--database-url", database_url)
    assert done.returncode == 0, stderr_of(done)
    return ["--database-url", database_url]


def record(file: Path, *options: str) -> tuple[int, list[str]]:
    """Run the command; return its exit code and its messages, without the program's name before them."""
    done = run("record", file, *options)
    lines = stderr_of(done).splitlines()
    return done.returncode, [line.removeprefix("howcanwe: ") for line in lines]


def notes(texts: Sequence[str]) -> bytes:
    """Return a workbook with a note for each text, whose ids are numbers."""
    rows = [
        [f"n-{number}", "2024-03-02", "organisation/mill", text]
        for number, text in enumerate(texts)
    ]
    return written({"A note": [NOTES, *rows]})


def test_of_500_rows_only_those_that_changed_are_told_as_changed(
    place: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "notes.xlsx"
    texts = [f"Note {number}." for number in range(ROWS)]
    file.write_bytes(notes(texts))
    assert record(file, *place) == (0, [f"{ROWS} recorded, 0 already in the log"])
    changed = {7: "Changed.", 333: "Changed, too."}
    file.write_bytes(notes([changed.get(number, text) for number, text in enumerate(texts)]))
    code, messages = record(file, *place, "--dry-run")
    assert code == 1
    assert [message.partition(":")[0] for message in messages[:-1]] == [
        f"sheet 'A note', row {number + 2}, column A 'id'" for number in changed
    ]
    assert all("The row was changed after it was recorded." in one for one in messages[:-1])
    assert messages[-1] == (
        f"{ROWS} checked and nothing recorded: 2 would be refused, {ROWS - 2} are already in the log"
    )
    file.write_bytes(notes([*texts, "New."]))
    assert record(file, *place) == (0, [f"1 recorded, {ROWS} already in the log"])


def test_a_dry_run_here_records_nothing_and_reports_every_fault(
    place: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "trials.xlsx"
    other = {**WHOLE, "id": "t-2", "question": "nobodys", "title": "Other signs"}
    file.write_bytes(written({"A trial": sheet(WHOLE, other)}))
    code, messages = record(file, *place, "--dry-run")
    assert code == 1
    assert messages[0].startswith(
        "sheet 'A trial', row 3, column F 'question': Expected an existing"
    )
    assert messages[-1] == (
        "14 checked and nothing recorded: 2 would be refused and 5 that build on them, 0 are already in the log"
    )
    file.write_bytes(written({"A trial": sheet(WHOLE)}))
    message = "7 checked and nothing recorded: 0 would be refused, 0 are already in the log"
    assert record(file, *place, "--dry-run") == (0, [message])
    assert record(file, *place) == (0, ["7 recorded, 0 already in the log"])


def test_faults_of_rules_are_reported_with_those_of_form_unless_these_may_be_their_cause(
    place: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "trials.xlsx"
    plan = {"organisation": "mill", "cohort": "heritage", "question": "heritage-question"}
    plan |= {"title": "Signs", "hypothesis": "They help.", "tried": "Signs.", "iteration": "signs"}
    trials = sheet({"id": "t-1", "time": "soon", **plan})
    notes = [
        NOTES,
        ["n-1", "2024-03-02", "iteration/signs", "It may be planned by the other row."],
        ["n-2", "2024-03-02", "organisation/nobody", "Nobody knows them."],
        ["n-3", "2024-03-02 09:30", "organisation/nobody", "Nobody knows them."],
    ]
    file.write_bytes(written({"A trial": trials, "A note": notes}))
    for options in ([], ["--dry-run"]):
        code, messages = record(file, *place, *options)
        assert code == 1
        assert [message.partition(":")[0] for message in messages[:4]] == [
            "sheet 'A trial', row 2, column B 'time'",
            "sheet 'A note', row 4, column B 'time'",
            "sheet 'A note', row 3, column C 'about'",
            "sheet 'A note', row 4, column C 'about'",
        ]
        assert messages[4:] == ["nothing is recorded: 4 cells to correct"]


def test_a_name_is_looked_up_here_too(place: list[str], tmp_path: Path) -> None:
    file = tmp_path / "notes.xlsx"
    file.write_bytes(
        written({"A note": [NOTES, ["n-1", "2024-03-02", "=The (old) mill", "By its name."]]})
    )
    assert record(file, *place) == (0, ["1 recorded, 0 already in the log"])


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_ids_and_keys_are_written_back_and_name_the_same_things(
    place: list[str], tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"trial{suffix}"
    row = {"id": "", **only(BEGINNING[1:], hypothesis="They help."), "iteration": ""}
    rows = sheet(row)
    if suffix == ".xlsx":
        file.write_bytes(written({"A trial": rows}))
    else:
        file.write_text("".join(";".join(one) + "\n" for one in rows))
    options = [*place, "--type", "trial"]
    code, messages = record(file, *options, "--write-back")
    assert (code, messages[1]) == (0, "2 recorded, 0 already in the log")
    assert messages[2] == f"2 ids and keys are written into {file}"
    cells = [dict(zip(rows[0], one, strict=True)) for one in _read(file)]
    assert cells[0]["iteration"].startswith("larger-signs-")
    assert len(cells[0]["id"]) == 36
    assert record(file, *options, "--write-back") == (
        0,
        [
            messages[0],
            "0 recorded, 2 already in the log",
            f"{file} has all ids and keys already, so it stays as it is",
        ],
    )
    note = [NOTES, ["n-1", "2024-03-21", f"iteration/{cells[0]['iteration']}", "It stands."]]
    more = tmp_path / "more.xlsx"
    more.write_bytes(written({"A note": note}))
    assert record(more, *place) == (0, ["1 recorded, 0 already in the log"])


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_sheet_without_columns_for_ids_and_keys_gets_them(
    place: list[str], tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"trial{suffix}"
    rows = sheet(only(BEGINNING[1:], hypothesis=f"They help ({suffix})."))
    if suffix == ".xlsx":
        file.write_bytes(written({"A trial": rows}))
    else:
        file.write_text("".join(";".join(one) + "\n" for one in rows))
    options = [*place, "--type", "trial", "--write-back"]
    assert record(file, *options)[1][2] == f"2 ids and keys are written into {file}"
    [row] = _read(file)
    assert len(row[-2]) == 36
    assert row[-1].startswith("larger-signs-")
    assert record(file, *options)[1][1] == "0 recorded, 2 already in the log"


def _read(file: Path) -> list[list[Any]]:
    """Return the rows of a file after its first."""
    if file.suffix == ".csv":
        return [line.split(";") for line in file.read_text().splitlines()[1:]]
    _, *rows = openpyxl.load_workbook(file).active.values
    return [list(row) for row in rows]


@pytest.mark.parametrize(
    ("name", "options"), [("a.ndjson", []), ("a.xlsx.gz", []), ("a.xlsx", ["--dry-run"])]
)
def test_what_cannot_be_written_back_is_refused_first(name: str, options: list[str]) -> None:
    done = run("record", name, "--write-back", *options)
    assert done.returncode == 2
    assert "--write-back" in stderr_of(done)


def test_a_template_offers_what_is_recorded_here(place: list[str], tmp_path: Path) -> None:
    file = tmp_path / "template.xlsx"
    for options in ([], ["--cohort", "heritage"]):
        file.unlink(missing_ok=True)
        done = run("sheet", "template", "--out", file, *place, *options)
        assert done.returncode == 0, stderr_of(done)
        made = openpyxl.load_workbook(file)
        assert ("A new cohort" in made.sheetnames) is (not options)
        cells = {str(one.value) for row in made["Lists"] for one in row}
        assert "=The (old) mill (organisation/mill)" in cells
        assert any(cell.endswith("(question/heritage-question)") for cell in cells)


def test_a_template_for_an_unknown_cohort_is_refused(place: list[str], tmp_path: Path) -> None:
    file = tmp_path / "template.xlsx"
    done = run("sheet", "template", "--out", file, *place, "--cohort", "heritge")
    assert done.returncode == 1
    assert stderr_of(done).endswith(
        "there is no cohort heritge that you may see; leave out --cohort to begin one\n"
    )
    assert not file.exists()


def test_a_template_offers_nothing_of_a_folder_without_a_log(tmp_path: Path) -> None:
    file = tmp_path / "template.xlsx"
    done = run("sheet", "template", "--out", file, "--data", tmp_path / "none")
    assert done.returncode == 1
    assert not file.exists()
    done = run("sheet", "template", "--out", file, "--cohort", "heritage")
    assert done.returncode == 2
