from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from service.pages.cohort.day import day_of
from service.pages.cohort.week.checkins import due
from tests.service.pages.cohort.visits import organisation, visit


def cohort(
    checkins: Sequence[Mapping[str, Any]] = (), hosts: Sequence[str] = (), **left: str
) -> Mapping[str, Any]:
    """Return a cohort that closed on 1 January 2024, with the mill and the archive."""
    stay = {"joinedAt": "2023-03-01T10:00:00Z"}
    return {
        "closedAt": "2024-01-01T00:00:00Z",
        "hosts": [organisation(key) for key in hosts],
        "memberships": {
            "nodes": [
                {"organisation": organisation(key), "stays": [{**stay, "leftAt": left.get(key)}]}
                for key in ("mill", "archive")
            ]
        },
        "checkins": {"nodes": list(checkins)},
    }


def checkin(key: str, months: int, time: str) -> Mapping[str, Any]:
    return {"organisation": organisation(key), "monthsAfter": months, "time": time}


def found(day: str, cohort: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    return [
        (one.organisation["key"], one.months, one.days)
        for one in due(cohort, day_of(visit(at=day)))
    ]


# Six months of 30 days after the close are over on 29 June, four more on 27 October.
@pytest.mark.parametrize(
    ("day", "days"),
    [("2024-06-28", None), ("2024-06-29", 0), ("2024-10-26", 119), ("2024-10-27", None)],
)
def test_checkins_are_due_from_six_months_after_the_close_for_four_months(
    day: str, days: int | None
) -> None:
    expected = [] if days is None else [("mill", 6, days), ("archive", 6, days)]
    assert found(day, cohort()) == expected


@pytest.mark.parametrize(("day", "months"), [("2024-12-26", 12), ("2025-12-21", 24)])
def test_they_are_due_again_after_twelve_and_twenty_four_months(day: str, months: int) -> None:
    assert found(day, cohort()) == [("mill", months, 0), ("archive", months, 0)]


@pytest.mark.parametrize(
    ("months", "time", "counts"),
    [
        (4, "2024-05-01T10:00:00Z", True),
        (9, "2024-07-01T10:00:00Z", True),
        (3, "2024-04-01T10:00:00Z", False),
        (10, "2024-07-01T10:00:00Z", False),
        (6, "2024-08-01T10:00:00Z", False),
    ],
)
def test_who_has_checked_in_for_these_months_by_the_day_is_left_out(
    months: int, time: str, counts: bool
) -> None:
    keys = [key for key, *_ in found("2024-07-15", cohort([checkin("mill", months, time)]))]
    assert keys == (["archive"] if counts else ["mill", "archive"])


def test_nothing_is_due_of_who_left_before_the_close_or_is_a_host() -> None:
    assert found("2024-07-01", cohort(mill="2023-09-01T10:00:00Z", hosts=["archive"])) == []
    assert len(found("2024-07-01", cohort(mill="2024-02-01T10:00:00Z"))) == 2


def test_nothing_is_due_before_the_close() -> None:
    assert found("2023-12-31", cohort()) == []
    assert found("2024-07-01", {**cohort(), "closedAt": None}) == []
