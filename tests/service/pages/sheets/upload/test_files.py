"""Uploaded files: the time zones that can be chosen."""

from datetime import datetime

from service.pages.sheets.upload.files import zone_called, zones


def test_a_zone_is_chosen_by_its_name() -> None:
    assert {"Europe/London", "America/New_York"} <= set(zones())
    london = zone_called("Europe/London")
    assert datetime(2026, 7, 1, tzinfo=london).isoformat().endswith("+01:00")


def test_what_is_no_zone_is_none() -> None:
    assert [zone_called(one) for one in ("", "../../etc/passwd", "Nowhere/Town")] == [None] * 3
