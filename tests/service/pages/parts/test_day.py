"""When a session ran."""

from datetime import datetime

import pytest

from service.pages.parts.day import span_of


@pytest.mark.parametrize(
    ("precision", "minutes", "span"),
    [
        (None, 90, ("2024-07-18T13:30+01:00", "2024-07-18T15:00+01:00")),
        ("MINUTE", None, ("2024-07-18T13:30+01:00", "2024-07-19T01:30+01:00")),
        ("DAY", 90, ("2024-07-18T00:00+01:00", "2024-07-19T00:00+01:00")),
    ],
)
def test_a_session_runs_for_its_minutes_or_for_hours_or_is_of_its_day(
    precision: str | None, minutes: int | None, span: tuple[str, str]
) -> None:
    session = {
        "time": "2024-07-18T13:30:00+01:00",
        "timePrecision": precision,
        "minutes": minutes,
    }
    assert span_of(session) == tuple(map(datetime.fromisoformat, span))
