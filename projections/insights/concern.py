"""Which cohorts' figures an event may change: never too few, at times some more."""

from collections.abc import Iterable
from typing import Final

from projections.insights.book import Book
from projections.insights.lessons import kinds_of
from projections.insights.things import Entry, Thing

_OWNERS: Final = ("organisation", "cohort")
_DEEP: Final = frozenset({"visibility.changed", "failure.reclassified"})


def concerned(book: Book, entry: Entry, *, taken_back: bool = False) -> set[str | None]:
    """Return the keys of the cohorts whose figures may be others after an event, or after it was taken back."""
    found = _near(book, entry)
    subjects = [one for one in _subjects(entry.refs) if one.kind not in _OWNERS]
    if taken_back or entry.type in _DEEP:
        for thing in subjects:
            for other in (*thing.entries, *thing.named_by):
                found |= _near(book, other)
    for thing in subjects:
        found |= _repeating(book, thing)
    return found


def concerns_everybody(entry: Entry, *, taken_back: bool = False) -> bool:
    """Say whether an event, or its being taken back, may change any figure: who sees an organisation or a cohort."""
    first = entry.first
    if first is None or first.kind not in _OWNERS:
        return False
    return entry.type == "visibility.changed" or (taken_back and first.born is entry)


def _near(book: Book, entry: Entry) -> set[str | None]:
    """Return the cohorts of the event, of what it names, and of what that was made from."""
    found = {entry.cohort}
    for thing in _subjects(entry.refs):
        if thing.kind not in _OWNERS:
            _around(thing, found, 2)
    if entry.by is not None and entry.type in (
        *("organisation.joined", "organisation.left"),
        "learning.adopted",
    ):
        found |= {cohort.key for cohort in book.joined.get(entry.by, ())}
        found |= {failure.cohort for failure in book.owned.get(("failure", entry.by), ())}
    return found


def _around(thing: Thing, found: set[str | None], depth: int) -> None:
    found.add(thing.cohort)
    if depth:
        for other in _subjects(thing.born.refs):
            if other is not thing and other.kind not in _OWNERS:
                _around(other, found, depth - 1)


def _subjects(refs: dict[str, tuple[Thing, ...]]) -> Iterable[Thing]:
    return (thing for things in refs.values() for thing in things)


def _repeating(book: Book, thing: Thing) -> set[str | None]:
    """Return the cohorts of failures that might not have been repeated, had the learning been known.

    That is what was planned after a learning, or after the learnings from a failure.
    """
    if thing.kind == "learning":
        learnings = [thing]
    elif thing.kind == "failure":
        learnings = [
            entry.first
            for entry in thing.named_by
            if entry.type == "learning.captured" and entry.first is not None
        ]
    else:
        return set()
    found: set[str | None] = set()
    for learning in learnings:
        for failure in learning.born.refs.get("from", ()):
            if failure.kind == "failure":
                for kind in kinds_of(failure):
                    found |= book.lessons.planned_after(kind, learning.born.moment)
    return found
