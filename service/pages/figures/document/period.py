"""Periods of a report: what is counted, and the months, quarters or years into which it is divided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from projections.folding.tables import Row
from service.pages.figures.document.definition import Interval
from service.pages.frame.language import Language

STEPS_MAX: Final = 120
READABLE_MAX: Final = 36
"""The number of steps that are still easy to read."""

_MONTHS: Final[Mapping[Interval, int]] = {"month": 1, "quarter": 3, "year": 12}
INSTANT: Final = timedelta(microseconds=1)
"""The least time between two events."""


class TooManySteps(ValueError):
    """A period has more months, quarters or years than a table can show."""


def span(first: str, last: str) -> str:
    """Return two times as one text."""
    return f"{first} \u2013 {last}"


@dataclass(frozen=True)
class Period:
    """The time from `begin` to before `end`; None is open."""

    begin: datetime | None = None
    end: datetime | None = None

    def has(self, moment: datetime) -> bool:
        """Return whether a moment is in it."""
        return (self.begin is None or self.begin <= moment) and (
            self.end is None or moment < self.end
        )

    def words(self, language: Language) -> str:
        """Return its first and its last day; empty if it is all time."""
        _ = language.gettext
        first = None if self.begin is None else language.day(self.begin)
        last = None if self.end is None else language.day(self.end - INSTANT)
        if first and last:
            return span(first, last)
        if first:
            return _("from %(day)s on") % {"day": first}
        return _("until %(day)s") % {"day": last} if last else ""

    @property
    def fitting_interval(self) -> Interval:
        """The shortest interval of which there are not too many to be read."""
        assert self.begin is not None
        assert self.end is not None
        months = (self.end - self.begin) / timedelta(days=30)
        return next((by for by, one in _MONTHS.items() if months <= one * READABLE_MAX), "year")

    def steps(self, by: Interval) -> list["Period"]:
        """Return the months, quarters or years of a period with both ends. The first and the last may be shorter.

        Raises TooManySteps.
        """
        assert self.begin is not None
        assert self.end is not None
        found = []
        begin = self.begin
        while begin < self.end:
            following = min(_following(begin, _MONTHS[by]), self.end)
            found.append(Period(begin, following))
            begin = following
            if len(found) > STEPS_MAX:
                raise TooManySteps(
                    f"from {self.begin:%Y-%m-%d} to {self.end:%Y-%m-%d} there are more than {STEPS_MAX} {by}s;"
                    " choose a shorter period, or a longer interval"
                )
        return found


@dataclass(frozen=True)
class Counted:
    """Where, when and whose a figure counts. Without cohorts, it counts in all; without an organisation, of all."""

    cohorts: tuple[str, ...]
    period: Period
    at: datetime
    organisation: str | None = None

    def has(self, row: Row) -> bool:
        """Return whether the row of a subject is in it, by its cohort, its owner and its time."""
        return self.is_of(row) and self.period.has(row["time"]) and row["time"] <= self.at

    def is_of(self, row: Row) -> bool:
        """Return whether a row is of one of the cohorts, and of the organisation."""
        if self.cohorts and row["cohort"] not in self.cohorts:
            return False
        owners = row.get("organisations") or (row.get("organisation"),)
        return self.organisation is None or self.organisation in owners


def _following(moment: datetime, months: int) -> datetime:
    """Return the begin of the month, quarter or year after the one of a moment."""
    since_year_zero = (moment.year * 12 + moment.month - 1) // months * months + months
    year, month = divmod(since_year_zero, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def step_name(step: Period, by: Interval, language: Language) -> str:
    """Return the name of a month, quarter or year."""
    assert step.begin is not None
    assert step.end is not None
    if by == "year":
        return str(step.begin.year)
    last = step.end - INSTANT
    if by == "month" or (step.begin.year, step.begin.month) == (last.year, last.month):
        return language.month_and_year(step.begin)
    return span(language.month(step.begin), language.month_and_year(last))
