"""Who is in a cohort, what is accepted after its close, and pairings."""

import pytest

from tests.events import samples as sample
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import EventJson, at


@breaks("member.already")
async def test_an_organisation_does_not_join_while_it_is_present(story: Record) -> None:
    assert await story.faults(sample.joined("mill")) == [("member.already", "/data/organisation")]


@keeps("member.already")
async def test_an_organisation_joins_again_after_it_left(story: Record) -> None:
    await story.add(sample.left("mill"))
    assert await story.faults(sample.joined("mill")) == []


@keeps("member.already")
async def test_joining_twice_is_judged_by_place_in_the_log_not_by_time(story: Record) -> None:
    await story.add(sample.left("mill", time=at(50)))
    assert await story.faults(sample.joined("mill", time=at(10))) == []


@breaks("member.absent")
async def test_an_organisation_that_is_not_present_does_not_leave(story: Record) -> None:
    assert await story.faults(sample.left("library")) == [("member.absent", "/data/organisation")]
    await story.add(sample.left("mill"))
    assert await story.faults(sample.left("mill")) == [("member.absent", "/data/organisation")]


@keeps("member.absent")
async def test_leaving_is_judged_by_place_in_the_log_not_by_time(story: Record) -> None:
    assert await story.faults(sample.left("mill", time=at(0))) == []


@breaks("pairing.members")
async def test_only_present_members_are_paired(story: Record) -> None:
    assert await story.faults(sample.paired("mill", "library")) == [
        ("pairing.members", "/data/organisations/1")
    ]


@breaks("pairing.members")
async def test_pairing_is_judged_by_place_in_the_log_not_by_time(story: Record) -> None:
    await story.add(sample.left("mill", time=at(50)))
    assert await story.faults(sample.paired("archive", "mill", time=at(10))) == [
        ("pairing.members", "/data/organisations/1")
    ]


@keeps("pairing.members")
async def test_three_present_members_are_paired(story: Record) -> None:
    await story.add(sample.joined("library"))
    assert await story.faults(sample.paired("mill", "archive", "library")) == []


@breaks("pairing.members")
async def test_only_an_organisation_of_the_pairing_reports_its_meeting(story: Record) -> None:
    await story.add(sample.joined("library", time=at(1)), sample.paired())
    assert await story.faults(sample.met(organisation="library")) == [
        ("pairing.members", "/data/organisation")
    ]


@breaks("pairing.ended")
@pytest.mark.parametrize(
    "end",
    [
        sample.pairing_ended(time=at(9)),
        sample.closed(time=at(9)),
        sample.left("archive", time=at(9)),
    ],
    ids=["ended", "closed", "left"],
)
async def test_an_ended_pairing_takes_no_later_meeting_and_no_second_ending(
    story: Record, end: EventJson
) -> None:
    await story.add(sample.paired(time=at(2)), end)
    assert ("pairing.ended", "/data/pairing") in await story.faults(sample.met(time=at(9, us=1)))
    assert await story.faults(sample.pairing_ended(time=at(5))) == [
        ("pairing.ended", "/data/pairing")
    ]


@keeps("pairing.ended")
@pytest.mark.parametrize(
    "end",
    [
        sample.pairing_ended(time=at(9)),
        sample.closed(time=at(9)),
        sample.left("archive", time=at(9)),
    ],
    ids=["ended", "closed", "left"],
)
async def test_a_meeting_at_the_moment_of_the_end_is_recorded(
    story: Record, end: EventJson
) -> None:
    await story.add(sample.paired(time=at(2)), end)
    assert await story.faults(sample.met(time=at(9))) == []


@keeps("pairing.ended")
async def test_a_pairing_made_after_an_earlier_stay_ended_lasts(story: Record) -> None:
    await story.add(
        sample.left("mill", time=at(3)),
        sample.joined("mill", time=at(5)),
        sample.paired(time=at(6)),
    )
    assert await story.faults(sample.met(time=at(7))) == []


@keeps("pairing.ended")
async def test_a_pairing_ends_with_the_stay_in_which_it_was_made(story: Record) -> None:
    await story.add(sample.paired(time=at(2)), sample.left("mill", time=at(20)))
    await story.add(sample.joined("mill", time=at(3)), sample.left("mill", time=at(5)))
    assert await story.faults(sample.met(organisation="archive", time=at(10))) == []


@keeps("pairing.ended")
async def test_a_pairing_lasts_when_one_of_it_leaves_another_cohort(story: Record) -> None:
    await story.add(sample.formed("next"), sample.joined("mill", "next"), sample.paired())
    await story.add(sample.left("mill", "next"))
    assert await story.faults(sample.met()) == []


@breaks("cohort.closed")
async def test_a_cohort_is_closed_once(story: Record) -> None:
    await story.add(sample.closed())
    assert await story.faults(sample.closed(time=at(2))) == [("cohort.closed", "/data/cohort")]


CLOSE = at(100)
WHOLE_STORY: list[EventJson] = [
    sample.paired(time=at(2)),
    sample.framed(cohort="heritage", time=at(2)),
    sample.planned(time=at(2)),
    sample.planned("later", time=at(2)),
    sample.started(time=at(2)),
    sample.captured(cohort="heritage", time=at(2)),
    sample.failed(cohort="heritage", time=at(2)),
    sample.asked(cohort="heritage", time=at(2)),
    sample.shared(time=at(2)),
    sample.harvested(cohort="heritage", time=at(2)),
    sample.released(cohort="heritage", time=at(2)),
    sample.introduced(time=at(2)),
]
REFUSED_AFTER_CLOSE: list[tuple[EventJson, str]] = [
    (sample.joined("library"), "/data/cohort"),
    (sample.paired(pairing="another"), "/data/cohort"),
    (sample.shared("another"), "/data/cohort"),
    (sample.assessed(cohort="heritage"), "/data/cohort"),
    (sample.framed("another", cohort="heritage"), "/data/cohort"),
    (sample.reframed(), "/data/question"),
    (sample.planned("another"), "/data/iteration"),
    (sample.revised("later"), "/data/iteration"),
    (sample.started("later"), "/data/iteration"),
    (sample.observed(), "/data/iteration"),
    (sample.took_part(), "/data/iteration"),
    (sample.failed("another", cohort="heritage"), "/data/cohort"),
    (sample.captured("another", cohort="heritage"), "/data/cohort"),
    (sample.reviewed(cohort="heritage"), "/data/cohort"),
    (sample.asked("another", cohort="heritage"), "/data/cohort"),
]
ACCEPTED_AFTER_CLOSE: list[EventJson] = [
    sample.adopted(cohort="heritage"),
    sample.challenged(),
    sample.learning_revised(),
    sample.concluded(),
    sample.reclassified(),
    sample.question_closed(),
    sample.used(),
    sample.helped(),
    sample.harvested("another", cohort="heritage"),
    sample.substantiated(),
    sample.released("another", cohort="heritage"),
    sample.withdrawn(),
    sample.checked_in(),
    sample.noted("question/question"),
    sample.shown("question/question", "public"),
    sample.left("mill"),
]


async def _close_the_story(story: Record) -> None:
    await story.add(*WHOLE_STORY, sample.closed(time=CLOSE))


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
async def test_the_journey_continues_after_the_close(story: Record) -> None:
    await _close_the_story(story)
    events = [{**event, "time": at(100, us=1)} for event in ACCEPTED_AFTER_CLOSE]
    assert await story.report(*events) == []


@keeps("cohort.closed")
async def test_the_end_of_a_pairing_after_the_close_meets_its_own_rule_only(story: Record) -> None:
    await _close_the_story(story)
    assert await story.faults(sample.pairing_ended(time=at(101))) == [
        ("pairing.ended", "/data/pairing")
    ]


@breaks("cohort.closed")
async def test_a_meeting_after_the_close_breaks_two_rules_and_both_are_reported(
    story: Record,
) -> None:
    await _close_the_story(story)
    assert sorted(await story.faults(sample.met(time=at(101)))) == [
        ("cohort.closed", "/data/pairing"),
        ("pairing.ended", "/data/pairing"),
    ]


@keeps("cohort.closed")
async def test_work_outside_the_cohort_continues_after_its_close(story: Record) -> None:
    await _close_the_story(story)
    await story.add(
        sample.formed("next"),
        sample.registered("park"),
        sample.joined("mill", "next", time=at(102)),
    )
    assert await story.faults(sample.framed("beyond", cohort="next", time=at(103))) == []
    assert await story.faults(sample.framed("own", time=at(103))) == []
