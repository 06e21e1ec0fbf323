"""The places in which an event may change figures. They are never too few, but may be more than necessary."""

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
    """Return the places in which parts of figures may change after an event, or after its void."""
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
    """Return whether an event or its void may change any figure: it changes who sees an organisation or cohort."""
    first = entry.first
    if first is None or first.kind not in _OWNERS:
        return False
    return entry.type == VisibilityChanged.name or (taken_back and first.born is entry)


def _near(index: Index, entry: IndexedEvent) -> set[Place]:
    """Return the places of the event, of the subjects that it names, and of those that these were made from."""
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
    """Add the places of the iterations that follow in the same chain. Its sequence is counted where it ends."""
    left = [iteration]
    while left:
        for plan in index.naming[IterationPlanned.name, "follows"].get(left.pop(), ()):
            found.add(plan.place)
            left += plan.refs["iteration"]


def _exchanging(index: Index, organisation: str) -> set[Place]:
    """Return the places of adoptions from or by the organisation, which depend on whether the two had been together."""
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
    """Return the places of failures that a learning could have avoided.

    These are failures of iterations that were planned after the learning, or after the learnings from a failure.
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
