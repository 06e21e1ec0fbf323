"""The scope of a cohort's figures, which is in the address: the moment, and what they are narrowed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from service.pages.frame import addresses
from service.pages.frame.days import NoDaysBetween, UnreadableDay
from service.pages.frame.page import Visit

_LISTS: Final = ("organisations", "sectors", "themes")
_MOMENTS: Final = ("from", "to")


@dataclass(frozen=True)
class Scope:
    """What the figures of a cohort are computed over. `given` are the parameters of the address that say so.

    `at` is None for now.
    """

    cohort: str
    filter: Mapping[str, Any]
    at: datetime | None
    given: Mapping[str, str]

    @property
    def variables(self) -> Mapping[str, Any]:
        """The variables of the queries."""
        return {
            "key": self.cohort,
            "cohorts": [self.cohort],
            "filter": self.filter,
            "at": None if self.at is None else self.at.isoformat(),
        }

    @property
    def is_narrowed(self) -> bool:
        """Whether the figures are over less than the whole cohort."""
        return len(self.filter) > 1

    def address(self, *parts: str) -> str:
        """Return the address of a page of the cohort's figures in the same scope."""
        path = "/".join((addresses.of_kind("cohort", self.cohort), "figures", *parts))
        return addresses.with_query(path, self.given)


def scope_of(visit: Visit) -> Scope:
    """Return the scope in the address. Raises UnreadableDay and NoDaysBetween.

    A day stands for its end as `at`, and for its begin as `from` and `to`. Lists are parted by commas.
    """
    given = {
        name: visit.query[name].strip()
        for name in ("at", *_MOMENTS, *_LISTS)
        if visit.query.get(name, "").strip()
    }
    filter_: dict[str, Any] = {"cohorts": [visit.key]}
    for name in _LISTS:
        if values := _values(given.get(name, "")):
            filter_[name] = values
    for name in _MOMENTS:
        if name in given:
            filter_[name] = _moment(name, given[name]).isoformat()
    if "from" in filter_ and "to" in filter_ and filter_["from"] >= filter_["to"]:
        raise NoDaysBetween
    at = _moment("at", given["at"], is_end=True) if "at" in given else None
    return Scope(visit.key, filter_, at, given)


def _values(text: str) -> Sequence[str]:
    return [value.strip() for value in text.split(",") if value.strip()]


def _moment(name: str, text: str, *, is_end: bool = False) -> datetime:
    try:
        if len(text) == len("2024-07-01"):
            day = datetime.combine(date.fromisoformat(text), time(), UTC)
            return day + timedelta(days=1, microseconds=-1) if is_end else day
        moment = datetime.fromisoformat(text)
        # The first and the last year have moments that no other zone has.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableDay(name, text) from error
