"""The check whether anything in the cohorts of a request is hidden from the viewer (`partial`)."""

from typing import Final

from events.vocabulary.stream import stream_of
from projections.insights.index.indexed import IndexedEvent, IndexedSubject
from projections.insights.perspective.scoped import ScopedPerspective

_APART: Final = "person"


def is_partial(view: ScopedPerspective) -> bool:
    """Return whether anything in the cohorts in scope is hidden from the viewer now, at the end of the log.

    Of the filters, only that by cohorts is used, and of its cohorts only those that the viewer may see. Without it,
    work outside cohorts is included. Position, time and the other filters are not used: with them, a viewer could find
    what is hidden by bisection. Persons and voided events are not considered.
    """
    perspective = view.perspective
    if perspective.looking.sees_everything:
        return False
    index = perspective.index
    asked = view.scope.cohorts
    known = {key for key in asked if perspective.knows(stream_of("cohort", key), index.position)}
    if asked and not known:
        return False

    def hides(thing: IndexedSubject) -> bool:
        return (
            (not asked or thing.cohort in known)
            and thing.born.voided_by is None
            and not perspective.sees(thing)
        )

    def hides_entry(entry: IndexedEvent) -> bool:
        first = entry.first
        # What is about another event is shown where that one is.
        if first is None or first.kind == _APART or entry.voided_by is not None:
            return False
        return (
            not asked or (entry.cohort or first.cohort) in known
        ) and not perspective.sees_entry(entry)

    return any(
        hides(thing) for kind, things in index.things.items() if kind != _APART for thing in things
    ) or any(map(hides_entry, index.entries))
