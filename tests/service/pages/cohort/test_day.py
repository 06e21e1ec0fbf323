from datetime import UTC, datetime

import pytest

from service.pages.cohort.day import day_of
from service.pages.frame.days import UnreadableDay
from tests.service.pages.cohort.visits import NOW, visit


def test_a_day_in_the_address_begins_at_midnight() -> None:
    day = day_of(visit(at="2024-03-05"))
    assert day.asked is not None
    assert day.at == datetime(2024, 3, 5, tzinfo=UTC)
    assert day.variable == "2024-03-05T00:00:00+00:00"


def test_without_a_day_it_is_now() -> None:
    for day in (day_of(visit()), day_of(visit(at="")), day_of(visit(at=" "))):
        assert (day.asked, day.at, day.variable) == (None, NOW, None)


@pytest.mark.parametrize("given", ["1899-12-31", "2200-01-01", "9999-12-31", "0001-01-01"])
def test_a_day_outside_these_centuries_is_refused(given: str) -> None:
    with pytest.raises(UnreadableDay):
        day_of(visit(at=given))


def test_a_moment_is_after_those_that_have_passed_and_never_after_none() -> None:
    day = day_of(visit(at="2024-03-05"))
    assert day.is_after("2024-03-05T00:00:00Z")
    assert not day.is_after("2024-03-05T00:00:01Z")
    assert not day.is_after(None)


def test_days_since_a_moment_are_whole_and_none_before_it() -> None:
    day = day_of(visit(at="2024-03-05"))
    assert day.days_since("2024-03-03T23:00:00Z") == 1
    assert day.days_since("2024-03-01") == 4
    assert day.days_since("2024-04-01T00:00:00Z") == 0
