"""What may be corrected: which fields of which events, and to which values."""

from collections.abc import Mapping
from typing import Any

import pytest

from events.vocabulary.catalogue import VOCABULARY
from events.vocabulary.faults import Refused
from events.vocabulary.json_schemas import alternatives, definition_name, json_schema
from events.vocabulary.types import Mark
from events.vocabulary.words import LISTS
from tests.events import samples as sample
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import at, corrected

RULE = "event.correctable"


async def _detail(record: Record, event: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Record one event; return what is wrong with it: rule, pointer and detail."""
    try:
        await record.add(event)
    except Refused as refused:
        return [(fault.rule, fault.pointer, fault.detail) for fault in refused.faults]
    return []


def is_of_terms(property_: Mapping[str, Any]) -> bool:
    """Return whether a field takes a term, or a list of terms."""
    [option] = alternatives(property_)
    return definition_name(option.get("items", option)) in LISTS


def test_every_text_number_day_and_address_may_be_corrected_and_nothing_else() -> None:
    kept = {
        (kind.name, name)
        for kind in VOCABULARY.kinds
        for name, property_ in json_schema(kind)["properties"].items()
        if name not in kind.takes and "x-correctable" not in property_
    }
    by_type: dict[str, set[str]] = {}
    for kind_name, name in kept:
        by_type.setdefault(kind_name, set()).add(name)
    of_terms = {
        (kind.name, name)
        for kind in VOCABULARY.kinds
        for name, property_ in json_schema(kind)["properties"].items()
        if "x-names" not in property_ and is_of_terms(property_)
    }
    others = {
        ("event.voided", "event"),
        ("event.voided", "reason"),
        ("event.corrected", "event"),
        ("event.corrected", "fields"),
        ("event.corrected", "reason"),
        ("outcome.harvested", "anticipated"),
        ("person.introduced", "name"),
        ("person.introduced", "email"),
    }
    assert kept - of_terms == others
    assert {name for name, kind in of_terms - kept} == set()
    assert VOCABULARY.named("iteration.concluded").correctable == ("summary", "hours", "cost")
    assert not any(
        kind.correctable for kind in VOCABULARY.kinds if kind.mark in (Mark.VOIDS, Mark.CORRECTS)
    )


@keeps(RULE)
async def test_a_registration_is_corrected_after_others_built_on_it(story: Record) -> None:
    first = await story.log.event(2)
    assert first is not None
    assert first.content["type"].startswith("org.howcanwe.organisation.registered")
    receipt = await story.add_one(corrected(2, name="The Mill", country="GB"))
    assert receipt.streams.keys() == first.streams.keys()
    line = await story.log.event(receipt.position)
    assert line is not None
    assert (line.content["subject"], line.content["data"]["fields"]) == (
        "organisation/mill",
        {"name": "The Mill", "country": "GB"},
    )


@breaks(RULE)
async def test_only_fields_with_the_mark_are_corrected(story: Record) -> None:
    seen = await story.add_one(sample.framed())
    fault = await _detail(story, corrected(seen.position, text="How can we?", question="q", x=1))
    assert [(rule, pointer) for rule, pointer, _ in fault] == [
        (RULE, "/data/fields/question"),
        (RULE, "/data/fields/x"),
    ]
    assert "text, language, themes" in fault[0][2]


async def test_a_correction_without_fields_is_malformed(story: Record) -> None:
    assert await story.faults(corrected(1)) == [("field", "/data/fields")]
    wrong = sample.sample_event("event.corrected", {}, event=1, fields=["title"])
    assert await story.faults(wrong) == [("field", "/data/fields")]


async def test_the_corrected_event_must_be_there(story: Record) -> None:
    assert await story.faults(corrected(99, title="A")) == [("subject.unknown", "/data/event")]


@breaks(RULE)
async def test_voids_corrections_and_changes_of_visibility_are_not_corrected(
    story: Record,
) -> None:
    question = await story.add_one(sample.framed())
    level = await story.add_one(sample.shown("question/question", "public"))
    again = await story.add_one(corrected(question.position, themes=["a"]))
    void = await story.add_one(sample.voided(again.position))
    for position in (level.position, again.position, void.position):
        assert await story.faults(corrected(position, visibility="A")) == [(RULE, "/data/event")]


@breaks(RULE)
async def test_what_was_voided_is_not_corrected(story: Record) -> None:
    question = await story.add_one(sample.framed())
    await story.add(sample.voided(question.position))
    assert await story.faults(corrected(question.position, themes=["a"])) == [(RULE, "/data/event")]


@breaks(RULE)
async def test_something_changes(story: Record) -> None:
    question = await story.add_one(sample.framed(text="How can we begin?", themes=["a"]))
    assert await story.faults(corrected(question.position, text="How can we begin?")) == [
        (RULE, "/data/fields")
    ]
    await story.add(corrected(question.position, text="How can we start?"))
    assert await story.faults(corrected(question.position, text="How can we start?")) == [
        (RULE, "/data/fields")
    ]
    assert await story.faults(corrected(question.position, themes=["a"])) == [
        (RULE, "/data/fields")
    ]
    assert await story.faults(corrected(question.position, text="How can we begin?")) == []


@breaks(RULE)
async def test_the_corrected_event_keeps_its_form(story: Record) -> None:
    await story.add(sample.framed())
    plan = await story.add_one(sample.planned(starts_on="2024-03-01", ends_on="2024-03-09"))
    place = plan.position
    details = await _detail(story, corrected(place, title=7, ends_on="9 March", themes=["A"]))
    assert [(rule, pointer) for rule, pointer, _ in details] == [
        (RULE, "/data/fields/title"),
        (RULE, "/data/fields/ends_on"),
        (RULE, "/data/fields/themes/0"),
    ]
    assert all(detail.startswith("field: ") for *_, detail in details)
    assert await story.faults(corrected(place, starts_on="2024-04-01")) == [(RULE, "/data/fields")]
    assert await story.faults(corrected(place, title=None)) == [(RULE, "/data/fields/title")]
    assert await story.faults(corrected(place, ends_on=None, starts_on="2024-04-01")) == []


@breaks(RULE)
async def test_an_outcome_did_not_happen_after_the_day_of_its_event(story: Record) -> None:
    outcome = await story.add_one(sample.harvested(happened_on="2024-03-01", time=at(3)))
    assert await story.faults(corrected(outcome.position, happened_on="2024-03-02")) == [
        (RULE, "/data/fields/happened_on")
    ]
    assert await story.faults(corrected(outcome.position, happened_on="2024-02-28")) == []


@breaks(RULE)
async def test_a_question_keeps_its_form(story: Record) -> None:
    question = await story.add_one(sample.framed())
    [(rule, pointer, detail)] = await _detail(
        story, corrected(question.position, text="Why is it so?")
    )
    assert (rule, pointer) == (RULE, "/data/fields/text")
    assert detail.startswith("question.how_can_we: ")


@breaks(RULE)
async def test_a_question_keeps_its_form_in_the_language_that_it_then_has(story: Record) -> None:
    question = await story.add_one(sample.framed(text="How can we begin?"))
    [(rule, pointer, detail)] = await _detail(story, corrected(question.position, language="cy"))
    assert (rule, pointer) == (RULE, "/data/fields")
    assert detail.startswith("question.how_can_we: ")
    welsh = corrected(question.position, language="cy", text="Sut gallwn ni ddechrau?")
    assert await story.faults(welsh) == []
    change = await story.add_one(sample.reframed(text="Sut allwn ni orffen?"))
    assert await story.faults(corrected(change.position, text="How can we end?")) == [
        (RULE, "/data/fields/text")
    ]
    english = corrected(change.position, text="How can we end?", language="en")
    assert await story.faults(english) == []


@breaks(RULE)
async def test_a_reframing_still_changes_the_text_that_stood_before_it(story: Record) -> None:
    first = await story.add_one(sample.framed(text="How can we begin?"))
    second = await story.add_one(sample.reframed(text="How can we continue?"))
    await story.add(sample.reframed(text="How can we end?"))
    [(rule, pointer, detail)] = await _detail(
        story, corrected(second.position, text="How  can we begin?")
    )
    assert (rule, pointer) == (RULE, "/data/fields/text")
    assert detail.startswith("question.unchanged: ")
    # What comes later is not judged again.
    assert await story.faults(corrected(second.position, text="How can we end?")) == []
    assert await story.faults(corrected(first.position, text="How can we start?")) == []
    assert await story.faults(corrected(second.position, text="How can we begin?")) == []
    assert await story.faults(corrected(second.position, text="How can we start?")) == [
        (RULE, "/data/fields/text")
    ]


@keeps(RULE)
async def test_the_next_reframing_is_compared_with_the_corrected_text(story: Record) -> None:
    first = await story.add_one(sample.framed(text="How can we begin?"))
    await story.add(corrected(first.position, text="How can we start?"))
    assert await story.faults(sample.reframed(text="How can we start?")) == [
        ("question.unchanged", "/data/text")
    ]
    assert await story.faults(sample.reframed(text="How can we begin?")) == []


@breaks(RULE)
async def test_a_plan_is_frozen_once_its_iteration_has_started(story: Record) -> None:
    await story.add(sample.framed())
    plan = await story.add_one(sample.planned(measure="labels", criterion="ten"))
    change = await story.add_one(sample.revised(criterion="eleven"))
    assert await story.faults(corrected(plan.position, hypothesis="People read.")) == []
    await story.add(sample.started())
    for field in ("hypothesis", "action", "measure", "criterion"):
        details = await _detail(story, corrected(plan.position, **{field: "Other"}))
        assert [(rule, pointer) for rule, pointer, _ in details] == [
            (RULE, f"/data/fields/{field}")
        ]
        assert details[0][2].startswith("iteration.started: ")
    assert await story.faults(corrected(change.position, criterion="twelve")) == [
        (RULE, "/data/fields/criterion")
    ]
    assert await story.faults(corrected(change.position, reason="A guess.")) == []
    assert await story.faults(corrected(plan.position, title="Other")) == []


@breaks(RULE)
async def test_a_plan_concluded_without_a_start_is_frozen(story: Record) -> None:
    await story.add(sample.framed())
    plan = await story.add_one(sample.planned())
    await story.add(sample.concluded(result="did_not_finish"))
    assert await story.faults(corrected(plan.position, action="Other")) == [
        (RULE, "/data/fields/action")
    ]


@keeps(RULE)
async def test_a_corrected_measure_is_the_plans(story: Record) -> None:
    await story.add(sample.framed())
    plan = await story.add_one(sample.planned(measure="titles"))
    await story.add(corrected(plan.position, measure="labels"), sample.started())
    await story.add(sample.observed(measure="titles"))
    assert await story.faults(sample.concluded(result="supported")) == [
        ("iteration.no_evidence", "/data/result")
    ]
    await story.add(sample.observed(measure="labels"))
    assert await story.faults(sample.concluded(result="supported")) == []


@keeps(RULE)
async def test_a_corrected_observation_is_evidence(story: Record) -> None:
    await story.add(sample.framed(), sample.planned(measure="labels"), sample.started())
    seen = await story.add_one(sample.observed(measure="titles"))
    await story.add(corrected(seen.position, measure="labels"))
    assert await story.faults(sample.concluded(result="supported")) == []


@breaks(RULE)
async def test_an_observation_keeps_the_measure_that_a_conclusion_needed(story: Record) -> None:
    await story.add(sample.framed(), sample.planned(measure="Labels"), sample.started())
    seen = await story.add_one(sample.observed(measure="labels"))
    assert await story.faults(corrected(seen.position, measure="letters")) == []
    assert await story.faults(corrected(seen.position, measure="labels")) == []
    await story.add(sample.concluded(result="refuted", time=at(500)))
    [(rule, pointer, detail)] = await _detail(story, corrected(seen.position, measure="letters"))
    assert (rule, pointer) == (RULE, "/data/fields/measure")
    assert detail.startswith("iteration.no_evidence: ")
    assert await story.faults(corrected(seen.position, measure=None)) == [
        (RULE, "/data/fields/measure")
    ]
    assert await story.faults(corrected(seen.position, measure="LABELS")) == []
    late = await story.add_one(sample.observed(measure="labels", time=at(20)))
    assert await story.faults(corrected(seen.position, measure="letters")) == [
        (RULE, "/data/fields/measure")
    ]
    assert await story.faults(corrected(late.position, measure="letters")) == []


@keeps(RULE)
async def test_of_two_observations_one_is_enough(story: Record) -> None:
    await story.add(sample.framed(), sample.planned(measure="labels"), sample.started())
    one = await story.add_one(sample.observed(measure="labels"))
    other = await story.add_one(sample.observed(measure="labels"))
    await story.add(sample.concluded(result="supported", time=at(500)))
    assert await story.faults(corrected(one.position, measure="letters")) == []
    assert await story.faults(corrected(other.position, measure="letters")) == [
        (RULE, "/data/fields/measure")
    ]
    await story.add(corrected(one.position, measure="labels"))
    assert await story.faults(corrected(other.position, measure="letters")) == []


@pytest.mark.parametrize("result", ["inconclusive", "invalid"])
async def test_a_conclusion_without_evidence_needs_no_measure(story: Record, result: str) -> None:
    await story.add(sample.framed(), sample.planned(measure="labels"), sample.started())
    seen = await story.add_one(sample.observed(measure="labels"))
    await story.add(sample.concluded(result=result, time=at(500)))
    assert await story.faults(corrected(seen.position, measure="letters")) == []
