"""A cohort that begins with a sheet: its rows name each other by their words, and leave out what the file says."""

from collections.abc import Sequence
from typing import Any

import pytest

from events.access.principal import RECORD
from events.log import EventLog
from events.vocabulary.catalogue import JsonObject
from service.pages.sheets.events import SheetEvents, SheetsRefused, of_workbook
from service.pages.sheets.rows import SheetOptions
from tests.service.pages.sheets.trials import WHOLE, sheet
from tests.service.pages.sheets.workbooks import written

Sheets = dict[str, list[list[Any]]]
COHORT = ["2026-03-02", "Gardens 2026", "How can we keep gardens alive?", "Ada"]
QUESTION = "How can we water in July?"
TRIAL = {
    **{name: text for name, text in WHOLE.items() if name not in ("cohort", "began", "id")},
    "time": "2026-03-09",
    "organisation": "Oak School",
    "question": QUESTION,
}


def sheets() -> Sheets:
    """Return the rows of a workbook that begins a cohort, without any id or key."""
    return {
        "A trial": sheet(TRIAL),
        "A question": [
            ["time", "organisation", "cohort", "text"],
            ["2026-03-03", "oak school", "Gardens 2026", QUESTION],
        ],
        "An organisation of the cohort": [
            ["time", "name", "sector"],
            ["", "Oak School", "school"],
            ["2026-03-03", "Seed Club", "youth"],
        ],
        "A new cohort": [["time", "title", "text", "facilitator"], COHORT],
    }


def read(found: Sheets) -> SheetEvents:
    """Return the events of a workbook with these sheets."""
    return of_workbook(written(found), SheetOptions())


def of_type(found: SheetEvents, name: str) -> Sequence[JsonObject]:
    """Return the events of a type."""
    return [one.content for one in found.events if f".{name}." in one.content["type"]]


def refused(found: Sheets) -> Sequence[str]:
    """Return the faults of a workbook with these sheets."""
    with pytest.raises(SheetsRefused) as caught:
        read(found)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("reverse", [False, True], ids=["last first", "first first"])
async def test_rows_name_each_other_by_their_words_in_any_order(
    log: EventLog, *, reverse: bool
) -> None:
    given = sheets()
    found = read(dict(reversed(given.items())) if reverse else given)
    content = [one.content for one in found.events]
    assert len(await log.append(content)) == len(content) == 13
    [plan] = of_type(found, "iteration.planned")
    [framed] = of_type(found, "question.framed")
    assert plan["data"]["question"] == framed["data"]["question"]
    assert [one.repeated for one in await log.append(content)] == [True] * 13


def test_the_cohort_of_the_file_is_meant_where_a_row_must_name_one() -> None:
    found = read(sheets())
    [cohort] = of_type(found, "cohort.formed")
    key = cohort["data"]["cohort"]
    named = [*of_type(found, "organisation.joined"), *of_type(found, "iteration.planned")]
    assert [one["data"]["cohort"] for one in named] == [key] * 3


def test_no_cohort_is_meant_if_the_file_forms_two() -> None:
    two = sheets()
    two["A new cohort"].append(["2026-03-02", "Ferries", "How can we carry more?", "Bo"])
    faults = refused(two)
    assert any("'Cohort' is not filled in" in fault for fault in faults)
    assert sum("'An organisation of the cohort'" in fault for fault in faults) == 3


def test_a_question_of_the_cohort_is_part_of_the_one_that_the_file_forms() -> None:
    given = sheets()
    header, row = given.pop("A question")
    rows = [[header[0], *header[1:2], header[3]], [row[0], *row[1:2], row[3]]]
    found = read({**given, "A question of the cohort": rows})
    [cohort] = of_type(found, "cohort.formed")
    [framed] = of_type(found, "question.framed")
    assert framed["data"]["cohort"] == cohort["data"]["cohort"]
    [outside] = of_type(read({**given, "A question": rows}), "question.framed")
    assert "cohort" not in outside["data"]


def test_a_question_of_the_cohort_is_refused_if_no_cohort_can_be_meant() -> None:
    rows = [["time", "organisation", "text"], ["2026-03-03", "oak", QUESTION]]
    [fault] = refused({"A question of the cohort": rows})
    assert fault.endswith(
        "'Cohort' is not filled in. Questions outside of cohorts have a sheet of their own, 'A question'."
    )


def test_days_that_a_row_leaves_out_are_those_of_the_cohort() -> None:
    found = read(sheets())
    [cohort] = of_type(found, "cohort.formed")
    assert cohort["data"]["starts_on"] == "2026-03-02"
    joined = of_type(found, "organisation.joined")
    assert [one["time"][:10] for one in joined] == ["2026-03-02", "2026-03-03"]
    assert {one["timeprecision"] for one in joined} == {"day"}


def test_an_organisation_without_a_time_is_refused_if_the_cohort_is_of_the_record() -> None:
    alone = sheets()["An organisation of the cohort"]
    alone = [[*alone[0], "cohort"], [*alone[1], "gardens-2025"]]
    [fault] = refused({"An organisation of the cohort": alone})
    assert "The row has no time" in fault


def test_words_that_no_row_has_are_refused_with_those_that_were_meant() -> None:
    wrong = sheets()
    wrong["A question"][1][1] = "Oak Scool"
    [fault, *_] = [one for one in refused(wrong) if "Did you mean" in one]
    assert "There is no organisation with this key or name that you may see: 'Oak Scool'." in fault
    assert fault.endswith("Did you mean 'Oak School'?")


async def test_what_is_named_before_it_is_created_is_refused_with_the_row_that_creates_it(
    log: EventLog,
) -> None:
    early = sheets()
    early["A question"][1][0] = "2026-03-01"
    found = read(early)
    events = [one.content for one in found.events]
    candidates = [log.check(event, RECORD) for event in events]
    outcome = await log.record(candidates, sender=RECORD, lenient=True, dry=True)
    error = SheetsRefused((), found.events).with_those_of(
        fault for faults in outcome.refused.values() for fault in faults
    )
    at = "It is created later, on 2026-03-02 (sheet '{}', row 2)."
    texts = [fault.detail for fault in error.faults]
    assert any(text.endswith(at.format("An organisation of the cohort")) for text in texts)
    assert any(text.endswith(at.format("A new cohort")) for text in texts)


def test_titles_in_one_cell_are_refused_with_what_to_do() -> None:
    rows = [["time, title, text, facilitator"], ["2026-03-02, Gardens, How can we?, Ada"]]
    [fault, *_] = refused({"A new cohort": rows})
    assert fault.endswith("is no field of cohort.formed. Each title needs a cell of its own.")
