"""Answers that are kept: what an event changes is computed again, the rest stays."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final, TypeVar

from projections.insights.asking import Asked, definitions
from projections.insights.book import Book
from projections.insights.comparison import CohortRow, cohort_row
from projections.insights.concern import concerned, concerns_everybody
from projections.insights.definition import FIGURES, Answer
from projections.insights.keeping import Kept, Noting
from projections.insights.lens import Lens
from projections.insights.partiality import is_partial
from projections.insights.scope import Scope
from projections.insights.things import Entry
from projections.insights.view import View
from projections.insights.viewer import Viewer
from projections.step import Step

COMPARE: Final = "compareCohorts"

VARIANTS_MAX: Final = 8
"""How many rows of one cohort are kept, for viewers who see different parts of it."""

ANSWERS_MAX: Final = 64
"""How many answers to other questions are kept."""

T = TypeVar("T")
_Question = tuple[str, Scope, tuple[tuple[str, Any], ...]]


class Ledger:
    """The book, with answers that were given of late, which viewers share who see the same.

    A row of `compareCohorts` is kept until an event concerns its cohort, any other answer until something is recorded;
    both until a moment comes at which they change by themselves. Answers are the same as those from the book alone.
    """

    def __init__(self, *, variants_max: int = VARIANTS_MAX) -> None:
        self.book = Book()
        self._answers: deque[tuple[_Question, Kept[Any]]] = deque(maxlen=ANSWERS_MAX)
        self._rows: defaultdict[str, deque[Kept[CohortRow]]] = defaultdict(
            lambda: deque(maxlen=variants_max)
        )
        self._changed: dict[str | None, int] = {}
        self._everybody_changed = 0

    @property
    def position(self) -> int:
        """The position of the last event taken in."""
        return self.book.position

    def take(self, step: Step) -> None:
        """Take in the next event of the log."""
        entry = self.book.take(step)
        if not self._rows:
            # Looking at what it concerns is for kept rows. One that is kept later may be of an earlier position.
            self._everybody_changed = entry.position
            return
        told = self.book.about(entry)
        if told is not None:
            self._note(told, entry.position, taken_back=told is not entry)

    def _note(self, entry: Entry, position: int, *, taken_back: bool) -> None:
        if concerns_everybody(entry, taken_back=taken_back):
            self._everybody_changed = position
        for cohort in concerned(self.book, entry, taken_back=taken_back):
            self._changed[cohort] = position

    def view(
        self, viewer: Viewer, scope: Scope | None = None, *, at_us: int, as_of: int | None = None
    ) -> View:
        """Return what a viewer asks about."""
        return View(self._lens(viewer, at_us=at_us, as_of=as_of), scope or Scope())

    def figure(self, view: View, name: str, arguments: Mapping[str, Any]) -> Answer | None:
        """Return one figure but `compareCohorts`, kept or computed."""
        compute = FIGURES[name].compute
        question = (name, view.scope, tuple(sorted(arguments.items())))
        asked_of = arguments.get("organisation")
        return self._given(
            view, question, lambda own: compute(own, **arguments), view.is_whole(asked_of)
        )

    def is_partial(self, view: View) -> bool:
        """Say whether anything of the cohorts in scope is hidden from the viewer, kept or looked up."""
        cohorts = Scope(cohorts=view.scope.cohorts)
        return self._given(view, ("partial", cohorts, ()), is_partial, False)

    def _given(
        self, view: View, question: _Question, compute: Callable[[View], T], whole: bool
    ) -> T:
        lens = view.lens
        if not lens.is_live:
            return compute(view)
        for asked, kept in reversed(self._answers):
            if asked == question and kept.holds(lens, changed=self.position, whole=whole):
                found: T = kept.answer
                return found
        if lens.until_us <= lens.at_us:
            # What was asked before changes at every moment; this may not.
            view = View(self._afresh(lens), view.scope)
        answer = compute(view)
        self._answers.append((question, Kept.of(answer, view.lens, whole=whole)))
        return answer

    def _lens(self, viewer: Viewer, *, at_us: int, as_of: int | None) -> Lens:
        looking = Noting(viewer.looking(self.book))
        return Lens(self.book, viewer, at_us=at_us, as_of=as_of, looking=looking)

    def _afresh(self, lens: Lens) -> Lens:
        """Return a lens of which nothing was asked, as of the same position, whatever was recorded since."""
        looking = Noting(lens.looking)
        return Lens(self.book, lens.viewer, at_us=lens.at_us, as_of=lens.as_of, looking=looking)

    def answer(
        self, view: View, names: Collection[str] | None = None, asked: Asked | None = None
    ) -> dict[str, Any]:
        """Return the figures of these names (all, where None)."""
        found: dict[str, Any] = {}
        for name in definitions():
            arguments = (asked or Asked()).arguments(name)
            if arguments is None or (names is not None and name not in names):
                continue
            if name == COMPARE:
                found[name] = {"list": list(self.compare(view))}
            else:
                found[name] = self.figure(view, name, arguments)
        return found

    def compare(self, view: View) -> Iterator[Answer]:
        """Yield the rows of `compareCohorts`, kept or computed, so that others can get their turn in between.

        What is taken in between two rows changes none of them. Rows are kept for questions about the present log with
        no filter but cohorts.
        """
        lens, scope = view.lens, view.scope
        keeps = lens.is_live and scope == Scope(cohorts=scope.cohorts)
        for cohort in view.cohorts:
            own = view.of_cohort(cohort.key)
            whole = own.is_whole()
            found = self._kept(own, cohort.key, whole=whole) if keeps else None
            if found is None:
                fresh = self._afresh(lens)
                row = cohort_row(View(fresh, own.scope), cohort.key)
                found = Kept.of(row, fresh, whole=whole)
                if keeps:
                    self._rows[cohort.key].append(found)
            yield found.answer.at(lens.at_us)

    def _kept(self, own: View, cohort: str, *, whole: bool) -> Kept[CohortRow] | None:
        """Return the row of a cohort that holds for this view of it."""
        rows = self._rows[cohort]
        changed = max(self._everybody_changed, self._changed.get(cohort, 0))
        while rows and rows[0].position < changed:
            rows.popleft()
        for kept in reversed(rows):
            if kept.holds(own.lens, changed=changed, whole=whole):
                return kept
        return None
