"""Whether a viewer is shown everything of the cohorts that a question is about."""

from typing import Final

from events.vocabulary.stream import stream_of
from projections.insights.index.indexed import IndexedEvent, IndexedSubject
from projections.insights.perspective.scoped import ScopedPerspective

_APART: Final = "person"


def is_partial(view: ScopedPerspective) -> bool:
    """Say whether anything of the cohorts in scope is hidden from the viewer, at the log's end and now.

    Of the filters, only that of cohorts has a say, and of these only those that exist for the viewer; without it, what
    is outside cohorts is meant, too. Position and moment have none: with them, and with the other filters, it would
    tell what is hidden, by halving. Persons are apart; what was taken back is not hidden, it is nothing.
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
