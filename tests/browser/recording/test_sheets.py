"""A sheet is uploaded with a browser, with and without scripts."""

from pathlib import Path

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.conftest import Site
from tests.browser.recording.person import person
from tests.service.pages.sheets.workbooks import NOTES, written

pytestmark = pytest.mark.asyncio(loop_scope="module")

MILL = "organisation/mill-museum"
UNREADABLE = ["b-1", "soon", MILL, "Unreadable."]
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def notes(*rows: list[str]) -> FilePayload:
    """Return a workbook of notes, as somebody chooses it."""
    return {
        "name": "notes.xlsx",
        "mimeType": TYPE,
        "buffer": written({"A note": [NOTES, *rows]}),
    }


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_workbook_is_uploaded_read_and_confirmed(browsed: Site, scripts: bool) -> None:
    good = [f"browser-{scripts}", "2024-05-01", MILL, f"Uploaded {'w' * 80}."]
    other = [f"other-{scripts}", "2024-05-01", "organisation/nobody", "Of nobody."]
    zone = {"timezone_id": "Europe/Berlin"}
    async with person(browsed, "facilitator", java_script_enabled=scripts, **zone) as somebody:
        page = somebody.page
        main = page.get_by_role("main")
        await page.goto("/record")
        await main.get_by_role("link", name="Record from a sheet").click()
        chosen = main.get_by_label("Time zone of times of day")
        await expect(chosen).to_have_value("Europe/Berlin" if scripts else "")
        await main.get_by_label("File").set_input_files(notes(UNREADABLE))
        await main.get_by_role("button", name="Show what would be recorded").click()
        await expect(page.get_by_role("alert")).to_contain_text("Sheet “A note”, row 2, column B")
        await main.get_by_label("File").set_input_files(notes(good, other))
        await main.get_by_role("button", name="Show what would be recorded").click()
        await expect(main).to_contain_text("Nothing is recorded yet.")
        await main.get_by_role("button", name="Record what is new").click()
        await expect(main.get_by_role("heading", level=1)).to_have_text("Recorded")
        await expect(main).to_contain_text("1 records from sheets")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_the_file_is_downloaded_with_its_ids_and_uploaded_again(
    browsed: Site, scripts: bool, tmp_path: Path
) -> None:
    rows = [["time", "about", "text"], ["2024-05-01", MILL, f"Without an id, {scripts}."]]
    own = notes()
    own["buffer"] = written({"A note": rows})
    async with person(browsed, "facilitator", java_script_enabled=scripts) as somebody:
        main = somebody.page.get_by_role("main")
        await somebody.page.goto("/record/sheets")
        await main.get_by_label("File").set_input_files(own)
        await main.get_by_role("button", name="Show what would be recorded").click()
        await main.get_by_role("button", name="Record what is new").click()
        async with somebody.page.expect_download() as started:
            await main.get_by_role("link", name="Download the file with its ids").click()
        file = await started.value
        assert file.suggested_filename == "notes.xlsx"
        await file.save_as(tmp_path / "notes.xlsx")
        await main.get_by_role("link", name="Upload another file").click()
        await main.get_by_label("File").set_input_files(tmp_path / "notes.xlsx")
        await main.get_by_role("button", name="Show what would be recorded").click()
        await expect(main).to_contain_text("Everything in this file is recorded already.")
