"""`howcanwe record` of workbooks and CSV files: once, in any order, and what changed is reported with its row."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest

from events.log import EventLog
from service.pages.sheets.template import template
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
    assert messages[0].startswith(
        "sheet 'A note', row 3, column A 'id': This was recorded before with something else in 'text'. It is at "
        "position 4 of the record. The row was changed"
    )
    assert messages[1].startswith("nothing is recorded from sheet 'A note'")
    assert messages[1].endswith("; with --to and --lenient, all that is not refused is recorded")
    assert await served.api.head() == 5


async def test_faults_are_reported_before_anything_is_recorded(
    served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "notes.csv"
    rows = [
        "time;about;text",
        "2026-03-01;organisation/mill;Good",
        "soon;organisation/mill;Bad",
        "2026-03-01;Mill House;Bad",
        "2026-03-01;organisation/nobody;Bad",
    ]
    file.write_text("\n".join(rows))
    code, messages = await record(served, file, "--type", "note.added")
    assert code == 1
    assert messages[0].startswith("row 3, column A 'time': Expected a day or a time")
    assert messages[1].startswith("row 4, column B 'about': There is no subject with this key")
    assert messages[2].startswith("row 5, column B 'about': Expected an existing ")
    assert messages[2].endswith("(subject.unknown)")
    assert messages[3:] == ["nothing is recorded: 3 cells to correct"]
    file.write_text("\n".join([*rows[:2], "2026-03-01 09:30;organisation/nobody;Bad"]))
    code, messages = await record(served, file, "--type", "A note", "--zone", "Europe/London")
    assert (code, messages[0].partition(": ")[0]) == (1, "row 3, column B 'about'")
    file.write_text("\n".join(rows[:2]))
    assert (await record(served, file, "--type", "A note"))[0] == 0
    assert await served.api.head() == 2


async def test_rows_that_are_recorded_get_their_ids_although_others_are_refused(
    served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "notes.csv"
    row = ";2026-03-01;organisation/{};A note."
    file.write_text("\n".join(["id;time;about;text", row.format("mill"), row.format("nobody")]))
    options = ("--type", "note.added", "--lenient", "--write-back")
    code, messages = await record(served, file, *options)
    assert code == 1
    assert messages[-2:] == [
        "1 recorded, 0 already in the log, 1 refused and in the quarantine",
        f"1 ids and keys are written into {file}, for the rows that are recorded",
    ]
    _, good, bad = file.read_text().splitlines()
    assert len(good.partition(";")[0]) == 36
    assert bad == row.format("nobody")


async def test_a_dry_run_counts_what_is_in_the_log_beside_what_is_refused(
    served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "notes.csv"
    rows = [
        "id;time;about;text",
        "a;2026-03-01;organisation/mill;A",
        "b;2026-03-01;organisation/mill;B",
    ]
    file.write_text("\n".join(rows))
    assert (await record(served, file, "--type", "note.added"))[0] == 0
    file.write_text(
        "\n".join([*rows[:2], "b;2026-03-01;organisation/mill;Other", "c" + rows[1][1:]])
    )
    code, messages = await record(served, file, "--type", "note.added", "--dry-run")
    assert code == 1
    assert messages[-1] == (
        "3 checked and nothing recorded: 1 would be refused, 1 are already in the log"
    )


async def test_a_key_without_its_kind_and_an_organisations_name_are_understood(
    served: Served, log: EventLog, tmp_path: Path
) -> None:
    await log.append([complete(registered("barn", name="The Old Barn"))])
    file = tmp_path / "notes.csv"
    rows = [
        "time;about;text",
        "2026-03-01;mill;By its key.",
        "2026-03-01;the old barn;By its name.",
    ]
    file.write_text("\n".join(rows))
    assert await record(served, file, "--type", "note.added") == (
        0,
        ["2 recorded, 0 already in the log"],
    )
    await log.append([complete(registered("barn-2", name="The old barn"))])
    code, [message, *_] = await record(served, file, "--type", "note.added")
    assert code == 1
    assert message == (
        "row 3, column B 'about': Several are called 'the old barn'. Write the one that is meant: "
        "organisation/barn, organisation/barn-2."
    )


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


async def test_a_cohort_begins_with_a_workbook_and_is_read_where_the_command_says(
    served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "cohort.xlsx"
    address = f"http://127.0.0.1:{served.port}"
    key = served.api.keys["facilitator"]
    settings = {"HOWCANWE_KEY": key}
    made = openpyxl.load_workbook(BytesIO(template({}, lambda: str(uuid4()), begins=True)))
    when = "When did it happen?"
    rows = {
        "A new cohort": {
            when: "2026-03-02",
            "Name of the cohort": "Gardens 2026",
            "The shared question": "How can we keep gardens alive?",
            "Who facilitates it?": "Ada",
        },
        "An organisation of the cohort": {
            "Name of the organisation": "Oak School",
            "Field of work": "school",
        },
        "A question of the cohort": {
            when: "2026-03-03",
            "Organisation": "Oak School",
            "Your question": "How can we water in July?",
        },
    }
    for title, row in rows.items():
        columns = {cell.value.rstrip(" *"): cell.column for cell in made[title][1]}
        for name, value in row.items():
            made[title].cell(3, columns[name]).value = value
    made.save(file)
    done = await asyncio.to_thread(partial(run, "record", file, "--to", address, settings=settings))
    assert stderr_of(done) == "howcanwe: 4 recorded, 0 already in the log\n"
    first, second = done.stdout.decode().splitlines()
    page = second.removeprefix(f"Then read it at {address}")
    assert page.startswith("/cohorts/gardens-2026-")
    assert first == (
        f"Sign in with your key at {address}/sign-in?to={page}, or with the link from: "
        f"howcanwe keys link {key.split('_')[1]} --page {page} --public-url {address}"
    )


async def test_a_file_that_another_key_recorded_is_told_once(
    served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "notes.xlsx"
    rows = [[f"n-{number}", "2026-03-01", "organisation/mill", "A note."] for number in range(3)]
    file.write_bytes(written({"A note": [NOTES, *rows]}))
    assert (await record(served, file))[0] == 0
    before = served.api.keys["facilitator"]
    served.api.keys["facilitator"] = served.api.keys["admin"]
    try:
        assert await record(served, file) == (
            1,
            [
                "all these 3 events were recorded before, with another key or without one; unless the file was changed "
                "since then, nothing is missing",
                "0 recorded, 0 already in the log, 3 in it from another sender",
            ],
        )
    finally:
        served.api.keys["facilitator"] = before


async def test_no_page_is_named_if_no_cohort_is(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "notes.csv"
    file.write_text("time;about;text\n2026-03-01;mill;Of an organisation.\n")
    call = partial(run, "record", file, "--to", f"http://127.0.0.1:{served.port}")
    settings = {"HOWCANWE_KEY": served.api.keys["facilitator"]}
    done = await asyncio.to_thread(partial(call, "--type", "note.added", settings=settings))
    assert (done.returncode, done.stdout) == (0, b"")
