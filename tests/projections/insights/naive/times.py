"""Times as text."""

from datetime import timedelta

from tests.projections.insights.naive.history import EPOCH


def as_text(time_us: int) -> str:
    return (EPOCH + timedelta(microseconds=time_us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
