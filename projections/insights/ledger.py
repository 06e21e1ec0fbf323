"""Answers that are kept: what an event changes is computed again, the rest stays."""

from collections import OrderedDict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from events.senders import Role
from projections.insights.asking import Asked, definitions
from projections.insights.book import Book
from projections.insights.comparison import CohortRow, cohort_row
from projections.insights.concern import SIGHT_TYPES, concerned, concerns_everybody
from projections.insights.definition import Answer
from projections.insights.lens import Lens
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
        self, view: View, names: Collection[str] | None = None, asked: Asked | None = None
    ) -> dict[str, Any]:
        """Return the figures of these names (all, where None)."""
        found: dict[str, Any] = {}
        for name, figure in definitions().items():
            arguments = (asked or Asked()).arguments(name)
            if arguments is None or (names is not None and name not in names):
                continue
            if name == COMPARE:
                found[name] = {"list": list(self.compare(view))}
            else:
                found[name] = figure.compute(view, **arguments)
        return found

    def compare(self, view: View) -> Iterator[Answer]:
        """Yield the rows of `compareCohorts`, kept or computed, so that others can get their turn in between.

        What is taken in between two rows changes none of them. Rows are kept for questions about the present log with
        no filter but cohorts.
        """
        lens, scope = view.lens, view.scope
        keeps = lens.is_live and scope == Scope(cohorts=scope.cohorts)
        kept = self._kept(lens.viewer) if keeps else {}
        for cohort in view.cohorts:
            found = kept.get(cohort.key)
            if found is None or not self._holds(view, found):
                # As of the position asked, whatever was recorded since the first row.
                own = Lens(self.book, lens.viewer, at_us=lens.at_us, as_of=lens.as_of)
                row = cohort_row(View(own, scope.of_cohort(cohort.key)), cohort.key)
                found = _Kept(row, lens.as_of, own.at_us, own.until_us)
                kept[cohort.key] = found
            yield found.row.at(lens.at_us)

    def _kept(self, viewer: Viewer) -> dict[str, _Kept]:
        rows = self._rows.setdefault(viewer, {})
        self._rows.move_to_end(viewer)
        while len(self._rows) > self._viewers_max:
            self._rows.popitem(last=False)
        return rows

    def _holds(self, view: View, kept: _Kept) -> bool:
        if not kept.from_us <= view.lens.at_us < kept.until_us:
            return False
        changed = max(self._everybody_changed, self._changed.get(kept.row.figures["cohort"], 0))
        if _sees_by_membership(view.lens.viewer):
            changed = max(changed, self._sights_changed)
        return min(kept.position, view.lens.as_of) >= changed


def _sees_by_membership(viewer: Viewer) -> bool:
    return viewer.role is Role.ORGANISATION or (
        viewer.role is Role.FACILITATOR and bool(viewer.cohorts)
    )
