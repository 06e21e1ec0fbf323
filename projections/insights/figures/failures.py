"""Figures about failures: how soon they occur, their classes, what was learned, and which could have been avoided."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

from events.vocabulary.terms import Degree
from events.vocabulary.types.iterations import IterationStarted
from events.vocabulary.types.learnings import FailureReclassified
from events.vocabulary.types.record import VisibilityChanged
from events.vocabulary.values.times import DAY_US
from projections.insights.figures.definition import Answer, figure, summed
from projections.insights.index.indexed import IndexedSubject, Moment
from projections.insights.measures.numbers import days, share
from projections.insights.measures.sums import Fields, Grouped, Median, Part, Quartiles, Share
from projections.insights.measures.tally import SubjectNames, Tally, names
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scoped import ScopedPerspective

_CONVERSION_DAYS = 30
_WIDEST_MAX = 5
_FAILURES_MIN = 2
_DEGREES: Final = {degree.value: number for number, degree in enumerate(Degree)}


class Classes(NamedTuple):
    """The classification of a failure. Type, cause and facet may be unknown."""

    failure_type: str | None
    failure_cause: str | None
    facet: str | None
    degree: str


def classes_of(perspective: Perspective, failure: IndexedSubject) -> Classes:
    """Return the current classification of a failure."""
    classes: dict[str, Any] = failure.born.data
    for entry in perspective.events_of(failure, FailureReclassified):
        classes = {**classes, **entry.data}
    return Classes(
        classes.get("failure_type"),
        classes.get("failure_cause"),
        classes.get("facet"),
        classes["degree"],
    )


@summed("failFast")
def fail_fast(view: ScopedPerspective) -> Part:
    """Days from the start of an iteration to the recording of a failure, over failures with a started iteration (n).

    `from` and `to` select by the start.
    """
    failures, waits = [], []
    for failure in view.at_any_time("failure"):
        iteration = view.perspective.one(failure.born, "iteration")
        start = (
            view.perspective.last(iteration, IterationStarted) if iteration is not None else None
        )
        if start is not None and view.wants_time(start.time):
            failures.append(failure)
            waits.append(days(failure.time - start.time))
    return {"n": len(failures), "items": SubjectNames(failures), "quartiles": Quartiles(waits)}


@summed("failureConversion", whole=True)
def failure_conversion(view: ScopedPerspective) -> Part:
    """Failures at least 30 days old (n): those that some learning names in its `from` within 30 days ÷ all of them; and
    the median days over those so converted.

    A learning with a time before that of the failure counts as captured at the time of the failure.
    """
    old = [one for one in view.failures if view.is_old(one.time, _CONVERSION_DAYS)]
    waits = []
    for failure in old:
        times = [learning.time for learning in view.perspective.learnings_from(failure)]
        if times and min(times) - failure.time <= _CONVERSION_DAYS * DAY_US:
            waits.append(days(min(times) - failure.time))
    return {
        "n": len(old),
        "items": SubjectNames(old),
        "share": Share(len(waits), len(old)),
        "medianDays": Median(waits),
    }


@summed("failureMix")
def failure_mix(view: ScopedPerspective) -> Part:
    """Failures by failure_type × facet × degree, with null for not classified; intelligentShare is computed over
    failures with a type.

    n = failures.
    """
    tally = Tally("failureType", "facet", "degree")
    types = []
    for failure in view.failures:
        classes = classes_of(view.perspective, failure)
        types.append(classes.failure_type)
        tally.add((classes.failure_type, classes.facet, classes.degree), failure.position)
    typed = [type_ for type_ in types if type_ is not None]
    return {
        "n": len(types),
        "items": SubjectNames(view.failures),
        "counts": tally,
        "intelligentShare": Share(typed.count("intelligent"), len(typed)),
    }


@summed("perspectiveGap")
def perspective_gap(view: ScopedPerspective) -> Part:
    """For each iteration and facet with degrees recorded for at least 2 different for_whom by at least 2 different
    failures (for each for_whom, the latest counts): the highest degree - the lowest (0-5); the mean; and the five
    widest.

    n = such pairs of iteration and facet; items name the iteration of each. A failure recorded for several parties is
    one failure.
    """
    perspective = view.perspective
    groups: dict[tuple[IndexedSubject, str], list[tuple[IndexedSubject, str]]] = defaultdict(list)
    for failure in view.failures:
        iteration = perspective.one(failure.born, "iteration")
        classes = classes_of(perspective, failure)
        if iteration is not None and classes.facet is not None:
            groups[iteration, classes.facet].append((failure, classes.degree))
    return Perspectives(groups)


class Perspectives(Grouped[tuple[IndexedSubject, str], tuple[IndexedSubject, str]]):
    """Failures, each with its degree, by iteration and facet."""

    def fields(self) -> Fields:
        """Return the gaps between the degrees."""
        return {
            "n": lambda: len(self._gaps),
            "items": lambda: names(iteration for _, _, _, iteration, _ in self._gaps),
            "mean": lambda: share(-sum(row[0] for row in self._gaps), len(self._gaps)),
            "list": self._widest,
        }

    @cached_property
    def _gaps(self) -> list[tuple[int, int, str, IndexedSubject, list[tuple[int, str, str]]]]:
        """The negative gap, the iteration's position, the facet, the iteration and the degrees, widest gap first."""
        rows = []
        for (iteration, facet), failures in self.groups.items():
            if len(failures) > 1 and (degrees := _degrees(failures)):
                gap = degrees[0][0] - degrees[-1][0]
                rows.append((-gap, iteration.position, facet, iteration, degrees))
        return sorted(rows, key=lambda row: row[:3])

    def _widest(self) -> list[dict[str, Any]]:
        return [
            {
                "iteration": iteration.key,
                "facet": facet,
                "gap": -gap,
                "degrees": [{"forWhom": whom, "degree": degree} for _, whom, degree in degrees],
            }
            for gap, _, facet, iteration, degrees in self._gaps[:_WIDEST_MAX]
        ]


def _degrees(failures: Sequence[tuple[IndexedSubject, str]]) -> list[tuple[int, str, str]]:
    """Return (number, for whom, degree), highest first, then as recorded. Empty if a single failure has all of them."""
    latest: dict[str, tuple[IndexedSubject, str]] = {}
    for one in sorted(failures, key=lambda pair: pair[0].born.moment):
        latest.update(dict.fromkeys(one[0].born.data["for_whom"], one))
    if len({failure for failure, _ in latest.values()}) < _FAILURES_MIN:
        return []
    rows = []
    for whom, (failure, degree) in latest.items():
        place = failure.born.data["for_whom"].index(whom)
        rows.append(((-_DEGREES[degree], failure.position, place), whom, degree))
    return [(_DEGREES[degree], whom, degree) for _, whom, degree in sorted(rows)]


@figure("avoidableRepeats", whole=True)
def avoidable_repeats(view: ScopedPerspective) -> Answer:
    """Failures with an iteration, facet and failure_cause (n) for which an earlier failure of another organisation has
    the same facet and failure_cause, and for which a learning that names the earlier failure in its `from` had been
    captured, was visible to the failure's organisation as cohort or public, and had not been adopted by it, before the
    iteration was planned.

    share = distinct such failures ÷ n. The earlier failure and the learning may belong to any cohort. The level is the
    one that the learning had just before the iteration was planned.
    """
    asked, rows = [], []
    earlier = Earlier(view.perspective)
    for failure in view.failures:
        found = earlier.of(failure)
        if found is None:
            continue
        asked.append(failure)
        rows += [(failure, before, learning) for before, learning in found]
    rows.sort(key=lambda row: tuple(thing.position for thing in row))
    return {
        "n": len(asked),
        "items": names(asked),
        "share": share(len({row[0] for row in rows}), len(asked)),
        "list": [
            {"failure": failure.key, "earlier": before.key, "learning": learning.key}
            for failure, before, learning in rows
        ],
    }


def repeated_share(view: ScopedPerspective) -> float | None:
    """Return only the share of `avoidableRepeats`, for which one earlier failure each is enough."""
    earlier = Earlier(view.perspective)
    found = [pairs for one in view.failures if (pairs := earlier.of(one)) is not None]
    return share(sum(any(True for _ in pairs) for pairs in found), len(found))


class Earlier:
    """Earlier failures with the same facet and cause, and the learnings from them."""

    def __init__(self, perspective: Perspective) -> None:
        self._perspective = perspective

    def of(self, failure: IndexedSubject) -> Iterator[tuple[IndexedSubject, IndexedSubject]] | None:
        """Return earlier failures and the learnings from them, None if the iteration, facet or cause is missing."""
        iteration = self._perspective.one(failure.born, "iteration")
        classes = classes_of(self._perspective, failure)
        if iteration is None or classes.facet is None or classes.failure_cause is None:
            return None
        return self._found(failure, classes, iteration.born.moment)

    def _found(
        self, failure: IndexedSubject, classes: Classes, planned: Moment
    ) -> Iterator[tuple[IndexedSubject, IndexedSubject]]:
        perspective = self._perspective
        owner = perspective.owner(failure)
        if owner is None or classes.facet is None or classes.failure_cause is None:
            return
        seen_as = (classes.facet, classes.failure_cause)
        for learning, other in perspective.index.lessons.of(
            seen_as, perspective.index.joined.get(owner, ())
        ):
            if learning.born.moment >= planned or other.born.moment >= failure.born.moment:
                continue
            if not (perspective.has(other) and perspective.has(learning)):
                continue
            if perspective.owner(other) in (None, owner):
                continue
            seen = classes_of(perspective, other)
            if (seen.facet, seen.failure_cause) == seen_as and _was_there(
                perspective, learning, owner, planned
            ):
                yield other, learning


def _was_there(
    perspective: Perspective, learning: IndexedSubject, owner: str, planned: Moment
) -> bool:
    """Return whether an earlier learning was visible to the organisation before a moment, and not yet adopted by it."""
    level = learning.born.sent_level or "cohort"
    for entry in perspective.events_of(learning, VisibilityChanged):
        if entry.moment < planned:
            level = entry.data["visibility"]
    if level == "cohort":
        joinings = perspective.index.joinings.get((learning.cohort or "", owner), ())
        if not any(entry.moment < planned and perspective.shows(entry) for entry in joinings):
            return False
    elif level != "public":
        return False
    return not any(
        entry.by == owner and entry.moment < planned for entry in perspective.adoptions(learning)
    )
