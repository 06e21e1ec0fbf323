"""Failures, learnings and publications."""

import pytest

from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import (
    EventJson,
    adopted,
    asked,
    captured,
    challenged,
    failed,
    framed,
    harvested,
    helped,
    noted,
    planned,
    reclassified,
    released,
    revised,
    shared,
    shown,
    substantiated,
    used,
    withdrawn,
)


@breaks("failure.not_intelligent")
@pytest.mark.parametrize(
    "plan", [{}, {"measure": "labels"}, {"criterion": "ten"}, {"measure": " ", "criterion": "ten"}]
)
async def test_an_intelligent_failure_needs_a_plan_with_a_measure_and_a_criterion(
    story: Record, plan: EventJson
) -> None:
    await story.add(framed(), planned(**plan))
    fault = [("failure.not_intelligent", "/data/failure_type")]
    assert await story.faults(failed(iteration="trial", failure_type="intelligent")) == fault
    await story.add(failed(iteration="trial", failure_type="complex"))
    assert await story.faults(reclassified(failure_type="intelligent")) == fault


@breaks("failure.not_intelligent")
async def test_an_intelligent_failure_needs_an_iteration(story: Record) -> None:
    assert await story.faults(failed(failure_type="intelligent")) == [
        ("failure.not_intelligent", "/data/failure_type")
    ]


@keeps("failure.not_intelligent")
async def test_with_a_measure_and_a_criterion_a_failure_can_be_intelligent(story: Record) -> None:
    await story.add(framed(), planned(measure="labels"), revised(criterion="ten"))
    assert await story.faults(failed(iteration="trial", failure_type="intelligent")) == []
    await story.add(failed("other", iteration="trial"))
    assert await story.faults(reclassified("other", failure_type="intelligent")) == []


@breaks("failure.deviance_private")
@pytest.mark.parametrize("level", ["cohort", "public"])
async def test_deviance_is_not_recorded_for_many(story: Record, level: str) -> None:
    assert await story.faults(failed(failure_cause="deviance", visibility=level)) == [
        ("failure.deviance_private", "/data/failure_cause")
    ]


@keeps("failure.deviance_private")
@pytest.mark.parametrize("level", ["private", "pair"])
async def test_deviance_is_recorded_for_few(story: Record, level: str) -> None:
    assert await story.faults(failed(failure_cause="deviance", visibility=level)) == []


@breaks("failure.deviance_private")
async def test_deviance_is_private_by_default_and_stays_narrow(story: Record) -> None:
    await story.add(failed(failure_cause="deviance"))
    assert await story.faults(shown("failure/failure", "cohort")) == [
        ("failure.deviance_private", "/data/visibility")
    ]
    assert await story.faults(shown("failure/failure", "public")) == [
        ("failure.deviance_private", "/data/visibility")
    ]
    assert await story.faults(shown("failure/failure", "pair")) == []


@breaks("failure.deviance_private")
async def test_what_many_see_is_not_reclassified_as_deviance(story: Record) -> None:
    await story.add(failed())
    assert await story.faults(reclassified(failure_cause="deviance")) == [
        ("failure.deviance_private", "/data/failure_cause")
    ]


@keeps("failure.deviance_private")
async def test_once_narrowed_a_failure_can_be_reclassified_as_deviance(story: Record) -> None:
    await story.add(failed(), shown("failure/failure", "pair"))
    assert await story.faults(reclassified(failure_cause="deviance")) == []
    assert await story.faults(shown("failure/failure", "cohort")) == [
        ("failure.deviance_private", "/data/visibility")
    ]


@keeps("failure.deviance_private")
async def test_a_failure_no_longer_seen_as_deviance_can_be_widened(story: Record) -> None:
    await story.add(failed(failure_cause="deviance"), reclassified(failure_cause="inattention"))
    assert await story.faults(shown("failure/failure", "public")) == []


ON_THE_OTHER_HAND: list[tuple[EventJson, EventJson]] = [
    (captured(), adopted()),
    (captured(), challenged()),
    (asked(), helped()),
    (harvested(), substantiated()),
]
TYPES = [event["type"] for _, event in ON_THE_OTHER_HAND]


@breaks("origin.self")
@pytest.mark.parametrize(("origin", "event"), ON_THE_OTHER_HAND, ids=TYPES)
async def test_the_origin_does_not_answer_itself(
    story: Record, origin: EventJson, event: EventJson
) -> None:
    await story.add({**origin, "visibility": "public"})
    own = {**event, "data": {**event["data"], "organisation": "mill"}}
    assert await story.faults(own) == [("origin.self", "/data/organisation")]


@keeps("origin.self")
@pytest.mark.parametrize(("origin", "event"), ON_THE_OTHER_HAND, ids=TYPES)
async def test_others_answer(story: Record, origin: EventJson, event: EventJson) -> None:
    await story.add({**origin, "visibility": "public"})
    assert await story.faults(event) == []


@keeps("origin.self")
async def test_the_origin_may_use_and_note_its_own(story: Record) -> None:
    await story.add(captured(), shared(by="mill"))
    assert await story.report(used(), noted("learning/learning", organisation="mill")) == []


@breaks("publication.cites_private")
async def test_everything_cited_is_public_by_then_and_each_that_is_not_is_reported(
    story: Record,
) -> None:
    await story.add(captured(visibility="public"), framed(), failed(visibility="pair"))
    cites = ["question/question", "learning/learning", "failure/failure"]
    assert await story.faults(released(cites=cites)) == [
        ("publication.cites_private", "/data/cites/0"),
        ("publication.cites_private", "/data/cites/2"),
    ]


@keeps("publication.cites_private")
async def test_what_was_widened_is_cited_and_may_be_narrowed_later(story: Record) -> None:
    await story.add(captured(), shown("learning/learning", "public"))
    assert await story.faults(released(cites=["learning/learning"])) == []
    assert await story.faults(shown("learning/learning", "private")) == []
    assert await story.faults(released("second", cites=["learning/learning"])) == [
        ("publication.cites_private", "/data/cites/0")
    ]


@breaks("publication.withdrawn")
async def test_a_publication_is_not_withdrawn_twice(story: Record) -> None:
    await story.add(released(), withdrawn())
    assert await story.faults(withdrawn()) == [("publication.withdrawn", "/data/publication")]


@keeps("publication.withdrawn")
async def test_a_publication_is_withdrawn_once(story: Record) -> None:
    await story.add(released())
    assert await story.faults(withdrawn()) == []
