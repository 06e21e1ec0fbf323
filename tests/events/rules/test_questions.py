"""Questions: their form, their wording, and whose they are."""

import pytest

from tests.events.marks import breaks, keeps
from tests.events.record import Record
from tests.events.samples import (
    adopted,
    at,
    captured,
    concluded,
    failed,
    formed,
    framed,
    joined,
    left,
    planned,
    question_closed,
    reframed,
    reviewed,
    shared,
    used,
)


@breaks("question.how_can_we")
@pytest.mark.parametrize(
    "text",
    [
        "How might we open our doors?",
        "How can we open our doors",
        "How can we?",
        "How can west wind help?",
        "How can we2 help?",
        "How can we \u200b\u2026 \u2014 ?",
        "How can we open our doors; really!",
        "So how can we open our doors?",
        "How can we open our doors? Soon.",
    ],
)
async def test_a_question_of_another_form_is_refused(story: Record, text: str) -> None:
    fault = [("question.how_can_we", "/data/text")]
    assert await story.faults(framed(text=text)) == fault
    assert await story.faults(formed("other", text=text)) == fault


@keeps("question.how_can_we")
@pytest.mark.parametrize(
    "text",
    [
        "How can we open our doors?",
        "how can we open our doors?",
        "  How \t can\nwe \n open?  ",
        "HOW CAN WE open our doors?",
        "How can we: really?",
        "How can we 2?",
        "How can we… open our doors??",
        "How can we open our doors ?",
        "“How can we open our doors?”",
        "»How can we open our doors?«",
        "(¿How can we open our doors?!)",
        "How\u00a0can\u2028we open our gates?\u2003",
    ],
)
async def test_a_question_begins_how_can_we_and_ends_with_its_mark(
    story: Record, text: str
) -> None:
    assert await story.faults(framed(text=text)) == []


@breaks("question.how_can_we")
@pytest.mark.parametrize("text", ["How can we…?", "How can we ?", "How can we??"])
async def test_f08_a_question_that_asks_nothing_is_refused(story: Record, text: str) -> None:
    assert await story.faults(framed(text=text)) == [("question.how_can_we", "/data/text")]


@keeps("question.how_can_we")
@pytest.mark.parametrize(
    "text", ["How can we bring people in?\u200b", "\ufeffHow can we bring people in?"]
)
async def test_f09_invisible_marks_at_the_ends_of_a_question_are_trimmed(
    story: Record, text: str
) -> None:
    assert await story.faults(framed(text=text)) == []


@keeps("question.how_can_we")
@pytest.mark.parametrize("end", ["\uff1f", "؟", "?!"])
async def test_f11_a_question_in_english_may_end_with_other_marks(story: Record, end: str) -> None:
    assert await story.faults(framed(text=f"How can we bring people in{end}")) == []


@breaks("question.how_can_we")
async def test_f11_a_question_with_another_opening_is_refused(story: Record) -> None:
    text = "How might we bring people in?"
    assert await story.faults(framed(text=text)) == [("question.how_can_we", "/data/text")]


@breaks("question.how_can_we")
async def test_a_reframing_has_the_form_too(story: Record) -> None:
    await story.add(framed())
    assert await story.faults(reframed(text="What if?")) == [("question.how_can_we", "/data/text")]


@breaks("question.closed")
async def test_a_closed_question_takes_no_reframing_no_iteration_and_no_second_closing(
    story: Record,
) -> None:
    await story.add(framed(), question_closed())
    fault = [("question.closed", "/data/question")]
    assert await story.faults(reframed()) == fault
    assert await story.faults(planned()) == fault
    assert await story.faults(question_closed()) == fault


@keeps("question.closed")
async def test_an_open_question_is_closed_and_what_is_under_way_continues(story: Record) -> None:
    await story.add(framed(), planned(), question_closed(outcome="parked"))
    assert await story.faults(concluded(result="did_not_finish")) == []


@breaks("question.unchanged")
async def test_a_reframing_that_only_moves_blanks_changes_nothing(story: Record) -> None:
    await story.add(framed(text="How can we label with neighbours?"))
    text = " How can we  label\nwith neighbours? "
    assert await story.faults(reframed(text=text)) == [("question.unchanged", "/data/text")]


@breaks("question.unchanged")
@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("How can we open a “café”?", 'How can we open a "cafe\u0301"?'),
        ("How can we open visitors\u2019 doors?", "How can we open visitors' doors?\u200b"),
        ("How can we open \u2013 together?", "How can we open - together?"),
    ],
)
async def test_a_reframing_that_is_only_spelled_otherwise_changes_nothing(
    story: Record, text: str, same: str
) -> None:
    await story.add(framed(text=text))
    assert await story.faults(reframed(text=same)) == [("question.unchanged", "/data/text")]


@breaks("question.unchanged")
async def test_the_present_wording_counts_not_the_first(story: Record) -> None:
    await story.add(framed(text="How can we begin?"), reframed(text="How can we continue?"))
    assert await story.faults(reframed(text="How can we continue?")) == [
        ("question.unchanged", "/data/text")
    ]


@keeps("question.unchanged")
async def test_a_reframing_may_go_back_to_an_earlier_wording(story: Record) -> None:
    await story.add(framed(text="How can we begin?"), reframed(text="How can we continue?"))
    assert await story.faults(reframed(text="How can we begin?")) == []


@keeps("question.unchanged")
async def test_one_letter_is_a_change(story: Record) -> None:
    await story.add(framed(text="How can we begin?"))
    assert await story.faults(reframed(text="how can we begin?")) == []


@breaks("owner.mismatch")
async def test_an_iteration_is_not_for_anothers_question(story: Record) -> None:
    await story.add(framed(organisation="archive"))
    assert await story.faults(planned()) == [("owner.mismatch", "/data/question")]


@keeps("owner.mismatch")
async def test_an_iteration_is_for_the_cohorts_shared_question(story: Record) -> None:
    assert await story.faults(planned(question="heritage-question")) == []


@breaks("owner.mismatch")
async def test_an_iteration_of_one_cohort_is_not_for_the_shared_question_of_another(
    story: Record,
) -> None:
    await story.add(formed("second"), joined("mill", "second"))
    assert await story.faults(planned(cohort="second", question="heritage-question")) == [
        ("owner.mismatch", "/data/question")
    ]


@breaks("owner.mismatch")
async def test_an_iteration_does_not_follow_anothers(story: Record) -> None:
    await story.add(
        framed("theirs", "archive"),
        planned("theirs", "archive", question="theirs"),
        concluded("theirs", result="did_not_finish"),
        framed(),
    )
    assert await story.faults(planned(follows="theirs")) == [("owner.mismatch", "/data/follows")]


@breaks("owner.mismatch")
async def test_an_iteration_or_question_beside_an_organisation_is_its_own(story: Record) -> None:
    await story.add(
        framed("theirs", "archive"),
        planned("theirs", "archive", question="theirs"),
        captured("taken", "archive"),
        shared(),
    )
    of_iteration = [("owner.mismatch", "/data/iteration")]
    assert await story.faults(reviewed(iteration="theirs")) == of_iteration
    assert await story.faults(used(iteration="theirs")) == of_iteration
    assert await story.faults(adopted("taken", "mill", iteration="theirs")) == of_iteration
    assert await story.faults(failed(iteration="theirs", question="theirs")) == [
        *of_iteration,
        ("owner.mismatch", "/data/question"),
    ]


@keeps("owner.mismatch")
async def test_ones_own_iteration_and_question_may_be_named_beside_an_organisation(
    story: Record,
) -> None:
    await story.add(framed(), planned(), captured("taken", "archive"), shared())
    assert (
        await story.report(
            reviewed(iteration="trial"),
            used(iteration="trial"),
            adopted("taken", "mill", iteration="trial"),
            failed(iteration="trial", question="question"),
        )
        == []
    )


@breaks("owner.mismatch")
async def test_a_failure_is_not_beside_the_shared_question_of_a_cohort_never_joined(
    story: Record,
) -> None:
    faults = await story.faults(failed(organisation="library", question="heritage-question"))
    assert ("owner.mismatch", "/data/question") in faults


@keeps("owner.mismatch")
async def test_a_failure_may_name_the_shared_question_of_a_cohort_once_joined(
    story: Record,
) -> None:
    await story.add(left("mill", time=at(9)))
    assert await story.faults(failed(question="heritage-question", time=at(8))) == []


@keeps("owner.mismatch")
async def test_lists_may_name_what_is_not_ones_own(story: Record) -> None:
    await story.add(
        framed("theirs", "archive"),
        planned("theirs", "archive", question="theirs", cohort="heritage"),
        captured("shown", "archive", cohort="heritage"),
        shared(),
    )
    assert (
        await story.report(
            framed(parent="heritage-question"),
            planned(inspired_by=["learning/shown", "iteration/theirs", "inspiration/inspiration"]),
            captured(from_=["learning/shown", "iteration/theirs"]),
            reframed(because_of=["learning/shown"]),
            question_closed(learnings=["shown"]),
        )
        == []
    )
