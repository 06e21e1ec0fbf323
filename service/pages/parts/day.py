"""A day that a page is about, and when a session ran. The pages of what waits, of pairings and of sessions use it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from events.vocabulary.terms import TimePrecision

SITTING_HOURS: Final = 12
"""A session of which nobody recorded how long it was runs for so long."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """`asked` is the day in the address, None without one. `at` is the beginning of that day in UTC, else now."""

    asked: date | None
    at: datetime

    @property
    def variable(self) -> str | None:
        """The moment as a variable of a query; None is now, for which the graph has figures ready."""
        return None if self.asked is None else self.at.isoformat()

    @property
    def sessions(self) -> Mapping[str, str]:
        """The span of the sessions that may still be under way: of the day that is asked about, else since yesterday.

        It has no end now: of a session of today, its form may have had noon.
        """
        if self.asked is None:
            return {"from": (self.at - _DAY).isoformat()}
        return {"from": self.at.isoformat(), "to": (self.at + _DAY).isoformat()}

    def is_after(self, moment: str | None) -> bool:
        """Return whether the moment of the graph has passed; None never does."""
        return moment is not None and datetime.fromisoformat(moment) <= self.at

    def days_since(self, moment: str) -> int:
        """Return the whole days from a moment of the graph, or from the beginning of a date; 0 if it is to come."""
        return max((self.at - instant(moment)).days, 0)


def instant(moment: str) -> datetime:
    """Return a moment of the graph, of a date its beginning in UTC."""
    found = datetime.fromisoformat(moment)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def span_of(session: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Return when a session of the graph began and when it had ended: what happened between belongs to it.

    Where only its day is known, it is that day.
    """
    began = instant(session["time"])
    if session["timePrecision"] == TimePrecision.DAY.name:
        midnight = began.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight, midnight + _DAY
    minutes = session["minutes"] or SITTING_HOURS * 60
    return began, began + timedelta(minutes=minutes)
