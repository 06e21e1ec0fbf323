"""Each figure for a facilitator, on stories of a few events, with numbers worked out by hand."""

from events.access.principal import Role
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.viewer import FigureViewer
from tests.events.samples import (
    adopted,
    asked,
    assessed,
    captured,
    closed,
    cohort_revised,
    committed,
    failed,
    framed,
    held,
    helped,
    joined,
    left,
    met,
    observed,
    paired,
    pairing_ended,
    planned,
    question_closed,
    reframed,
    settled,
    shared,
    shown,
    used,
    voided,
)
from tests.projections.insights.hand import ANALYST, Hand

KNOWN = {"facet": "process", "failure_cause": "inattention"}


def test_quiet_is_who_is_silent_for_more_than_fourteen_days(hand: Hand) -> None:
    # Gaps of 2 and 6 days: twice their median of 4 is less than 14.
    for day in (1, 3, 9):
        hand.record(day, assessed("mill", cohort="heritage"))
    assert hand.figure("quietOrganisations", 14) == {
        "n": 2,
        "items": ["organisation/mill", "organisation/archive"],
        "list": [],
    }
    assert hand.value("quietOrganisations", 23) == {
        "n": 2,
        "list": [{"organisation": "archive", "silenceDays": 23.0, "medianGapDays": None}],
    }
    assert hand.value("quietOrganisations", 24)["list"] == [
        {"organisation": "archive", "silenceDays": 24.0, "medianGapDays": None},
        {"organisation": "mill", "silenceDays": 15.0, "medianGapDays": 4.0},
    ]


def test_an_organisation_that_records_seldom_is_quiet_after_twice_its_own_gap(hand: Hand) -> None:
    for day in (1, 11, 21):
        hand.record(day, assessed("mill", cohort="heritage"))
    hand.record(21, left("archive"))
    assert hand.value("quietOrganisations", 41) == {"n": 1, "list": []}
    assert hand.value("quietOrganisations", 42)["list"] == [
        {"organisation": "mill", "silenceDays": 21.0, "medianGapDays": 10.0}
    ]


def test_a_recording_that_was_voided_breaks_no_silence(hand: Hand) -> None:
    position = hand.record(20, assessed("mill", cohort="heritage"))
    assert [one["organisation"] for one in hand.value("quietOrganisations", 30)["list"]] == [
        "archive"
    ]
    hand.record(20, voided(position))
    assert [one["organisation"] for one in hand.value("quietOrganisations", 30)["list"]] == [
        "mill",
        "archive",
    ]


def test_no_failures_recorded_needs_three_conclusions_and_no_failure(asking: Hand) -> None:
    asking.tries("a", 1, 2, result="invalid")
    asking.tries("b", 1, 2, result="supported")
    assert asking.figure("noFailuresTold") == {"n": 0, "items": [], "list": []}
    asking.tries("c", 1, 2, result="invalid")
    assert asking.figure("noFailuresTold") == {
        "n": 1,
        "items": ["organisation/mill"],
        "list": ["mill"],
    }
    asking.record(3, failed(cohort="heritage"))
    assert asking.value("noFailuresTold") == {"n": 1, "list": []}


def test_one_refuted_iteration_counts_as_a_failure(asking: Hand) -> None:
    for key, result in (("a", "invalid"), ("b", "supported"), ("c", "refuted")):
        asking.tries(key, 1, 2, result=result)
    assert asking.value("noFailuresTold") == {"n": 1, "list": []}


def test_a_pivot_dangles_thirty_days_after_the_conclusion(asking: Hand) -> None:
    asking.tries("a", 1, 10, decision="pivot")
    asking.tries("b", 1, 10, decision="persevere")
    assert asking.value("danglingPivots", 39.9) == {"n": 0, "list": []}
    assert asking.figure("danglingPivots", 40) == {"n": 1, "items": ["iteration/a"], "list": ["a"]}


def test_a_pivot_that_is_followed_within_thirty_days_does_not_dangle(asking: Hand) -> None:
    for key in ("a", "b"):
        asking.tries(key, 1, 10, decision="continue_testing")
    asking.record(40, planned("next", follows="a", cohort="heritage"))
    asking.record(40.1, planned("late", follows="b", cohort="heritage"))
    assert asking.value("danglingPivots") == {"n": 2, "list": ["b"]}
    asking.record(40, reframed())
    assert asking.value("danglingPivots") == {"n": 2, "list": []}


def test_an_iteration_stalls_after_more_than_thirty_silent_days(asking: Hand) -> None:
    asking.tries("a", 1)
    asking.tries("b", 1, 2)
    assert asking.figure("stalledIterations", 31) == {"n": 1, "items": ["iteration/a"], "list": []}
    assert asking.value("stalledIterations", 32)["list"] == [
        {"iteration": "a", "silenceDays": 31.0}
    ]
    asking.record(5, observed("a"))
    assert asking.value("stalledIterations", 35)["list"] == []
    assert asking.value("stalledIterations", 36)["list"] == [
        {"iteration": "a", "silenceDays": 31.0}
    ]


def test_an_ask_is_open_until_help_is_given(hand: Hand) -> None:
    assert hand.figure("openAsks") == {"n": 0, "items": [], "list": []}
    hand.record(1, asked("one", cohort="heritage"), asked("two", cohort="heritage"))
    position = hand.record(4, helped("one"))
    assert hand.figure("openAsks", 11) == {
        "n": 2,
        "items": ["ask/one", "ask/two"],
        "list": [{"ask": "two", "daysOpen": 10.0}],
    }
    hand.record(5, voided(position))
    assert [one["ask"] for one in hand.value("openAsks", 11)["list"]] == ["one", "two"]


def test_a_pairing_should_have_met_within_thirty_days(hand: Hand) -> None:
    hand.record(0, paired())
    assert hand.value("pairingsWithoutMeeting", 29.9) == {"n": 1, "list": []}
    assert hand.figure("pairingsWithoutMeeting", 30) == {
        "n": 1,
        "items": ["pairing/pair"],
        "list": ["pair"],
    }
    hand.record(31, met())
    assert hand.value("pairingsWithoutMeeting", 32) == {"n": 1, "list": []}
    hand.record(33, pairing_ended())
    assert hand.value("pairingsWithoutMeeting", 34) == {"n": 0, "list": []}


def test_an_inspiration_yields_when_it_is_used_or_named_in_a_plan(asking: Hand) -> None:
    asking.record(1, shared("tour"), shared("talk"), shared("essay", kind="theory"), shared("trip"))
    asking.record(5, used("tour", cohort=None))
    asking.record(6, used("tour"))
    asking.record(9, planned("a", cohort="heritage", inspired_by=["inspiration/talk"]))
    found = asking.figure("inspirationYield")["list"]
    assert len(found) == 6
    rows = {row.pop("kind"): row for row in found}
    # The first uses were 4 and 8 days after.
    assert rows["visit"] == {"shared": 3, "used": 2, "share": 0.666666667, "medianDays": 6.0}
    assert rows["theory"] == {"shared": 1, "used": 0, "share": 0.0, "medianDays": None}
    assert rows["speaker"] == {"shared": 0, "used": 0, "share": None, "medianDays": None}


def test_pairing_lifts_adoptions_by_so_much(hand: Hand) -> None:
    hand.record(1, *(captured(key, cohort="heritage") for key in ("a", "b", "c")))
    hand.record(30, paired())
    hand.record(40, adopted("a"))
    hand.record(60, pairing_ended())
    hand.record(70, adopted("b"))
    # Each way: one month paired, two not; one adoption each. (1 ÷ 2) ÷ (1 ÷ 4).
    assert hand.figure("pairingLift", 90) == {
        "n": 2,
        "items": ["pair/mill,archive", "pair/archive,mill"],
        "adoptionsPaired": 1,
        "monthsPaired": 2.0,
        "adoptionsUnpaired": 1,
        "monthsUnpaired": 4.0,
        "lift": 2.0,
    }


def test_without_a_pairing_there_is_no_lift(hand: Hand) -> None:
    found = hand.value("pairingLift", 30)
    assert (found["n"], found["monthsPaired"], found["monthsUnpaired"]) == (2, 0.0, 2.0)
    assert found["lift"] is None


def repeated(hand: Hand, learned: float = 2, level: str = "cohort") -> None:
    """Let archive repeat, in what it planned on day 5, what mill had failed at."""
    hand.record(1, failed("first", cohort="heritage", **KNOWN))
    hand.record(learned, captured(cohort="heritage", from_=["failure/first"], visibility=level))
    hand.tries("again", 5, who="archive")
    hand.record(9, failed("second", "archive", cohort="heritage", iteration="again", **KNOWN))


def test_a_repeat_was_avoidable_where_the_learning_was_there_to_see(asking: Hand) -> None:
    repeated(asking)
    # The first failure names no iteration: it has no part in n.
    assert asking.figure("avoidableRepeats") == {
        "n": 1,
        "items": ["failure/second"],
        "share": 1.0,
        "list": [{"failure": "second", "earlier": "first", "learning": "learning"}],
    }
    assert asking.figure("avoidableRepeats", viewer=ANALYST) is None


def test_a_repeat_was_not_avoidable_where_the_learning_was_not_visible(asking: Hand) -> None:
    repeated(asking, level="private")
    assert asking.value("avoidableRepeats") == {"n": 1, "share": 0.0, "list": []}


def test_a_repeat_was_not_avoidable_before_the_learning(asking: Hand) -> None:
    repeated(asking, learned=6)
    assert asking.value("avoidableRepeats") == {"n": 1, "share": 0.0, "list": []}


def test_a_repeat_of_what_was_adopted_in_time_is_another_thing(asking: Hand) -> None:
    repeated(asking)
    asking.record(4, adopted())
    assert asking.value("avoidableRepeats") == {"n": 1, "share": 0.0, "list": []}


def test_a_pairing_is_suggested_where_one_offers_what_the_other_needs(hand: Hand) -> None:
    assert hand.figure("pairingSuggestions") == {"list": []}
    hand.record(1, framed(cohort="heritage", themes=["light", "trust"]))
    hand.record(1, captured("known", "archive", cohort="heritage", themes=["light"]))
    # Mill's two needs are met by half, archive has none: the mean of 1 ÷ 2 and 0.
    assert hand.figure("pairingSuggestions")["list"] == [
        {"organisations": ["mill", "archive"], "score": 0.25, "themes": ["light"]}
    ]
    hand.record(2, paired())
    assert hand.figure("pairingSuggestions") == {"list": []}
    hand.record(3, pairing_ended(), question_closed())
    assert hand.figure("pairingSuggestions") == {"list": []}


def test_leavers_are_those_who_did_not_come_back(hand: Hand) -> None:
    assert hand.value("leavers") == {"n": 2, "counts": []}
    hand.record(5, left("archive"))
    assert hand.figure("leavers") == {
        "n": 2,
        "items": ["organisation/mill", "organisation/archive"],
        "counts": [{"reason": "capacity", "count": 1}],
    }
    hand.record(6, joined("archive"))
    assert hand.value("leavers") == {"n": 2, "counts": []}


def test_an_absence_is_reported_to_viewers_who_see_the_whole(hand: Hand) -> None:
    mill = FigureViewer(Role.ORGANISATION, organisation="mill")
    hand.record(1, asked("one", cohort="heritage"), shown("ask/one", "private"))
    for name in ("quietOrganisations", "openAsks", "stalledIterations", "danglingPivots"):
        assert hand.figure(name, viewer=ANALYST) is None
        assert hand.figure(name, viewer=mill) is None
        own = Scope(organisations=frozenset({"mill"}))
        assert hand.figure(name, viewer=mill, scope=own) is not None
        facilitator = FigureViewer(Role.FACILITATOR, frozenset({"heritage"}))
        assert hand.figure(name, viewer=facilitator) is None
        heritage = Scope(cohorts=frozenset({"heritage"}))
        assert hand.figure(name, viewer=facilitator, scope=heritage) is not None


def test_a_commitment_is_overdue_from_the_day_after_it_was_due(hand: Hand) -> None:
    # Day 0 is 2024-03-01, and the story begins at 9 o'clock.
    in_heritage = {"cohort": "heritage"}
    hand.record(1, committed("first", due_on="2024-03-10", **in_heritage))
    hand.record(1, committed("second", "archive", due_on="2024-03-08", **in_heritage))
    hand.record(1, committed("undated", **in_heritage), committed("outside", due_on="2024-03-20"))
    due = ["commitment/first", "commitment/second", "commitment/outside"]
    assert hand.figure("openCommitments", 7.6) == {"n": 3, "items": due, "list": []}
    assert hand.value("openCommitments", 7.7)["list"] == [
        {"commitment": "second", "daysOverdue": 1}
    ]
    assert hand.value("openCommitments", 10)["list"] == [
        {"commitment": "second", "daysOverdue": 3},
        {"commitment": "first", "daysOverdue": 1},
    ]
    settling = hand.record(11, settled("second", outcome="dropped"))
    assert hand.figure("openCommitments", 12) == {
        "n": 2,
        "items": ["commitment/first", "commitment/outside"],
        "list": [{"commitment": "first", "daysOverdue": 3}],
    }
    hand.record(13, voided(settling))
    assert hand.value("openCommitments", 13)["n"] == 3


def test_a_commitment_belongs_to_the_cohort_of_its_session(hand: Hand) -> None:
    hand.record(1, held(), committed(session="session", due_on="2024-03-02"))
    scope = Scope(cohorts=frozenset({"heritage"}))
    assert hand.value("openCommitments", 5, scope=scope)["n"] == 1
    themed = Scope(themes=frozenset({"water"}))
    assert hand.value("openCommitments", 5, scope=themed) == {"n": 0, "list": []}


def test_attendance_counts_the_sessions_during_membership(hand: Hand) -> None:
    hand.record(1, held("one", attended=["mill", "archive", "library"]))
    hand.record(2, left("archive"), held("two", attended=["archive"]))
    hand.record(3, joined("library"), held("three", attended=["library"]))
    hand.record(4, closed(), held("four", attended=["mill", "library"]))
    sessions = ["session/one", "session/two", "session/three", "session/four"]
    # Sessions two and four count for nobody who was not a member then.
    assert hand.figure("attendance") == {
        "n": 4,
        "items": sessions,
        "list": [
            {"organisation": "mill", "sessions": 3, "attended": 1},
            {"organisation": "archive", "sessions": 1, "attended": 1},
            {"organisation": "library", "sessions": 1, "attended": 1},
        ],
    }


def test_attendance_by_filters(hand: Hand) -> None:
    hand.record(1, held("one", attended=["mill"]))
    hand.record(5, held("two", attended=["mill", "archive"]))
    of_archive = Scope(organisations=frozenset({"archive"}))
    assert hand.value("attendance", scope=of_archive) == {
        "n": 2,
        "list": [{"organisation": "archive", "sessions": 2, "attended": 1}],
    }
    themed = Scope(themes=frozenset({"water"}))
    assert hand.value("attendance", scope=themed) == {"n": 0, "list": []}
    none = Scope(cohorts=frozenset({"nobody"}))
    assert hand.value("attendance", scope=none) == {"n": 0, "list": []}


def test_a_host_has_no_attendance(hand: Hand) -> None:
    hand.record(1, cohort_revised(hosts=["library"]))
    hand.record(2, held(attended=["mill", "library"]))
    assert hand.value("attendance")["list"] == [
        {"organisation": "mill", "sessions": 1, "attended": 1},
        {"organisation": "archive", "sessions": 1, "attended": 0},
    ]


def test_an_organisation_is_told_of_its_own_attendance_and_commitments_alone(hand: Hand) -> None:
    hand.record(1, held(attended=["mill", "archive"]))
    hand.record(1, committed(cohort="heritage", due_on="2024-03-02"))
    mill = FigureViewer(Role.ORGANISATION, organisation="mill")
    own = Scope(organisations=frozenset({"mill"}))
    for name in ("attendance", "openCommitments"):
        assert hand.figure(name, viewer=mill) is None
        assert hand.figure(name, viewer=ANALYST) is None
    assert hand.value("attendance", viewer=mill, scope=own)["list"] == [
        {"organisation": "mill", "sessions": 1, "attended": 1}
    ]
    assert hand.value("openCommitments", viewer=mill, scope=own)["n"] == 1
