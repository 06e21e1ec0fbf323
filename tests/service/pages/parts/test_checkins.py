from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from service.pages.cohort.day import day_of
from service.pages.parts.checkins import after_close, months_later
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


def found(day: str, cohort: Mapping[str, Any]) -> list[tuple[int, str, list[str]]]:
    """Return of each number of months its state on the day, and who is without a check-in."""
    return [
        (
            one.months,
            "over"
            if one.is_over
            else "due"
            if one.is_due
            else "begun"
            if one.has_begun
            else "later",
            [organisation["key"] for organisation in one.without],
        )
        for one in after_close(cohort, day_of(visit(at=day)))
    ]


BOTH = ["mill", "archive"]


# Ten months of 30 days after the close are over on 27 October.
@pytest.mark.parametrize(
    ("day", "state"),
    [("2024-06-30", "later"), ("2024-07-01", "due"), ("2024-10-26", "due"), ("2024-10-27", "over")],
)
def test_checkins_are_due_from_the_day_six_months_after_until_the_figure_counts_them_as_missing(
    day: str, state: str
) -> None:
    assert found(day, cohort())[0] == (6, state, BOTH)


@pytest.mark.parametrize(("day", "number"), [("2025-01-01", 1), ("2026-01-01", 2)])
def test_they_are_due_again_after_twelve_and_twenty_four_months(day: str, number: int) -> None:
    assert [state for _, state, _ in found(day, cohort())][number] == "due"


def test_all_dates_are_those_of_one_rule() -> None:
    [six, *_] = after_close(cohort(), day_of(visit(at="2024-07-11")))
    assert (six.begins, six.ends, six.days) == (date(2024, 7, 1), date(2024, 10, 27), 10)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-10-10", 24, "2026-10-10"),
        ("2024-08-31", 6, "2025-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2024-12-31", 12, "2025-12-31"),
        ("2024-06-30", 6, "2024-12-30"),
    ],
)
def test_months_later_it_is_the_same_day_of_the_month_or_its_last(
    day: str, months: int, expected: str
) -> None:
    assert months_later(date.fromisoformat(day), months).isoformat() == expected


def test_who_has_not_checked_in_has_missed_it_once_it_is_over() -> None:
    given = cohort([checkin("mill", 6, "2024-07-02T10:00:00Z")])
    assert found("2025-03-01", given) == [
        (6, "over", ["archive"]),
        (12, "due", BOTH),
        (24, "later", BOTH),
    ]


def test_nothing_is_due_once_all_have_checked_in() -> None:
    given = cohort([checkin(key, 6, "2024-07-02T10:00:00Z") for key in BOTH])
    assert found("2024-07-15", given)[0] == (6, "begun", [])


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
def test_a_checkin_counts_for_its_months_and_by_the_day(
    months: int, time: str, counts: bool
) -> None:
    [six, *_] = found("2024-07-15", cohort([checkin("mill", months, time)]))
    assert six == (6, "due", ["archive"] if counts else BOTH)


def test_who_left_before_the_close_and_hosts_are_not_asked() -> None:
    given = cohort(mill="2023-09-01T10:00:00Z", hosts=["archive"])
    assert [without for *_, without in found("2024-07-01", given)] == [[], [], []]
    assert found("2024-07-01", cohort(mill="2024-02-01T10:00:00Z"))[0] == (6, "due", BOTH)


def test_nobody_is_asked_before_the_close() -> None:
    assert found("2023-12-31", cohort()) == []
    assert found("2024-07-01", {**cohort(), "closedAt": None}) == []
