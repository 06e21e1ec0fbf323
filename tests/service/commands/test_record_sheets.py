"""`howcanwe record` of workbooks and CSV files: once, in any order, and what changed is reported with its row."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from events.log import EventLog
from tests.events.samples import registered
from tests.processes import run, stderr_of
from tests.service.app import complete
from tests.service.pages.sheets.workbooks import NOTES, Sheets, written
from tests.service.serving import Served, serving


@pytest.fixture
async def served(log: EventLog) -> AsyncIterator[Served]:
    """A server over a log with one organisation."""
    async with serving(log.url) as served:
        await log.append([complete(registered("mill"))])
        yield served


async def record(served: Served, file: Path, *options: str) -> tuple[int, list[str]]:
    """Run the command; return its exit code and its messages, without the program's name before them."""
    address = f"http://127.0.0.1:{served.port}"
    settings = {"HOWCANWE_KEY": served.api.keys["facilitator"]}
    call = partial(run, "record", file, "--to", address, *options, settings=settings)
    done = await asyncio.to_thread(call)
    lines = stderr_of(done).splitlines()
    return done.returncode, [line.removeprefix("howcanwe: ") for line in lines]


async def test_a_workbook_is_recorded_once_and_a_changed_row_is_told_apart(
    served: Served, tmp_path: Path
) -> None:
    def notes(texts: list[str]) -> Sheets:
        rows = [[f"n-{text[0]}", "2026-03-01", "organisation/mill", text] for text in texts]
        return {"A note": [NOTES, *rows]}

    file = tmp_path / "notes.xlsx"
    file.write_bytes(written(notes(["a", "=b", "c"])))
    assert (await record(served, file, "--dry-run"))[0] == 0
    assert await record(served, file) == (0, ["3 recorded, 0 already in the log"])
    file.write_bytes(written(notes(["d", "c", "=b", "a"])))
    assert await record(served, file) == (0, ["1 recorded, 3 already in the log"])
    file.write_bytes(written(notes(["d", "c changed", "=b", "a"])))
    code, messages = await record(served, file)
    assert code == 1
    assert messages[0].startswith("sheet 'A note', row 3, column A: event.conflict at /id: ")
    assert await served.api.head() == 5


async def test_faults_are_reported_before_anything_is_recorded(
    served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "notes.csv"
    rows = [
        "time;about;text",
        "2026-03-01;organisation/mill;Good",
        "soon;organisation/mill;Bad",
        "2026-03-01;mill;Bad",
    ]
    file.write_text("\n".join(rows))
    code, messages = await record(served, file, "--type", "note.added")
    assert code == 1
    assert messages[0].startswith("row 3, column A: Expected a day or a time")
    assert messages[1].startswith("row 4, column B: field at /data/about: ")
    assert messages[2:] == ["nothing is recorded", "0 recorded, 0 already in the log"]
    file.write_text("\n".join([*rows[:2], "2026-03-01 09:30;organisation/nobody;Bad"]))
    code, messages = await record(served, file, "--type", "A note", "--zone", "Europe/London")
    assert (code, messages[0].partition(": ")[0]) == (1, "row 3, column B")
    file.write_text("\n".join(rows[:2]))
    assert (await record(served, file, "--type", "A note"))[0] == 0
    assert await served.api.head() == 2


async def test_a_template_of_a_server_is_filled_in_and_recorded(
    served: Served, log: EventLog, tmp_path: Path
) -> None:
    await log.append([complete(registered("barn", name="=The (old) barn"))])
    file = tmp_path / "template.xlsx"
    address = f"http://127.0.0.1:{served.port}"
    settings = {"HOWCANWE_KEY": served.api.keys["facilitator"]}
    call = partial(run, "sheet", "template", "--out", file, "--to", address, settings=settings)
    done = await asyncio.to_thread(call)
    assert done.returncode == 0, stderr_of(done)
    made = openpyxl.load_workbook(file)
    lists = {str(cell.value) for row in made["Lists"] for cell in row}
    [mill] = [one for one in lists if one.endswith("(organisation/mill)")]
    assert "=The (old) barn (organisation/barn)" in lists
    columns = {cell.value.rstrip(" *"): cell.column for cell in made["A question"][1]}
    row = {
        "When did it happen?": "2026-03-01",
        "Organisation": mill,
        "Your question": "How can we move the signs?",
    }
    for title, value in row.items():
        made["A question"].cell(3, columns[title]).value = value
    made.save(file)
    assert await record(served, file) == (0, ["1 recorded, 0 already in the log"])
    assert await record(served, file) == (0, ["0 recorded, 1 already in the log"])
    assert (
        await asyncio.to_thread(call)
    ).returncode == 1  # It does not overwrite what was filled in.
