"""Rules about the record itself: times, voids, the forgotten."""

from collections.abc import AsyncIterator

import pytest

from events.access.principal import RECORD, Principal, Role
from events.log import EventLog
from events.vocabulary.faults import Refused
from events.vocabulary.values.times import moment
from tests.conftest import MASTER_KEY
from tests.events import samples as sample
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import EventJson, at


@pytest.fixture
async def at_noon(database_url: str) -> AsyncIterator[Record]:
    """A record whose server's clock is three hours after the start of the story."""
    async with await EventLog.open(
        database_url, master_key=MASTER_KEY, clock=lambda: moment(at(3))
    ) as log:
        yield Record(log)


@breaks("time.future")
async def test_more_than_five_minutes_ahead_is_refused(at_noon: Record) -> None:
    ahead = at(3 + 5 / 60, us=1)
    assert await at_noon.faults(sample.registered("mill", time=ahead)) == [("time.future", "/time")]


@keeps("time.future")
async def test_exactly_five_minutes_ahead_is_recorded(at_noon: Record) -> None:
    assert await at_noon.faults(sample.registered("mill", time=at(3 + 5 / 60))) == []


@keeps("time.future")
async def test_any_distance_back_is_recorded(at_noon: Record) -> None:
    assert await at_noon.faults(sample.registered("mill", time="0001-01-02T00:00:00Z")) == []


@breaks("person.forgotten")
async def test_a_forgotten_person_takes_no_more_events_nor_acts(story: Record) -> None:
    await story.add(sample.introduced(), sample.forgotten())
    assert await story.faults(sample.noted("person/grace")) == [("person.forgotten", "/data/about")]
    assert await story.faults(sample.forgotten()) == [("person.forgotten", "/data/person")]
    assert await story.faults(sample.assessed(actor="person/grace")) == [
        ("person.forgotten", "/actor")
    ]


@keeps("person.forgotten")
async def test_a_person_acts_and_is_noted_until_forgotten(story: Record) -> None:
    await story.add(sample.introduced())
    assert await story.faults(sample.noted("person/grace", actor="person/grace")) == []


@keeps("person.forgotten")
async def test_an_actor_need_not_exist(story: Record) -> None:
    assert await story.faults(sample.assessed(actor="person/nobody")) == []


MILL = Principal(id="m", role=Role.ORGANISATION, organisation="mill")
HAS_DEPENDANTS = [("void.dependants", "/data/event")]


@breaks("void.dependants")
async def test_a_creation_on_which_something_builds_is_not_voided(story: Record) -> None:
    question = await story.add_one(sample.framed())
    plan = await story.add_one(sample.planned())
    assert await story.faults(sample.voided(question.position)) == HAS_DEPENDANTS
    await story.add(sample.voided(plan.position))
    assert await story.faults(sample.voided(question.position)) == []


async def test_a_hidden_event_that_builds_on_another_is_told_without_its_type(
    story: Record,
) -> None:
    learning = await story.add_one(sample.captured())
    inspired = sample.planned(
        organisation="archive", question="own", inspired_by=["learning/learning"]
    )
    await story.add(
        sample.framed("own", "archive", visibility="private"), {**inspired, "visibility": "private"}
    )
    details = []
    for sender in (MILL, RECORD):
        with pytest.raises(Refused) as refused:
            await story.add(sample.voided(learning.position), sender=sender)
        details.append(refused.value.faults[0].detail)
    assert "iteration" not in details[0]
    assert "iteration.planned" in details[1]


@breaks("void.dependants")
async def test_a_move_on_which_something_builds_is_not_voided(story: Record) -> None:
    await story.add(sample.framed(), sample.planned())
    start = await story.add_one(sample.started())
    seen = await story.add_one(sample.observed())
    assert await story.faults(sample.voided(start.position)) == HAS_DEPENDANTS
    await story.add(sample.voided(seen.position))
    assert await story.faults(sample.voided(start.position)) == []


@breaks("void.dependants")
async def test_a_list_that_names_a_subject_builds_on_it(story: Record) -> None:
    question = await story.add_one(sample.framed())
    await story.add(sample.captured(from_=["question/question"]))
    assert await story.faults(sample.voided(question.position)) == HAS_DEPENDANTS


@breaks("void.dependants")
async def test_a_change_of_level_builds_on_the_creation(story: Record) -> None:
    question = await story.add_one(sample.framed())
    change = await story.add_one(sample.shown("question/question", "public"))
    assert await story.faults(sample.voided(question.position)) == HAS_DEPENDANTS
    assert await story.faults(sample.voided(change.position)) == []


@breaks("void.dependants")
async def test_either_of_two_created_subjects_keeps_a_creation(story: Record) -> None:
    other = await story.add_one(sample.formed("other"))
    await story.add(sample.framed(parent="other-question"))
    assert await story.faults(sample.voided(other.position)) == HAS_DEPENDANTS


@keeps("void.dependants")
async def test_a_note_builds_on_nothing(story: Record) -> None:
    question = await story.add_one(sample.framed())
    await story.add(sample.noted("question/question"))
    assert await story.faults(sample.voided(question.position)) == []


@keeps("void.dependants")
async def test_what_came_before_a_move_does_not_keep_it(story: Record) -> None:
    await story.add(sample.framed(), sample.planned())
    await story.add(sample.planned("other"))
    start = await story.add_one(sample.started())
    assert await story.faults(sample.voided(start.position)) == []


@keeps("void.dependants")
async def test_a_move_is_kept_by_its_first_subject_alone(story: Record) -> None:
    await story.add(sample.captured(), sample.framed())
    change = await story.add_one(sample.reframed(because_of=["learning/learning"]))
    await story.add(sample.adopted())
    assert await story.faults(sample.voided(change.position)) == []


@keeps("void.dependants")
@pytest.mark.parametrize(
    "event", [sample.observed(), sample.took_part()], ids=["observed", "took part"]
)
async def test_what_only_adds_can_always_be_voided(story: Record, event: EventJson) -> None:
    await story.add(sample.framed(), sample.planned(), sample.started())
    added = await story.add_one(event)
    await story.add(sample.observed(), sample.concluded(result="supported"))
    assert await story.faults(sample.voided(added.position)) == []


@breaks("void.dependants")
async def test_a_joining_is_kept_by_what_names_both_organisation_and_cohort(
    story: Record,
) -> None:
    joining = await story.add_one(sample.joined("library"))
    await story.add(sample.assessed("library", cohort="heritage"))
    assert await story.faults(sample.voided(joining.position)) == HAS_DEPENDANTS


@breaks("void.dependants")
async def test_a_joining_is_kept_by_a_leaving_and_a_leaving_by_a_joining(story: Record) -> None:
    joining = await story.add_one(sample.joined("library"))
    leaving = await story.add_one(sample.left("library"))
    again = await story.add_one(sample.joined("library"))
    assert await story.faults(sample.voided(joining.position)) == HAS_DEPENDANTS
    assert await story.faults(sample.voided(leaving.position)) == HAS_DEPENDANTS
    for receipt in (again, leaving, joining):
        assert await story.faults(sample.voided(receipt.position)) == []


@keeps("void.dependants")
async def test_a_joining_is_not_kept_by_what_names_only_one_of_the_two(story: Record) -> None:
    joining = await story.add_one(sample.joined("library"))
    await story.add(
        sample.assessed("library"), sample.framed(organisation="library"), sample.closed()
    )
    assert await story.faults(sample.voided(joining.position)) == []


@breaks("void.dependants")
async def test_a_pairing_made_keeps_the_joining_of_its_members(story: Record) -> None:
    joining = await story.add_one(sample.joined("library"))
    pairing = await story.add_one(sample.paired("mill", "library"))
    assert await story.faults(sample.voided(joining.position)) == HAS_DEPENDANTS
    meeting = await story.add_one(sample.met())
    assert await story.faults(sample.voided(pairing.position)) == HAS_DEPENDANTS
    end = await story.add_one(sample.pairing_ended())
    for receipt in (end, meeting, pairing, joining):
        assert await story.faults(sample.voided(receipt.position)) == []


@breaks("void.dependants")
async def test_nothing_is_voided_twice(story: Record) -> None:
    note = await story.add_one(sample.noted("organisation/mill"))
    await story.add(sample.voided(note.position))
    assert await story.faults(sample.voided(note.position)) == HAS_DEPENDANTS


@breaks("void.dependants")
async def test_a_void_is_not_voided(story: Record) -> None:
    note = await story.add_one(sample.noted("organisation/mill"))
    void = await story.add_one(sample.voided(note.position))
    assert await story.faults(sample.voided(void.position)) == HAS_DEPENDANTS


@breaks("void.dependants")
async def test_forgetting_a_person_is_not_voided_nor_what_introduced_them(story: Record) -> None:
    introduction = await story.add_one(sample.introduced())
    end = await story.add_one(sample.forgotten())
    assert await story.faults(sample.voided(end.position)) == HAS_DEPENDANTS
    assert await story.faults(sample.voided(introduction.position)) == HAS_DEPENDANTS


@keeps("void.dependants")
async def test_a_change_of_an_events_level_is_voided(story: Record) -> None:
    await story.add(sample.captured())
    challenge = await story.add_one(sample.challenged())
    change = await story.add_one(sample.shown(f"event/{challenge.position}", "private"))
    assert await story.faults(sample.voided(change.position)) == []
