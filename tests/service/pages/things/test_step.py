"""Steps of a history: when they happened, and when they were recorded."""

import pytest

from service.pages.things.step import Step


def step(time: str, recorded: str | None) -> Step:
    return Step("time", time, None, 1, {}, recorded=recorded)


@pytest.mark.parametrize(
    ("time", "recorded", "later"),
    [
        ("2026-11-27T10:00:00+00:00", "2026-11-29T09:00:00+00:00", "2026-11-29T09:00:00+00:00"),
        ("2026-11-27T10:00:00+00:00", "2026-11-27T23:00:00+00:00", None),
        ("2026-11-27T10:00:00+00:00", None, None),
        # At half past midnight in Berlin, it is still the day before in UTC.
        ("2026-11-27T00:30:00+01:00", "2026-11-26T23:40:00Z", None),
        ("2026-11-27T23:30:00+01:00", "2026-11-27T23:40:00Z", "2026-11-28T00:40:00+01:00"),
    ],
    ids=["two days later", "the same day", "unknown", "the same day there", "the next day there"],
)
def test_a_step_says_when_it_was_recorded_if_that_was_on_another_day(
    time: str, recorded: str | None, later: str | None
) -> None:
    assert step(time, recorded).recorded_later == later
