"""Corrections in the log: which of them stand, who may correct, when, and what a correction is worth a word about."""

from collections.abc import Callable
from typing import Any

import pytest

from events.access.principal import Principal, Role
from tests.events import samples as sample
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import at, corrected

MILL = Principal(id="mill-key", role=Role.ORGANISATION, organisation="mill")
ARCHIVE = Principal(id="archive-key", role=Role.ORGANISATION, organisation="archive")
RULE = "event.correctable"


@keeps(RULE)
async def test_two_corrections_of_one_field_in_a_batch_the_latest_holds(story: Record) -> None:
    first = await story.add_one(sample.framed(text="How can we begin?"))
    await story.add(
        corrected(first.position, text="How can we start?"),
        corrected(first.position, text="How can we go?"),
        sample.reframed(text="How can we start?"),
    )
    assert await story.report(
        corrected(first.position, text="How can we walk?"),
        corrected(first.position, text="How can we walk?"),
    ) == [(1, RULE, "/data/fields")]


@keeps("void.dependants")
async def test_a_voided_correction_gives_the_wording_before_it_back(story: Record) -> None:
    first = await story.add_one(sample.framed(text="How can we begin?"))
    one = await story.add_one(corrected(first.position, text="How can we start?"))
    two = await story.add_one(corrected(first.position, text="How can we go?", themes=["a"]))
    await story.add(sample.voided(two.position))
    assert await story.faults(sample.reframed(text="How can we start?")) == [
        ("question.unchanged", "/data/text")
    ]
    await story.add(sample.voided(one.position))
    assert await story.faults(sample.reframed(text="How can we begin?")) == [
        ("question.unchanged", "/data/text")
    ]
    # One after the void of another.
    await story.add(corrected(first.position, text="How can we walk?"))
    assert await story.faults(sample.reframed(text="How can we walk?")) == [
        ("question.unchanged", "/data/text")
    ]


@breaks("void.dependants")
async def test_a_correction_is_voided_only_while_no_later_one_of_its_event_stands(
    story: Record,
) -> None:
    first = await story.add_one(sample.framed(text="How can we begin?"))
    one = await story.add_one(corrected(first.position, text="How can we start?"))
    two = await story.add_one(corrected(first.position, themes=["a"]))
    assert await story.faults(sample.voided(one.position)) == [("void.dependants", "/data/event")]
    await story.add(sample.voided(two.position))
    assert await story.faults(sample.voided(two.position)) == [("void.dependants", "/data/event")]
    assert await story.faults(sample.voided(one.position)) == []


@keeps("void.dependants")
async def test_a_correction_does_not_keep_its_event_from_being_voided(story: Record) -> None:
    first = await story.add_one(sample.framed())
    await story.add(corrected(first.position, text="How can we start?"))
    assert await story.faults(sample.voided(first.position)) == []
    await story.add(sample.framed(text="How can we begin?"))
    assert await story.faults(sample.reframed(text="How can we begin?")) == [
        ("question.unchanged", "/data/text")
    ]


async def test_the_correction_of_a_voided_event_is_voided_without_touching_the_new_one(
    story: Record,
) -> None:
    first = await story.add_one(sample.framed())
    change = await story.add_one(corrected(first.position, text="How can we start?"))
    await story.add(sample.voided(first.position))
    await story.add(sample.framed(text="How can we begin?"))
    await story.add(sample.voided(change.position))
    assert await story.faults(sample.reframed(text="How can we begin?")) == [
        ("question.unchanged", "/data/text")
    ]


async def test_whoever_might_have_recorded_it_corrects_it(story: Record) -> None:
    question = await story.add_one(sample.framed(cohort="heritage"))
    mine = corrected(question.position, text="How can we start?")
    assert await story.faults(mine, sender=ARCHIVE) == [("sender.not_allowed", "/type")]
    assert await story.faults(mine, sender=MILL) == []
    assert await story.faults(corrected(2, name="The Mill"), sender=MILL) == [
        ("sender.not_allowed", "/type")
    ]


@pytest.mark.parametrize("amend", [sample.voided, lambda place: corrected(place, name="A")])
async def test_a_registration_is_its_organisations_or_while_in_no_cohort_its_senders(
    story: Record, amend: Callable[[int], dict[str, Any]]
) -> None:
    refused = [("sender.not_allowed", "/type")]
    mine = Principal(id="f-1", role=Role.FACILITATOR, cohorts=frozenset({"hill"}))
    others = Principal(id="f-2", role=Role.FACILITATOR, cohorts=frozenset({"hill"}))
    heritage = Principal(id="f-3", role=Role.FACILITATOR, cohorts=frozenset({"heritage"}))
    park = await story.add_one(sample.registered("park"), sender=mine)
    assert await story.faults(amend(park.position), sender=others) == refused
    assert await story.faults(amend(park.position), sender=heritage) == refused
    assert await story.faults(amend(park.position), sender=mine) == []
    mill = corrected(2, name="The Mill")
    assert await story.faults(mill, sender=mine) == refused
    assert await story.faults(mill, sender=heritage) == []


async def test_a_facilitators_note_is_its_subjects(story: Record) -> None:
    mine = Principal(id="f-1", role=Role.FACILITATOR, cohorts=frozenset({"hill"}))
    heritage = Principal(id="f-3", role=Role.FACILITATOR, cohorts=frozenset({"heritage"}))
    await story.add(sample.shown("cohort/heritage", "public"))
    note = await story.add_one(sample.noted("cohort/heritage"), sender=mine)
    change = corrected(note.position, text="Else.")
    assert await story.faults(change, sender=mine) == [("sender.not_allowed", "/type")]
    assert await story.faults(change, sender=heritage) == []


async def test_what_one_may_not_see_one_may_not_correct(story: Record) -> None:
    failure = await story.add_one(sample.failed(visibility="private"))
    change = corrected(failure.position, why="Rain.")
    assert await story.faults(change, sender=ARCHIVE) == [("subject.unknown", "/data/event")]
    receipt = await story.add_one(change, sender=MILL)
    line = await story.log.event(receipt.position)
    assert line is not None
    assert await story.log.visible([line], MILL) == [line]
    assert await story.log.visible([line], ARCHIVE) == []


@breaks("person.forgotten")
async def test_nothing_about_a_forgotten_person_is_corrected(story: Record) -> None:
    person = await story.add_one(sample.introduced())
    note = await story.add_one(sample.noted("person/grace"))
    assert await story.faults(corrected(person.position, role="Curator")) == []
    assert await story.faults(corrected(person.position, name="Ada")) == [
        (RULE, "/data/fields/name")
    ]
    await story.add(sample.forgotten())
    for change in (corrected(person.position, role="Guide"), corrected(note.position, text="A")):
        assert await story.faults(change) == [("person.forgotten", "/data/event")]


async def test_a_correction_is_taken_after_the_close_and_after_leaving(story: Record) -> None:
    question = await story.add_one(sample.framed(time=at(2)))
    await story.add(sample.left("mill", time=at(3)), sample.closed(time=at(4)))
    change = corrected(question.position, text="How can we start?") | {"time": at(900)}
    assert await story.faults(change, sender=MILL) == []


async def test_a_null_is_another_content_than_no_field(story: Record) -> None:
    plan = (
        await story.add(sample.framed(), sample.planned(starts_on="2024-03-01", criterion="ten"))
    )[1]
    first = corrected(plan.position, title="A", starts_on=None)
    await story.add({**first, "id": "c", "time": at(9)})
    again = {**first, "id": "c", "time": at(9)}
    (receipt,) = await story.add(again)
    assert receipt.repeated
    other = {**corrected(plan.position, title="A"), "id": "c", "time": at(9)}
    assert await story.faults(other) == [("event.conflict", "/id")]


async def test_an_event_of_the_same_group_is_corrected_by_source_and_id(story: Record) -> None:
    first = story.complete(sample.framed(text="How can we begin?"))
    second = corrected({"source": first["source"], "id": first["id"]}, text="How can we start?")
    await story.add(first)
    assert await story.faults(second) == []
    assert await story.faults(sample.reframed(text="How can we start?")) == [
        ("question.unchanged", "/data/text")
    ]


@pytest.mark.parametrize("level", ["pair", "public"])
async def test_widening_what_was_corrected_shows_its_first_wording(
    story: Record, level: str
) -> None:
    private = {"visibility": "private"}
    failure = await story.add_one(sample.failed(**private))
    assert (await story.add_one(sample.shown("failure/failure", "cohort"))).warnings == ()
    change = await story.add_one(corrected(failure.position, why="Rain."))
    assert (await story.add_one(sample.shown("failure/failure", "private"))).warnings == ()
    (advice,) = (await story.add_one(sample.shown("failure/failure", level))).warnings
    assert advice.rule == "correction.shown"
    assert f"position {failure.position}" in advice.detail
    await story.add(sample.shown("failure/failure", "private"), sample.voided(change.position))
    assert (await story.add_one(sample.shown("failure/failure", level))).warnings == ()


async def test_widening_shows_the_first_wording_of_what_follows_a_subject(story: Record) -> None:
    await story.add(sample.framed(visibility="private"), sample.planned())
    change = await story.add_one(sample.reframed())
    await story.add(corrected(change.position, reason="A guess."))
    (advice,) = (await story.add_one(sample.shown("question/question", "public"))).warnings
    assert advice.rule == "correction.shown"
    mood = await story.add_one(sample.assessed(visibility="private"))
    await story.add(corrected(mood.position, narrative="Gladly."))
    assert (await story.add_one(sample.shown("organisation/mill", "public"))).warnings == ()
    (advice,) = (await story.add_one(sample.shown(f"event/{mood.position}", "cohort"))).warnings
    assert advice.rule == "correction.shown"


async def test_an_unusual_length_is_worth_a_second_look(story: Record) -> None:
    for months in (30, 31.0, 5.0):
        (advice,) = (await story.add_one(corrected(1, planned_months=months))).warnings
        assert advice.rule == "cohort.months"
        assert advice.detail.startswith(f"{months:.0f} months")
    assert (await story.add_one(corrected(1, planned_months=18.0))).warnings == ()


async def test_a_question_in_a_language_without_a_form_is_worth_a_second_look(
    story: Record,
) -> None:
    cohort = await story.add_one(sample.formed("dua", text="Kion fari?", language="eo"))
    question = await story.add_one(sample.framed(text="Kiel ni povsa komenci?", language="eo"))
    change = await story.add_one(sample.reframed(text="Kiel ni povas atenid?"))
    for position, text in (
        (cohort.position, "Kion ni faru?"),
        (question.position, "Kiel ni povas komenci?"),
        (change.position, "Kiel ni povas atendi?"),
    ):
        assert await story.advice(corrected(position, text=text)) == ["question.form"]


async def test_a_correction_of_the_language_alone_is_one_of_the_questions_form(
    story: Record,
) -> None:
    question = await story.add_one(sample.framed(text="How can we begin?"))
    assert await story.advice(corrected(question.position, text="How can we start?")) == []
    assert await story.advice(corrected(question.position, language="eo")) == ["question.form"]
    assert await story.advice(corrected(question.position, themes=["museums"])) == []
    welsh = corrected(question.position, language="cy", text="Sut gallwn ni ddechrau?")
    assert await story.advice(welsh) == []


async def test_a_correction_that_is_refused_gets_no_advice_about_its_form(story: Record) -> None:
    question = await story.add_one(sample.framed(text="Kiel ni povas komenci?", language="eo"))
    for fields in ({"text": "Kio"}, {"text": 7}, {"language": "eo"}, {"text": None}):
        assert await story.faults(corrected(question.position, **fields)) != []
