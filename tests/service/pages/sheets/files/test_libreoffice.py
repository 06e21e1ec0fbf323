"""Workbooks that LibreOffice opened and saved: they are read as they were filled in."""

import shutil
import subprocess
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from service.pages.sheets.columns import plain
from service.pages.sheets.events import SheetEvents, of_csv, of_workbook
from service.pages.sheets.files.completed import completed_workbook
from service.pages.sheets.files.workbook import tables_of
from service.pages.sheets.rows import SheetOptions
from service.pages.sheets.template import template
from service.pages.sheets.trials import TRIAL
from tests.service.pages.sheets.trials import WHOLE, sheet
from tests.service.pages.sheets.workbooks import NOTES, written

SECONDS_MAX: Final = 300
"""After this, LibreOffice is taken for hung."""
SOFFICE: Final = shutil.which("soffice")
pytestmark = [
    pytest.mark.frontend,
    pytest.mark.skipif(SOFFICE is None, reason="there is no LibreOffice (soffice)"),
]
NOTE: Final = ["n-1", "2024-03-01", "organisation/mill", "=A1 (title)\nand a second line"]


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for LibreOffice's own files."""
    return tmp_path_factory.mktemp("libreoffice")


def saved(profile: Path, folder: Path, content: bytes, as_: str = "xlsx") -> bytes:
    """Return the file that LibreOffice writes when it has opened a workbook."""
    assert SOFFICE is not None
    given = folder / "given.xlsx"
    given.write_bytes(content)
    out = folder / "out"
    place = f"-env:UserInstallation={profile.as_uri()}"
    call = [SOFFICE, place, "--headless", "--convert-to", as_, "--outdir", str(out), str(given)]
    subprocess.run(call, check=True, capture_output=True, timeout=SECONDS_MAX)
    [made] = out.iterdir()
    return made.read_bytes()


def contents(found: SheetEvents) -> list[Mapping[str, Any]]:
    """Return the events alone."""
    return [event.content for event in found.events]


def test_a_filled_template_says_the_same_after_it_was_saved(profile: Path, tmp_path: Path) -> None:
    made = openpyxl.load_workbook(BytesIO(template({}, lambda: "t-1")))
    of_trials = made[TRIAL.title]
    for cell in of_trials[1]:
        of_trials.cell(3, cell.column).value = WHOLE.get(TRIAL.names[plain(cell.value)])
    filled = BytesIO()
    made.save(filled)
    before = of_workbook(filled.getvalue(), SheetOptions())
    after = of_workbook(saved(profile, tmp_path, filled.getvalue()), SheetOptions())
    assert len(before.events) == len(TRIAL.parts)
    assert contents(after) == contents(before)


def test_formulas_hidden_rows_and_merged_cells_are_read_as_they_are(
    profile: Path, tmp_path: Path
) -> None:
    def change(made: Any) -> None:
        # No value of this formula is stored until a program opens the file.
        made["A note"]["D3"] = '="Counted " & 1+2'
        made["A note"].row_dimensions[3].hidden = True

    rows = [NOTES, NOTE, ["n-2", "2024-03-02", "organisation/mill", "x"]]
    content = saved(profile, tmp_path, written({"A note": rows}, change))
    found = of_workbook(content, SheetOptions())
    assert [event["data"]["text"] for event in contents(found)] == [NOTE[3], "Counted 3"]
    assert found.notes == ["sheet 'A note': hidden rows are read, too: 3"]
    content = written({"A note": rows}, lambda made: made["A note"].merge_cells("D2:E2"))
    merged = tmp_path / "merged"
    merged.mkdir()
    [table] = tables_of(saved(profile, merged, content))
    assert table.merged == ("D2:E2",)


def test_what_was_written_back_opens_and_stays(profile: Path, tmp_path: Path) -> None:
    rows = [[*NOTES, "more"], ["", *NOTE[1:], "x"]]
    content = completed_workbook(
        written({"A note": rows}), {"A note": {(2, 1): "n-9", (2, 6): "k"}}
    )
    [table] = tables_of(saved(profile, tmp_path, content))
    cells = table.rows[1].cells
    assert (cells[1], cells[4], cells[6]) == ("n-9", NOTE[3], "k")


def test_a_sheet_that_was_saved_as_csv_is_the_same_events(profile: Path, tmp_path: Path) -> None:
    content = written({"A trial": sheet(WHOLE)})
    text = saved(profile, tmp_path, content, "csv:Text - txt - csv (StarCalc):44,34,76")
    found = of_csv(text.splitlines(keepends=True), SheetOptions("trial"))
    assert contents(found) == contents(of_workbook(content, SheetOptions()))
