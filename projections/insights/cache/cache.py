"""The cache of figures: after an event, only the answers that it may change are computed again."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Protocol, TypeVar
from weakref import WeakKeyDictionary

from events.vocabulary.event import Event
from events.vocabulary.stream import stream_of
from projections.insights.answers import FigureArguments, definitions
from projections.insights.cache.invalidation import concerned, concerns_everybody
from projections.insights.cache.validity import Kept, Noting
from projections.insights.figures.comparison import CohortRow, cohort_row, row_alone
from projections.insights.figures.definition import FIGURES, Answer, Parts, parts_of
from projections.insights.index.index import Index
from projections.insights.index.indexed import IndexedEvent, Place, cohort_at
from projections.insights.measures.sums import added
from projections.insights.perspective.partiality import is_partial
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scope import Scope
from projections.insights.perspective.scoped import ScopedPerspective
from projections.insights.perspective.viewer import FigureViewer

COMPARE: Final = "compareCohorts"

VARIANTS_MAX: Final = 8
"""The number of variants that are kept of the figures of one place, for viewers who see different parts of it."""

ANSWERS_MAX: Final = 64
"""The number of other answers that are kept."""

T = TypeVar("T")
_Question = tuple[str, Scope, tuple[tuple[str, Any], ...]]

_EVERYTHING: Final = Scope()


class ComputeParts(Protocol):
    """Computes the parts that figures have in a place."""

    def __call__(self, view: ScopedPerspective, /, *, whole: bool) -> Parts:
        """Return them; without `whole`, none that a partial view would distort."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The parts of the figures in a place, and its row if it is a cohort that the viewer may see."""

    parts: Parts
    row: CohortRow | None


@dataclass(frozen=True)
class Gathering:
    """The parts of the first of these places, for a request that is being answered."""

    places: list[Place]
    kept: list[Kept[Placed]] = field(default_factory=list)

    @cached_property
    def until_us(self) -> float:
        """The time until which all parts are valid, once the gathering is complete."""
        return min(one.until_us for one in self.kept)


class AnswerCache:
    """The index with recent answers, which viewers share if they see the same.

    The parts of figures in a place are kept until an event affects the place. Rows of `compareCohorts` and figures over
    everything are made from these parts. Other answers are kept until an event is recorded. Both are kept at most until
    a time at which they change by themselves. Answers are the same as those computed from the index alone.
    """

    def __init__(
        self, *, variants_max: int = VARIANTS_MAX, compute_parts: ComputeParts = parts_of
    ) -> None:
        self.index = Index()
        self._compute_parts = compute_parts
        self._answers: deque[tuple[_Question, Kept[Any]]] = deque(maxlen=ANSWERS_MAX)
        self._placed: defaultdict[Place, deque[Kept[Placed]]] = defaultdict(
            lambda: deque(maxlen=variants_max)
        )
        self._gathered: WeakKeyDictionary[ScopedPerspective, Gathering] = WeakKeyDictionary()
        self._changed: dict[Place, int] = {}
        self._everybody_changed = 0

    @property
    def position(self) -> int:
        """The position of the last event taken in."""
        return self.index.position

    def take(self, event: Event) -> None:
        """Take in the next event of the log."""
        entry = self.index.take(event)
        if not self._placed:
            # Only answers that are kept now need to be invalidated. Later ones may be of an earlier position.
            self._everybody_changed = entry.position
            return
        about = self.index.about(entry)
        if about is not None:
            self._note(about, entry.position, taken_back=about is not entry)

    def _note(self, entry: IndexedEvent, position: int, *, taken_back: bool) -> None:
        if concerns_everybody(entry, taken_back=taken_back):
            self._everybody_changed = position
        for place in concerned(self.index, entry, taken_back=taken_back):
            self._changed[place] = position

    def view(
        self,
        viewer: FigureViewer,
        scope: Scope | None = None,
        *,
        at_us: int,
        as_of: int | None = None,
    ) -> ScopedPerspective:
        """Return the events and subjects that a viewer asks about."""
        return ScopedPerspective(
            self._perspective(viewer, at_us=at_us, as_of=as_of), scope or Scope()
        )

    def figure(
        self, view: ScopedPerspective, name: str, arguments: Mapping[str, Any]
    ) -> Answer | None:
        """Return one figure, from the cache or computed. Not for `compareCohorts`."""
        compute = FIGURES[name].compute
        whole = view.is_whole(arguments.get("organisation"))
        if self._adds_up(view, name, whole=whole):
            return self._sum(view, name, whole=whole)
        question = _question(view, name, arguments)
        return self._given(view, question, lambda own: compute(own, **arguments), whole)

    def _sum(self, view: ScopedPerspective, name: str, *, whole: bool) -> Answer:
        """Return a figure over everything, added up from its parts."""
        question = _question(view, name, {})
        found = self._answered(view, question, whole)
        if found is None:
            for _ in self.gather(view, name):
                pass
            gathering = self._gathered[view]
            answer = added([one.answer.parts[name] for one in gathering.kept])
            found = Kept.of_tokens(answer, view.perspective, gathering.until_us, whole=whole)
            self._answers.append((question, found))
        sum_: Answer = found.answer
        return sum_

    def gather(self, view: ScopedPerspective, name: str) -> Iterator[None]:
        """Compute the parts of this figure if it is a sum and is not kept.

        Each step of the iterator computes one place, so that other requests get their turn in between. Figures of the
        same view share the parts.
        """
        whole = view.is_whole()
        if not self._adds_up(view, name, whole=whole):
            return
        if self._answered(view, _question(view, name, {}), whole) is None:
            yield from self.prepare(view)

    def prepare(self, view: ScopedPerspective) -> Iterator[None]:
        """Compute the parts of figures over everything that are not kept, one place per step."""
        gathering = self._gathered.get(view)
        if gathering is None:
            gathering = self._gathered[view] = Gathering(list(self.index.places))
        while len(gathering.kept) < len(gathering.places):
            place = gathering.places[len(gathering.kept)]
            gathering.kept.append(self._of_place(view.perspective, place))
            yield

    def _adds_up(self, view: ScopedPerspective, name: str, *, whole: bool) -> bool:
        """Return whether a figure is added up from kept parts. For past positions, hardly any are kept."""
        definition = FIGURES[name]
        return (
            definition.part is not None
            and (whole or not definition.whole)
            and view.scope == _EVERYTHING
            and view.perspective.is_live
            and view.perspective.is_after_all
            and bool(self.index.places)
        )

    def is_partial(self, view: ScopedPerspective) -> bool:
        """Return whether anything in the cohorts in scope is hidden from the viewer, from the cache or computed."""
        cohorts = Scope(cohorts=view.scope.cohorts)
        return self._given(view, ("partial", cohorts, ()), is_partial, False)

    def _given(
        self,
        view: ScopedPerspective,
        question: _Question,
        compute: Callable[[ScopedPerspective], T],
        whole: bool,
    ) -> T:
        perspective = view.perspective
        if not perspective.is_live:
            return compute(view)
        kept = self._answered(view, question, whole)
        if kept is not None:
            found: T = kept.answer
            return found
        if perspective.until_us <= perspective.at_us:
            # The perspective has noted that other answers change with time. This answer may not change.
            view = ScopedPerspective(self._afresh(perspective), view.scope)
        answer = compute(view)
        self._answers.append((question, Kept.of(answer, view.perspective, whole=whole)))
        return answer

    def _answered(
        self, view: ScopedPerspective, question: _Question, whole: bool
    ) -> Kept[Any] | None:
        """Return the kept answer to a question if it is valid for this view."""
        kept: Kept[Any]
        for asked, kept in reversed(self._answers):
            if asked == question and kept.holds(
                view.perspective, changed=self.position, whole=whole
            ):
                return kept
        return None

    def _perspective(self, viewer: FigureViewer, *, at_us: int, as_of: int | None) -> Perspective:
        looking = Noting(viewer.looking(self.index))
        return Perspective(self.index, viewer, at_us=at_us, as_of=as_of, looking=looking)

    def _afresh(self, perspective: Perspective) -> Perspective:
        """Return an unused perspective at the same position, even if events were recorded since."""
        looking = Noting(perspective.looking)
        return Perspective(
            self.index,
            perspective.viewer,
            at_us=perspective.at_us,
            as_of=perspective.as_of,
            looking=looking,
        )

    def answer(
        self,
        view: ScopedPerspective,
        names: Collection[str] | None = None,
        asked: FigureArguments | None = None,
    ) -> dict[str, Any]:
        """Return the figures with these names (all if None)."""
        found: dict[str, Any] = {}
        for name in definitions():
            arguments = (asked or FigureArguments()).arguments(name)
            if arguments is None or (names is not None and name not in names):
                continue
            if name == COMPARE:
                found[name] = {"list": list(self.compare(view))}
            else:
                found[name] = self.figure(view, name, arguments)
        return found

    def compare(self, view: ScopedPerspective) -> Iterator[Answer]:
        """Yield the rows of `compareCohorts`, from the cache or computed, so that other requests get their turn.

        Events taken in between two rows do not change the rows. Rows are kept for requests about the current log with
        no filter except cohorts.
        """
        perspective, scope = view.perspective, view.scope
        keeps = perspective.is_live and scope == Scope(cohorts=scope.cohorts)
        for cohort in view.cohorts:
            if keeps:
                row = self._of_place(perspective, cohort.place).answer.row
                assert row is not None, "the cohort is there for the viewer"
            else:
                own = ScopedPerspective(self._afresh(perspective), scope.of_cohort(cohort.key))
                row = row_alone(own, cohort.key)
            yield row.at(perspective.at_us)

    def _of_place(self, perspective: Perspective, place: Place) -> Kept[Placed]:
        """Return the parts of the figures in a place, from the cache or computed."""
        cohort = cohort_at(place)
        whole = perspective.viewer.oversees(() if cohort is None else (cohort,))
        kept = self._placed[place]
        changed = max(self._everybody_changed, self._changed.get(place, 0))
        while kept and kept[0].position < changed:
            kept.popleft()
        for one in reversed(kept):
            if one.holds(perspective, changed=changed, whole=whole):
                return one
        fresh = self._afresh(perspective)
        parts = self._compute_parts(ScopedPerspective(fresh, _EVERYTHING, place), whole=whole)
        row = None
        if cohort is not None and fresh.find(stream_of("cohort", cohort)) is not None:
            row = cohort_row(ScopedPerspective(fresh, _EVERYTHING.of_cohort(cohort)), cohort, parts)
        found = Kept.of(Placed(parts, row), fresh, whole=whole)
        kept.append(found)
        return found


def _question(view: ScopedPerspective, name: str, arguments: Mapping[str, Any]) -> _Question:
    return name, view.scope, tuple(sorted(arguments.items()))
