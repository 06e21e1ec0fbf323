"""Whether a viewer is shown everything that a question is about."""

from collections.abc import Iterable
from typing import Final

from events.folding import folded
from projections.insights.things import Entry
from projections.insights.view import View, themes_of

_NEVER_COUNTED: Final = frozenset(
    {
        *("event.voided", "note.added", "person.forgotten"),
        *("person.introduced", "visibility.changed"),
    }
)


def is_partial(view: View) -> bool:
    """Say whether something in scope that a figure could count is hidden from the viewer.

    It tells that something is hidden, and nothing else; notes, persons, and changes of visibility are no part of it.
    """
    if view.lens.viewer.facilitates_everything:
        return False
    return any(_is_hidden(view, entry) for entry in _asked(view))


def _asked(view: View) -> Iterable[Entry]:
    return view.lens.book.entries


def _is_hidden(view: View, entry: Entry) -> bool:
    first = entry.first
    if first is None or entry.type in _NEVER_COUNTED or not view.lens.counts(entry):
        return False
    return (
        view.wants_cohort(entry.cohort or first.cohort)
        and view.wants_time(entry.time)
        and view.wants_themes(themes_of(first))
        and _wants_one(view, (entry.by,) if entry.by else first.owners)
        and not view.lens.tells(entry)
    )


def _wants_one(view: View, owners: tuple[str, ...]) -> bool:
    """Say whether one of the owners is in scope, be it shown to the viewer or not."""
    scope = view.scope
    if not scope.organisations and not scope.sectors:
        return True
    sectors = {folded(sector) for sector in scope.sectors}
    for owner in owners:
        found = view.lens.book.find(f"organisation/{owner}")
        if (not scope.organisations or owner in scope.organisations) and (
            not sectors or (found is not None and folded(found.born.data["sector"]) in sectors)
        ):
            return True
    return False
