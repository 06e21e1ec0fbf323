"""Which events need their organisation in the cohort, and when."""

import pytest

from events.access.principal import Principal, Role
from tests.events import samples as sample
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import EventJson, at

MILL = Principal(id="mill-key", role=Role.ORGANISATION, organisation="mill")


@breaks("member.required")
async def test_an_event_in_a_cohort_needs_its_organisation_in_it(story: Record) -> None:
    assert await story.faults(sample.framed(organisation="library", cohort="heritage")) == [
        ("member.required", "/data/organisation")
    ]


@breaks("member.required")
async def test_sharing_in_a_cohort_needs_the_sharing_organisation_in_it(story: Record) -> None:
    assert await story.faults(sample.shared(by="library")) == [("member.required", "/data/by")]


@keeps("member.required")
async def test_the_moment_of_joining_is_in(story: Record) -> None:
    assert await story.faults(sample.assessed(cohort="heritage", time=at(1))) == []


@breaks("member.required")
async def test_the_moment_before_joining_is_out(story: Record) -> None:
    assert await story.faults(sample.assessed(cohort="heritage", time=at(1, us=-1))) == [
        ("member.required", "/data/organisation")
    ]


@keeps("member.required")
async def test_the_moment_before_leaving_is_in(story: Record) -> None:
    await story.add(sample.left("mill", time=at(9)))
    assert await story.faults(sample.assessed(cohort="heritage", time=at(9, us=-1))) == []


@breaks("member.required")
async def test_the_moment_of_leaving_is_out(story: Record) -> None:
    await story.add(sample.left("mill", time=at(9)))
    assert await story.faults(sample.assessed(cohort="heritage", time=at(9))) == [
        ("member.required", "/data/organisation")
    ]


@breaks("member.required")
async def test_acting_on_ones_own_subject_of_a_cohort_needs_presence(story: Record) -> None:
    await story.add(
        sample.framed(cohort="heritage"),
        sample.planned(),
        sample.started(),
        sample.left("mill", time=at(20)),
    )
    assert await story.faults(sample.observed(time=at(20))) == [
        ("member.required", "/data/iteration")
    ]
    assert await story.faults(sample.observed(time=at(19))) == []


@breaks("member.required")
async def test_a_plan_for_the_shared_question_is_work_in_the_cohort(story: Record) -> None:
    assert await story.faults(
        sample.planned(organisation="library", question="heritage-question")
    ) == [("member.required", "/data/organisation")]


@keeps("member.required")
async def test_work_outside_any_cohort_needs_no_membership(story: Record) -> None:
    assert (
        await story.report(
            sample.framed(organisation="library"), sample.planned(organisation="library")
        )
        == []
    )


@keeps("member.required")
async def test_the_close_ends_no_presence(story: Record) -> None:
    await story.add(sample.framed(cohort="heritage", time=at(5)), sample.closed(time=at(9)))
    assert await story.faults(sample.reframed(time=at(8))) == []


@keeps("member.required")
async def test_what_is_accepted_after_the_close_needs_ever_to_have_joined(story: Record) -> None:
    await story.add(sample.left("mill", time=at(5)), sample.closed(time=at(9)))
    assert await story.faults(sample.checked_in(time=at(10))) == []


@breaks("member.required")
async def test_who_never_joined_does_not_check_in_after_the_close(story: Record) -> None:
    await story.add(sample.closed(time=at(9)))
    assert await story.faults(sample.checked_in("library", time=at(10))) == [
        ("member.required", "/data/organisation")
    ]


BEGUN_BY_MILL: list[EventJson] = [
    sample.framed(cohort="heritage"),
    sample.planned(),
    sample.started(),
    sample.planned("never"),
    sample.captured(cohort="heritage"),
    sample.failed(cohort="heritage"),
    sample.harvested(cohort="heritage"),
    sample.released(cohort="heritage"),
    sample.captured("theirs", organisation="archive", cohort="heritage"),
]
PERMITTED_AFTER_LEAVING: list[EventJson] = [
    sample.concluded(),
    sample.concluded("never", result="did_not_finish"),
    sample.question_closed(),
    sample.learning_revised(),
    sample.reclassified(),
    sample.adopted("theirs", organisation="mill", cohort="heritage"),
    sample.harvested("another", cohort="heritage"),
    sample.released("another", cohort="heritage"),
    sample.withdrawn(),
    sample.checked_in(),
    sample.noted("question/question", organisation="mill"),
    sample.shown("question/question", "public"),
]


@keeps("member.required")
@pytest.mark.parametrize(
    ("closes", "hour"),
    [(False, 21), (True, 21), (True, 30)],
    ids=["cohort open", "before its close", "after its close"],
)
async def test_a_former_member_still_concludes_harvests_publishes_and_closes(
    story: Record, closes: bool, hour: int
) -> None:
    await story.add(*BEGUN_BY_MILL, sample.left("mill", time=at(20)))
    if closes:
        await story.add(sample.closed(time=at(25)))
    events = [{**event, "time": at(hour)} for event in PERMITTED_AFTER_LEAVING]
    found = [(event["type"], await story.faults(event, sender=MILL)) for event in events]
    assert found == [(event["type"], []) for event in events]


@breaks("member.required")
async def test_who_never_joined_does_none_of_this_before_the_close_either(story: Record) -> None:
    found = [
        await story.faults(event)
        for event in (
            sample.checked_in("library"),
            sample.harvested(organisation="library", cohort="heritage"),
            sample.released(organisation="library", cohort="heritage"),
        )
    ]
    assert found == [[("member.required", "/data/organisation")]] * 3


ON_OTHERS_SUBJECTS: list[EventJson] = [
    sample.adopted(organisation="library"),
    sample.challenged(organisation="library"),
    sample.helped(organisation="library"),
    sample.substantiated(organisation="library"),
    sample.used(organisation="library"),
    sample.noted("learning/learning", organisation="library"),
]


@keeps("member.required")
async def test_what_is_done_to_others_subjects_needs_no_membership(story: Record) -> None:
    in_cohort = {"cohort": "heritage"}
    await story.add(
        sample.captured(**in_cohort),
        sample.asked(**in_cohort),
        sample.harvested(**in_cohort),
        sample.shared(),
    )
    assert await story.report(*ON_OTHERS_SUBJECTS) == []


@breaks("member.required")
async def test_adopting_in_a_cohort_by_name_needs_membership(story: Record) -> None:
    await story.add(sample.captured(cohort="heritage"))
    assert await story.faults(sample.adopted(organisation="library", cohort="heritage")) == [
        ("member.required", "/data/organisation")
    ]
