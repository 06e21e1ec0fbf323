"""Answers that are kept: what an event changes is computed again, the rest stays."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from events.senders import Role
from projections.insights.asking import Asked, answers
from projections.insights.book import Book
from projections.insights.comparison import CohortRow, cohort_row
from projections.insights.concern import SIGHT_TYPES, concerned, concerns_everybody
from projections.insights.lens import Lens
from projections.insights.partiality import is_partial
from projections.insights.scope import Scope
from projections.insights.things import Entry
from projections.insights.view import View
from projections.insights.viewer import Viewer
from projections.step import Step

VIEWERS_MAX: Final = 16
COMPARE: Final = "compareCohorts"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A cohort's row, as of a position, from a moment on and up to another, if nothing concerns the cohort."""

    row: CohortRow
    position: int
    from_us: int
    until_us: float


class Ledger:
    """The book, with the rows of `compareCohorts` kept for each of the viewers that asked last.

    A row is kept until an event concerns its cohort, or a moment comes at which it changes by itself. Answers are the
    same as those from the book alone.
    """

    def __init__(self, *, viewers_max: int = VIEWERS_MAX) -> None:
        self.book = Book()
        self._viewers_max = viewers_max
        self._rows: OrderedDict[Viewer, dict[str, _Kept]] = OrderedDict()
        self._changed: dict[str | None, int] = {}
        self._everybody_changed = 0
        self._sights_changed = 0

    @property
    def position(self) -> int:
        """The position of the last event taken in."""
        return self.book.position

    def take(self, step: Step) -> None:
        """Take in the next event of the log."""
        entry = self.book.take(step)
        if not self._rows:
            return
        told = self.book.about(entry)
        if told is not None:
            self._note(told, entry.position, taken_back=told is not entry)

    def _note(self, entry: Entry, position: int, *, taken_back: bool) -> None:
        if concerns_everybody(entry, taken_back=taken_back):
            self._everybody_changed = position
        if entry.type in SIGHT_TYPES:
            self._sights_changed = position
        for cohort in concerned(self.book, entry, taken_back=taken_back):
            self._changed[cohort] = position

    def view(
        self, viewer: Viewer, scope: Scope | None = None, *, at_us: int, as_of: int | None = None
    ) -> View:
        """Return what a viewer asks about."""
        return View(Lens(self.book, viewer, at_us=at_us, as_of=as_of), scope or Scope())

    def answer(
        self, view: View, names: frozenset[str], asked: Asked | None = None
    ) -> dict[str, Any]:
        """Return the figures of these names, and `partial` where it is among them."""
        found: dict[str, Any] = {}
        others = names
        if COMPARE in names and _keeps(view):
            for _ in self.compare(view):
                pass
            found[COMPARE] = self.compared(view)
            others = names - {COMPARE}
        if "partial" in names:
            found["partial"] = is_partial(view)
        return found | answers(view, asked, others)

    def compare(self, view: View) -> Iterator[None]:
        """Compute the rows that are not kept; yields after each, so that others get their turn."""
        kept = self._kept(view.lens.viewer)
        for cohort in view.cohorts:
            if not self._holds(view, kept.get(cohort.key)):
                own = View(
                    Lens(self.book, view.lens.viewer, at_us=view.lens.at_us),
                    view.scope.of_cohort(cohort.key),
                )
                row = cohort_row(own, cohort.key)
                kept[cohort.key] = _Kept(row, self.book.position, own.lens.at_us, own.lens.until_us)
                yield

    def compared(self, view: View) -> dict[str, Any]:
        """Return `compareCohorts` from kept rows, all of which were computed before."""
        kept = self._kept(view.lens.viewer)
        at_us = view.lens.at_us
        return {"list": [kept[cohort.key].row.at(at_us) for cohort in view.cohorts]}

    def _kept(self, viewer: Viewer) -> dict[str, _Kept]:
        rows = self._rows.setdefault(viewer, {})
        self._rows.move_to_end(viewer)
        while len(self._rows) > self._viewers_max:
            self._rows.popitem(last=False)
        return rows

    def _holds(self, view: View, kept: _Kept | None) -> bool:
        if kept is None or not kept.from_us <= view.lens.at_us < kept.until_us:
            return False
        changed = max(self._everybody_changed, self._changed.get(kept.row.figures["cohort"], 0))
        if _sees_by_membership(view.lens.viewer):
            changed = max(changed, self._sights_changed)
        return kept.position >= changed


def _keeps(view: View) -> bool:
    """Say whether rows are kept for such a question: of the present log, with no filter but cohorts."""
    return view.lens.as_of == view.lens.book.position and view.scope == Scope(
        cohorts=view.scope.cohorts
    )


def _sees_by_membership(viewer: Viewer) -> bool:
    return viewer.role is Role.ORGANISATION or (
        viewer.role is Role.FACILITATOR and bool(viewer.cohorts)
    )
