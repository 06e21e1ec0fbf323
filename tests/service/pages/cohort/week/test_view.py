from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from events.access.principal import Principal, Role
from service.pages.cohort.week.view import calls, variables, view
from service.pages.parts.waiting import Waiting
from tests.service.pages.cohort.visits import organisation, visit

FACILITATOR = Principal("key", Role.FACILITATOR)
MILL = Principal("key", Role.ORGANISATION, organisation="mill")


def answer(**figures: Any) -> Mapping[str, Any]:
    """Return the graph's answer about the mill and the archive, with these figures and the others empty."""
    stay = {"joinedAt": "2024-01-01T10:00:00Z", "leftAt": None}
    members = [{"organisation": organisation(key), "stays": [stay]} for key in ("mill", "archive")]
    empty: dict[str, Any] = {
        "partial": False,
        "quietOrganisations": {"list": []},
        "stalledIterations": {"list": []},
        "openAsks": {"list": []},
        "pairingsWithoutMeeting": {"listSubjects": []},
        "danglingPivots": {"listSubjects": []},
        "avoidableRepeats": {"list": []},
        "openCommitments": {"itemSubjects": []},
        "noFailuresTold": {"listSubjects": []},
        "pairingSuggestions": {"list": []},
    }
    return {
        "cohort": {
            "key": "valley",
            "title": "Valley",
            "closedAt": None,
            "hosts": [],
            "memberships": {"nodes": members},
            "checkins": {"nodes": []},
            "timeline": {"nodes": []},
        },
        "insights": {**empty, **figures},
    }


def quiet(key: str, days: float) -> Mapping[str, Any]:
    return {"organisationSubject": organisation(key), "silenceDays": days}


def commitment(key: str, due: str) -> Mapping[str, Any]:
    return {"key": key, "text": "Ring.", "dueOn": due, "organisation": organisation("mill")}


def test_an_organisation_is_called_once_with_all_reasons_the_longest_waiting_first() -> None:
    mill, archive = organisation("mill"), organisation("archive")
    found = calls(
        [
            Waiting("quiet", [mill], mill, 20),
            Waiting("pairing", [mill, archive], {}, 40),
            Waiting("ask", [archive], {}, 60),
            Waiting("no-failure", [mill], mill),
        ]
    )
    assert [(one.organisation["key"], one.days) for one in found] == [("archive", 60), ("mill", 40)]
    assert [one.kind for one in found[1].reasons] == ["quiet", "pairing", "no-failure"]


def test_the_reasons_of_an_organisation_are_those_of_all_figures() -> None:
    commitments = [commitment("later", "2024-07-09"), commitment("late", "2024-06-21")]
    given = answer(
        openCommitments={"itemSubjects": commitments},
        quietOrganisations={"list": [quiet("mill", 20.9)]},
    )
    week = view(given, visit(FACILITATOR, at="2024-07-01"))
    assert week is not None
    [call] = week.calls
    assert [(one.kind, one.days) for one in call.reasons] == [("quiet", 20), ("commitment", 10)]


def failed(key: str, recorded: str, now: str, *later: tuple[str, str | None]) -> Mapping[str, Any]:
    """Return the entry of a mill's failure: its degree as recorded, its present one, and what changed it when."""
    changes = [{"time": time, "degree": degree} for time, degree in later]
    failure = {
        "key": key,
        "degree": now,
        "organisation": organisation("mill"),
        "reclassifications": {"nodes": changes},
    }
    return {"degree": recorded, "failure": failure}


def badly(*entries: Mapping[str, Any], viewer: Principal = FACILITATOR) -> Sequence[Waiting]:
    """Return what went badly, as the page of 1 July 2024 says it."""
    given = answer(quietOrganisations={"list": [quiet("archive", 60.0)]})
    cohort = {**given["cohort"], "timeline": {"nodes": list(entries)}}
    week = view({**given, "cohort": cohort}, visit(viewer, at="2024-07-01"))
    assert week is not None
    return [one for call in week.calls[:1] for one in call.reasons if one.kind == "badly"]


def test_where_something_went_badly_is_the_first_call() -> None:
    found = badly(
        failed("older", "PRECARIOUS_FAILURE", "PRECARIOUS_FAILURE"),
        failed("tolerable", "TOLERABLE_FAILURE", "TOLERABLE_FAILURE"),
        failed("latest", "OUTRIGHT_FAILURE", "OUTRIGHT_FAILURE"),
        {"degree": "OUTRIGHT_FAILURE", "failure": None},
    )
    assert [one.about["key"] for one in found] == ["latest", "older"]


def test_a_failure_counts_by_its_degree_of_that_day() -> None:
    found = badly(
        failed("later", "OUTRIGHT_FAILURE", "TOLERABLE_FAILURE", ("2025-01-01T10:00:00Z", "X")),
        failed(
            "before",
            "OUTRIGHT_FAILURE",
            "OUTRIGHT_FAILURE",
            ("2024-06-29T10:00:00Z", "TOLERABLE_FAILURE"),
            ("2025-01-01T10:00:00Z", "OUTRIGHT_FAILURE"),
        ),
        failed("corrected", "TOLERABLE_FAILURE", "PRECARIOUS_FAILURE"),
        failed("type", "X", "OUTRIGHT_FAILURE", ("2024-06-29T10:00:00Z", None)),
    )
    assert [(one.about["key"], one.about["degree"]) for one in found] == [
        ("type", "OUTRIGHT_FAILURE"),
        ("corrected", "PRECARIOUS_FAILURE"),
        ("later", "OUTRIGHT_FAILURE"),
    ]


def test_what_went_badly_is_asked_of_the_fourteen_days_before() -> None:
    given = variables(visit(FACILITATOR, at="2024-07-01"))
    assert given["badlyFrom"] == "2024-06-17T00:00:00+00:00"


def test_a_member_is_told_only_what_went_badly_at_its_own() -> None:
    archive = Principal("key", Role.ORGANISATION, organisation="archive")
    entry = failed("mill", "OUTRIGHT_FAILURE", "OUTRIGHT_FAILURE")
    assert badly(entry, viewer=archive) == []
    assert len(badly(entry, viewer=MILL)) == 1


def pivot(**given: Any) -> Mapping[str, Any]:
    """Return a mill's trial that was concluded on 20 March 2024, with what followed it."""
    question = {
        "closedAt": given.get("closed"),
        "iterations": {"nodes": given.get("trials", [])},
        "framings": {"nodes": given.get("framings", [])},
    }
    return {
        "key": "pivot",
        "concludedAt": "2024-03-20T10:00:00Z",
        "organisation": organisation("mill"),
        "followedBy": {"nodes": given.get("followers", [])},
        "question": question if given.get("has_question", True) else None,
    }


def trial(time: str, whose: str = "mill") -> Mapping[str, Any]:
    return {"time": time, "organisation": organisation(whose)}


BEFORE, SINCE = "2024-02-01T10:00:00Z", "2024-06-01T10:00:00Z"


@pytest.mark.parametrize(
    ("given", "is_reason"),
    [
        ({}, True),
        ({"has_question": False}, True),
        ({"trials": [trial(BEFORE)], "framings": [{"time": BEFORE}]}, True),
        ({"trials": [trial(SINCE, "archive")]}, True),
        ({"closed": "2025-01-01T10:00:00Z"}, True),
        ({"trials": [trial(SINCE)]}, False),
        ({"followers": [{"time": SINCE}], "has_question": False}, False),
        ({"framings": [{"time": SINCE}]}, False),
        ({"closed": SINCE}, False),
    ],
)
def test_a_trial_is_a_reason_until_something_follows(
    given: Mapping[str, Any], is_reason: bool
) -> None:
    figures = answer(danglingPivots={"listSubjects": [pivot(**given)]})
    week = view(figures, visit(FACILITATOR, at="2024-07-01"))
    assert week is not None
    assert bool(week.calls) is is_reason


@pytest.mark.parametrize(
    ("learned_by", "adopted_by", "is_reason"),
    [
        ([], [], True),
        (["archive"], ["archive"], True),
        (["archive", "mill"], [], False),
        ([], ["mill"], False),
    ],
)
def test_a_repeat_is_a_reason_until_its_organisation_has_learned(
    learned_by: Sequence[str], adopted_by: Sequence[str], is_reason: bool
) -> None:
    def by(keys: Sequence[str]) -> Mapping[str, Any]:
        return {"nodes": [{"organisation": organisation(key)} for key in keys]}

    row = {
        "failureSubject": {
            "key": "again",
            "time": SINCE,
            "organisation": organisation("mill"),
            "learnings": by(learned_by),
        },
        "earlierSubject": {"key": "first"},
        "learningSubject": {"key": "ask", "adoptions": by(adopted_by)},
    }
    week = view(answer(avoidableRepeats={"list": [row]}), visit(FACILITATOR, at="2024-07-01"))
    assert week is not None
    assert bool(week.calls) is is_reason


@pytest.mark.parametrize(("at", "is_called"), [("2024-06-20", True), ("2024-07-01", False)])
def test_who_has_left_is_not_called(at: str, is_called: bool) -> None:
    given = answer(openCommitments={"itemSubjects": [commitment("late", "2024-06-01")]})
    given["cohort"]["memberships"]["nodes"][0]["stays"] = [
        {"joinedAt": "2024-01-01T10:00:00Z", "leftAt": "2024-06-25T10:00:00Z"}
    ]
    week = view(given, visit(FACILITATOR, at=at))
    assert week is not None
    assert bool(week.calls) is is_called


def test_a_silence_has_its_first_day() -> None:
    given = answer(quietOrganisations={"list": [quiet("mill", 67 + 13 / 24)]})
    week = view(given, visit(FACILITATOR, at="2024-07-01"))
    assert week is not None
    [reason] = week.calls[0].reasons
    assert (reason.days, reason.since) == (67, datetime(2024, 4, 24, 11, tzinfo=UTC))


def test_a_commitment_that_is_due_later_is_no_reason_to_ring() -> None:
    commitments = [commitment("later", "2024-07-09"), commitment("today", "2024-07-01")]
    given = answer(openCommitments={"itemSubjects": commitments})
    week = view(given, visit(FACILITATOR))
    assert week is not None
    assert [(one.about["key"], one.days) for one in week.due_later] == [("later", -8)]
    [call] = week.calls
    assert [one.about["key"] for one in call.reasons] == ["today"]


def test_commitments_are_in_the_order_of_their_days_and_overdue_ones_are_apart() -> None:
    days = ("2024-07-08", "2024-06-30", "2024-07-07", "2024-07-01", "2024-03-28")
    given = answer(openCommitments={"itemSubjects": [commitment(day, day) for day in days]})
    week = view(given, visit(FACILITATOR, at="2024-07-01"))
    assert week is not None
    groups = (week.overdue, week.due_soon, week.due_later)
    assert [[one.about["key"] for one in group] for group in groups] == [
        ["2024-03-28", "2024-06-30"],
        ["2024-07-01", "2024-07-07"],
        ["2024-07-08"],
    ]


def test_a_commitment_of_who_has_left_is_listed_though_nobody_is_rung() -> None:
    given = answer(openCommitments={"itemSubjects": [commitment("late", "2024-06-21")]})
    left = {"joinedAt": "2024-01-01T10:00:00Z", "leftAt": "2024-06-25T10:00:00Z"}
    given["cohort"]["memberships"]["nodes"][0]["stays"] = [left]
    week = view(given, visit(FACILITATOR, at="2024-07-01"))
    assert week is not None
    assert [one.about["key"] for one in week.overdue] == ["late"]
    assert week.calls == []
    assert week.left == {"mill": "2024-06-25T10:00:00Z"}


def test_what_is_not_seen_is_left_out() -> None:
    given = answer(
        stalledIterations={"list": [{"iterationSubject": None, "silenceDays": 31.0}]},
        noFailuresTold={"listSubjects": [None]},
        openCommitments={"itemSubjects": [None]},
        pairingSuggestions={"list": [{"themes": [], "organisationSubjects": [None, {}]}]},
    )
    week = view(given, visit(FACILITATOR))
    assert week is not None
    assert (week.commitments, week.calls, week.suggestions) == ([], [], [])


NOT_TOLD = {
    name: None for name in answer()["insights"] if name not in ("partial", "pairingSuggestions")
}


def test_who_may_not_have_the_figures_is_told_so() -> None:
    week = view(answer(**NOT_TOLD), visit())
    assert week is not None
    assert not week.is_told
    assert (week.commitments, week.calls, week.checkins) == ([], [], [])


def test_a_member_asks_for_its_own_organisation() -> None:
    assert variables(visit(MILL))["filter"] == {"cohorts": ["valley"], "organisations": ["mill"]}
    week = view(answer(), visit(MILL))
    assert week is not None
    assert week.own == organisation("mill")
    assert week.is_told


def test_an_organisation_that_is_not_in_is_not_told_that_nothing_waits() -> None:
    stranger = Principal("key", Role.ORGANISATION, organisation="stranger")
    week = view(answer(), visit(stranger))
    assert week is not None
    assert (week.own, week.is_told) == (None, False)


CLOSE = "2024-06-01T16:00:00Z"


def closed(**figures: Any) -> Mapping[str, Any]:
    """Return the answer about a cohort that closed on 1 June 2024."""
    given = answer(**figures)
    return {**given, "cohort": {**given["cohort"], "closedAt": CLOSE}}


@pytest.mark.parametrize(("at", "has_closed"), [("2024-06-01", False), ("2024-06-02", True)])
def test_the_close_shows_only_after_it(at: str, has_closed: bool) -> None:
    week = view(closed(), visit(FACILITATOR, at=at))
    assert week is not None
    assert week.has_closed is has_closed
    assert len(week.checkins) == (3 if has_closed else 0)


def test_after_the_close_only_commitments_and_checkins_wait() -> None:
    commitments = [commitment("later", "2025-07-09"), commitment("late", "2024-05-21")]
    given = closed(
        openCommitments={"itemSubjects": commitments},
        quietOrganisations={"list": [quiet("mill", 20.9)]},
    )
    week = view(given, visit(FACILITATOR, at="2024-12-01"))
    assert week is not None
    assert week.calls == []
    assert [one.about["key"] for one in week.commitments] == ["late", "later"]
    assert (week.due, week.checkins[0].is_due) == (2, True)


def test_a_member_sees_its_own_checkins() -> None:
    week = view(closed(), visit(MILL, at="2024-12-01"))
    assert week is not None
    assert [list(one.without) for one in week.checkins] == [[organisation("mill")]] * 3
    assert week.due == 1


def test_without_a_cohort_there_is_no_page() -> None:
    assert view({**answer(), "cohort": None}, visit()) is None
