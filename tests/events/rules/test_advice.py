"""Advice refuses nothing; it is in the receipt."""

from typing import Any

import pytest

from tests.events.record import Record
from tests.events.samples import (
    assessed,
    at,
    captured,
    closed,
    cohort_revised,
    corrected,
    failed,
    formed,
    framed,
    joined,
    learning_revised,
    left,
    noted,
    observed,
    planned,
    reclassified,
    registered,
    renamed,
    revised,
    shown,
    started,
    voided,
)

SEVEN = ["one", "two", "three", "four", "five", "six", "seven"]


async def _with_members(record: Record, number: int) -> None:
    await record.add(formed(time=at(0)), *(registered(name, time=at(0)) for name in SEVEN))
    await record.add(*(joined(name, time=at(1)) for name in SEVEN[:number]))


async def test_the_seventh_organisation_is_one_too_many(record: Record) -> None:
    await _with_members(record, 5)
    assert await record.advice(joined("six")) == []
    assert await record.advice(joined("seven")) == ["cohort.size"]


async def test_those_who_left_do_not_count(record: Record) -> None:
    await _with_members(record, 6)
    await record.add(left("one"))
    assert await record.advice(joined("seven")) == []


async def test_fewer_than_four_are_few(record: Record) -> None:
    await _with_members(record, 5)
    assert await record.advice(left("five")) == []
    assert await record.advice(left("four")) == ["cohort.size"]


@pytest.mark.parametrize(("members", "advice"), [(3, 1), (4, 0), (6, 0), (7, 1)])
async def test_a_close_with_too_few_or_too_many_is_reported(
    record: Record, members: int, advice: int
) -> None:
    await _with_members(record, members)
    assert await record.advice(closed()) == ["cohort.size"] * advice


@pytest.mark.parametrize(
    ("months", "advice"), [(5, 1), (6, 0), (None, 0), (18, 0), (19, 1), (36, 1)]
)
async def test_six_to_eighteen_months_are_usual(
    record: Record, months: int | None, advice: int
) -> None:
    assert await record.advice(formed(planned_months=months)) == ["cohort.months"] * advice


async def test_a_time_before_what_last_moved_a_subject_is_worth_a_look(story: Record) -> None:
    await story.add(framed(time=at(10)), planned(time=at(11)))
    assert await story.advice(started(time=at(11))) == []
    assert await story.advice(planned("early", time=at(10, us=-1))) == ["time.order"]
    # A subject that is named twice has one advice.
    by_itself = noted("organisation/mill", organisation="mill", time=at(0, us=-1))
    assert await story.advice(by_itself) == ["time.order"]


async def test_joining_and_leaving_move_the_membership_only(story: Record) -> None:
    await story.add(left("mill", time=at(20)))
    assert await story.advice(assessed(time=at(5))) == []


async def test_each_subject_whose_order_is_odd_is_reported(story: Record) -> None:
    await story.add(registered("park", time=at(10)), formed("second", time=at(10)))
    assert await story.advice(joined("park", "second", time=at(9))) == ["time.order", "time.order"]


async def test_an_observation_on_a_measure_that_the_plan_does_not_have_is_reported_at_once(
    story: Record,
) -> None:
    plan = planned(measure=" Visitors\u2019  notes ")
    await story.add(framed(), plan, started())
    assert await story.advice(observed(measure="letters")) == ["measure.unknown"]
    [warning] = (await story.add_one(observed(measure="letters"))).warnings
    assert '"Visitors\u2019  notes"' in warning.detail


@pytest.mark.parametrize("measure", [None, " ", "\u200b"])
async def test_an_observation_on_no_measure_is_on_no_unknown_one(
    story: Record, measure: str | None
) -> None:
    await story.add(framed(), planned(measure="labels"), started())
    assert await story.advice(observed(measure=measure)) == []


async def test_where_the_plan_names_no_measure_any_may_be_observed(story: Record) -> None:
    await story.add(framed(), planned(), started())
    assert await story.advice(observed(measure="labels")) == []


UNCHANGED = ["revision.unchanged"]


async def test_a_revision_of_a_cohort_that_changes_nothing_is_reported(record: Record) -> None:
    await record.add(registered("host"), registered("other"))
    await record.add(formed(planned_months=None, hosts=["host", "other"]))
    # Nine months are the default.
    assert await record.advice(cohort_revised(planned_months=9)) == UNCHANGED
    assert await record.advice(cohort_revised(planned_months=9, title="Keepers")) == []
    same: dict[str, Any] = {
        "title": " Keepers ",
        "hosts": ["other", "host"],
        "starts_on": "2024-03-01",
    }
    assert await record.advice(cohort_revised(planned_months=9, **same)) == UNCHANGED
    assert await record.advice(cohort_revised(planned_months=None, title="keepers")) == []
    assert await record.advice(cohort_revised(planned_months=None, hosts=[])) == []
    assert await record.advice(cohort_revised(planned_months=None, hosts=[])) == UNCHANGED
    # The first revision's months stand, not those of one that is voided.
    longer = await record.add_one(cohort_revised(planned_months=12))
    await record.add(voided(longer.position))
    assert await record.advice(cohort_revised(planned_months=12)) == []


async def test_a_renaming_to_the_present_name_is_reported(story: Record) -> None:
    assert await story.advice(renamed(name="Mill ")) == UNCHANGED
    assert await story.advice(renamed(name="MILL")) == []
    assert await story.advice(renamed(name="Mill")) == []
    receipt = await story.add_one(renamed(name="Mill", reason="Again."))
    assert [advice.detail for advice in receipt.warnings] == [
        "organisation/mill has the given name already, so nothing changes"
    ]


async def test_a_corrected_name_is_the_present_one(story: Record) -> None:
    wrong = await story.add_one(renamed(name="The Mil"))
    await story.add(corrected(wrong.position, name="The Mill"))
    assert await story.advice(renamed(name="The Mill")) == UNCHANGED


async def test_revisions_of_work_that_change_nothing_are_reported(story: Record) -> None:
    await story.add(framed(), planned(), failed(failure_type="basic"), captured())
    same = {"action": None, "hypothesis": planned()["data"]["hypothesis"]}
    assert await story.advice(revised(**same)) == UNCHANGED
    assert await story.advice(revised(**same, measure="visitors")) == []
    assert await story.advice(revised(action=None, measure="visitors")) == UNCHANGED
    assert await story.advice(reclassified(degree=None, failure_type="basic")) == UNCHANGED
    assert await story.advice(reclassified(degree=None, failure_type="complex")) == []
    assert await story.advice(reclassified(degree=None, failure_type="basic")) == []
    statement = captured()["data"]["statement"]
    assert await story.advice(learning_revised(statement=statement)) == UNCHANGED
    assert await story.advice(learning_revised(statement="Another.")) == []


async def test_a_change_to_the_present_visibility_is_reported(story: Record) -> None:
    await story.add(framed())
    assert await story.advice(shown("question/question", "cohort")) == UNCHANGED
    assert await story.advice(shown("question/question", "public")) == []
    assert await story.advice(shown("question/question", "public")) == UNCHANGED
    # A note without a level of its own follows its subject; a level of its own is a change.
    note = await story.add_one(noted("question/question"))
    assert await story.advice(shown(f"event/{note.position}", "cohort")) == []
    assert await story.advice(shown(f"event/{note.position}", "cohort")) == UNCHANGED


async def test_the_present_values_are_those_of_the_subject_that_has_the_key_now(
    story: Record,
) -> None:
    first = await story.add_one(captured(statement="Before."))
    await story.add(voided(first.position), captured(statement="After."))
    assert await story.advice(learning_revised(statement="Before.")) == []


async def test_a_learning_from_work_in_a_cohort_usually_names_the_cohort(record: Record) -> None:
    await record.add(formed(), registered("mill"), joined("mill"))
    await record.add(framed(cohort="heritage"), planned(cohort="heritage"))
    own: dict[str, Any] = {"from_": [f"iteration/{planned()['data']['iteration']}"]}
    assert await record.advice(captured(**own)) == ["learning.without_cohort"]
    assert await record.advice(captured("second", **own, cohort="heritage")) == []
    assert await record.advice(captured("third")) == []
