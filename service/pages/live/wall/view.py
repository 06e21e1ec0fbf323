"""What the wall of a cohort shows: what every member may see, for each kind of viewer who opens it.

What happened is on the wall, the last recorded first. What only changed the record stands apart: a room has come to see
the former.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.pages.frame import addresses
from service.pages.frame.language import Language
from service.pages.frame.page import Answer, Visit
from service.pages.parts.happened import CHANGES, HAPPENED, in_force
from service.pages.parts.readership import (
    LEVEL,
    PRIVATE,
    Readership,
    may_see_all,
    readership,
)


@dataclass(frozen=True)
class Wall:
    """A cohort, its shared question and its latest entries that were not voided, the last recorded first.

    `changes` has those that changed the record. `imported_on` is the day on which more than half of all of these were
    recorded, None if there is none: beside each of them it would say nothing.

    `readership` says who may see all of it. `other` is the address of the wall for another readership, None if there is
    none for the visitor. `live` is where the next entries come from.
    """

    cohort: Mapping[str, Any]
    question: Mapping[str, Any] | None
    entries: Sequence[Mapping[str, Any]]
    changes: Sequence[Mapping[str, Any]]
    imported_on: str | None
    readership: str
    other: str | None
    live: Mapping[str, str | None]


def variables(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the second query, None if there is no such cohort for the visitor."""
    if answer["cohort"] is None:
        return None
    return {"key": visit.key, "happened": HAPPENED, "changes": CHANGES}


def view(answer: Answer, visit: Visit) -> Wall | None:
    """Return what the wall shows, None if there is no such cohort for the visitor."""
    if answer["cohort"] is None:
        return None
    shown = answer["shown"]
    lists = {} if shown is None else shown
    for_whom = readership(answer, visit)
    is_all = for_whom is Readership.OVERSEERS
    entries, changes = (in_force(lists.get(name))[::-1] for name in ("timeline", "changes"))
    other = None
    if may_see_all(answer, visit):
        other = addresses.with_query(visit.path, {LEVEL: None if is_all else PRIVATE})
    return Wall(
        answer["cohort"],
        shown and shown["sharedQuestion"],
        entries,
        changes,
        imported_on([*entries, *changes], visit.language),
        for_whom.value,
        other,
        {"cohort": visit.key, "as": None if is_all else "member"},
    )


def imported_on(entries: Sequence[Mapping[str, Any]], language: Language) -> str | None:
    """Return the day, in words, on which more than half of the entries were recorded, None if there is none."""
    days = Counter(language.day(one["recordedTime"]) for one in entries)
    day, count = max(days.items(), key=lambda item: item[1], default=("", 0))
    return day if count * 2 > len(entries) else None
