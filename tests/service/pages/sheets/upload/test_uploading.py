"""Uploading a sheet: what would be recorded is shown row by row, what is confirmed is exactly that, and only once."""

from io import BytesIO

import openpyxl
import pytest

from events.vocabulary.types.cohorts import NoteAdded
from service.pages.sheets.columns import plain
from service.pages.sheets.files.table import FAULTS_SHOWN_MAX
from service.pages.sheets.trials import TRIAL
from tests.service.app import Api
from tests.service.pages.record.forms import signed_in
from tests.service.pages.sheets.upload.uploads import (
    MILL,
    SHEETS,
    confirm,
    note,
    notes,
    sealed_in,
    text,
    upload,
)
from tests.service.pages.sheets.workbooks import NOTES, written

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_workbook_is_shown_confirmed_and_recorded_once(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    first, second = note("The first of two."), note("=The second <b>of</b> two.")
    head = await site.head()
    shown = await upload(visitor, notes(first, second))
    assert shown.status_code == 200, shown.text
    assert await site.head() == head
    assert "<strong>2</strong> New" in text(shown)
    done = await confirm(visitor, shown)
    assert "The first of two." in text(done)
    assert "=The second &lt;b&gt;of&lt;/b&gt; two." in done.text
    assert f'href="/organisations/{MILL.partition("/")[2]}"' in done.text
    assert await site.head() == head + 2
    again = await upload(visitor, notes(second, first))
    assert "<strong>2</strong> Recorded before" in text(again)
    assert sealed_in(again) == {}
    await confirm(visitor, shown)
    assert await site.head() == head + 2


async def test_a_row_tells_what_becomes_of_it_and_the_others_are_recorded(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    row = note("As it was.")
    await confirm(visitor, await upload(visitor, notes(row)))
    changed = [*row[:3], "As it is."]
    sheet = [NOTES, changed, note("Nobody's.", "organisation/nobody"), note("New.")]
    shown = await upload(visitor, written({"A note": sheet}))
    assert shown.status_code == 200
    words = text(shown)
    for status in ("New", "Changed since it was recorded", "Cannot be recorded"):
        assert f"<strong>1</strong> {status}" in words
    assert "Column A (id): This was recorded before, with other words." in words
    assert "This was recorded before with something else in 'text'." in words
    assert "Column C (about): You cannot choose this" in words
    head = await site.head()
    done = await confirm(visitor, shown)
    assert "New." in text(done)
    assert await site.head() == head + 1


async def test_every_fault_of_the_file_is_shown_at_once_with_its_place(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    wrong = [NOTES, ["n", "soon", MILL, "a"], ["m", "2024-05-01", "Mill", "a"]]
    wrong.append(["o", "2024-05-01", "organisation/nobody", "a"])
    shown = await upload(visitor, written({"A note": wrong}))
    assert shown.status_code == 422
    assert sealed_in(shown) == {}
    assert "Sheet “A note”, row 2, column B (time)" in text(shown)
    assert "Sheet “A note”, row 3, column C (about)" in text(shown)
    assert "Sheet “A note”, row 4, column C (about)" in text(shown)


async def test_an_organisation_is_known_by_its_name(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    assert await site.service.served.wait_for(await site.head(), 10)
    shown = await upload(visitor, notes(note("By its name.", "brackwater Mill museum")))
    assert "<strong>1</strong> New" in text(shown)


async def test_of_very_many_faults_the_first_are_shown(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    rows = [[f"n-{number}", "soon", MILL, "a"] for number in range(FAULTS_SHOWN_MAX + 3)]
    shown = await upload(visitor, written({"A note": [NOTES, *rows]}))
    assert shown.text.count("Expected a day or a time") == FAULTS_SHOWN_MAX
    assert "3 more are wrong." in text(shown)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Please choose a file."),
        (b"PK no workbook", "The file cannot be read."),
        (b"id;text\n1;a\n", "The file cannot be read."),
        (b"\xff\xfe", "The file cannot be read."),
        (written({"A note": [NOTES]}), "The file has no row that is filled in."),
    ],
    ids=["none", "no workbook", "no type", "no text", "no rows"],
)
async def test_what_is_no_sheet_is_refused(site: Api, content: bytes, sentence: str) -> None:
    shown = await upload(await signed_in(site, "facilitator"), content)
    assert shown.status_code == 422
    assert sentence in text(shown)


async def test_a_csv_file_has_the_type_and_the_zone_that_are_chosen(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    content = f"time,about,text\n2024-05-01 09:30,{MILL},From a CSV file.\n".encode()
    shown = await upload(visitor, content, type=NoteAdded.name)
    assert "The time has no zone." in text(shown)
    shown = await upload(visitor, content, type=NoteAdded.name, zone="Europe/London")
    assert "<strong>1</strong> New" in text(shown)
    assert '"time":"2024-05-01T09:30:00+01:00"' not in shown.text


async def test_what_is_confirmed_was_shown_in_this_session(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    fields = sealed_in(await upload(visitor, notes(note("Mine."))))
    head = await site.head()
    signature, _, packed = fields["events"].partition(".")
    wrong = [f"{signature}.{packed[:-4]}AAA=", f"{'0' * 64}.{packed}", signature, ""]
    for events in wrong:
        answer = await visitor.post(f"{SHEETS}/recorded", **{**fields, "events": events})
        assert answer.status_code == 403
    other = await signed_in(site, "facilitator")
    token = await other.token()
    answer = await other.post(f"{SHEETS}/recorded", **{**fields, "token": token})
    assert answer.status_code == 403
    assert await site.head() == head


async def test_an_upload_without_the_sessions_token_or_from_elsewhere_is_refused(
    site: Api,
) -> None:
    visitor = await signed_in(site, "facilitator")
    content = notes(note("Not mine."))
    assert (await upload(visitor, content, token="f" * 64)).status_code == 403
    assert (await upload(visitor, content, {})).status_code == 403
    assert (await upload(visitor, content, {"sec-fetch-site": "cross-site"})).status_code == 403
    fields = sealed_in(await upload(visitor, content))
    answer = await visitor.post(f"{SHEETS}/recorded", **{**fields, "token": "f" * 64})
    assert answer.status_code == 403


async def test_files_beyond_the_bounds_are_refused(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    assert (await upload(visitor, b"x" * 4_300_000)).status_code == 413
    assert "larger than" in text(await upload(visitor, b"x\n" * 2_097_153, type="note.added"))
    events_max = site.service.settings.batch_events_max
    many = notes(*(note(str(number)) for number in range(events_max + 1)))
    assert "Divide it into several files" in text(await upload(visitor, many))


async def test_nothing_is_recorded_if_something_has_changed_meanwhile(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    first, second = note("Overtaken."), note("Still new.")
    shown = await upload(visitor, notes(first, second))
    other = await upload(visitor, notes([*first[:3], "Overtaking."]))
    await confirm(visitor, other)
    head = await site.head()
    answer = await visitor.post(f"{SHEETS}/recorded", **sealed_in(shown))
    assert answer.status_code == 422
    assert "Meanwhile something has changed" in text(answer)
    assert await site.head() == head
    assert "Still new." in text(await confirm(visitor, answer))


@pytest.mark.parametrize("range_", ["?first=0&last=1", "?first=9", "?first=a&last=b"])
async def test_an_address_without_positions_has_nothing(site: Api, range_: str) -> None:
    visitor = await signed_in(site, "facilitator")
    assert (await visitor.get(f"{SHEETS}/recorded{range_}")).status_code == 404
    assert (await visitor.get(f"{SHEETS}/recorded")).headers["location"] == SHEETS


async def test_there_is_no_workbook_for_an_unknown_cohort(site: Api) -> None:
    visitor = await signed_in(site, "facilitator")
    answer = await visitor.get(f"{SHEETS}/template.xlsx?cohort=heritge-2024")
    assert answer.status_code == 404


async def test_a_downloaded_workbook_is_filled_in_and_uploaded(site: Api) -> None:
    visitor = await signed_in(site, "mill-museum")
    assert await site.service.served.wait_for(await site.head(), 10)
    page = await visitor.get(SHEETS)
    assert "/record/sheets/template.xlsx?cohort=heritage-2024" in page.text
    answer = await visitor.get(f"{SHEETS}/template.xlsx?cohort=heritage-2024")
    made = openpyxl.load_workbook(BytesIO(answer.content))
    lists = {str(cell.value) for row in made["Lists"] for cell in row if cell.value}
    [question] = [one for one in lists if one.endswith("(question/keepers-shared)")]
    [mill] = [one for one in lists if one.endswith(f"({MILL})")]
    [cohort] = [one for one in lists if one.endswith("(cohort/heritage-2024)")]
    row = {
        "time": "2024-05-01",
        "organisation": mill,
        "cohort": cohort,
        "question": question,
        "title": "Two chairs",
        "hypothesis": "People sit down and talk.",
        "tried": "Two chairs beside the loom.",
        "learned": "One chair is enough.",
        "loop": "single",
        "evidence_level": "1",
    }
    sheet = made[TRIAL.title]
    for cell in sheet[1]:
        sheet.cell(3, cell.column).value = row.get(TRIAL.names[plain(cell.value)]) or (
            sheet.cell(3, cell.column).value
        )
    content = BytesIO()
    made.save(content)
    shown = await upload(visitor, content.getvalue())
    assert "New: A plan · The beginning of a trial · A learning" in (
        text(shown).replace("<strong>", "").replace("</strong>", "")
    )
    done = await confirm(visitor, shown)
    assert "/iterations/two-chairs-" in done.text
    assert "/learnings/one-chair-is-enough-" in done.text
