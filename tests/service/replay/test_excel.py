"""CSV for people: what a spreadsheet program makes of it."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from service.replay.formats.cell import FORMULA
from tests.service.replay.logs import chain
from tests.service.replay.test_again import done, refused
from tests.service.replay.test_amendments import registered

HOSTILE = (
    "=cmd|'/c calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\uff1d1+1",
    'Müller, "Söhne"; \u2019ne Zeile\nund noch eine',
)
TIME = "2025-11-18T20:30:00.25+01:00"


def note(number: int, text: str) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": f"n-{number}",
        "source": "urn:example:notes",
        "type": "org.howcanwe.note.added.v1",
        "time": TIME,
        "data": {"organisation": "museum-1", "text": text},
    }


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.ndjson"
    path.write_bytes(chain([registered(1), *map(note, range(2, 9), HOSTILE)]))
    return path


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_it_has_a_byte_order_mark_and_the_columns_of_its_types(log: Path, tmp_path: Path) -> None:
    out = tmp_path / "notes.csv"
    done("replay", log, "--out", out, "--for", "excel", "--type", "note.added")
    assert out.read_bytes().startswith(b"\xef\xbb\xbfposition,time_utc,time_local,offset,")
    found = rows(out)
    columns = {name.removeprefix("data_") for name in found[0] if name.startswith("data_")}
    assert {"text", "organisation"} <= columns
    assert "sector" not in columns
    assert [row["position"] for row in found] == [str(at) for at in range(2, 9)]
    done("replay", log, "--out", tmp_path / "all.csv", "--for", "excel")
    assert {"data_text", "data_sector"} <= set(rows(tmp_path / "all.csv")[0])


def test_times_in_utc_and_as_recorded_are_in_columns_of_their_own(
    log: Path, tmp_path: Path
) -> None:
    done("replay", log, "--out", tmp_path / "log.csv", "--for", "excel")
    row = rows(tmp_path / "log.csv")[-1]
    assert (row["time_utc"], row["time_local"], row["offset"]) == (
        "2025-11-18 19:30:00.250",
        "2025-11-18 20:30:00.250",
        "UTC+01:00",
    )


def test_no_cell_begins_as_a_formula(log: Path, tmp_path: Path) -> None:
    done("replay", log, "--out", tmp_path / "log.csv", "--for", "excel")
    found = rows(tmp_path / "log.csv")
    assert not [cell for row in found for cell in row.values() if cell.startswith(FORMULA)]
    texts = [row["data_text"] for row in found[1:]]
    assert texts == [*(f"'{text}" for text in HOSTILE[:-1]), HOSTILE[-1]]


def test_it_is_continued_as_what_it_is(log: Path, tmp_path: Path) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    out, fresh = tmp_path / "log.csv", tmp_path / "fresh.csv"
    log.write_bytes(b"".join(lines[:3]))
    done("replay", log, "--out", out, "--for", "excel")
    log.write_bytes(b"".join(lines))
    assert "other options" in refused("replay", log, "--out", out)
    assert "5 added, 8 events" in done("replay", log, "--out", out, "--for", "excel")
    done("replay", log, "--out", fresh, "--for", "excel")
    assert out.read_bytes() == fresh.read_bytes()
    assert "the export is whole" in done("verify", out)


@pytest.mark.parametrize("name", ["log.parquet", "log.csv.gz", "log.ndjson"])
def test_what_excel_does_not_open_is_refused(log: Path, tmp_path: Path, name: str) -> None:
    reported = refused("replay", log, "--out", tmp_path / name, "--for", "excel")
    assert "name a file such as failures.csv" in reported or "Excel does not read it" in reported


def test_libreoffice_shows_times_letters_and_no_formula(log: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    done("replay", log, "--out", tmp_path / "log.csv", "--for", "excel")
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            # Commas, quotes, UTF-8, from line 1, in English, and numbers detected as in the dialog with its box ticked.
            "--infilter=CSV:44,34,76,1,,1033,false,true",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "log.csv"),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    sheet = openpyxl.load_workbook(tmp_path / "log.xlsx").active
    assert sheet is not None
    names, *found = sheet.iter_rows()
    column = {str(cell.value): at for at, cell in enumerate(names)}
    assert not [cell for row in found for cell in row if cell.data_type == "f"]
    times = [row[column["time_utc"]] for row in found]
    assert {cell.data_type for cell in times} == {"d"}
    texts = [row[column["data_text"]].value for row in found[1:]]
    assert texts == [*(f"'{text}" for text in HOSTILE[:-1]), HOSTILE[-1]]
    assert found[0][column["position"]].value == 1
