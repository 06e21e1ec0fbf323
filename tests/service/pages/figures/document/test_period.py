"""Periods, and the months, quarters and years in them."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from service.pages.figures.document.definition import Interval
from service.pages.figures.document.period import Period, TooManySteps, step_name
from service.pages.frame.language import languages

ENGLISH = languages()["en"]


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("month", ["November 2023", "December 2023", "January 2024", "February 2024"]),
        ("quarter", ["Nov \u2013 December 2023", "Jan \u2013 February 2024"]),
        ("year", ["2023", "2024"]),
    ],
    ids=["month", "quarter", "year"],
)
def test_a_period_is_divided_without_gaps(by: Interval, names: list[str]) -> None:
    whole = Period(day("2023-11-20"), day("2024-02-02"))
    steps = whole.steps(by)
    assert [step_name(one, by, ENGLISH) for one in steps] == names
    assert (steps[0].begin, steps[-1].end) == (whole.begin, whole.end)
    assert all(one.end == after.begin for one, after in pairwise(steps))


def test_a_period_has_its_begin_and_not_its_end() -> None:
    period = Period(day("2024-01-01"), day("2024-02-01"))
    assert period.has(day("2024-01-01"))
    assert not period.has(day("2024-02-01"))
    assert Period().has(day("2024-02-01"))


def test_a_period_is_named_by_its_first_and_its_last_day() -> None:
    begin, end = day("2024-01-01"), day("2024-07-01")
    assert Period(begin, end).words(ENGLISH) == "1 Jan 2024 \u2013 30 Jun 2024"
    assert Period(begin).words(ENGLISH) == "from 1 Jan 2024 on"
    assert Period(None, end).words(ENGLISH) == "until 30 Jun 2024"
    assert Period().words(ENGLISH) == ""


def test_the_shortest_interval_that_can_be_read_is_chosen() -> None:
    begin = day("2024-01-01")
    intervals = [
        Period(begin, day(f"{year}-06-01")).fitting_interval for year in (2025, 2030, 2050)
    ]
    assert intervals == ["month", "quarter", "year"]


def test_more_months_than_a_table_can_show_are_refused() -> None:
    with pytest.raises(TooManySteps, match="more than 120 months"):
        Period(day("2000-01-01"), day("2024-01-01")).steps("month")
    assert len(Period(day("2000-01-01"), day("2024-01-01")).steps("year")) == 24
