"""Who is in a cohort, what is accepted after its close, and pairings."""

import pytest

from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.telling import (
    Told,
    adopted,
    asked,
    assessed,
    at,
    captured,
    challenged,
    checked_in,
    closed,
    concluded,
    failed,
    formed,
    framed,
    harvested,
    helped,
    introduced,
    joined,
    learning_revised,
    left,
    met,
    noted,
    observed,
    paired,
    pairing_ended,
    planned,
    question_closed,
    reclassified,
    reframed,
    registered,
    released,
    reviewed,
    revised,
    shared,
    shown,
    started,
    substantiated,
    took_part,
    used,
    withdrawn,
)


@breaks("member.already")
async def test_an_organisation_does_not_join_while_it_is_present(story: Record) -> None:
    assert await story.faults(joined("mill")) == [("member.already", "/data/organisation")]


@keeps("member.already")
async def test_an_organisation_joins_again_after_it_left(story: Record) -> None:
    await story.add(left("mill"))
    assert await story.faults(joined("mill")) == []


@keeps("member.already")
async def test_joining_twice_is_judged_by_place_in_the_log_not_by_time(story: Record) -> None:
    await story.add(left("mill", time=at(50)))
    assert await story.faults(joined("mill", time=at(10))) == []


@breaks("member.absent")
async def test_who_is_not_present_does_not_leave(story: Record) -> None:
    assert await story.faults(left("library")) == [("member.absent", "/data/organisation")]
    await story.add(left("mill"))
    assert await story.faults(left("mill")) == [("member.absent", "/data/organisation")]


@keeps("member.absent")
async def test_leaving_is_judged_by_place_in_the_log_not_by_time(story: Record) -> None:
    assert await story.faults(left("mill", time=at(0))) == []


@breaks("pairing.members")
async def test_only_present_members_are_paired(story: Record) -> None:
    assert await story.faults(paired("mill", "library")) == [
        ("pairing.members", "/data/organisations/1")
    ]


@breaks("pairing.members")
async def test_pairing_is_judged_by_place_in_the_log_not_by_time(story: Record) -> None:
    await story.add(left("mill", time=at(50)))
    assert await story.faults(paired("archive", "mill", time=at(10))) == [
        ("pairing.members", "/data/organisations/1")
    ]


@keeps("pairing.members")
async def test_three_present_members_are_paired(story: Record) -> None:
    await story.add(joined("library"))
    assert await story.faults(paired("mill", "archive", "library")) == []


@breaks("pairing.members")
async def test_only_an_organisation_of_the_pairing_reports_its_meeting(story: Record) -> None:
    await story.add(joined("library", time=at(1)), paired())
    assert await story.faults(met(organisation="library")) == [
        ("pairing.members", "/data/organisation")
    ]


@breaks("pairing.ended")
@pytest.mark.parametrize(
    "end",
    [pairing_ended(time=at(9)), closed(time=at(9)), left("archive", time=at(9))],
    ids=["ended", "closed", "left"],
)
async def test_an_ended_pairing_takes_no_later_meeting_and_no_second_ending(
    story: Record, end: Told
) -> None:
    await story.add(paired(time=at(2)), end)
    assert ("pairing.ended", "/data/pairing") in await story.faults(met(time=at(9, us=1)))
    assert await story.faults(pairing_ended(time=at(5))) == [("pairing.ended", "/data/pairing")]


@keeps("pairing.ended")
@pytest.mark.parametrize(
    "end",
    [pairing_ended(time=at(9)), closed(time=at(9)), left("archive", time=at(9))],
    ids=["ended", "closed", "left"],
)
async def test_a_meeting_at_the_moment_of_the_end_is_recorded(story: Record, end: Told) -> None:
    await story.add(paired(time=at(2)), end)
    assert await story.faults(met(time=at(9))) == []


@keeps("pairing.ended")
async def test_a_pairing_made_after_an_earlier_stay_ended_lasts(story: Record) -> None:
    await story.add(left("mill", time=at(3)), joined("mill", time=at(5)), paired(time=at(6)))
    assert await story.faults(met(time=at(7))) == []


@keeps("pairing.ended")
async def test_a_pairing_ends_with_the_stay_in_which_it_was_made(story: Record) -> None:
    await story.add(paired(time=at(2)), left("mill", time=at(20)))
    await story.add(joined("mill", time=at(3)), left("mill", time=at(5)))
    assert await story.faults(met(organisation="archive", time=at(10))) == []


@breaks("cohort.closed")
async def test_a_cohort_is_closed_once(story: Record) -> None:
    await story.add(closed())
    assert await story.faults(closed(time=at(2))) == [("cohort.closed", "/data/cohort")]


CLOSE = at(100)
WHOLE_STORY: list[Told] = [
    paired(time=at(2)),
    framed(cohort="heritage", time=at(2)),
    planned(time=at(2)),
    planned("later", time=at(2)),
    started(time=at(2)),
    captured(cohort="heritage", time=at(2)),
    failed(cohort="heritage", time=at(2)),
    asked(cohort="heritage", time=at(2)),
    shared(time=at(2)),
    harvested(cohort="heritage", time=at(2)),
    released(cohort="heritage", time=at(2)),
    introduced(time=at(2)),
]
REFUSED_AFTER_CLOSE: list[tuple[Told, str]] = [
    (joined("library"), "/data/cohort"),
    (paired(pairing="another"), "/data/cohort"),
    (shared("another"), "/data/cohort"),
    (assessed(cohort="heritage"), "/data/cohort"),
    (framed("another", cohort="heritage"), "/data/cohort"),
    (reframed(), "/data/question"),
    (planned("another"), "/data/iteration"),
    (revised("later"), "/data/iteration"),
    (started("later"), "/data/iteration"),
    (observed(), "/data/iteration"),
    (took_part(), "/data/iteration"),
    (failed("another", cohort="heritage"), "/data/cohort"),
    (captured("another", cohort="heritage"), "/data/cohort"),
    (reviewed(cohort="heritage"), "/data/cohort"),
    (asked("another", cohort="heritage"), "/data/cohort"),
]
ACCEPTED_AFTER_CLOSE: list[Told] = [
    adopted(cohort="heritage"),
    challenged(),
    learning_revised(),
    concluded(),
    reclassified(),
    question_closed(),
    used(),
    helped(),
    harvested("another", cohort="heritage"),
    substantiated(),
    released("another", cohort="heritage"),
    withdrawn(),
    checked_in(),
    noted("question/question"),
    shown("question/question", "public"),
    left("mill"),
]


async def _close_the_story(story: Record) -> None:
    await story.add(*WHOLE_STORY, closed(time=CLOSE))


@breaks("cohort.closed")
async def test_after_the_close_work_in_the_cohort_is_refused(story: Record) -> None:
    await _close_the_story(story)
    found = [
        (event["type"], await story.faults({**event, "time": at(100, us=1)}))
        for event, _ in REFUSED_AFTER_CLOSE
    ]
    assert found == [
        (event["type"], [("cohort.closed", pointer)]) for event, pointer in REFUSED_AFTER_CLOSE
    ]


@keeps("cohort.closed")
async def test_what_happened_up_to_the_close_is_recorded_after_it(story: Record) -> None:
    await _close_the_story(story)
    events = [{**event, "time": CLOSE} for event, _ in REFUSED_AFTER_CLOSE]
    assert await story.report(*events) == []


@keeps("cohort.closed")
async def test_the_journey_goes_on_after_the_close(story: Record) -> None:
    await _close_the_story(story)
    events = [{**event, "time": at(100, us=1)} for event in ACCEPTED_AFTER_CLOSE]
    assert await story.report(*events) == []


@keeps("cohort.closed")
async def test_the_end_of_a_pairing_after_the_close_meets_its_own_rule_only(story: Record) -> None:
    await _close_the_story(story)
    assert await story.faults(pairing_ended(time=at(101))) == [("pairing.ended", "/data/pairing")]


@breaks("cohort.closed")
async def test_a_meeting_after_the_close_breaks_two_rules_and_both_are_told(story: Record) -> None:
    await _close_the_story(story)
    assert sorted(await story.faults(met(time=at(101)))) == [
        ("cohort.closed", "/data/pairing"),
        ("pairing.ended", "/data/pairing"),
    ]


@keeps("cohort.closed")
async def test_work_outside_the_cohort_goes_on_after_its_close(story: Record) -> None:
    await _close_the_story(story)
    await story.add(formed("next"), registered("park"), joined("mill", "next", time=at(102)))
    assert await story.faults(framed("beyond", cohort="next", time=at(103))) == []
    assert await story.faults(framed("own", time=at(103))) == []
