"""The events of sheets: which sheets are read, every fault at once, ids that hold, and the order of events."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events.vocabulary.catalogue import VOCABULARY, JsonObject
from events.vocabulary.types.cohorts import NoteAdded
from events.vocabulary.words import LISTS
from service.pages.sheets.columns import layout_of
from service.pages.sheets.events import SheetEvents, SheetsRefused, of_csv, of_workbook
from service.pages.sheets.rows import COLUMNS_MAX, SheetOptions
from tests.service.pages.sheets.workbooks import FIRST, NOTES, SECOND, written

NOTE = NoteAdded.name
PLAN = ["time", "organisation", "cohort", "question", "title", "hypothesis", "action"]


def csv(*rows: Sequence[str], **options: Any) -> SheetEvents:
    """Return the events of a CSV file."""
    return of_csv([(",".join(row) + "\n").encode() for row in rows], SheetOptions(**options))


def contents(found: SheetEvents) -> list[JsonObject]:
    """Return the events alone."""
    return [event.content for event in found.events]


def refused(*rows: Sequence[str], **options: Any) -> Sequence[str]:
    """Return the faults of a CSV file."""
    with pytest.raises(SheetsRefused) as caught:
        csv(*rows, **options)
    return [str(fault) for fault in caught.value.faults]


def test_a_row_is_an_event() -> None:
    [event] = csv(NOTES, FIRST, type=NOTE).events
    assert str(event.place) == "row 2"
    assert event.content == {
        "specversion": "1.0",
        "id": "n-1",
        "source": "urn:howcanwe:sheets",
        "type": "org.howcanwe.note.added.v1",
        "time": "2026-03-01T00:00:00+00:00",
        "timeprecision": "day",
        "data": {"about": "organisation/mill", "text": "Signs were moved."},
    }


def test_titles_and_names_mean_the_same() -> None:
    kind = VOCABULARY.of(NoteAdded)
    titles = [f" {layout_of(kind).titles[name].upper()} *" for name in NOTES]
    by_title = csv(titles, FIRST, type="A note")
    assert contents(by_title) == contents(csv(NOTES, FIRST, type=NOTE))


def test_a_sheet_has_the_type_of_its_name_or_of_its_column() -> None:
    typed: list[list[Any]] = [["type", *NOTES], ["A note", *SECOND]]
    found = of_workbook(
        written({"note.added": [NOTES, FIRST], "Any": typed, "Sums": [["a", 1]]}), SheetOptions()
    )
    assert [event.content["id"] for event in found.events] == ["n-1", "n-2"]
    assert found.events[1].content["data"]["text"] == "=1+1 is how it began."
    assert len(found.notes) == 1
    assert found.notes[0].startswith("sheet 'Sums' is not read")


def test_every_fault_of_every_sheet_is_reported_at_once() -> None:
    wrong = [*NOTES, "colour", "visibility"]
    rows: list[list[Any]] = [wrong, ["n-1", "soon", "organisation/mill", "a", "red", "nobody"]]
    again: list[list[Any]] = [
        NOTES,
        ["n-2", "2026-03-01 14:30", "organisation/mill", True],
        FIRST,
        FIRST,
    ]

    def merge(made: Any) -> None:
        made.worksheets[1].merge_cells("B9:C9")

    with pytest.raises(SheetsRefused) as caught:
        of_workbook(written({NOTE: rows, "A note": again}, merge), SheetOptions())
    places = [str(fault.place) for fault in caught.value.faults]
    assert places == [
        "sheet 'note.added', row 1, column E",
        "sheet 'note.added', row 2, column B 'time'",
        "sheet 'note.added', row 2, column F 'visibility'",
        "sheet 'A note'",
        "sheet 'A note', row 2, column B 'time'",
        "sheet 'A note', row 2, column D 'text'",
        "sheet 'A note', row 3, column A 'id'",
        "sheet 'A note', row 4, column A 'id'",
    ]
    assert str(caught.value).endswith("\nnothing is recorded: 8 places to correct")


def test_a_fault_that_the_recorder_would_find_has_its_column() -> None:
    [fault] = refused([*NOTES, "actor"], [*FIRST, "Ann"], type=NOTE)
    assert fault.startswith("row 2, column E 'actor': Expected person/<key>")


def test_what_has_no_column_is_called_what_forms_call_it() -> None:
    [fault] = refused(NOTES[:3], FIRST[:3], type=NOTE)
    assert (
        fault
        == f"row 2: '{layout_of(VOCABULARY.of(NoteAdded)).titles['text']}': This field is required."
    )


def test_a_time_without_a_zone_hides_no_other_fault_of_its_row() -> None:
    names = [*NOTES, "actor"]
    row = ["n-1", "2026-03-01 14:30", "organisation/mill", "", "Ann"]
    faults = refused(names, row, type=NOTE)
    assert [fault.partition(":")[0] for fault in faults] == [
        "row 2, column B 'time'",
        "row 2, column D 'text'",
        "row 2, column E 'actor'",
    ]


def test_a_cell_that_cannot_be_read_is_one_fault() -> None:
    rows = [["time", "organisation", "cohort", "question", "title", "hypothesis", "tried"]]
    row = ["2026-03-01", "mill", "pilot", "signs", "Signs", "They help.", "None"]
    [fault] = refused([*rows[0], "loop"], [*row, "thrice"], type="trial")[:1]
    assert fault.startswith("row 2, column H 'loop': Expected one of ")


def test_a_list_of_terms_has_the_words_of_the_drop_down() -> None:
    [fault] = refused([*NOTES, "visibility"], [*FIRST, "nobody"], type=NOTE)
    titles = ", ".join(term.title for term in LISTS["Visibility"].terms)
    assert fault == f"row 2, column E 'visibility': Expected one of {titles}; found \"nobody\"."


def test_a_time_needs_a_zone_and_a_day_does_not() -> None:
    timed = ["n-1", "2026-07-01 14:30", *FIRST[2:]]
    [fault] = refused(NOTES, timed, type=NOTE)
    assert "--zone" in fault
    [event] = contents(csv(NOTES, timed, type=NOTE, zone=ZoneInfo("Europe/London")))
    assert event["time"] == "2026-07-01T14:30:00+01:00"
    assert "timeprecision" not in event


def test_rows_with_an_id_alone_and_the_row_of_help_are_not_read() -> None:
    rows = [["(help)", "a day", "what", "words"], ["n-7"], FIRST]
    assert [event["id"] for event in contents(csv(NOTES, *rows, type=NOTE))] == ["n-1"]


def test_a_sorted_and_extended_sheet_has_the_same_events_and_a_changed_row_another() -> None:
    rows = [FIRST[1:], SECOND[1:]]
    before = contents(csv(NOTES[1:], *rows, type=NOTE))
    third = ["2026-03-03", "organisation/mill", "More."]
    after = contents(csv(NOTES[1:], third, *reversed(rows), type=NOTE))
    assert after[:2] == before
    [changed] = contents(csv(NOTES[1:], [*FIRST[1:3], "Signs stayed."], type=NOTE))
    assert changed["id"] not in {event["id"] for event in after}


def test_a_key_column_gives_ids() -> None:
    rows = [["No", *NOTES[1:]], ["17", *FIRST[1:]]]
    [event] = contents(csv(*rows, type=NOTE, id="no"))
    assert event["id"] == "note.added/17"
    assert "There is no column 'Nr'" in refused(*rows, type=NOTE, id="Nr")[-1]


@pytest.mark.parametrize("id_", ["0c7e6f2e-9d3b-4b6c-8a55-5e6d7f809a1b", "row 1", None])
def test_the_key_of_what_a_row_creates_is_the_same_in_every_run(id_: str | None) -> None:
    row = ["2026-03-01", "mill", "pilot", "signs", "Larger signs", "They help", "Print them"]
    rows = [PLAN, row] if id_ is None else [["id", *PLAN], [id_, *row]]
    [first], [second] = (contents(csv(*rows, type="iteration.planned")) for _ in range(2))
    assert first == second
    words, _, random = first["data"]["iteration"].rpartition("-")
    assert (words, len(random)) == ("larger-signs", 8)


def test_a_row_may_give_a_key_itself() -> None:
    row = ["2026-03-01", "mill", "pilot", "signs", "Larger signs", "They help", "Print them"]
    [event] = contents(csv([*PLAN, "iteration"], [*row, "signs-1"], type="iteration.planned"))
    assert event["data"]["iteration"] == "signs-1"


def test_events_come_in_the_order_in_which_they_happened() -> None:
    begun = ["2026-03-01", "signs-1"]
    plan = ["2026-03-01", "mill", "pilot", "signs", "Larger signs", "They help", "Print", "signs-1"]
    sheets = {
        "iteration.started": [["time", "iteration"], begun],
        "note.added": [NOTES, ["n-0", "2026-02-01", *FIRST[2:]]],
        "iteration.planned": [[*PLAN, "iteration"], plan],
    }
    found = of_workbook(written(sheets), SheetOptions())
    types = [event["type"].split(".")[2] for event in contents(found)]
    assert types == ["note", "iteration", "iteration"]
    assert contents(found)[1]["data"]["title"] == "Larger signs"


def test_a_file_without_types_is_refused() -> None:
    with pytest.raises(ValueError, match="--type"):
        csv(NOTES, FIRST)
    with pytest.raises(ValueError, match="'soup' is no type of events"):
        csv(NOTES, FIRST, type="soup")


def test_a_table_with_too_many_columns_is_refused_at_once() -> None:
    titles = b",".join(b"h%d" % number for number in range(COLUMNS_MAX + 1))
    with pytest.raises(SheetsRefused) as refused:
        of_csv([titles + b"\n", b"1,2\n"], SheetOptions(type="note.added"))
    [fault] = refused.value.faults
    assert "more than 500 columns" in fault.detail
