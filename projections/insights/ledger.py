"""Answers that are kept: what an event changes is computed again, the rest stays."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from projections.insights.asking import Asked, definitions
from projections.insights.book import Book
from projections.insights.comparison import CohortRow, cohort_row, row_alone
from projections.insights.concern import concerned, concerns_everybody
from projections.insights.definition import FIGURES, Answer, Parts, parts_of
from projections.insights.keeping import Kept, Noting
from projections.insights.lens import Lens
from projections.insights.partiality import is_partial
from projections.insights.scope import Scope
from projections.insights.sums import added
from projections.insights.things import Entry, Place
from projections.insights.view import View
from projections.insights.viewer import Viewer
from projections.step import Step

COMPARE: Final = "compareCohorts"

VARIANTS_MAX: Final = 8
"""How often the figures of one place are kept, for viewers who see different parts of it."""

ANSWERS_MAX: Final = 64
"""How many answers to other questions are kept."""

T = TypeVar("T")
_Question = tuple[str, Scope, tuple[tuple[str, Any], ...]]

_EVERYTHING: Final = Scope()


@dataclass(frozen=True, slots=True)
class Placed:
    """The parts that figures have in a place, and its row if it is a cohort that is there for the viewer."""

    parts: Parts
    row: CohortRow | None


@dataclass(frozen=True)
class Gathering:
    """What is kept of the first of these places, for a view that is being asked about."""

    places: list[Place]
    kept: list[Kept[Placed]] = field(default_factory=list)

    @cached_property
    def until_us(self) -> float:
        """Until when all of it holds, once it is complete."""
        return min(one.until_us for one in self.kept)


class Ledger:
    """The book, with answers that were given of late, which viewers share who see the same.

    What figures have in a place is kept until an event concerns the place: of it, rows of `compareCohorts` and figures
    over everything are made. Any other answer is kept until something is recorded; both until a moment comes at which
    they change by themselves. Answers are the same as those from the book alone.
    """

    def __init__(self, *, variants_max: int = VARIANTS_MAX) -> None:
        self.book = Book()
        self._answers: deque[tuple[_Question, Kept[Any]]] = deque(maxlen=ANSWERS_MAX)
        self._placed: defaultdict[Place, deque[Kept[Placed]]] = defaultdict(
            lambda: deque(maxlen=variants_max)
        )
        self._gathered: WeakKeyDictionary[View, Gathering] = WeakKeyDictionary()
        self._changed: dict[Place, int] = {}
        self._everybody_changed = 0

    @property
    def position(self) -> int:
        """The position of the last event taken in."""
        return self.book.position

    def take(self, step: Step) -> None:
        """Take in the next event of the log."""
        entry = self.book.take(step)
        if not self._placed:
            # Looking at what it concerns is for what is kept. What is kept later may be of an earlier position.
            self._everybody_changed = entry.position
            return
        told = self.book.about(entry)
        if told is not None:
            self._note(told, entry.position, taken_back=told is not entry)

    def _note(self, entry: Entry, position: int, *, taken_back: bool) -> None:
        if concerns_everybody(entry, taken_back=taken_back):
            self._everybody_changed = position
        for place in concerned(self.book, entry, taken_back=taken_back):
            self._changed[place] = position

    def view(
        self, viewer: Viewer, scope: Scope | None = None, *, at_us: int, as_of: int | None = None
    ) -> View:
        """Return what a viewer asks about."""
        return View(self._lens(viewer, at_us=at_us, as_of=as_of), scope or Scope())

    def figure(self, view: View, name: str, arguments: Mapping[str, Any]) -> Answer | None:
        """Return one figure but `compareCohorts`, kept or computed."""
        compute = FIGURES[name].compute
        whole = view.is_whole(arguments.get("organisation"))
        if self._adds_up(view, name, whole=whole):
            return self._sum(view, name, whole=whole)
        question = _question(view, name, arguments)
        return self._given(view, question, lambda own: compute(own, **arguments), whole)

    def _sum(self, view: View, name: str, *, whole: bool) -> Answer:
        """Return a figure over everything from its parts."""
        question = _question(view, name, {})
        found = self._answered(view, question, whole)
        if found is None:
            for _ in self.gather(view, name):
                pass
            gathering = self._gathered[view]
            answer = added([one.answer.parts[name] for one in gathering.kept])
            found = Kept.of_tokens(answer, view.lens, gathering.until_us, whole=whole)
            self._answers.append((question, found))
        sum_: Answer = found.answer
        return sum_

    def gather(self, view: View, name: str) -> Iterator[None]:
        """Make ready what this figure adds up from, if it does and is not kept: place by place, so that others can get
        their turn in between. Figures of the same view share it.
        """
        whole = view.is_whole()
        if not self._adds_up(view, name, whole=whole):
            return
        if self._answered(view, _question(view, name, {}), whole) is None:
            yield from self.prepare(view)

    def prepare(self, view: View) -> Iterator[None]:
        """Compute place by place what is not kept of figures over everything."""
        gathering = self._gathered.get(view)
        if gathering is None:
            gathering = self._gathered[view] = Gathering(list(self.book.places))
        while len(gathering.kept) < len(gathering.places):
            place = gathering.places[len(gathering.kept)]
            gathering.kept.append(self._of_place(view.lens, place))
            yield

    def _adds_up(self, view: View, name: str, *, whole: bool) -> bool:
        """Say whether a figure is to be added up from what is kept: of the past, hardly anything is."""
        definition = FIGURES[name]
        return (
            definition.part is not None
            and (whole or not definition.whole)
            and view.scope == _EVERYTHING
            and view.lens.is_live
            and view.lens.is_after_all
            and bool(self.book.places)
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
        kept = self._answered(view, question, whole)
        if kept is not None:
            found: T = kept.answer
            return found
        if lens.until_us <= lens.at_us:
            # What was asked before changes at every moment; this may not.
            view = View(self._afresh(lens), view.scope)
        answer = compute(view)
        self._answers.append((question, Kept.of(answer, view.lens, whole=whole)))
        return answer

    def _answered(self, view: View, question: _Question, whole: bool) -> Kept[Any] | None:
        """Return the kept answer to a question that holds for this view."""
        kept: Kept[Any]
        for asked, kept in reversed(self._answers):
            if asked == question and kept.holds(view.lens, changed=self.position, whole=whole):
                return kept
        return None

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
            if keeps:
                row = self._of_place(lens, cohort.place).answer.row
                assert row is not None, "the cohort is there for the viewer"
            else:
                own = View(self._afresh(lens), scope.of_cohort(cohort.key))
                row = row_alone(own, cohort.key)
            yield row.at(lens.at_us)

    def _of_place(self, lens: Lens, place: Place) -> Kept[Placed]:
        """Return what figures have in a place, kept or computed."""
        cohort = place.partition("/")[2] if place.startswith("cohort/") else None
        whole = lens.viewer.oversees(() if cohort is None else (cohort,))
        kept = self._placed[place]
        changed = max(self._everybody_changed, self._changed.get(place, 0))
        while kept and kept[0].position < changed:
            kept.popleft()
        for one in reversed(kept):
            if one.holds(lens, changed=changed, whole=whole):
                return one
        fresh = self._afresh(lens)
        parts = parts_of(View(fresh, _EVERYTHING, place), whole=whole)
        row = None
        if cohort is not None and fresh.find(place) is not None:
            row = cohort_row(View(fresh, _EVERYTHING.of_cohort(cohort)), cohort, parts)
        found = Kept.of(Placed(parts, row), fresh, whole=whole)
        kept.append(found)
        return found


def _question(view: View, name: str, arguments: Mapping[str, Any]) -> _Question:
    return name, view.scope, tuple(sorted(arguments.items()))
