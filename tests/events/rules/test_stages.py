"""The judgement's stages, each ending it: form, conflict, subjects, sender, versions, then all other rules."""

import pytest

from events.access.principal import Principal, Role
from events.vocabulary.faults import Refused
from tests.events import samples as sample
from tests.events.marks import breaks, keeps
from tests.events.record import SOURCE, Record
from tests.events.samples import EventJson, at

MILL = Principal(id="mill-key", role=Role.ORGANISATION, organisation="mill")
LIBRARY = Principal(id="library-key", role=Role.ORGANISATION, organisation="library")


# Form


@breaks("field")
async def test_all_faults_of_form_of_all_events_are_reported_at_once(
    record: Record,
) -> None:
    assert await record.report(
        sample.formed(title=" ", planned_months=37),
        sample.registered("mill"),
        sample.registered("a b", colour="red", time="yesterday"),
    ) == [
        (0, "field", "/data/title"),
        (0, "field", "/data/planned_months"),
        (2, "field", "/time"),
        (2, "field", "/data/organisation"),
        (2, "field", "/data/colour"),
    ]
    assert await record.log.head() == 0


@keeps("field")
async def test_a_well_formed_event_is_recorded(record: Record) -> None:
    assert await record.faults(sample.formed(planned_months=36)) == []


@breaks("field")
async def test_the_form_is_judged_before_anything_else(story: Record) -> None:
    assert await story.faults(sample.joined("nobody", "nowhere", motivation=1)) == [
        ("field", "/data/motivation")
    ]


@breaks("field")
async def test_an_organisation_has_to_say_that_it_shares_or_notes(story: Record) -> None:
    assert await story.faults(sample.shared(), sender=MILL) == [("field", "/data/by")]
    assert await story.faults(sample.noted("cohort/heritage"), sender=MILL) == [
        ("field", "/data/organisation")
    ]


@keeps("field")
async def test_a_facilitator_shares_and_notes_for_nobody(story: Record) -> None:
    assert await story.report(sample.shared(), sample.noted("cohort/heritage")) == []
    assert await story.faults(sample.shared("own", by="mill"), sender=MILL) == []


# Conflict


@breaks("event.conflict")
async def test_the_same_id_with_other_content_is_a_conflict_before_anything_else(
    story: Record,
) -> None:
    await story.add(sample.framed(id="one"))
    assert await story.faults(sample.joined("nobody", id="one")) == [("event.conflict", "/id")]


@keeps("event.conflict")
async def test_the_same_id_of_another_source_is_another_event(story: Record) -> None:
    await story.add(sample.framed(id="one"))
    other = sample.framed("other", id="one", source="https://example.org/elsewhere")
    assert await story.faults(other) == []


# Subjects


@breaks("subject.exists")
async def test_a_taken_key_is_reported_for_each_subject(story: Record) -> None:
    assert await story.faults(sample.formed(question="heritage-question")) == [
        ("subject.exists", "/data/cohort"),
        ("subject.exists", "/data/question"),
    ]


@breaks("subject.exists")
async def test_a_key_taken_by_a_hidden_subject_is_reported(story: Record) -> None:
    await story.add(sample.framed(visibility="private"))
    assert await story.faults(sample.framed(organisation="library"), sender=LIBRARY) == [
        ("subject.exists", "/data/question")
    ]


@breaks("subject.exists")
async def test_a_forgotten_person_still_exists(story: Record) -> None:
    await story.add(sample.introduced(), sample.forgotten())
    assert await story.faults(sample.introduced()) == [("subject.exists", "/data/person")]


@keeps("subject.exists")
async def test_a_key_is_taken_for_its_kind_only(story: Record) -> None:
    assert await story.report(sample.framed("mill"), sample.planned("mill", question="mill")) == []


@breaks("subject.unknown")
async def test_every_subject_that_does_not_exist_is_reported(story: Record) -> None:
    event = sample.planned(
        organisation="nobody",
        cohort="nowhere",
        follows="nothing",
        inspired_by=["learning/none", "inspiration/none"],
    )
    assert await story.faults(event) == [
        ("subject.unknown", "/data/organisation"),
        ("subject.unknown", "/data/cohort"),
        ("subject.unknown", "/data/question"),
        ("subject.unknown", "/data/follows"),
        ("subject.unknown", "/data/inspired_by/0"),
        ("subject.unknown", "/data/inspired_by/1"),
    ]


@breaks("subject.unknown")
async def test_a_new_subject_is_unknown_to_the_other_fields_of_its_own_event(
    story: Record,
) -> None:
    assert await story.faults(sample.framed(parent="question")) == [
        ("subject.unknown", "/data/parent")
    ]
    assert await story.faults(sample.captured(from_=["learning/learning"])) == [
        ("subject.unknown", "/data/from/0")
    ]


@breaks("subject.unknown")
async def test_a_reference_to_a_kind_that_the_field_does_not_take_is_unknown(
    story: Record,
) -> None:
    await story.add(sample.framed())
    assert await story.faults(sample.reframed(because_of=["organisation/mill"])) == [
        ("subject.unknown", "/data/because_of/0")
    ]


@breaks("subject.unknown")
async def test_a_subject_that_the_sender_may_not_see_is_unknown(story: Record) -> None:
    await story.add(
        sample.captured(visibility="private"), sample.captured("paired", visibility="pair")
    )
    for learning in ("learning", "paired"):
        assert await story.faults(
            sample.adopted(learning, "library"), sender=LIBRARY
        ) == await story.faults(sample.adopted("no-such-learning", "library"), sender=LIBRARY)


@keeps("subject.unknown")
async def test_a_subject_that_the_sender_sees_can_be_named(story: Record) -> None:
    await story.add(sample.captured(visibility="public"))
    assert await story.faults(sample.adopted(organisation="library"), sender=LIBRARY) == []


@keeps("subject.unknown")
async def test_earlier_events_of_a_batch_count(story: Record) -> None:
    assert (
        await story.report(
            sample.framed(),
            sample.planned(),
            sample.planned("next", inspired_by=["iteration/trial"]),
        )
        == []
    )


@breaks("subject.unknown")
async def test_later_events_of_a_batch_do_not_count(story: Record) -> None:
    assert await story.report(sample.planned(), sample.framed()) == [
        (0, "subject.unknown", "/data/question")
    ]


@breaks("subject.unknown")
async def test_a_voided_events_position_must_exist_and_be_visible(story: Record) -> None:
    secret = await story.add_one(sample.captured(visibility="private"))
    unknown = [("subject.unknown", "/data/event")]
    assert await story.faults(sample.voided(999)) == unknown
    assert await story.faults(sample.voided(secret.position), sender=LIBRARY) == unknown


async def test_the_subject_of_a_hidden_event_is_not_told_to_who_gives_another(
    story: Record,
) -> None:
    secret = await story.add_one(sample.captured("secret", visibility="private", id="hidden"))
    for event in (secret.position, {"source": SOURCE, "id": "hidden"}, 999):
        for about in (sample.voided(event), sample.corrected(event, statement="Ask.")):
            with pytest.raises(Refused) as refused:
                await story.add({**about, "subject": "learning/other"}, sender=LIBRARY)
            (fault,) = refused.value.faults
            assert fault.rule == "subject.unknown"
            assert "secret" not in fault.detail


async def test_a_wrong_subject_of_an_event_about_another_is_a_fault_of_form(story: Record) -> None:
    note = await story.add_one(sample.noted("cohort/heritage"))
    void = {**sample.voided(note.position), "subject": "cohort/other"}
    assert await story.faults(void, sender=MILL) == [("field", "/subject")]


@breaks("subject.unknown")
async def test_a_position_of_the_same_request_is_unknown(story: Record) -> None:
    head = await story.log.head()
    assert await story.report(sample.noted("cohort/heritage"), sample.voided(head + 1)) == [
        (1, "subject.unknown", "/data/event")
    ]


@breaks("subject.unknown")
async def test_only_an_event_that_adds_is_relevelled_by_its_position(story: Record) -> None:
    receipt = await story.add_one(sample.framed())
    unknown = [("subject.unknown", "/data/of")]
    assert await story.faults(sample.shown(f"event/{receipt.position}", "private")) == unknown
    assert await story.faults(sample.shown("event/999", "private")) == unknown


@keeps("subject.unknown")
async def test_an_event_that_adds_is_relevelled_and_voided(story: Record) -> None:
    receipt = await story.add_one(sample.assessed())
    assert await story.faults(sample.shown(f"event/{receipt.position}", "private")) == []
    assert await story.faults(sample.voided(receipt.position)) == []


# Sender


@breaks("sender.not_allowed")
async def test_a_sender_without_the_right_is_refused_once_the_subjects_are_known(
    story: Record,
) -> None:
    assert await story.faults(sample.framed(organisation="archive"), sender=MILL) == [
        ("sender.not_allowed", "/type")
    ]
    assert await story.faults(sample.framed(organisation="nobody"), sender=MILL) == [
        ("subject.unknown", "/data/organisation")
    ]


@breaks("sender.not_allowed")
async def test_the_sender_is_judged_before_the_rules(story: Record) -> None:
    assert await story.faults(sample.joined("mill"), sender=MILL) == [
        ("sender.not_allowed", "/type")
    ]


@breaks("sender.not_allowed")
async def test_a_key_uses_only_the_sources_it_is_bound_to_and_nobody_else_does(
    story: Record,
) -> None:
    bound = Principal(id="bound", role=Role.FACILITATOR, sources=("urn:ours:",))
    other = Principal(id="other", role=Role.FACILITATOR, reserved=("urn:ours:",))
    assert await story.faults(
        sample.noted("cohort/heritage", source="urn:theirs:1"), sender=bound
    ) == [("sender.not_allowed", "/source")]
    assert await story.faults(
        sample.noted("cohort/heritage", source="urn:ours:1"), sender=other
    ) == [("sender.not_allowed", "/source")]


@keeps("sender.not_allowed")
async def test_a_key_records_its_own_under_its_sources(story: Record) -> None:
    bound = Principal(
        id="bound", role=Role.ORGANISATION, organisation="mill", sources=("urn:ours:",)
    )
    other = Principal(id="other", role=Role.FACILITATOR, reserved=("urn:ours:",))
    assert await story.faults(sample.framed(source="urn:ours:1"), sender=bound) == []
    assert await story.faults(sample.noted("cohort/heritage", source="urn:our"), sender=other) == []


# Versions


@breaks("stream.version")
async def test_a_stream_that_has_moved_on_is_reported_before_the_other_rules(story: Record) -> None:
    await story.add(sample.framed(), sample.planned(), sample.started())
    assert await story.report(sample.started(), expected={"iteration/trial": 1}) == [
        (None, "stream.version", "")
    ]


@breaks("stream.version")
async def test_faults_of_form_subjects_and_sender_are_reported_beside_the_version(
    story: Record,
) -> None:
    await story.add(sample.framed())
    assert await story.report(
        sample.framed("a b"),
        sample.planned(question="none"),
        sample.started(),
        expected={"question/question": 2},
    ) == [
        (None, "stream.version", ""),
        (0, "field", "/data/question"),
        (1, "subject.unknown", "/data/question"),
    ]


@keeps("stream.version")
async def test_with_all_versions_right_the_events_are_recorded(story: Record) -> None:
    await story.add(sample.framed(), sample.planned())
    expected = {"iteration/trial": 1, "question/question": 2, "iteration/none": 0}
    assert await story.report(sample.started(), expected=expected) == []


EVERY_FIRST: list[EventJson] = [
    sample.asked(),
    sample.harvested(),
    sample.released(),
    sample.failed(),
    sample.introduced(),
    sample.helped(),
    sample.question_closed(),
]


@breaks("field")
@pytest.mark.parametrize("event", EVERY_FIRST, ids=lambda event: str(event["type"]))
async def test_a_missing_field_is_reported_at_its_place(story: Record, event: EventJson) -> None:
    first = next(iter(event["data"]))
    without = {name: value for name, value in event["data"].items() if name != first}
    assert ("field", f"/data/{first}") in await story.faults({**event, "data": without})
    assert await story.faults({**event, "data": None, "time": at(2)}) == [("field", "/data")]
