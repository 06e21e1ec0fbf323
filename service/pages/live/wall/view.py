"""What the wall of a cohort shows: what every member may see, for each kind of viewer who opens it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.pages.frame import addresses
from service.pages.frame.page import Answer, Visit
from service.pages.parts.readership import (
    LEVEL,
    PRIVATE,
    Readership,
    may_see_all,
    readership,
)


@dataclass(frozen=True)
class Wall:
    """A cohort, its shared question and its latest entries that were not voided, the newest first.

    `readership` says who may see all of it. `other` is the address of the wall for another readership, None if there is
    none for the visitor. `live` is where the next entries come from.
    """

    cohort: Mapping[str, Any]
    question: Mapping[str, Any] | None
    entries: Sequence[Mapping[str, Any]]
    readership: str
    other: str | None
    live: Mapping[str, str | None]


def variables(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the second query, None if there is no such cohort for the visitor."""
    return None if answer["cohort"] is None else {"key": visit.key}


def view(answer: Answer, visit: Visit) -> Wall | None:
    """Return what the wall shows, None if there is no such cohort for the visitor."""
    if answer["cohort"] is None:
        return None
    shown = answer["shown"]
    entries = [] if shown is None else shown["timeline"]["nodes"]
    for_whom = readership(answer, visit)
    is_all = for_whom is Readership.OVERSEERS
    other = None
    if may_see_all(answer, visit):
        other = addresses.with_query(visit.path, {LEVEL: None if is_all else PRIVATE})
    return Wall(
        answer["cohort"],
        shown and shown["sharedQuestion"],
        [entry for entry in reversed(entries) if entry["voidedBy"] is None],
        for_whom.value,
        other,
        {"cohort": visit.key, "as": None if is_all else "member"},
    )
