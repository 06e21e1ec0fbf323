from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pages.charts.geometry import text_width
from service.pages.charts.timescale import TICK_WIDTH, Timescale

BEGIN = datetime(2024, 1, 11, tzinfo=UTC)
CLOSE = datetime(2024, 10, 10, tzinfo=UTC)
END = datetime(2025, 10, 23, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


def label(month: datetime, with_year: bool) -> str:
    return f"{month:%b %Y}" if with_year else f"{month:%b}"


def test_the_months_of_the_cohort_get_three_quarters() -> None:
    scale = Timescale(BEGIN, END, 960, CLOSE)
    assert [scale.x(instant) for instant in (BEGIN, CLOSE, END)] == [0, 720, 960]


def test_without_a_cohort_time_is_even() -> None:
    scale = Timescale(BEGIN, BEGIN + timedelta(days=100), 500)
    assert [scale.x(BEGIN + timedelta(days=days)) for days in (0, 50, 100)] == [0, 250, 500]


@pytest.mark.parametrize("close", [BEGIN, END, END + timedelta(days=1)])
def test_with_nothing_before_or_after_the_close_time_is_even(close: datetime) -> None:
    assert Timescale(BEGIN, END, 960, close).x(BEGIN + (END - BEGIN) / 2) == 480


@given(INSTANTS, INSTANTS)
def test_what_is_earlier_is_never_further_right_and_all_is_on_the_scale(
    one: datetime, other: datetime
) -> None:
    scale = Timescale(BEGIN, END, 960, CLOSE)
    assert 0 <= scale.x(min(one, other)) <= scale.x(max(one, other)) <= 960


def test_a_scale_without_duration_has_one_place() -> None:
    assert Timescale(BEGIN, BEGIN, 960).x(END) == 0


def test_the_first_month_has_a_label_with_its_year() -> None:
    first = Timescale(BEGIN, END, 960, CLOSE).ticks(label)[0]
    assert (first.x, first.label) == (0, "Jan 2024")


def test_a_new_year_has_its_number() -> None:
    labels = [tick.label for tick in Timescale(BEGIN, END, 960, CLOSE).ticks(label)]
    assert "Jan 2025" in labels


@given(st.integers(0, 12_000), st.one_of(st.none(), st.integers(0, 12_000)))
def test_labels_do_not_run_into_each_other(days: int, close_days: int | None) -> None:
    close = None if close_days is None else BEGIN + timedelta(days=close_days)
    ticks = Timescale(BEGIN, BEGIN + timedelta(days=days), 960, close).ticks(label)
    labelled = [tick for tick in ticks if tick.label]
    for before, after in pairwise(labelled):
        assert before.x + text_width(before.label, 11) <= after.x


def test_a_long_time_has_no_more_ticks_than_have_room() -> None:
    assert (
        len(Timescale(BEGIN, BEGIN + timedelta(days=36_000), 960).ticks(label)) <= 960 / TICK_WIDTH
    )


def test_months_begin_in_the_zone_of_the_begin() -> None:
    begin = datetime.fromisoformat("2024-01-31T23:00:00-05:00")
    february = Timescale(begin, begin + timedelta(days=60), 960).ticks(label)[1]
    assert 0 < february.x < 1
