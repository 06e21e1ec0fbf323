"""In which language a question is judged: its own, its present one, its cohort's, or English."""

from typing import Any

import pytest

from events.vocabulary.faults import Refused
from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import (
    EventJson,
    captured,
    corrected,
    formed,
    framed,
    joined,
    reframed,
    voided,
)

REFUSED = [("question.how_can_we", "/data/text")]
GERMAN = "Wie können wir Menschen gewinnen?"
WELSH = "Sut gallwn ni ddod â phobl i mewn?"
ENGLISH = "How can we bring people in?"


@keeps("question.how_can_we")
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", GERMAN),
        ("nl", "Hoe kunnen we mensen betrekken?"),
        ("fr", "Comment pouvons-nous associer les gens ?"),
        ("es", "¿Cómo podemos sumar gente?"),
        ("cy", WELSH),
        ("el", "Πώς μπορούμε να φέρουμε κόσμο;"),
        (None, "How can we bring people in\uff1f"),
        (None, "How can we bring people in؟"),
        (None, "How can we bring people in?!"),
    ],
)
async def test_f11_a_question_may_be_in_another_language(
    story: Record, language: str | None, text: str
) -> None:
    assert await story.faults(framed(text=text, language=language)) == []


@breaks("question.how_can_we")
@pytest.mark.parametrize("language", [None, "en", "de", "cy"])
async def test_f11_how_might_we_is_refused_in_every_language_with_a_form(
    story: Record, language: str | None
) -> None:
    text = "How might we bring people in?"
    assert await story.faults(framed(text=text, language=language)) == REFUSED


@breaks("question.how_can_we")
async def test_f11_without_its_language_a_question_is_english(story: Record) -> None:
    assert await story.faults(framed(text=GERMAN)) == REFUSED
    assert await story.faults(framed(text=ENGLISH, language="de")) == REFUSED


@keeps("question.how_can_we")
@breaks("question.how_can_we")
async def test_a_shared_question_is_in_its_cohorts_language(story: Record) -> None:
    assert await story.faults(formed("zweite", text=ENGLISH, language="de")) == REFUSED
    assert await story.faults(formed("zweite", text=GERMAN, language="de-AT")) == []
    reworded = reframed("zweite-question", text=WELSH)
    assert await story.faults(reworded) == REFUSED
    reworded = reframed("zweite-question", text="Wie können wir bleiben?")
    assert await story.faults(reworded) == []


@keeps("question.how_can_we")
@breaks("question.how_can_we")
async def test_a_cohorts_language_is_that_of_its_questions_unless_they_have_their_own(
    story: Record,
) -> None:
    await story.add(formed("zweite", text=GERMAN, language="de"), joined("mill", "zweite"))
    assert await story.faults(framed("a", cohort="zweite", text=ENGLISH)) == REFUSED
    assert await story.faults(framed("a", cohort="zweite", text=GERMAN)) == []
    assert await story.faults(framed("b", cohort="zweite", text=ENGLISH, language="en")) == []
    # Outside the cohort, and in a cohort without a language, it is English.
    assert await story.faults(framed("c", text=GERMAN)) == REFUSED
    assert await story.faults(framed("c", cohort="heritage", text=GERMAN)) == REFUSED


@keeps("question.how_can_we")
@breaks("question.how_can_we")
async def test_a_reframing_keeps_the_questions_language_or_changes_it_from_then_on(
    story: Record,
) -> None:
    await story.add(framed(text=GERMAN, language="de"))
    assert await story.faults(reframed(text=ENGLISH)) == REFUSED
    assert await story.faults(reframed(text="Wie können wir warten?")) == []
    assert await story.faults(reframed(text=WELSH, language="cy")) == []
    assert await story.faults(reframed(text=GERMAN)) == REFUSED
    assert await story.faults(reframed(text="Sut allwn ni aros?")) == []


@keeps("question.how_can_we")
@breaks("question.how_can_we")
async def test_after_a_void_of_a_reframing_the_question_has_its_earlier_language(
    story: Record,
) -> None:
    await story.add(framed(text=GERMAN, language="de"))
    into_welsh = await story.add_one(reframed(text=WELSH, language="cy"))
    await story.add(voided(into_welsh.position))
    assert await story.faults(reframed(text="Sut allwn ni aros?")) == REFUSED
    assert await story.faults(reframed(text="Wie können wir warten?")) == []


@keeps("question.how_can_we")
@breaks("question.how_can_we")
async def test_earlier_events_of_a_batch_give_the_language_too(story: Record) -> None:
    def batch(last: str, **more: Any) -> list[EventJson]:
        return [
            formed("zweite", text=GERMAN, language="de"),
            joined("mill", "zweite"),
            framed("a", cohort="zweite", text="Wie können wir bleiben?"),
            captured(cohort="zweite"),
            reframed("a", text=WELSH, language="cy"),
            reframed("a", text=last, **more),
        ]

    refused = [(5, "question.how_can_we", "/data/text")]
    assert await story.report(*batch("Wie können wir warten?")) == refused
    assert await story.report(*batch("Sut allwn ni aros?", language="cy-GB")) == []


@keeps("question.how_can_we")
async def test_a_language_without_a_form_is_accepted_with_advice(story: Record) -> None:
    plain = framed("a", text="Kiel ni povas malfermi niajn pordojn?", language="eo")
    assert await story.advice(plain) == ["question.form"]
    assert await story.advice(reframed("a", text="Kiel ni povas atendi?")) == ["question.form"]
    assert await story.advice(reframed("a", text=WELSH, language="cy")) == []
    assert await story.advice(formed("dua", text="Kion fari?", language="eo")) == ["question.form"]


@breaks("question.how_can_we")
@pytest.mark.parametrize("text", ["Kiel ni povas malfermi", "?", "…?!", "Kio nun;"])
async def test_in_a_language_without_a_form_a_question_still_asks_something(
    story: Record, text: str
) -> None:
    assert await story.faults(framed(text=text, language="eo")) == REFUSED


async def _details(story: Record, *events: EventJson) -> list[str]:
    with pytest.raises(Refused) as refused:
        await story.add(*events)
    return [fault.detail for fault in refused.value.faults]


async def test_the_refusal_says_which_form_the_language_has(story: Record) -> None:
    french, esperanto = await _details(
        story, framed("a", text=ENGLISH, language="fr-CA"), framed("b", text="Kio", language="eo")
    )
    assert french == (
        'Expected a question of the form "Comment pouvons-nous …?" or "Comment peut-on …?" that says in words what is'
        f' asked (language: fr-CA, from the event); found "{ENGLISH}".'
    )
    assert esperanto == (
        "Expected a question with a letter or digit and a question mark at the end (language: eo, from the event);"
        ' found "Kio".'
    )


async def test_the_refusal_says_where_the_language_comes_from(story: Record) -> None:
    await story.add(
        formed("zweite", text=GERMAN, language="de"),
        joined("mill", "zweite"),
        framed("own", cohort="zweite", text=WELSH, language="cy"),
        framed("cohorts", cohort="zweite", text=GERMAN),
        framed("plain", text=ENGLISH),
    )
    other = "What now?"
    assert [
        detail.partition("(language: ")[2].partition(")")[0]
        for detail in await _details(
            story,
            formed("third", text=other, language="nl"),
            formed("fourth", text=other),
            framed("a", cohort="zweite", text=other, language="fr"),
            framed("b", cohort="zweite", text=other),
            framed("c", text=other),
            reframed("own", text=other),
            reframed("cohorts", text=other),
            reframed("cohorts", text=other, language="it"),
            reframed("plain", text=other),
            reframed("zweite-question", text=other),
        )
        if "language" in detail
    ] == [
        "nl, from the event",
        "en, the default, because none is given",
        "fr, from the event",
        "de, from the cohort zweite",
        "en, the default, because none is given",
        "cy, from the question own",
        "de, from the cohort zweite",
        "it, from the event",
        "en, the default, because none is given",
        "de, from the question zweite-question",
    ]


@breaks("question.unchanged")
async def test_a_language_that_was_given_wrongly_is_corrected_not_reframed(story: Record) -> None:
    danish = "Hvordan kan vi åbne dørene?"
    first = await story.add_one(framed(text=danish, language="da"))
    [detail] = await _details(story, reframed(text=danish, language="nb"))
    assert detail == (
        "This is the question's present wording."
        " If only its language is wrong, correct the event that gave it (event.corrected)."
    )
    assert await _details(story, reframed(text=danish)) == [
        "This is the question's present wording."
    ]
    assert await story.faults(corrected(first.position, language="nb")) == []
    [detail] = await _details(story, reframed(text="How?"))
    assert "(language: nb, from the question question)" in detail
