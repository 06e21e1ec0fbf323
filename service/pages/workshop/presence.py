"""Who was in a cohort at a moment. Both pages of a workshop use it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from service.pages.parts.day import instant

Thing = Mapping[str, Any]
"""A subject of the graph."""

PRESENCE: Final = (
    "fragment Presence on Cohort {\n"
    "  key title closedAt\n"
    "  hosts { key name }\n"
    "  memberships(first: 100) {\n"
    "    nodes { organisation { key name } stays { joinedAt leftAt } }\n"
    "  }\n"
    "}\n"
)
"""What is asked of a cohort."""


def present(cohort: Thing, at: datetime) -> Sequence[Thing]:
    """Return the organisations that were members of the cohort at a moment, by name."""
    return _by_name(one["organisation"] for one in _members(cohort) if _was_in(one["stays"], at))


def others(cohort: Thing, at: datetime) -> Sequence[Thing]:
    """Return the other organisations that may have come: its hosts, and its members of another time, by name."""
    ever = [*cohort["hosts"], *(one["organisation"] for one in _members(cohort))]
    known = {one["key"] for one in present(cohort, at)}
    return _by_name({one["key"]: one for one in ever if one["key"] not in known}.values())


def _members(cohort: Thing) -> Iterable[Thing]:
    return (one for one in cohort["memberships"]["nodes"] if one["organisation"])


def _was_in(stays: Sequence[Thing], at: datetime) -> bool:
    """Return whether one of the stays contains the moment. The close of a cohort ends none."""
    return any(
        instant(one["joinedAt"]) <= at and (one["leftAt"] is None or at < instant(one["leftAt"]))
        for one in stays
    )


def _by_name(organisations: Iterable[Thing]) -> Sequence[Thing]:
    return sorted(organisations, key=lambda one: (one["name"].casefold(), one["key"]))
