"""Each figure for an organisation and across cohorts, on stories of a few events, with numbers worked out by hand."""

import sys

import pytest

from events.access.principal import Role
from projections.insights.perspective.viewer import FigureViewer
from tests.events.samples import (
    adopted,
    captured,
    closed,
    failed,
    formed,
    framed,
    joined,
    observed,
    question_closed,
    reframed,
    shared,
    shown,
    voided,
)
from tests.projections.insights.hand import ANALYST, Hand


def test_tried_before_gives_the_share_with_its_interval(asking: Hand) -> None:
    classes = {"modes": ["tell_stories"], "themes": ["light"]}
    for key, result in (
        ("a", "supported"),
        ("b", "refuted"),
        ("c", "inconclusive"),
        ("d", "invalid"),
    ):
        asking.tries(key, 1, 2, result=result, plan=classes)
    asking.tries("e", 1, 2, result="supported", plan={"modes": ["give_time"]})
    found = asking.figure("triedBefore", mode="tell_stories")
    assert (found["n"], found["decided"], found["share"]) == (4, 3, 0.333333333)
    # Wilson's interval of 1 in 3, as tables have it.
    assert (found["low"], found["high"]) == (
        pytest.approx(0.0615, abs=5e-5),
        pytest.approx(0.7923, abs=5e-5),
    )
    assert asking.figure("triedBefore", themes=("light",))["n"] == 4
    assert asking.value("triedBefore", mode="crowdfund_innovation") == {
        "n": 0,
        "decided": 0,
        "share": None,
        "low": None,
        "high": None,
    }


def test_tried_before_shows_the_five_latest(asking: Hand) -> None:
    for day in range(1, 8):
        asking.tries(f"a{day}", 1, day, plan={"modes": ["tell_stories"]})
    found = asking.figure("triedBefore", mode="tell_stories")
    assert found["n"] == 7
    assert found["items"] == [f"iteration/a{day}" for day in (7, 6, 5, 4, 3)]


def test_learning_reaches_others_and_is_carried_on(asking: Hand) -> None:
    asking.record(1, captured("one", cohort="heritage"), captured("two", cohort="heritage"))
    assert asking.value("learningReach", organisation="mill")["longestChain"] == 0
    asking.tries("a", 2, who="archive")
    asking.record(3, adopted("one", iteration="a"), adopted("one"), adopted("two"))
    assert asking.value("learningReach", organisation="mill")["longestChain"] == 1
    asking.record(4, captured("three", "archive", cohort="heritage", from_=["iteration/a"]))
    asking.record(5, adopted("three", "library"), adopted("two", "library"))
    found = asking.figure("learningReach", organisation="mill")
    assert found["adopters"] == 2
    assert found["longestChain"] == 2


def test_modes_are_tried_when_an_iteration_starts(asking: Hand) -> None:
    assert asking.value("modesTried", organisation="mill")["share"] is None
    asking.tries("a", 1, plan={"modes": ["tell_stories", "give_time"]})
    asking.tries("b", 1, who="archive", plan={"modes": ["gather_data"]})
    asking.record(2, captured("how", "archive", cohort="heritage", from_=["iteration/b"]))
    found = asking.figure("modesTried", organisation="mill")
    assert (found["n"], found["items"]) == (1, ["iteration/a"])
    assert found["share"] == 0.285714286
    untried = {row["mode"]: row["suggestion"] for row in found["untried"]}
    assert untried == {
        "gather_data": "learning/how",
        "share_connections": None,
        "contribute_ideas": None,
        "learn_skills": None,
        "crowdfund_innovation": None,
    }


def test_learning_costs_hours_and_money(asking: Hand) -> None:
    asking.tries("a", 1, 2, hours=3, cost={"amount": 30.5, "currency": "EUR"}, result="refuted")
    asking.tries("b", 1, 2, hours=5)
    asking.tries("c", 1, 2)
    asking.record(3, captured("one", cohort="heritage", from_=["iteration/a"]))
    asking.record(3, captured("two", cohort="heritage", from_=["iteration/b", "iteration/a"]))
    found = asking.figure("costOfLearning", organisation="mill")
    assert (found["n"], found["hours"]) == (2, 8.0)
    assert (found["perLearning"], found["perRefuted"]) == (4.0, 8.0)
    assert found["money"] == [
        {"currency": "EUR", "n": 1, "amount": 30.5, "perLearning": 15.25, "perRefuted": 30.5}
    ]
    assert asking.figure("costOfLearning", viewer=ANALYST, organisation="mill") is None
    mill = FigureViewer(Role.ORGANISATION, organisation="mill")
    assert asking.figure("costOfLearning", viewer=mill, organisation="mill") == found


def test_more_hours_than_a_number_holds_are_as_many_as_it_does(asking: Hand) -> None:
    asking.tries("a", 1, 2, hours=1.7e308)
    asking.tries("b", 1, 2, hours=1.7e308)
    assert asking.figure("costOfLearning")["hours"] == sys.float_info.max


def test_rhythm_is_iterations_started_a_month(asking: Hand) -> None:
    asking.tries("a", 1)
    asking.tries("b", 2)
    # Two in two months; the archive none: quartiles of 0 and 1.
    assert asking.figure("rhythm", 60, organisation="mill")["list"] == [
        {"cohort": "heritage", "value": 1.0, "months": 2.0, "lower": 0.25, "upper": 0.75}
    ]
    [early] = asking.figure("rhythm", 29.9, organisation="mill")["list"]
    assert (early["value"], early["lower"]) == (None, None)
    assert asking.figure("rhythm", 60, organisation="library")["list"] == []


def test_questions_are_similar_by_their_trigrams(hand: Hand) -> None:
    hand.record(0, framed("cat", "archive", cohort="heritage", text="How can we cat?"))
    hand.record(0, framed("car", "archive", cohort="heritage", text="How can we car?"))
    # Common are "  c" and " ca", of all six: those, "cat", "at ", "car" and "ar ".
    assert hand.figure("similarQuestions", text="How can we CAT?")["list"] == [
        {"question": "cat", "score": 1.0},
        {"question": "car", "score": 0.333333333},
    ]
    assert hand.figure("similarQuestions", question="cat")["list"] == [
        {"question": "car", "score": 0.333333333}
    ]
    hand.record(1, question_closed("car"))
    assert hand.figure("similarQuestions", question="cat")["list"] == []


def test_the_words_of_an_opening_are_left_out_in_the_language_of_the_question(hand: Hand) -> None:
    hand.record(0, formed("zweite", text="Wie können wir can?", language="de"))
    hand.record(0, joined("archive", "zweite"))
    hand.record(0, framed("de", "archive", cohort="zweite", text="Wie können wir how?"))
    hand.record(0, framed("en", "archive", cohort="heritage", text="How can we wie wir können?"))
    hand.record(0, framed("eo", "archive", text="Wie we?", language="eo"))

    def same(text: str, language: str | None = None) -> list[str]:
        rows = hand.figure("similarQuestions", text=text, language=language)["list"]
        return [row["question"] for row in rows if row["score"] == 1]

    assert same("can") == []
    assert same("can", "de") == ["zweite-question"]
    assert same("How", "DE-at") == ["de"]
    assert same("How can we wir, wie können?") == ["en"]
    assert same("wir wie können", "de") == []
    assert same("we wie", "fr") == ["eo"]
    assert same("we wie", "nl") == []
    # Another wording, in another language.
    hand.record(1, reframed("de", text="Hoe kunnen we WIR?", language="nl"))
    assert same("How", "de") == []
    assert same("wir") == ["de"]
    last = hand.record(2, reframed("de", text="Hoe kunnen wij zorgen?"))
    assert same("zorgen", "nl") == ["de"]
    hand.record(3, voided(last))
    assert (same("zorgen", "nl"), same("wir")) == ([], ["de"])


def test_the_language_of_a_hidden_cohort_is_not_known(hand: Hand) -> None:
    hand.record(0, formed("zweite", text="Wie können wir ja?", language="de"))
    hand.record(0, joined("archive", "zweite"))
    question = framed(
        "de", "archive", cohort="zweite", text="Wie können wir rasten?", visibility="public"
    )
    hand.record(0, question)
    public = FigureViewer(Role.PUBLIC)
    [row, *_] = hand.figure("similarQuestions", text="rasten", language="de")["list"]
    assert row == {"question": "de", "score": 1.0}
    seen = hand.figure("similarQuestions", viewer=public, text="rasten", language="de")
    [row] = seen["list"]
    assert row["question"] == "de"
    assert row["score"] < 1


def test_cohorts_are_compared_each_by_itself(asking: Hand) -> None:
    asking.record(0, formed("second"), joined("library", "second"))
    asking.tries("a", 1, 2)
    asking.record(2, failed(cohort="heritage", iteration="a"))
    rows = asking.figure("compareCohorts", 100)["list"]
    assert [row["cohort"] for row in rows] == ["heritage", "second"]
    first, second = rows
    assert (first["organisations"], second["organisations"]) == (2, 1)
    assert (first["questions"], first["concluded"], first["failures"]) == (2, 1, 1)
    assert (first["timeToFirstIteration"], first["failFast"]) == (1.0, 1.0)
    assert (first["failureConversion"], second["failureConversion"]) == (0.0, None)
    assert (first["retention"], second["retention"]) == (1.0, 1.0)
    assert first["thinDecisions"] == 0.0
    assert first["lift"] is None
    asking.record(20, closed())
    assert asking.figure("compareCohorts", 400)["list"][0]["retention"] == 1.0
    seen = asking.figure("compareCohorts", 100, viewer=ANALYST)["list"][0]
    assert (seen["failureConversion"], seen["failFast"]) == (None, 1.0)


def test_learning_diffuses_from_one_to_another(hand: Hand) -> None:
    assert hand.value("diffusion")["acrossCohorts"] is None
    hand.record(1, captured("one", cohort="heritage"), captured("two", cohort="heritage"))
    hand.record(2, adopted("one"), adopted("two"), adopted("two"), adopted("one", "library"))
    found = hand.figure("diffusion")
    assert found["n"] == 3
    assert found["edges"] == [
        {"from": "mill", "to": "archive", "count": 2},
        {"from": "mill", "to": "library", "count": 1},
    ]
    # The library was never in a cohort with the mill.
    assert found["acrossCohorts"] == 0.333333333


def test_themes_recur_where_they_are_in_two_cohorts(hand: Hand) -> None:
    hand.record(0, formed("second"), joined("library", "second"))
    hand.record(1, captured("one", cohort="heritage", themes=["light", "trust"]))
    assert hand.figure("recurringThemes")["list"] == []
    hand.record(5, framed("theirs", "library", cohort="second", themes=["light"]))
    [row] = hand.figure("recurringThemes")["list"]
    assert row["theme"] == "light"
    assert row["cohorts"] == [
        {"cohort": "heritage", "questions": 0, "failures": 0, "learnings": 1},
        {"cohort": "second", "questions": 1, "failures": 0, "learnings": 0},
    ]
    assert row["learning"] == "one"


def test_questions_form_families(hand: Hand) -> None:
    hand.ask_questions()
    hand.record(1, framed("child", cohort="heritage", parent="question", text="How can we car?"))
    hand.record(2, reframed("child", text="How can we cart?"))
    hand.tries("a", 2, 3, result="invalid")
    [tree] = hand.figure("questionFamilies")["trees"]
    assert (tree["question"], tree["also"]) == ("heritage-question", [])
    assert [node["question"] for node in tree["children"]] == ["question", "other"]
    own = tree["children"][0]
    assert own["counts"] == [{"result": "invalid", "count": 1}]
    [child] = own["children"]
    assert (child["question"], child["children"]) == ("child", [])
    assert len(child["framings"]) == 2


def test_pathways_are_what_was_done_along_a_chain(asking: Hand) -> None:
    assert asking.figure("pathways") == {"n": 0, "items": [], "list": []}
    asking.record(0, shared())
    asking.tries("a", 1)
    asking.record(2, observed("a"), observed("a"))
    asking.tries("b", 1)
    slip = asking.record(2, observed("b"))
    found = asking.figure("pathways")
    assert found["n"] == 2
    assert found["list"] == [{"sequence": ["planned", "started", "observation"], "count": 2}]
    asking.record(3, voided(slip))
    assert asking.figure("pathways")["list"] == [
        {"sequence": ["planned", "started", "observation"], "count": 1},
        {"sequence": ["planned", "started"], "count": 1},
    ]


def test_hidden_items_have_no_part_in_any_count(asking: Hand) -> None:
    asking.record(1, captured("one", cohort="heritage"))
    asking.record(2, adopted("one"))
    assert asking.value("diffusion", viewer=ANALYST)["n"] == 1
    asking.record(3, shown("learning/one", "private"))
    assert asking.value("diffusion", viewer=ANALYST)["n"] == 0
    assert asking.figure("funnel", viewer=ANALYST)["learnings"] == 0
    # As it is visible now, also in what is asked of an earlier position.
    assert asking.figure("funnel", viewer=ANALYST, as_of=10)["learnings"] == 0
    assert asking.figure("funnel", as_of=10)["learnings"] == 1
