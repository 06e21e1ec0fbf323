"""The sheet of a workshop: what a row says is recorded by the rules, and faults are at the row's own columns."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import pytest

from events.log import EventLog
from events.vocabulary.catalogue import JsonObject
from events.vocabulary.faults import Refused
from service.pages.sheets.events import SheetsRefused, of_csv, of_workbook
from service.pages.sheets.rows import SheetOptions
from tests.service.pages.sheets.trials import BEGINNING, WHOLE, only, sheet, with_member
from tests.service.pages.sheets.workbooks import written

PLANNED = ["iteration.planned", "iteration.started"]
ALL = [
    *PLANNED,
    "observation.recorded",
    "participation.recorded",
    "iteration.concluded",
    "failure.recorded",
    "learning.captured",
]


def events(*rows: Mapping[str, str], name: str = "A trial") -> list[JsonObject]:
    """Return the events of a workbook with these trials."""
    found = of_workbook(written({name: sheet(*rows)}), SheetOptions()).events
    return [event.content for event in found]


def refused(*rows: Mapping[str, str]) -> list[tuple[str | None, str]]:
    """Return the faults of a sheet with these trials: the name of the column of each, and its sentence."""
    table = sheet(*rows)
    with pytest.raises(SheetsRefused) as caught:
        of_workbook(written({"trial": table}), SheetOptions())
    return [
        (table[0][one.place.column - 1] if one.place.column else None, one.detail)
        for one in caught.value.faults
    ]


def types(found: list[JsonObject]) -> list[str]:
    """Return the short names of the events' types."""
    return [event["type"].removeprefix("org.howcanwe.").removesuffix(".v1") for event in found]


async def test_a_row_becomes_the_events_that_it_tells_and_the_rules_take_them(
    log: EventLog,
) -> None:
    found = events(WHOLE)
    assert types(found) == ALL
    await with_member(log)
    receipts = await log.append(found)
    assert not [one for receipt in receipts for one in receipt.warnings]
    assert [one.repeated for one in await log.append(found)] == [True] * 7
    plan, _, seen, people, end, failure, learning = (event["data"] for event in found)
    assert seen["measure"] == plan["measure"]
    assert seen["text"] == end["summary"] == failure["actual"] == WHOLE["happened"]
    assert (people["people"], people["level"]) == (12, "consult")
    assert failure["iteration"] == plan["iteration"]
    assert learning["from"] == [
        f"iteration/{plan['iteration']}",
        f"failure/{failure['failure']}",
    ]
    assert [event["time"][:10] for event in found] == ["2024-03-10"] * 2 + ["2024-03-20"] * 5


def test_what_a_row_does_not_tell_is_no_event() -> None:
    assert types(events(only(BEGINNING))) == PLANNED
    learned = only([*BEGINNING, "learned", "loop", "evidence_level"])
    assert types(events(learned)) == [*PLANNED, "learning.captured"]


@pytest.mark.parametrize("has_id", [True, False])
async def test_a_row_that_tells_more_repeats_what_it_told_before(
    log: EventLog, *, has_id: bool
) -> None:
    names = BEGINNING if has_id else BEGINNING[1:]
    await with_member(log)
    await log.append(events(only(names)))
    after = [*names, "happened", "evidence_kind", "people", "level"]
    receipts = await log.append(events(only(after)))
    assert [receipt.repeated for receipt in receipts] == [True, True, False, False]


async def test_a_row_with_other_words_is_told_as_changed(log: EventLog) -> None:
    await with_member(log)
    await log.append(events(WHOLE))
    with pytest.raises(Refused) as caught:
        await log.append(events({**WHOLE, "learned": "Signs help."}))
    assert {fault.rule for fault in caught.value.faults} == {"event.conflict"}


def test_what_is_missing_is_reported_at_its_own_column() -> None:
    row = {**WHOLE, "decision": "", "happened": "", "loop": "triple!", "people": "some"}
    assert {name for name, _ in refused(row)} == {"loop", "people", "decision", "happened"}
    row = {**WHOLE, "decision": "", "happened": "", "title": ""}
    assert [name for name, _ in refused(row)] == ["title", "happened", "decision"]


def test_a_trial_is_of_a_cohort_since_a_learning_is_part_only_of_one_that_it_names() -> None:
    [(name, detail)] = refused({**WHOLE, "cohort": ""})
    assert name == "cohort"
    assert "What you learned would not be part of the cohort." in detail


@pytest.mark.parametrize(
    ("filled", "missing", "since"),
    [
        (("happened",), "evidence_kind", "happened"),
        (("learned",), "loop", "learned"),
        (("why", "happened", "evidence_kind", "degree"), "for_whom", "why"),
        (("result", "happened", "evidence_kind"), "decision", "result"),
    ],
)
def test_what_is_missing_is_reported_with_what_makes_it_needed(
    filled: tuple[str, ...], missing: str, since: str
) -> None:
    [fault] = refused({**only([*BEGINNING, *filled]), missing: ""})
    assert fault == (missing, f"This is needed, since '{since}' is filled in.")


def test_the_lowest_level_of_evidence_is_meant_where_a_row_leaves_it_out() -> None:
    without = {**WHOLE, "evidence_level": ""}
    other = only(BEGINNING, id="t-2")
    found = of_workbook(written({"A trial": sheet(without, other)}), SheetOptions())
    data = [event.content["data"] for event in found.events]
    assert [one["evidence_level"] for one in data if "evidence_level" in one] == [1, 1]
    assert list(found.notes)[:1] == [
        "sheet 'A trial': 'How strong is the evidence?' is recorded as 'An account of why' where it is empty (row 2)"
    ]
    assert not of_workbook(written({"A trial": sheet(WHOLE)}), SheetOptions()).notes


def test_a_trial_without_a_result_is_told_to_stay_under_way() -> None:
    begun, decided = only(BEGINNING, id="t-2"), {**WHOLE, "id": "t-3"}
    tables = written({"A trial": sheet(decided, begun, only(BEGINNING, id="t-4"))})
    assert list(of_workbook(tables, SheetOptions()).notes) == [
        "sheet 'A trial': 'What did it show?' is empty (row 3, 4), so the trial stays under way until its result is"
        " recorded. Fill it in later, and send the file again"
    ]
    assert not of_workbook(written({"A trial": sheet(decided)}), SheetOptions()).notes


def test_the_zone_of_times_does_not_change_days() -> None:
    table = written({"trial": sheet(only(BEGINNING))})
    times = [
        of_workbook(table, SheetOptions(zone=zone)).events[0].content["time"]
        for zone in (None, ZoneInfo("Pacific/Auckland"))
    ]
    assert times[0] == times[1]


def test_what_no_event_of_the_row_contains_is_refused() -> None:
    [(name, detail)] = refused({**only(BEGINNING), "evidence_level": "2"})
    assert name == "evidence_level"
    assert detail.endswith("Once the trial is over.")


def test_a_trial_does_not_begin_after_it_has_happened() -> None:
    [(name, detail)] = refused({**WHOLE, "began": "2024-03-21"})
    assert (name, detail) == ("began", "This is later than 'When did it happen?'.")


def test_a_level_is_that_of_what_the_row_creates() -> None:
    found = events({**WHOLE, "visibility": "private"})
    levels = [event.get("visibility") for event in found]
    assert levels == ["private", None, None, None, None, "private", "private"]


def test_a_row_may_give_keys_and_another_sheet_may_name_them() -> None:
    given = {"iteration": "signs-1", "failure": "signs-failed", "learning": "signs-learned"}
    found = events({**WHOLE, **given})
    assert found[0]["data"]["iteration"] == found[4]["data"]["iteration"] == "signs-1"
    assert found[-1]["data"]["from"] == ["iteration/signs-1", "failure/signs-failed"]
    assert found[-1]["data"]["learning"] == "signs-learned"


def test_a_column_of_types_may_say_that_a_row_is_a_trial() -> None:
    rows = sheet({"type": "trial", **only(BEGINNING)})
    lines = [("\t".join(row) + "\n").encode() for row in rows]
    found = of_csv(lines, SheetOptions()).events
    assert types([event.content for event in found]) == PLANNED
    assert {str(event.place) for event in found} == {"row 2"}


def test_trials_of_the_same_time_are_recorded_in_an_order_that_the_rules_take() -> None:
    found = events(WHOLE, {**WHOLE, "id": "t-2", "title": "Brighter signs"})
    assert types(found)[:4] == ["iteration.planned"] * 2 + ["iteration.started"] * 2


def test_the_same_trial_twice_is_refused_once() -> None:
    [(name, detail)] = refused(WHOLE, WHOLE)
    assert name == "id"
    assert detail.startswith("The row has the id of sheet 'trial', row 2")
