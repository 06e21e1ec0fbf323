"""Values of rows that are derived from their columns and never null, so that lists can be ordered by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Date, FromClause, Integer, case, func, literal

from projections.folding.tables import MOMENT

Members = Sequence[Mapping[str, Any]]


class Derived(Protocol):
    """A value derived from a row, never null: in SQL, and for a row in memory with the rows of all tables."""

    @property
    def type(self) -> type:
        """The type of its values."""

    def column(self, rows: FromClause) -> ColumnElement[Any]:
        """Return the values for rows."""

    def of(self, row: Mapping[str, Any], tables: Mapping[str, Members]) -> Any:
        """Return the value for a row in memory."""


class CountOf(int):
    """A number of rows."""


NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Earlier than any event."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The time in a column, `NEVER` if it is null."""

    name: str
    type: type = datetime

    def column(self, rows: FromClause) -> ColumnElement[Any]:
        """Return the values for rows."""
        return func.coalesce(rows.c[self.name], literal(NEVER, MOMENT), type_=MOMENT)

    def of(self, row: Mapping[str, Any], tables: Mapping[str, Members]) -> Any:
        """Return the value for a row in memory."""
        return row[self.name] or NEVER


LAST_DAY: Final = (date.max - date.min).days + 1
"""The number for rows without a day: later than any day."""
_FIRST_COUNTED: Final = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class DayNumber:
    """The number of days from the year 1 to the day in a column, `LAST_DAY` if it is null."""

    name: str
    type: type = CountOf

    def column(self, rows: FromClause) -> ColumnElement[Any]:
        """Return the values for rows."""
        day = rows.c[self.name]
        since = day.op("-", return_type=Integer())(literal(_FIRST_COUNTED, Date))
        # asyncpg writes the first and the last day of Python as infinite, which cannot be subtracted.
        return case(
            (day.is_(None), literal(LAST_DAY, Integer)),
            (day == literal(date.min, Date), literal(0, Integer)),
            (day == literal(date.max, Date), literal(LAST_DAY - 1, Integer)),
            else_=since + literal((_FIRST_COUNTED - date.min).days, Integer),
        )

    def of(self, row: Mapping[str, Any], tables: Mapping[str, Members]) -> Any:
        """Return the value for a row in memory."""
        return LAST_DAY if row[self.name] is None else (row[self.name] - date.min).days
