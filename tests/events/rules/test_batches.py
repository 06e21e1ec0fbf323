"""Batches: all or none, or leniently; and the report on events that depend on a refused one."""

from dataclasses import replace

import pytest

from events.access.principal import RECORD
from events.vocabulary.faults import Refused
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import (
    assessed,
    captured,
    concluded,
    framed,
    joined,
    observed,
    paired,
    planned,
    registered,
    started,
)


@breaks("subject.unknown")
async def test_subjects_of_a_refused_event_count_as_existing_in_the_report(
    story: Record,
) -> None:
    assert await story.report(
        framed(text="Why?"),
        planned(),
        started(),
        observed("other"),
        concluded(result="supported"),
        captured(from_=["question/question", "iteration/trial"]),
    ) == [
        (0, "question.how_can_we", "/data/text"),
        (3, "subject.unknown", "/data/iteration"),
        (4, "iteration.no_evidence", "/data/result"),
    ]


@breaks("subject.unknown")
@pytest.mark.parametrize("cohort", ["heritage", "nowhere"])
async def test_what_a_refused_pairing_names_is_not_created_by_it(
    story: Record, cohort: str
) -> None:
    report = await story.report(paired("mill", "nobody", cohort=cohort), assessed("nobody"))
    assert (0, "subject.unknown", "/data/organisations/1") in report
    assert (1, "subject.unknown", "/data/organisation") in report


@breaks("field")
async def test_subjects_of_a_malformed_event_count_as_existing_in_the_report(
    story: Record,
) -> None:
    assert await story.report(
        registered("park", sector=""), joined("park"), assessed("park"), paired("mill", "park")
    ) == [(0, "field", "/data/sector")]


@breaks("field")
@pytest.mark.parametrize("key", ["a b", "\ud800", "\0", "", "x" * 65])
async def test_a_malformed_key_creates_nothing(story: Record, key: str) -> None:
    assert await story.faults(framed(key)) == [("field", "/data/question")]


async def test_a_batch_is_recorded_whole_or_not_at_all(story: Record) -> None:
    head = await story.log.head()
    assert await story.report(framed(), planned(), started("other")) != []
    assert await story.log.head() == head
    assert await story.faults(planned()) == [("subject.unknown", "/data/question")]


async def test_a_wrong_source_is_reported_beside_the_fault_on_which_its_event_builds(
    story: Record,
) -> None:
    bound = replace(RECORD, sources=("https://example.org/",))
    elsewhere = {**planned(), "source": "urn:elsewhere"}
    assert await story.report(framed(themes="red"), elsewhere, sender=bound) == [
        (0, "field", "/data/themes"),
        (1, "sender.not_allowed", "/source"),
    ]


@breaks("batch.dependent")
async def test_a_lenient_batch_keeps_the_good_and_names_what_hangs_on_the_refused(
    story: Record,
) -> None:
    outcome = await story.record(
        framed(text="Why?"),
        framed("good"),
        planned(),
        started(),
        planned("fine", question="good"),
        captured(from_=["question/good", "question/question"]),
        lenient=True,
    )
    assert [receipt.id for receipt in outcome.receipts] == ["event-8", "event-11"]
    assert {
        index: [(fault.index, fault.rule, fault.pointer) for fault in faults]
        for index, faults in outcome.refused.items()
    } == {
        0: [(0, "question.how_can_we", "/data/text")],
        2: [(2, "batch.dependent", "/data/question")],
        3: [(3, "batch.dependent", "/data/iteration")],
        5: [(5, "batch.dependent", "/data/from/1")],
    }
    positions = [receipt.position for receipt in outcome.receipts]
    assert positions == [7, 8]


@breaks("batch.dependent")
async def test_what_a_malformed_event_would_have_created_is_dependent_too(story: Record) -> None:
    outcome = await story.record(framed(themes="red"), planned(), lenient=True)
    assert [faults[0].rule for faults in outcome.refused.values()] == ["field", "batch.dependent"]
    assert outcome.receipts == ()


@keeps("batch.dependent")
async def test_subjects_that_exist_or_are_recorded_in_the_batch_are_no_dependence(
    story: Record,
) -> None:
    outcome = await story.record(
        framed(), framed("second", text="Why?"), planned(), started(), lenient=True
    )
    assert sorted(outcome.refused) == [1]
    assert len(outcome.receipts) == 3


@breaks("stream.version")
async def test_a_lenient_batch_whose_versions_have_moved_on_is_refused_whole(
    story: Record,
) -> None:
    with pytest.raises(Refused) as refusal:
        await story.record(framed(), lenient=True, expected={"cohort/heritage": 99})
    assert [fault.rule for fault in refusal.value.faults] == ["stream.version"]


async def test_a_dry_run_judges_like_a_real_one_and_records_nothing(story: Record) -> None:
    head = await story.log.head()
    assert (await story.record(framed(), planned(), dry=True)).receipts == ()
    with pytest.raises(Refused):
        await story.record(planned(), dry=True)
    assert await story.log.head() == head
