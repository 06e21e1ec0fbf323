from datetime import date

import pytest

from service.pages.cohort.overview.view import month


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
