"""What the first page asks for and shows of the graph's answer."""

from collections.abc import Mapping
from typing import Any

import pytest

from events.access.principal import PUBLIC, Principal, Role
from service.pages.home.waiting import COHORTS_MAX, at_own, in_cohorts, variables
from tests.service.pages.cohort.visits import organisation, visit

FACILITATOR = Principal("key", Role.FACILITATOR)
MILL = Principal("key", Role.ORGANISATION, organisation="mill")
OPEN = {"key": "open", "closedAt": None}
CLOSED = {"key": "closed", "closedAt": "2023-06-01T16:00:00Z"}
LONG_CLOSED = {"key": "long", "closedAt": "2022-03-01T16:00:00Z"}
"""Of 1 July 2024: thirteen months ago, and two years and four months ago."""


def first(*cohorts: Mapping[str, Any], own: bool = True) -> Mapping[str, Any]:
    return {"viewer": {"cohorts": list(cohorts) if own else None}, "cohorts": {"nodes": cohorts}}


def second(*cohorts: Mapping[str, Any], **figures: Any) -> Mapping[str, Any]:
    """Return the answers to both queries, with the mill and the archive as members of each cohort."""
    stay = {"joinedAt": "2023-01-01T10:00:00Z", "leftAt": None}
    members = [{"organisation": organisation(key), "stays": [stay]} for key in ("mill", "archive")]
    rest = {"hosts": [], "memberships": {"nodes": members}, "checkins": {"nodes": []}}
    empty: dict[str, Any] = {
        "quietOrganisations": {"list": []},
        "stalledIterations": {"list": [], "itemSubjects": []},
        "openAsks": {"list": []},
        "pairingsWithoutMeeting": {"listSubjects": []},
        "openCommitments": {"itemSubjects": []},
    }
    whole = [{**one, "title": one["key"].title(), **rest} for one in cohorts]
    return {
        **first(*cohorts),
        "waiting": {"nodes": whole},
        "insights": {**empty, **figures},
        "asks": {"nodes": []},
    }


def ask(key: str, cohort: str, who: str = "archive", helps: int = 0) -> dict[str, Any]:
    return {
        "key": key,
        "time": "2024-05-01T10:00:00Z",
        "organisation": organisation(who),
        "cohort": {"key": cohort},
        "helps": {"totalCount": helps},
    }


def commitment(key: str, due_on: str, cohort: str = "open") -> dict[str, Any]:
    whose = organisation("mill")
    return {"key": key, "dueOn": due_on, "organisation": whose, "cohort": {"key": cohort}}


def asks(*found: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"list": [{"askSubject": one, "daysOpen": 61.0} for one in found]}


def test_only_cohorts_in_which_something_may_wait_are_asked_about() -> None:
    given = variables(first(LONG_CLOSED, CLOSED, OPEN), visit(FACILITATOR))
    assert given is not None
    assert given["cohorts"] == ["open", "closed"]
    assert given["filter"] == {"cohorts": ["open", "closed"]}
    assert given["isMember"] is False
    assert variables(first(LONG_CLOSED), visit(FACILITATOR)) is None


def test_who_facilitates_everything_is_asked_about_the_newest_cohorts() -> None:
    many = [{"key": f"c{number}", "closedAt": None} for number in range(COHORTS_MAX + 5)]
    given = variables(first(*many, own=False), visit(FACILITATOR))
    assert given is not None
    assert given["cohorts"] == [f"c{number}" for number in range(COHORTS_MAX)]


def test_a_member_asks_about_its_own_organisation() -> None:
    given = variables(first(OPEN), visit(MILL))
    assert given is not None
    assert given["filter"] == {"cohorts": ["open"], "organisations": ["mill"]}
    assert given["isMember"] is True


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.ANALYST, Role.ADMIN, Role.PUBLIC])
def test_others_are_asked_about_nothing(role: Role) -> None:
    assert variables(first(OPEN), visit(Principal("key", role))) is None
    assert in_cohorts(second(OPEN), visit(Principal("key", role))) == ()
    assert at_own(second(OPEN), visit(Principal("key", role))) is None
    assert in_cohorts(first(OPEN), visit(PUBLIC)) == ()


def test_what_waits_is_counted_by_kind_and_by_organisation() -> None:
    quiet = {"list": [{"organisationSubject": organisation("mill"), "silenceDays": 20.0}]}
    found = in_cohorts(
        second(
            OPEN,
            quietOrganisations=quiet,
            openAsks=asks(ask("one", "open"), ask("two", "open"), ask("three", "open", "mill")),
            openCommitments={"itemSubjects": [commitment("later", "2024-08-01")]},
        ),
        visit(FACILITATOR),
    )
    [cohort] = found
    assert [(one.kind, one.count, one.organisations) for one in cohort.kinds] == [
        ("quiet", 1, [(organisation("mill"), 1)]),
        ("ask", 3, [(organisation("archive"), 2), (organisation("mill"), 1)]),
    ]


@pytest.mark.parametrize(("left", "count"), [("2024-06-01T10:00:00Z", 0), (None, 1)])
def test_nothing_waits_at_who_has_left(left: str | None, count: int) -> None:
    given = second(OPEN, openCommitments={"itemSubjects": [commitment("late", "2024-05-01")]})
    [cohort] = given["waiting"]["nodes"]
    cohort["memberships"]["nodes"][0]["stays"][-1]["leftAt"] = left
    [found] = in_cohorts(given, visit(FACILITATOR))
    assert len(found.kinds) == count


def test_of_a_closed_cohort_only_commitments_and_checkins_wait() -> None:
    found = in_cohorts(
        second(
            OPEN,
            CLOSED,
            openAsks=asks(ask("old", "closed")),
            openCommitments={"itemSubjects": [commitment("late", "2023-07-01", "closed")]},
        ),
        visit(FACILITATOR),
    )
    assert [(one.cohort["key"], [kind.kind for kind in one.kinds]) for one in found] == [
        ("open", []),
        ("closed", ["commitment", "checkin"]),
    ]
    assert found[1].kinds[1].count == 2


def test_a_closed_cohort_in_which_nothing_waits_is_left_out() -> None:
    closed = {**CLOSED, "closedAt": "2024-06-01T16:00:00Z"}
    assert in_cohorts(second(closed), visit(FACILITATOR)) == []


def test_a_member_reads_of_others_whom_nobody_has_answered_as_far_as_it_sees() -> None:
    given = {
        **second(OPEN, CLOSED),
        "asks": {
            "nodes": [
                ask("theirs", "open"),
                ask("own", "open", "mill"),
                ask("answered", "open", helps=1),
                ask("old", "closed"),
            ]
        },
    }
    own = at_own(given, visit(MILL))
    assert own is not None
    assert [one["key"] for one in own.asks] == ["theirs"]


def test_a_member_reads_of_its_trials_commitments_and_checkins_the_oldest_first() -> None:
    def trial(key: str, started: str, cohort: str = "open") -> Mapping[str, Any]:
        return {"key": key, "startedAt": f"{started}T10:00:00Z", "cohort": {"key": cohort}}

    trials = [
        trial("new", "2024-06-20"),
        trial("first", "2024-05-01"),
        trial("x", "2023-02-01", "closed"),
    ]
    commitments = [commitment("later", "2024-08-01"), commitment("late", "2024-06-01")]
    given = second(
        OPEN,
        CLOSED,
        stalledIterations={"list": [], "itemSubjects": trials},
        openCommitments={"itemSubjects": commitments},
    )
    own = at_own(given, visit(MILL))
    assert own is not None
    assert [one["key"] for one in own.trials] == ["first", "new"]
    assert [(one.kind, one.days) for one in own.others] == [
        ("commitment", 30),
        ("commitment", -31),
        ("checkin", 30),
    ]
    assert not own.is_empty
    nothing = at_own(second(OPEN), visit(MILL))
    assert nothing is not None
    assert nothing.is_empty
