"""Iterations: what is frozen when, and what a conclusion needs."""

import pytest

from events.vocabulary.faults import Refused
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import (
    at,
    concluded,
    framed,
    observed,
    planned,
    revised,
    started,
    took_part,
)


@pytest.fixture
async def plan(story: Record) -> Record:
    """A record with an iteration planned; it measures labels."""
    await story.add(framed(), planned(measure="labels", criterion="ten"))
    return story


@breaks("iteration.started")
async def test_a_started_iteration_is_not_started_or_revised(plan: Record) -> None:
    await plan.add(started())
    assert await plan.faults(started()) == [("iteration.started", "/data/iteration")]
    assert await plan.faults(revised()) == [("iteration.started", "/data/iteration")]


@breaks("iteration.started")
async def test_an_iteration_concluded_without_a_start_is_not_started_or_revised(
    plan: Record,
) -> None:
    await plan.add(concluded(result="did_not_finish"))
    assert await plan.faults(started()) == [("iteration.started", "/data/iteration")]
    assert await plan.faults(revised()) == [("iteration.started", "/data/iteration")]


@keeps("iteration.started")
async def test_a_plan_is_revised_as_often_as_needed_and_started_once(plan: Record) -> None:
    assert await plan.report(revised(), revised(measure="letters"), started()) == []


@breaks("iteration.not_started")
async def test_before_the_start_nothing_is_observed_taken_part_in_or_concluded(
    plan: Record,
) -> None:
    fault = ("iteration.not_started", "/data/iteration")
    assert await plan.faults(observed()) == [fault]
    assert await plan.faults(took_part()) == [fault]
    for result in ("supported", "refuted", "inconclusive", "invalid"):
        assert await plan.faults(concluded(result=result)) == [fault]


@keeps("iteration.not_started")
async def test_a_planned_iteration_may_end_unfinished(plan: Record) -> None:
    assert await plan.faults(concluded(result="did_not_finish")) == []


@keeps("iteration.not_started")
async def test_once_started_an_iteration_is_observed_and_taken_part_in(plan: Record) -> None:
    assert await plan.report(started(), observed(), took_part(), concluded()) == []


@breaks("iteration.concluded")
async def test_an_iteration_is_concluded_once(plan: Record) -> None:
    await plan.add(started(), concluded(time=at(50)))
    for time in (at(49), at(51)):
        assert await plan.faults(concluded(result="supported", time=time)) == [
            ("iteration.concluded", "/data/iteration")
        ]


@breaks("iteration.concluded")
async def test_at_the_moment_of_the_conclusion_nothing_more_is_added(plan: Record) -> None:
    await plan.add(started(), concluded(time=at(50)))
    fault = [("iteration.concluded", "/data/iteration")]
    assert await plan.faults(observed(time=at(50))) == fault
    assert await plan.faults(took_part(time=at(50))) == fault


@keeps("iteration.concluded")
async def test_what_happened_a_microsecond_before_the_conclusion_is_still_recorded_after_it(
    plan: Record,
) -> None:
    await plan.add(started(), concluded(time=at(50)))
    assert await plan.faults(observed(time=at(50, us=-1))) == []
    assert await plan.faults(took_part(time=at(50, us=-1))) == []


@breaks("iteration.no_evidence")
@pytest.mark.parametrize("result", ["supported", "refuted"])
async def test_without_an_observation_nothing_is_supported_or_refuted(
    story: Record, result: str
) -> None:
    await story.add(framed(), planned(), started(), took_part())
    assert await story.faults(concluded(result=result)) == [
        ("iteration.no_evidence", "/data/result")
    ]


@keeps("iteration.no_evidence")
@pytest.mark.parametrize("result", ["inconclusive", "did_not_finish", "invalid"])
async def test_the_other_results_need_no_observation(plan: Record, result: str) -> None:
    await plan.add(started())
    assert await plan.faults(concluded(result=result)) == []


@keeps("iteration.no_evidence")
async def test_without_a_measure_any_observation_is_evidence(story: Record) -> None:
    await story.add(framed(), planned(measure="  "), started(), observed())
    assert await story.faults(concluded(result="supported")) == []


@breaks("iteration.no_evidence")
@pytest.mark.parametrize("measure", [None, " ", "letters", "label"])
async def test_where_the_plan_names_a_measure_another_observation_is_no_evidence(
    plan: Record, measure: str | None
) -> None:
    await plan.add(started(), observed(measure=measure))
    assert await plan.faults(concluded(result="refuted")) == [
        ("iteration.no_evidence", "/data/result")
    ]


@keeps("iteration.no_evidence")
async def test_an_observation_on_the_measure_is_evidence_with_any_blanks(
    story: Record,
) -> None:
    await story.add(
        framed(), planned(measure=" new  labels"), started(), observed(measure="new\tlabels ")
    )
    assert await story.faults(concluded(result="supported")) == []


@keeps("iteration.no_evidence")
@pytest.mark.parametrize(
    ("measure", "observed_as"),
    [
        ("visitors\u2019 notes", "visitors' notes"),
        ("Visitors' Notes", "visitors' notes"),
        ("cafe\u0301 \u00dcBUNG", "caf\u00e9 \u00fcbung"),
        ("notes", "notes\u200b"),
    ],
)
async def test_f20_a_measure_is_the_same_however_it_is_spelled(
    story: Record, measure: str, observed_as: str
) -> None:
    await story.add(framed(), planned(measure=measure), started())
    assert await story.advice(observed(measure=observed_as)) == []
    await story.add(observed(measure=observed_as))
    assert await story.faults(concluded(result="supported")) == []


@keeps("iteration.no_evidence")
async def test_the_revised_measure_is_the_one_to_observe(plan: Record) -> None:
    await plan.add(revised(measure="letters"), started(), observed(measure="labels"))
    assert await plan.faults(concluded(result="supported")) == [
        ("iteration.no_evidence", "/data/result")
    ]
    await plan.add(observed(measure="letters"))
    assert await plan.faults(concluded(result="supported")) == []


@keeps("iteration.no_evidence")
async def test_a_revision_with_a_blank_measure_leaves_the_measure_as_it_was(plan: Record) -> None:
    await plan.add(revised(measure=" "), started(), observed(measure="labels"))
    assert await plan.faults(concluded(result="supported")) == []


@breaks("iteration.follows_open")
async def test_nothing_follows_an_iteration_that_is_under_way(plan: Record) -> None:
    fault = [("iteration.follows_open", "/data/follows")]
    assert await plan.faults(planned("next", follows="trial")) == fault
    await plan.add(started())
    assert await plan.faults(planned("next", follows="trial")) == fault


@keeps("iteration.follows_open")
async def test_an_iteration_follows_a_concluded_one(plan: Record) -> None:
    await plan.add(concluded(result="did_not_finish"))
    assert await plan.faults(planned("next", follows="trial")) == []


@breaks("iteration.no_evidence")
async def test_a_conclusion_without_evidence_is_refused_with_the_measure_to_observe(
    plan: Record,
) -> None:
    await plan.add(started(), observed(measure="letters"))
    with pytest.raises(Refused) as refused:
        await plan.add(concluded(result="supported"))
    assert '"labels"' in refused.value.faults[0].detail
