"""The index of learnings by the class of the failures that they came from, so that not every failure is searched."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from events.vocabulary.types.learnings import LearningCaptured
from events.vocabulary.types.record import VisibilityChanged
from projections.insights.index.indexed import IndexedSubject, Moment, Place

Kind = tuple[str, str]
"""A facet and a cause."""


class LessonIndex:
    """Learnings with the failures that they come from, by every facet and cause that these failures ever had.

    They are indexed by the learning's cohort, and separately if the learning was ever public. The figure must check
    whether they have been voided, changed or hidden since.
    """

    def __init__(self) -> None:
        self._in_cohort: dict[
            tuple[Kind, str], dict[tuple[IndexedSubject, IndexedSubject], None]
        ] = {}
        self._public: dict[Kind, dict[tuple[IndexedSubject, IndexedSubject], None]] = defaultdict(
            dict
        )
        self._last_plan: dict[Kind, Moment] = {}
        self.failures: dict[Kind, dict[IndexedSubject, None]] = defaultdict(dict)

    def of(
        self, kind: Kind, cohorts: Iterable[IndexedSubject]
    ) -> Iterator[tuple[IndexedSubject, IndexedSubject]]:
        """Yield (learning, failure) once each, for learnings ever public or captured in one of the cohorts."""
        public = self._public.get(kind, {})
        yield from public
        for cohort in {cohort.key: None for cohort in cohorts}:
            for pair in self._in_cohort.get((kind, cohort), ()):
                if pair not in public:
                    yield pair

    def learn(self, learning: IndexedSubject) -> None:
        """Add a learning that is new or was made public."""
        for failure in learning.born.refs.get("from", ()):
            if failure.kind == "failure":
                for kind in kinds_of(failure):
                    self._enter(kind, learning, failure)

    def see(self, failure: IndexedSubject) -> None:
        """Add a failure that is new or was reclassified."""
        for kind in kinds_of(failure):
            if failure in self.failures[kind]:
                continue
            self.failures[kind][failure] = None
            iteration = failure.born.one("iteration")
            if iteration is not None:
                planned = iteration.born.moment
                self._last_plan[kind] = max(planned, self._last_plan.get(kind, planned))
            for entry in failure.named_by:
                if entry.type == LearningCaptured.name and entry.first is not None:
                    self._enter(kind, entry.first, failure)

    def planned_after(self, kind: Kind, moment: Moment) -> set[Place]:
        """Return the places of failures with this facet and cause whose iterations were planned after a moment."""
        if self._last_plan.get(kind, moment) <= moment:
            return set()
        return {
            failure.place
            for failure in self.failures[kind]
            if (iteration := failure.born.one("iteration")) is not None
            and iteration.born.moment > moment
        }

    def _enter(self, kind: Kind, learning: IndexedSubject, failure: IndexedSubject) -> None:
        if learning.cohort is not None:
            self._in_cohort.setdefault((kind, learning.cohort), {})[learning, failure] = None
        if was_public(learning):
            self._public[kind][learning, failure] = None


def kinds_of(failure: IndexedSubject) -> Iterator[Kind]:
    """Yield every facet and cause that the failure ever had, including voided classifications."""
    seen = [entry.data for entry in failure.entries]
    facets = {data["facet"] for data in seen if "facet" in data}
    causes = {data["failure_cause"] for data in seen if "failure_cause" in data}
    return ((facet, cause) for facet in facets for cause in causes)


def was_public(thing: IndexedSubject) -> bool:
    """Return whether the subject was ever public, even if that has been voided."""
    return thing.born.sent_level == "public" or any(
        entry.type == VisibilityChanged.name and entry.data["visibility"] == "public"
        for entry in thing.entries
    )
