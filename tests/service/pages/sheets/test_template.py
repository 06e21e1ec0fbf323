"""The workbook to fill in: it is read as it was written, and a filled row of every sheet is an event."""

from collections.abc import Iterator
from io import BytesIO
from itertools import count
from typing import Any

import openpyxl
import pytest

from events.vocabulary.catalogue import EventKind
from events.vocabulary.words import words_of
from service.pages.record.form import form_of
from service.pages.record.offers import TITLES
from service.pages.record.reading import given_of
from service.pages.sheets.columns import layout_of, plain
from service.pages.sheets.events import LISTS, MORE, START, of_workbook
from service.pages.sheets.layouts import COMMON, beginning
from service.pages.sheets.rows import HELP, SheetOptions
from service.pages.sheets.subjects import entries_of
from service.pages.sheets.template import ROWS, kinds_named, template
from service.pages.sheets.trials import TRIAL
from service.pages.sheets.values import texts_of
from tests.service.pages.sheets.trials import WHOLE

KINDS = [layout.parts[0].kind for layout in COMMON if len(layout.parts) == 1]
ENTRY = "=How (can) we? (question/signs)"


@pytest.fixture(scope="module")
def content() -> bytes:
    """A template that offers a question."""
    numbers = count(1)
    return template({"question": [ENTRY]}, lambda: f"id-{next(numbers)}")


def read(content: bytes) -> Any:
    """Open a workbook."""
    return openpyxl.load_workbook(BytesIO(content))


def saved(made: Any) -> bytes:
    """Return a workbook's bytes."""
    found = BytesIO()
    made.save(found)
    return found.getvalue()


def headers(sheet: Any) -> Iterator[tuple[int, str]]:
    """Yield the column of each title, and the title."""
    return ((cell.column, cell.value) for cell in sheet[1])


def test_an_empty_template_is_no_events_and_no_faults(content: bytes) -> None:
    found = of_workbook(content, SheetOptions())
    assert (list(found.events), list(found.notes)) == ([], [])


def test_it_has_a_sheet_for_each_common_type_and_one_that_explains(content: bytes) -> None:
    made = read(content)
    assert made.sheetnames == [START, *(layout.title for layout in COMMON), MORE, LISTS]
    assert made[LISTS].sheet_state == "hidden"
    assert "howcanwe record" in " ".join(str(cell.value) for cell in made[START]["A"])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_filled_row_is_an_event_with_the_same_data(content: bytes, kind: EventKind) -> None:
    words = words_of(kind)
    assert words is not None
    made, names = read(content), layout_of(kind).names
    sheet = made[TITLES[kind.model]]
    keys = {
        name: [words.example[name]]
        for name in {one.field for one in kind.references if one.creates}
    }
    given = {**given_of(form_of(kind).fields, words.example), **keys, "time": ["2026-03-01"]}
    for column, title in headers(sheet):
        if values := given.get(names[plain(title)]):
            sheet.cell(3, column).value = "; ".join(values)
    [event] = of_workbook(saved(made), SheetOptions()).events
    assert event.content["data"] == words.example
    assert event.content["id"] == sheet["A3"].value


def test_a_filled_row_of_a_trial_becomes_its_events(content: bytes) -> None:
    made = read(content)
    sheet = made[TRIAL.title]
    for column, title in headers(sheet):
        sheet.cell(3, column).value = WHOLE.get(TRIAL.names[plain(title)])
    found = of_workbook(saved(made), SheetOptions()).events
    assert [event.content["id"] for event in found] == [f"t-1{part.ending}" for part in TRIAL.parts]


def test_each_row_has_an_id_of_its_own_and_the_row_of_help_says_so(content: bytes) -> None:
    made = read(content)
    ids = []
    for layout in COMMON:
        column = [cell.value for cell in made[layout.title]["A"]]
        assert column[1] == HELP
        assert len(column) == ROWS + 2
        ids += column[2:]
    assert len(set(ids)) == len(ids)


def test_each_sheet_opens_at_the_first_cell_to_fill_in() -> None:
    made = read(template({}, lambda: "an-id", begins=True))
    for layout in beginning():
        sheet = made[layout.title]
        pane = sheet.sheet_view.pane.activePane
        [cell] = [one.activeCell for one in sheet.sheet_view.selection if one.pane == pane]
        assert (cell, sheet[cell].value) == ("B3", None)
        assert not sheet.column_dimensions["B"].hidden


def test_a_name_stands_before_the_time_of_what_it_names() -> None:
    made = read(template({}, lambda: "an-id", begins=True))
    when = "When did it happen?"
    first = {
        sheet.title: [str(cell.value).rstrip(" *") for cell in sheet[1]][1:3] for sheet in made
    }
    assert first["An organisation of the cohort"] == ["Name of the organisation", when]
    assert first["A new cohort"] == ["Name of the cohort", when]
    assert first["A trial"][0] == when


def test_what_is_offered_is_taken_and_stays_a_text(content: bytes) -> None:
    made = read(content)
    offered = {cell.value: cell.data_type for row in made[LISTS] for cell in row if cell.value}
    assert offered[ENTRY] == "s"
    assert {"Public", "yes"} & offered.keys() == {"Public"}
    sheet = made["A plan"]
    ranges = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    [letter] = [cell.column_letter for cell in sheet[1] if plain(cell.value) == "question"]
    assert ranges[f"{letter}3:{letter}{ROWS + 2}"].startswith("'Lists'!$")


def test_a_subject_is_offered_by_its_name_in_one_short_line() -> None:
    nodes = [{"stream": "question/q-1", "text": f"How\ncan {'we ' * 50}?"}]
    [entry] = entries_of({"found": {"nodes": nodes}})
    assert entry.startswith("How can we we")
    assert entry.endswith("we… (question/q-1)")
    assert len(entry) < 100


def test_an_entry_of_a_list_names_one_subject_whatever_its_name_is() -> None:
    nodes = [{"stream": "learning/a", "statement": "Before (learning/b); after"}]
    [entry] = entries_of({"found": {"nodes": nodes}})
    [field] = [
        field
        for layout in COMMON
        for name, field in layout.fields.items()
        if layout.title == "The end of a question" and name == "learnings"
    ]
    assert texts_of(field, entry) == ["a"]


def test_the_kinds_that_sheets_name_are_known() -> None:
    assert {"organisation", "cohort", "question", "iteration"} <= set(kinds_named())


def test_a_workbook_that_begins_a_cohort_has_its_sheets_first_and_folds_what_few_need() -> None:
    made = read(template({}, lambda: "an-id", begins=True))
    titles = [layout.title for layout in beginning()]
    assert made.sheetnames == [START, *titles, MORE, LISTS]
    first = [
        "A new cohort",
        "An organisation of the cohort",
        "A question of the cohort",
        "A trial",
        "A learning taken up",
    ]
    assert [one.title for one in made if one.sheet_state == "visible"] == [START, *first, MORE]
    assert {*titles[3:]} == {layout.title for layout in COMMON}
    for title, shown in zip(first[:4], (6, 4, 4, 17), strict=True):
        sheet = made[title]
        hidden = [sheet.column_dimensions[cell.column_letter].hidden for cell in sheet[1]]
        # Neighbours that are folded alike are one dimension in the file.
        assert hidden[: shown + 1] == [False] * shown + [True], title


def test_the_sheet_that_is_read_first_is_short() -> None:
    made = read(template({}, lambda: "an-id", begins=True))
    assert len(" ".join(cell.value for cell in made[START]["A"]).split()) <= 60


def helps(sheet: Any) -> dict[str, str]:
    """Return what a sheet says of its columns, by their titles."""
    return {title.rstrip(" *"): sheet.cell(2, column).value for column, title in headers(sheet)}


def test_columns_say_what_makes_them_needed_and_what_it_means_to_leave_them_empty(
    content: bytes,
) -> None:
    found = helps(read(content)[TRIAL.title])
    assert found["What does it change?"].startswith("Needed if you fill in 'What we learned'. ")
    assert (
        "Needed if you fill in 'What did it show?' or 'Why it happened'." in found["What happened"]
    )
    assert found["How strong is the evidence?"].endswith(
        "If you leave it empty, it is 'An account of why', the weakest."
    )


def test_a_cell_that_takes_several_says_how_they_are_written(content: bytes) -> None:
    made = read(content)
    several = "Choose one, or write several with ; between them."
    assert helps(made[TRIAL.title])["Who was it a failure for?"].endswith(f" {several}")
    assert helps(made["A learning"])["What did you learn it from?"].endswith(several)
    texts = [text for sheet in made for row in sheet.values for text in row if text]
    assert not any("Tick" in str(text) for text in texts)


def test_what_the_rows_of_a_workbook_create_is_offered_to_its_other_rows() -> None:
    made = read(template({"question": [ENTRY]}, lambda: "an-id", begins=True))
    trial = made["A trial"]
    [letter] = [cell.column_letter for cell in trial[1] if plain(cell.value) == "question"]
    [place] = [
        one.formula1
        for one in trial.data_validations.dataValidation
        if str(one.sqref).startswith(f"{letter}3")
    ]
    column = place.split("$")[1]
    offered = [cell.value for cell in made[LISTS][column] if cell.value is not None]
    assert offered[0] == ENTRY
    cohort, question = made["A new cohort"], made["A question of the cohort"]
    for sheet, title in ((cohort, "the shared question"), (question, "your question")):
        [at] = [cell.column_letter for cell in sheet[1] if plain(cell.value) == title]
        cell = f"'{sheet.title}'!{at}3"
        assert f'=IF({cell}="","",{cell})' in offered
