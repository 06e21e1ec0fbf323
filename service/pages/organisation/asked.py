"""What the address of a journey asks for.

`?cohort=` is for one cohort, `?from=` for what came later, `?as-of=` for the past, and `?in=full` for all of a long
journey.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from events.vocabulary.stream import is_key
from service.pages.frame.addresses import with_query
from service.pages.frame.days import day_in
from service.pages.frame.page import Visit

_DIGITS_MAX: Final = 15


@dataclass(frozen=True)
class Asked:
    """The part of a journey that a visitor asks for. `as_of` is a position of the log, or a day."""

    path: str
    cohort: str | None
    begin: date | None
    as_of: int | date | None
    is_full: bool
    is_unclear: bool
    """Whether the cohort in the address could not be read. It is left out then."""

    def until(self, now: datetime) -> datetime | None:
        """Return the moment up to which the journey is shown; None if the address gives a position."""
        match self.as_of:
            case None:
                return now
            case date():
                return min(now, datetime.combine(self.as_of, time.max, UTC))
        return None

    def address(self, **changes: str | None) -> str:
        """Return the address of the same part but for what is given: `cohort`, `begin`, `as_of` or `detail`."""
        given = {
            "cohort": self.cohort,
            "begin": None if self.begin is None else self.begin.isoformat(),
            "as_of": None if self.as_of is None else str(self.as_of),
            "detail": "full" if self.is_full else None,
            **changes,
        }
        names = {"cohort": "cohort", "begin": "from", "as_of": "as-of", "detail": "in"}
        return with_query(self.path, {names[name]: value for name, value in given.items()})


def asked(visit: Visit) -> Asked:
    """Return what the visit asks for. Raises UnreadableDay."""
    cohort = visit.query.get("cohort") or None
    is_unclear = cohort is not None and not is_key(cohort)
    return Asked(
        visit.path,
        None if is_unclear else cohort,
        day_in(visit, "from"),
        _position(visit) or day_in(visit, "as-of", takes_position=True),
        visit.query.get("in") == "full",
        is_unclear,
    )


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query."""
    wanted = asked(visit)
    return {
        "key": visit.key,
        "cohorts": None if wanted.cohort is None else [wanted.cohort],
        "from": None if wanted.begin is None else f"{wanted.begin}T00:00:00Z",
        "asOf": _moment(wanted.as_of),
        "isPast": wanted.as_of is not None,
    }


def _moment(as_of: int | date | None) -> Mapping[str, Any] | None:
    match as_of:
        case None:
            return None
        case int():
            return {"position": as_of}
        case _:
            return {"occurredAt": f"{as_of}T23:59:59.999999Z"}


def _position(visit: Visit) -> int | None:
    """Return the position, at most that of the read models; None for any other text."""
    text = visit.query.get("as-of", "")
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        return None
    return min(int(text), visit.position) or None
