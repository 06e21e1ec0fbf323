"""In which places an event may change figures: never too few, at times some more."""

from collections.abc import Iterable
from typing import Final

from events.vocabulary.types.cohorts import CohortClosed, OrganisationJoined, OrganisationLeft
from events.vocabulary.types.iterations import IterationPlanned
from events.vocabulary.types.learnings import FailureReclassified, LearningAdopted, LearningCaptured
from events.vocabulary.types.record import VisibilityChanged
from projections.insights.index.index import Index
from projections.insights.index.indexed import IndexedEvent, IndexedSubject, Place
from projections.insights.index.lesson_index import kinds_of

_OWNERS: Final = ("organisation", "cohort")
_MOVES: Final = (OrganisationJoined.name, OrganisationLeft.name)
_DEEP: Final = frozenset({VisibilityChanged.name, FailureReclassified.name})


def concerned(index: Index, entry: IndexedEvent, *, taken_back: bool = False) -> set[Place]:
    """Return the places whose parts of figures may be others after an event, or after it was taken back."""
    found = _near(index, entry)
    subjects = [one for one in _subjects(entry.refs) if one.kind not in _OWNERS]
    if taken_back or entry.type in _DEEP:
        for thing in subjects:
            for other in (*thing.entries, *thing.named_by):
                found |= _near(index, other)
    for thing in subjects:
        found |= _repeating(index, thing)
    return found


def concerns_everybody(entry: IndexedEvent, *, taken_back: bool = False) -> bool:
    """Say whether an event, or its being taken back, may change any figure: who sees an organisation or a cohort."""
    first = entry.first
    if first is None or first.kind not in _OWNERS:
        return False
    return entry.type == VisibilityChanged.name or (taken_back and first.born is entry)


def _near(index: Index, entry: IndexedEvent) -> set[Place]:
    """Return the places of the event, of what it names, and of what that was made from."""
    found = {entry.place}
    for thing in _subjects(entry.refs):
        if thing.kind not in _OWNERS:
            _around(index, thing, found, 2)
    if entry.by is not None and entry.type in (*_MOVES, LearningAdopted.name):
        found |= {cohort.place for cohort in index.joined.get(entry.by, ())}
        found |= {failure.place for failure in index.owned.get(("failure", entry.by), ())}
    if entry.by is not None and entry.type in _MOVES:
        found |= _exchanging(index, entry.by)
    if entry.type == CohortClosed.name and entry.first is not None:
        for joining in entry.first.named_by:
            if joining.type == OrganisationJoined.name and joining.by is not None:
                found |= _exchanging(index, joining.by)
    return found


def _around(index: Index, thing: IndexedSubject, found: set[Place], depth: int) -> None:
    found.add(thing.place)
    if thing.kind == "iteration":
        _ahead(index, thing, found)
    if depth:
        for other in _subjects(thing.born.refs):
            if other is not thing and other.kind not in _OWNERS:
                _around(index, other, found, depth - 1)


def _ahead(index: Index, iteration: IndexedSubject, found: set[Place]) -> None:
    """Add the places of the iterations that follow in the same chain: where it ends, its sequence is counted."""
    left = [iteration]
    while left:
        for plan in index.naming[IterationPlanned.name, "follows"].get(left.pop(), ()):
            found.add(plan.place)
            left += plan.refs["iteration"]


def _exchanging(index: Index, organisation: str) -> set[Place]:
    """Return where others adopted from the organisation, or it from others: they were together by then, or not."""
    adoptions = [
        *index.adopted.get(organisation, ()),
        *(
            adoption
            for learning in index.owned.get(("learning", organisation), ())
            for adoption in index.followed[LearningAdopted.name].get(learning, ())
        ),
    ]
    return {adoption.place for adoption in adoptions}


def _subjects(refs: dict[str, tuple[IndexedSubject, ...]]) -> Iterable[IndexedSubject]:
    return (thing for things in refs.values() for thing in things)


def _repeating(index: Index, thing: IndexedSubject) -> set[Place]:
    """Return the places of failures that might not have been repeated, had the learning been known.

    That is what was planned after a learning, or after the learnings from a failure.
    """
    if thing.kind == "learning":
        learnings = [thing]
    elif thing.kind == "failure":
        learnings = [
            entry.first
            for entry in thing.named_by
            if entry.type == LearningCaptured.name and entry.first is not None
        ]
    else:
        return set()
    found: set[Place] = set()
    for learning in learnings:
        for failure in learning.born.refs.get("from", ()):
            if failure.kind == "failure":
                for kind in kinds_of(failure):
                    found |= index.lessons.planned_after(kind, learning.born.moment)
    return found
