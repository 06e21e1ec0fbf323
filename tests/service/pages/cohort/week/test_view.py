from collections.abc import Mapping
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


def test_a_commitment_that_is_due_later_is_no_reason_to_ring() -> None:
    commitments = [commitment("later", "2024-07-09"), commitment("today", "2024-07-01")]
    given = answer(openCommitments={"itemSubjects": commitments})
    week = view(given, visit(FACILITATOR))
    assert week is not None
    assert [(one.about["key"], one.days) for one in week.commitments] == [("later", -8)]
    [call] = week.calls
    assert [one.about["key"] for one in call.reasons] == ["today"]


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
