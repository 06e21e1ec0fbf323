"""After a void, the record is what it would be without the voided event."""

import asyncio

from events.senders import PUBLIC, Role, Sender
from tests.events.record import Record
from tests.events.telling import (
    assessed,
    at,
    captured,
    challenged,
    closed,
    concluded,
    failed,
    framed,
    introduced,
    joined,
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
    revised,
    shown,
    started,
    voided,
    withdrawn,
)

ARCHIVE = Sender(id="archive-key", role=Role.ORGANISATION, organisation="archive")
LIBRARY = Sender(id="library-key", role=Role.ORGANISATION, organisation="library")


async def _visible(record: Record, position: int, viewer: Sender) -> bool:
    recorded = await record.log.event(position)
    assert recorded is not None
    return await record.log.visible([recorded], viewer) == [recorded]


async def test_a_voided_conclusion_leaves_the_iteration_open(story: Record) -> None:
    await story.add(framed(), planned(), started())
    end = await story.add_one(concluded(time=at(50)))
    await story.add(voided(end.position))
    assert await story.report(observed(time=at(60)), concluded(result="supported")) == []


async def test_a_voided_start_can_be_made_again(story: Record) -> None:
    await story.add(framed(), planned())
    start = await story.add_one(started())
    await story.add(voided(start.position))
    assert await story.report(revised(), started()) == []


async def test_a_voided_observation_is_no_evidence(story: Record) -> None:
    await story.add(framed(), planned(measure="labels"), started())
    seen = await story.add_one(observed(measure="labels"))
    await story.add(voided(seen.position))
    assert await story.faults(concluded(result="supported")) == [
        ("iteration.no_evidence", "/data/result")
    ]


async def test_another_observation_still_is(story: Record) -> None:
    await story.add(framed(), planned(), started())
    seen = await story.add_one(observed())
    await story.add(observed(), voided(seen.position))
    assert await story.faults(concluded(result="supported")) == []


async def test_later_events_are_not_judged_again(story: Record) -> None:
    await story.add(framed(), planned(), started())
    seen = await story.add_one(observed())
    await story.add(concluded(result="supported"))
    assert await story.faults(voided(seen.position)) == []
    assert await story.faults(concluded()) == [("iteration.concluded", "/data/iteration")]


async def test_a_voided_creation_frees_its_key_and_versions_go_on(story: Record) -> None:
    first = await story.add_one(framed())
    await story.add(voided(first.position))
    assert await story.faults(planned()) == [("subject.unknown", "/data/question")]
    again = await story.add_one(framed(organisation="archive"))
    assert again.streams["question/question"] == 3
    assert await story.faults(planned(organisation="archive")) == []


async def test_the_freed_subject_begins_anew(story: Record) -> None:
    await story.add(framed(), planned("other"))
    first = await story.add_one(planned())
    start = await story.add_one(started())
    await story.add(voided(start.position))
    await story.add(voided(first.position))
    await story.add(planned(measure="labels"))
    assert await story.faults(observed()) == [("iteration.not_started", "/data/iteration")]
    assert await story.faults(started()) == []


async def test_a_voided_reframing_gives_the_earlier_wording_back(story: Record) -> None:
    await story.add(framed(text="How can we begin?"))
    change = await story.add_one(reframed(text="How can we go on?"))
    await story.add(voided(change.position))
    assert await story.faults(reframed(text="How can we begin?")) == [
        ("question.unchanged", "/data/text")
    ]
    assert await story.faults(reframed(text="How can we go on?")) == []


async def test_a_voided_closing_opens_a_question_a_cohort_and_its_pairings(
    story: Record,
) -> None:
    await story.add(framed(), paired(time=at(2)))
    question_end = await story.add_one(question_closed())
    end = await story.add_one(closed(time=at(9)))
    await story.add(voided(question_end.position), voided(end.position))
    assert await story.report(reframed(), met(time=at(10)), assessed(cohort="heritage")) == []


async def test_a_voided_revision_gives_the_earlier_measure_back(story: Record) -> None:
    await story.add(framed(), planned(measure="labels"))
    change = await story.add_one(revised(measure="letters"))
    await story.add(voided(change.position))
    await story.add(started(), observed(measure="letters"))
    assert await story.faults(concluded(result="refuted")) == [
        ("iteration.no_evidence", "/data/result")
    ]


async def test_a_voided_joining_was_none(story: Record) -> None:
    joining = await story.add_one(joined("library", time=at(1)))
    await story.add(voided(joining.position))
    assert await story.faults(assessed("library", cohort="heritage", time=at(5))) == [
        ("member.required", "/data/organisation")
    ]
    assert await story.faults(left("library")) == [("member.absent", "/data/organisation")]
    assert await story.faults(paired("mill", "library")) == [
        ("pairing.members", "/data/organisations/1")
    ]
    assert await story.faults(joined("library")) == []


async def test_a_voided_leaving_was_none(story: Record) -> None:
    await story.add(paired(time=at(2)))
    leaving = await story.add_one(left("mill", time=at(5)))
    await story.add(voided(leaving.position))
    assert await story.faults(joined("mill")) == [("member.already", "/data/organisation")]
    assert await story.report(assessed(cohort="heritage", time=at(6)), met(time=at(6))) == []


async def test_the_earlier_stay_stands_when_a_later_one_is_voided(story: Record) -> None:
    await story.add(left("mill", time=at(5)))
    again = await story.add_one(joined("mill", time=at(8)))
    await story.add(voided(again.position))
    assert await story.faults(assessed(cohort="heritage", time=at(4))) == []
    assert await story.faults(assessed(cohort="heritage", time=at(9))) == [
        ("member.required", "/data/organisation")
    ]


async def test_a_voided_pairing_pairs_nobody_and_a_voided_end_goes_on(story: Record) -> None:
    pairing = await story.add_one(paired())
    end = await story.add_one(pairing_ended())
    await story.add(voided(end.position))
    assert await story.faults(pairing_ended()) == []
    await story.add(captured(cohort="heritage", visibility="pair"))
    other = await story.add_one(paired(pairing="other"))
    assert await _visible(story, other.position - 1, ARCHIVE)
    await story.add(voided(other.position))
    assert not await _visible(story, other.position - 1, ARCHIVE)
    assert pairing.position < end.position


async def test_a_voided_reclassification_gives_the_earlier_cause_back(story: Record) -> None:
    await story.add(failed(failure_cause="deviance"))
    change = await story.add_one(reclassified(failure_cause="inattention"))
    await story.add(voided(change.position))
    assert await story.faults(shown("failure/failure", "public")) == [
        ("failure.deviance_private", "/data/visibility")
    ]


async def test_a_voided_withdrawal_can_be_made_again(story: Record) -> None:
    await story.add(released())
    withdrawal = await story.add_one(withdrawn())
    await story.add(voided(withdrawal.position))
    assert await story.faults(withdrawn()) == []


async def test_a_voided_change_of_level_restores_the_one_before(story: Record) -> None:
    capture = await story.add_one(captured(cohort="heritage", visibility="pair"))
    await story.add(shown("learning/learning", "cohort"))
    change = await story.add_one(shown("learning/learning", "private"))
    assert not await _visible(story, capture.position, ARCHIVE)
    await story.add(voided(change.position))
    assert await _visible(story, capture.position, ARCHIVE)
    assert not await _visible(story, capture.position, LIBRARY)


async def test_a_voided_change_of_an_events_level_restores_the_one_before(story: Record) -> None:
    await story.add(captured(cohort="heritage"))
    note = await story.add_one(noted("learning/learning", visibility="pair"))
    first = await story.add_one(shown(f"event/{note.position}", "cohort"))
    assert await _visible(story, note.position, ARCHIVE)
    second = await story.add_one(shown(f"event/{note.position}", "private"))
    assert not await _visible(story, note.position, ARCHIVE)
    await story.add(voided(second.position))
    assert await _visible(story, note.position, ARCHIVE)
    await story.add(voided(first.position))
    assert not await _visible(story, note.position, ARCHIVE)


async def test_a_voided_event_of_another_is_seen_by_whoever_saw_it(story: Record) -> None:
    await story.add(captured(cohort="heritage"))
    challenge = await story.add_one(challenged())
    void = await story.add_one(voided(challenge.position))
    for position in (challenge.position, void.position):
        assert await _visible(story, position, ARCHIVE)
        assert not await _visible(story, position, LIBRARY)
        assert not await _visible(story, position, PUBLIC)


async def test_a_voided_introduction_frees_the_persons_key(story: Record) -> None:
    first = await story.add_one(introduced())
    await story.add(voided(first.position))
    assert await story.faults(introduced(name="Ada")) == []


async def test_a_void_is_judged_on_what_earlier_requests_of_its_group_did(story: Record) -> None:
    note = await story.add_one(noted("cohort/heritage"))
    reports = await asyncio.gather(
        *(story.faults(voided(note.position)) for _ in range(3)), story.faults(registered("park"))
    )
    assert reports == [[], *[[("void.dependants", "/data/event")]] * 2, []]
