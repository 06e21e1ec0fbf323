"""After a void, the record is what it would be without the voided event."""

import asyncio

from events.access.principal import PUBLIC, Principal, Role
from tests.events import samples as sample
from tests.events.record import Record
from tests.events.samples import at

ARCHIVE = Principal(id="archive-key", role=Role.ORGANISATION, organisation="archive")
LIBRARY = Principal(id="library-key", role=Role.ORGANISATION, organisation="library")


async def _visible(record: Record, position: int, viewer: Principal) -> bool:
    recorded = await record.log.event(position)
    assert recorded is not None
    return await record.log.visible([recorded], viewer) == [recorded]


async def test_a_voided_conclusion_leaves_the_iteration_open(story: Record) -> None:
    await story.add(sample.framed(), sample.planned(), sample.started())
    end = await story.add_one(sample.concluded(time=at(50)))
    await story.add(sample.voided(end.position))
    assert (
        await story.report(sample.observed(time=at(60)), sample.concluded(result="supported")) == []
    )


async def test_a_voided_start_can_be_made_again(story: Record) -> None:
    await story.add(sample.framed(), sample.planned())
    start = await story.add_one(sample.started())
    await story.add(sample.voided(start.position))
    assert await story.report(sample.revised(), sample.started()) == []


async def test_a_voided_observation_is_no_evidence(story: Record) -> None:
    await story.add(sample.framed(), sample.planned(measure="labels"), sample.started())
    seen = await story.add_one(sample.observed(measure="labels"))
    await story.add(sample.voided(seen.position))
    assert await story.faults(sample.concluded(result="supported")) == [
        ("iteration.no_evidence", "/data/result")
    ]


async def test_another_observation_still_is(story: Record) -> None:
    await story.add(sample.framed(), sample.planned(), sample.started())
    seen = await story.add_one(sample.observed())
    await story.add(sample.observed(), sample.voided(seen.position))
    assert await story.faults(sample.concluded(result="supported")) == []


async def test_later_events_are_not_judged_again(story: Record) -> None:
    await story.add(sample.framed(), sample.planned(), sample.started())
    seen = await story.add_one(sample.observed())
    await story.add(sample.concluded(result="supported"))
    assert await story.faults(sample.voided(seen.position)) == []
    assert await story.faults(sample.concluded()) == [("iteration.concluded", "/data/iteration")]


async def test_a_voided_creation_frees_its_key_and_versions_continue(story: Record) -> None:
    first = await story.add_one(sample.framed())
    await story.add(sample.voided(first.position))
    assert await story.faults(sample.planned()) == [("subject.unknown", "/data/question")]
    again = await story.add_one(sample.framed(organisation="archive"))
    assert again.streams["question/question"] == 3
    assert await story.faults(sample.planned(organisation="archive")) == []


async def test_the_freed_subject_begins_without_its_earlier_state(story: Record) -> None:
    await story.add(sample.framed(), sample.planned("other"))
    first = await story.add_one(sample.planned())
    start = await story.add_one(sample.started())
    await story.add(sample.voided(start.position))
    await story.add(sample.voided(first.position))
    await story.add(sample.planned(measure="labels"))
    assert await story.faults(sample.observed()) == [("iteration.not_started", "/data/iteration")]
    assert await story.faults(sample.started()) == []


async def test_a_voided_reframing_gives_the_earlier_wording_back(story: Record) -> None:
    await story.add(sample.framed(text="How can we begin?"))
    change = await story.add_one(sample.reframed(text="How can we continue?"))
    await story.add(sample.voided(change.position))
    assert await story.faults(sample.reframed(text="How can we begin?")) == [
        ("question.unchanged", "/data/text")
    ]
    assert await story.faults(sample.reframed(text="How can we continue?")) == []


async def test_a_voided_closing_opens_a_question_a_cohort_and_its_pairings(
    story: Record,
) -> None:
    await story.add(sample.framed(), sample.paired(time=at(2)))
    question_end = await story.add_one(sample.question_closed())
    end = await story.add_one(sample.closed(time=at(9)))
    await story.add(sample.voided(question_end.position), sample.voided(end.position))
    assert (
        await story.report(
            sample.reframed(), sample.met(time=at(10)), sample.assessed(cohort="heritage")
        )
        == []
    )


async def test_a_voided_revision_gives_the_earlier_measure_back(story: Record) -> None:
    await story.add(sample.framed(), sample.planned(measure="labels"))
    change = await story.add_one(sample.revised(measure="letters"))
    await story.add(sample.voided(change.position))
    await story.add(sample.started(), sample.observed(measure="letters"))
    assert await story.faults(sample.concluded(result="refuted")) == [
        ("iteration.no_evidence", "/data/result")
    ]


async def test_a_voided_joining_was_none(story: Record) -> None:
    joining = await story.add_one(sample.joined("library", time=at(1)))
    await story.add(sample.voided(joining.position))
    assert await story.faults(sample.assessed("library", cohort="heritage", time=at(5))) == [
        ("member.required", "/data/organisation")
    ]
    assert await story.faults(sample.left("library")) == [("member.absent", "/data/organisation")]
    assert await story.faults(sample.paired("mill", "library")) == [
        ("pairing.members", "/data/organisations/1")
    ]
    assert await story.faults(sample.joined("library")) == []


async def test_a_voided_leaving_was_none(story: Record) -> None:
    await story.add(sample.paired(time=at(2)))
    leaving = await story.add_one(sample.left("mill", time=at(5)))
    await story.add(sample.voided(leaving.position))
    assert await story.faults(sample.joined("mill")) == [("member.already", "/data/organisation")]
    assert (
        await story.report(sample.assessed(cohort="heritage", time=at(6)), sample.met(time=at(6)))
        == []
    )


async def test_the_earlier_stay_holds_when_a_later_one_is_voided(story: Record) -> None:
    await story.add(sample.left("mill", time=at(5)))
    again = await story.add_one(sample.joined("mill", time=at(8)))
    await story.add(sample.voided(again.position))
    assert await story.faults(sample.assessed(cohort="heritage", time=at(4))) == []
    assert await story.faults(sample.assessed(cohort="heritage", time=at(9))) == [
        ("member.required", "/data/organisation")
    ]


async def test_a_voided_pairing_pairs_nobody_and_a_pairing_whose_end_is_voided_continues(
    story: Record,
) -> None:
    pairing = await story.add_one(sample.paired())
    end = await story.add_one(sample.pairing_ended())
    await story.add(sample.voided(end.position))
    assert await story.faults(sample.pairing_ended()) == []
    await story.add(sample.captured(cohort="heritage", visibility="pair"))
    other = await story.add_one(sample.paired(pairing="other"))
    assert await _visible(story, other.position - 1, ARCHIVE)
    await story.add(sample.voided(other.position))
    assert not await _visible(story, other.position - 1, ARCHIVE)
    assert pairing.position < end.position


async def test_a_voided_reclassification_gives_the_earlier_cause_back(story: Record) -> None:
    await story.add(sample.failed(failure_cause="deviance"))
    change = await story.add_one(sample.reclassified(failure_cause="inattention"))
    await story.add(sample.voided(change.position))
    assert await story.faults(sample.shown("failure/failure", "public")) == [
        ("failure.deviance_private", "/data/visibility")
    ]


async def test_a_voided_withdrawal_can_be_made_again(story: Record) -> None:
    await story.add(sample.released())
    withdrawal = await story.add_one(sample.withdrawn())
    await story.add(sample.voided(withdrawal.position))
    assert await story.faults(sample.withdrawn()) == []


async def test_a_voided_change_of_level_restores_the_one_before(story: Record) -> None:
    capture = await story.add_one(sample.captured(cohort="heritage", visibility="pair"))
    await story.add(sample.shown("learning/learning", "cohort"))
    change = await story.add_one(sample.shown("learning/learning", "private"))
    assert not await _visible(story, capture.position, ARCHIVE)
    await story.add(sample.voided(change.position))
    assert await _visible(story, capture.position, ARCHIVE)
    assert not await _visible(story, capture.position, LIBRARY)


async def test_a_voided_change_of_an_events_level_restores_the_one_before(story: Record) -> None:
    await story.add(sample.captured(cohort="heritage"))
    note = await story.add_one(sample.noted("learning/learning", visibility="pair"))
    first = await story.add_one(sample.shown(f"event/{note.position}", "cohort"))
    assert await _visible(story, note.position, ARCHIVE)
    second = await story.add_one(sample.shown(f"event/{note.position}", "private"))
    assert not await _visible(story, note.position, ARCHIVE)
    await story.add(sample.voided(second.position))
    assert await _visible(story, note.position, ARCHIVE)
    await story.add(sample.voided(first.position))
    assert not await _visible(story, note.position, ARCHIVE)


async def test_a_voided_event_of_another_is_seen_by_those_who_saw_it(story: Record) -> None:
    await story.add(sample.captured(cohort="heritage"))
    challenge = await story.add_one(sample.challenged())
    void = await story.add_one(sample.voided(challenge.position))
    for position in (challenge.position, void.position):
        assert await _visible(story, position, ARCHIVE)
        assert not await _visible(story, position, LIBRARY)
        assert not await _visible(story, position, PUBLIC)


async def test_a_voided_introduction_frees_the_persons_key(story: Record) -> None:
    first = await story.add_one(sample.introduced())
    await story.add(sample.voided(first.position))
    assert await story.faults(sample.introduced(name="Ada")) == []


async def test_a_void_is_judged_on_what_earlier_requests_of_its_group_did(story: Record) -> None:
    note = await story.add_one(sample.noted("cohort/heritage"))
    reports = await asyncio.gather(
        *(story.faults(sample.voided(note.position)) for _ in range(3)),
        story.faults(sample.registered("park")),
    )
    assert reports == [[], *[[("void.dependants", "/data/event")]] * 2, []]
