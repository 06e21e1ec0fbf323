"""The measurements, from the table that `scripts/bench --readme` writes."""

from typing import Final

from docs.reference.markdown import page
from docs.reference.sections import README, section

INTRODUCTION: Final = """`scripts/bench` measures howcanwe on your machine, beside what it is
compared with, in the same run and with fsync on. `scripts/bench --readme` writes this table. A
target that was missed is marked."""


def written() -> str:
    """Return the page of measurements."""
    return page("Benchmarks", INTRODUCTION, section("bench", README.read_text()))
