from datetime import UTC, date, datetime

import pytest

from service.pages.cohort.overview.view import left_open, month


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2024, 1, 10), None),
        (date(2024, 1, 11), 1),
        (date(2024, 2, 10), 1),
        (date(2024, 2, 11), 2),
        (date(2025, 1, 11), 13),
    ],
)
def test_the_month_of_an_open_cohort_counts_from_its_first_day(
    today: date, expected: int | None
) -> None:
    assert month({"startsOn": "2024-01-11", "closedAt": None}, today) == expected


def test_a_closed_cohort_is_in_no_month() -> None:
    cohort = {"startsOn": "2024-01-11", "closedAt": "2024-10-10T16:00:00Z"}
    assert month(cohort, date(2024, 5, 1)) is None


def test_a_trial_is_left_open_if_its_organisation_left_without_concluding_it() -> None:
    trials = [{"state": "STARTED"}, {"state": "CONCLUDED"}, {"state": "PLANNED"}]
    members = [
        {"stays": [{"leftAt": left}], "organisation": {"iterations": {"nodes": trials}}}
        for left in (None, "2024-07-12T16:00:00Z")
    ]
    assert left_open(members, datetime(2024, 7, 12, tzinfo=UTC)) == 0
    assert left_open(members, datetime(2024, 7, 13, tzinfo=UTC)) == 1
