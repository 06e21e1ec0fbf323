"""Each figure for an evaluator or a funder, on stories of a few events, with numbers worked out by hand."""

from typing import Any

import pytest

from projections.insights.perspective.scope import Scope
from tests.events.samples import (
    adopted,
    assessed,
    captured,
    challenged,
    checked_in,
    closed,
    failed,
    framed,
    harvested,
    learning_revised,
    left,
    planned,
    question_closed,
    reclassified,
    reframed,
    released,
    shown,
    started,
    substantiated,
    took_part,
    voided,
    withdrawn,
)
from tests.projections.insights.hand import ANALYST, Hand

CAT = "How can we cat?"


def test_the_funnel_counts_each_step(asking: Hand) -> None:
    asking.record(1, framed("third", cohort="heritage", text=CAT))
    asking.tries("a", 2, 3)
    asking.record(2, planned("b", cohort="heritage"))
    asking.record(
        3, reframed(), question_closed("third"), question_closed("other", outcome="parked")
    )
    asking.record(3, failed(cohort="heritage"))
    asking.record(4, captured("one", cohort="heritage"), captured("two", cohort="heritage"))
    asking.record(5, adopted("one"), adopted("one", "library"))
    asking.record(6, released("report", cohort="heritage"), released("draft", cohort="heritage"))
    position = asking.record(7, withdrawn("draft"))
    expected = {
        "questions": 3,
        "reframed": 1,
        "tried": 1,
        "answered": 1,
        "parked": 1,
        "planned": 2,
        "started": 1,
        "concluded": 1,
        "failures": 1,
        "learnings": 2,
        "adopted": 1,
        "publications": 1,
    }
    assert asking.figure("funnel") == expected
    asking.record(8, voided(position))
    assert asking.figure("funnel") == {**expected, "publications": 2}


def test_an_empty_funnel_is_all_noughts(hand: Hand) -> None:
    found = hand.figure("funnel", scope=Scope(themes=frozenset({"nothing"})))
    assert set(found.values()) == {0}


def test_the_first_iteration_is_waited_for_from_the_framing(asking: Hand) -> None:
    assert asking.figure("timeToFirstIteration") == {
        "n": 0,
        "items": [],
        "quartiles": None,
        "without": 2,
    }
    asking.record(4, planned("a", cohort="heritage"))
    asking.record(9, planned("b", cohort="heritage"))
    assert asking.figure("timeToFirstIteration") == {
        "n": 1,
        "items": ["question/question"],
        "quartiles": [4.0, 4.0, 4.0],
        "without": 1,
    }
    asking.record(8, planned("c", "archive", question="other", cohort="heritage"))
    # A quarter, a half and three quarters of the way from 4 to 8.
    assert asking.value("timeToFirstIteration") == {
        "n": 2,
        "quartiles": [5.0, 6.0, 7.0],
        "without": 0,
    }


def test_learning_comes_so_soon_after_the_start(asking: Hand) -> None:
    for key in ("a", "b", "c"):
        asking.tries(key, 1)
    asking.record(6, captured("one", cohort="heritage", from_=["iteration/a"]))
    asking.record(7, failed(cohort="heritage", iteration="b"))
    asking.record(10, captured("two", cohort="heritage", from_=["failure/failure"]))
    # What another organisation learned from it is not theirs.
    asking.record(2, captured("three", "archive", cohort="heritage", from_=["iteration/c"]))
    assert asking.figure("learningVelocity") == {
        "n": 2,
        "items": ["iteration/a", "iteration/b"],
        "quartiles": [6.0, 7.0, 8.0],
        "without": 1,
    }


def test_failing_fast_is_counted_from_the_start(asking: Hand) -> None:
    asking.tries("a", 1)
    asking.record(3, failed("one", cohort="heritage", iteration="a"))
    asking.record(0.5, failed("two", cohort="heritage", iteration="a"))
    asking.record(9, failed("three", cohort="heritage"))
    # The time of the second is before the start, which counts as no time at all.
    assert asking.figure("failFast") == {
        "n": 2,
        "items": ["failure/one", "failure/two"],
        "quartiles": [0.5, 1.0, 1.5],
    }


def test_a_failure_converts_within_thirty_days(hand: Hand) -> None:
    hand.record(0, failed("one", cohort="heritage"), failed("two", cohort="heritage"))
    hand.record(30, captured("a", cohort="heritage", from_=["failure/one"]))
    hand.record(30.1, captured("b", cohort="heritage", from_=["failure/two"]))
    assert hand.value("failureConversion", 29.9) == {"n": 0, "share": None, "medianDays": None}
    assert hand.figure("failureConversion", 60) == {
        "n": 2,
        "items": ["failure/one", "failure/two"],
        "share": 0.5,
        "medianDays": 30.0,
    }
    assert hand.figure("failureConversion", viewer=ANALYST) is None


def test_results_are_counted_by_decision(asking: Hand) -> None:
    asking.tries("a", 1, 2, result="inconclusive", decision="persevere")
    asking.tries("b", 1, 2, result="invalid", decision="pivot")
    asking.tries("c", 1, 2, result="invalid", decision="pivot")
    asking.tries("d", 1)
    found = asking.figure("resultsByDecision")
    assert found == {
        "n": 3,
        "items": ["iteration/a", "iteration/b", "iteration/c"],
        "counts": [
            {"result": "invalid", "decision": "pivot", "count": 2},
            {"result": "inconclusive", "decision": "persevere", "count": 1},
        ],
    }


def test_failures_mix_as_they_are_classified_now(hand: Hand) -> None:
    hand.record(1, failed("one", cohort="heritage", failure_type="basic", facet="process"))
    hand.record(1, failed("two", cohort="heritage", failure_type="basic", facet="process"))
    hand.record(1, failed("three", cohort="heritage"))
    hand.record(2, reclassified("two", failure_type="complex", degree="precarious_failure"))
    assert hand.value("failureMix")["intelligentShare"] == 0.0
    tolerable, precarious = "tolerable_failure", "precarious_failure"
    assert hand.value("failureMix")["counts"] == [
        {"failureType": "basic", "facet": "process", "degree": tolerable, "count": 1},
        {"failureType": "complex", "facet": "process", "degree": precarious, "count": 1},
        {"failureType": None, "facet": None, "degree": tolerable, "count": 1},
    ]


def test_a_failure_is_intelligent_where_it_was_planned_to_be_one(asking: Hand) -> None:
    asking.tries("a", 1, plan={"measure": "labels", "criterion": "ten"})
    asking.record(2, failed("one", cohort="heritage", iteration="a", failure_type="intelligent"))
    asking.record(2, failed("two", cohort="heritage", failure_type="basic"))
    asking.record(2, failed("three", cohort="heritage"))
    found = asking.value("failureMix")
    assert (found["n"], found["intelligentShare"]) == (3, 0.5)


def test_double_loop_is_corroborated_by_a_reframing_within_sixty_days(asking: Hand) -> None:
    loops = (("one", "double"), ("two", "double"), ("three", "single"), ("four", "triple"))
    for key, loop in loops:
        asking.record(0, captured(key, cohort="heritage", loop=loop))
    asking.record(60, reframed(because_of=["learning/one"]))
    asking.record(60.1, reframed(because_of=["learning/two"], text=CAT))
    assert asking.value("doubleLoop", 59.9) == {
        "n": 4,
        "share": 0.75,
        "corroboratedOf": 0,
        "corroborated": None,
    }
    assert asking.value("doubleLoop", 70) == {
        "n": 4,
        "share": 0.75,
        "corroboratedOf": 2,
        "corroborated": 0.5,
    }


def test_a_decision_to_continue_is_thin_on_the_lowest_evidence(asking: Hand) -> None:
    assert asking.figure("thinDecisions") == {"n": 0, "items": [], "share": None}
    asking.tries("a", 1, 2, decision="persevere", evidence_level=1)
    asking.tries("b", 1, 2, decision="scale", evidence_level=2)
    asking.tries("c", 1, 2, decision="pivot", evidence_level=1)
    assert asking.figure("thinDecisions") == {
        "n": 2,
        "items": ["iteration/a", "iteration/b"],
        "share": 0.5,
    }


def test_reach_counts_takings_part(asking: Hand) -> None:
    asking.tries("a", 1)
    first = asking.record(2, took_part("a"))
    last = asking.record(3, took_part("a", people=3, level="consult", mode="give_time"))
    assert asking.figure("reach") == {
        "n": 2,
        "items": [f"event/{first}", f"event/{last}"],
        "participations": 15,
        "byLevel": [{"level": "involve", "count": 12}, {"level": "consult", "count": 3}],
        "byMode": [{"mode": None, "count": 12}, {"mode": "give_time", "count": 3}],
    }
    asking.record(4, voided(first))
    assert asking.value("reach")["participations"] == 3


def test_participation_shifts_by_so_many_levels_a_month(asking: Hand) -> None:
    asking.tries("a", 0)
    for day, level in ((1, "consult"), (31, "involve")):
        asking.record(day, took_part("a", level=level))
    assert asking.figure("participationShift") == {
        "n": 0,
        "items": [],
        "medianSlope": None,
        "firstThird": [],
        "lastThird": [],
        "list": [],
    }
    asking.record(61, took_part("a", level="empower"))
    # Slopes between 2, 3 and 5, a month apart: 1, 2, and 3 in two.
    assert asking.figure("participationShift") == {
        "n": 1,
        "items": ["organisation/mill"],
        "medianSlope": 1.5,
        "firstThird": [{"level": "consult", "count": 1}],
        "lastThird": [{"level": "empower", "count": 1}],
        "list": [{"organisation": "mill", "slope": 1.5}],
    }


def test_framing_shifts_from_the_first_to_the_last_assessment(hand: Hand) -> None:
    hand.record(1, assessed("mill", cohort="heritage"), assessed("archive", cohort="heritage"))
    assert hand.value("framingShift") == {"n": 0, "up": 0, "same": 0, "down": 0}
    hand.record(5, assessed("mill", cohort="heritage", framing="citizen"))
    hand.record(0.5, assessed("archive", cohort="heritage", framing="citizen"))
    # The archive's was recorded later and happened before.
    assert hand.figure("framingShift") == {
        "n": 2,
        "items": ["organisation/mill", "organisation/archive"],
        "up": 1,
        "same": 0,
        "down": 1,
    }


def test_the_harvest_is_substantiated_and_contested_by_others(hand: Hand) -> None:
    assert hand.value("harvest")["substantiated"] is None
    hand.record(1, harvested("one", cohort="heritage"))
    hand.record(1, harvested("two", cohort="heritage", anticipated=False, change_type="policy"))
    hand.record(1, harvested("three", cohort="heritage", sign="negative"))
    hand.record(1, harvested("four", cohort="heritage"))
    hand.record(2, substantiated("one"), substantiated("one", "library", agreement="none"))
    hand.record(
        2, substantiated("two", agreement="partial"), substantiated("three", agreement="none")
    )
    assert hand.value("harvest") == {
        "n": 4,
        "substantiated": 0.5,
        "contested": 0.5,
        "unanticipated": 0.25,
        "negative": 0.25,
        "counts": [{"changeType": "practice", "count": 3}, {"changeType": "policy", "count": 1}],
    }


def after(hand: Hand, months: int, day: float) -> Any:
    [found] = [row for row in hand.figure("sustained", day)["list"] if row["months"] == months]
    return found


def test_what_is_sustained_is_asked_four_months_later(hand: Hand) -> None:
    hand.record(100, closed())
    hand.record(280, checked_in(months_after=4, status="growing"))
    hand.record(290, checked_in(months_after=9, status="fading"))
    hand.record(295, checked_in(months_after=10, status="holding"))
    nothing = {"months": 6, "n": 0, "items": [], "share": None, "withoutCheckin": 0}
    # Ten months of 30 days after day 100.
    assert after(hand, 6, 399.9) == nothing
    # The latest of those at 4 and 9 months; the one at 10 is beyond.
    assert after(hand, 6, 400) == {
        "months": 6,
        "n": 1,
        "items": ["organisation/mill"],
        "share": 0.0,
        "withoutCheckin": 1,
    }
    assert after(hand, 12, 400)["n"] == 0
    assert after(hand, 12, 580) == {
        "months": 12,
        "n": 1,
        "items": ["organisation/mill"],
        "share": 1.0,
        "withoutCheckin": 1,
    }


def test_retention_looks_at_the_close(hand: Hand) -> None:
    assert hand.figure("retention") == {"joined": 2, "left": 0, "present": 2}
    hand.record(10, left("archive"))
    hand.record(20, closed())
    assert hand.figure("retention") == {"joined": 2, "left": 1, "present": 1}
    assert hand.figure("retention", 9) == {"joined": 2, "left": 0, "present": 2}
    assert hand.figure("retention", scope=Scope(organisations=frozenset({"library"}))) == {
        "joined": 0,
        "left": 0,
        "present": 0,
    }


def test_openness_is_what_is_public_now(hand: Hand) -> None:
    hand.record(1, captured("one", cohort="heritage", visibility="public"))
    hand.record(1, captured("two", cohort="heritage"), failed("three", cohort="heritage"))
    hand.record(11, shown("failure/three", "public"))
    assert hand.figure("openness") == {
        "n": 3,
        "items": ["learning/one", "learning/two", "failure/three"],
        "share": 0.666666667,
        "medianDays": 5.0,
    }
    hand.record(12, shown("failure/three", "cohort"))
    assert hand.value("openness")["share"] == 0.333333333
    assert hand.figure("openness", viewer=ANALYST) is None


def test_perspectives_gap_between_whom_it_was_a_failure_for(asking: Hand) -> None:
    asking.tries("a", 1)
    common = {"cohort": "heritage", "iteration": "a", "facet": "process"}
    asking.record(
        2, failed("one", **common, degree="outright_failure", for_whom=["organisation", "staff"])
    )
    # One failure recorded for several is no gap.
    assert asking.figure("perspectiveGap") == {"n": 0, "items": [], "mean": None, "list": []}
    asking.record(
        3, failed("two", **common, degree="conflicted_success", for_whom=["participants"])
    )
    found = asking.figure("perspectiveGap")
    assert (found["n"], found["items"], found["mean"]) == (1, ["iteration/a"], 3.0)
    [row] = found["list"]
    assert (row["iteration"], row["facet"], row["gap"]) == ("a", "process", 3)
    assert sorted(one["forWhom"] for one in row["degrees"]) == [
        *("organisation", "participants", "staff"),
    ]


def test_a_learning_is_contested_until_it_is_revised(hand: Hand) -> None:
    hand.record(1, captured(cohort="heritage"), captured("other", cohort="heritage"))
    hand.record(2, adopted(organisation="library"))
    hand.record(5, challenged())
    hand.record(6, adopted())
    assert hand.figure("contestedLearnings") == {
        "n": 2,
        "items": ["learning/learning", "learning/other"],
        "list": [{"learning": "learning", "challenges": 1, "adoptionsSince": 1}],
    }
    hand.record(7, learning_revised())
    assert hand.value("contestedLearnings") == {"n": 2, "list": []}


@pytest.mark.parametrize(("since", "until", "many"), [(1, 2, 0), (2, 3, 1), (3, 4, 0)])
def test_a_span_takes_its_beginning_and_leaves_its_end(
    asking: Hand, since: int, until: int, many: int
) -> None:
    asking.record(1, planned("a", cohort="heritage"))
    asking.record(2, failed(cohort="heritage"), started("a"))
    lines = asking.log.events()
    day_us = 86_400_000_000
    begin = int(lines[0].time.timestamp() * 1_000_000)
    scope = Scope(from_us=begin + since * day_us, to_us=begin + until * day_us)
    assert asking.figure("funnel", scope=scope)["failures"] == many
