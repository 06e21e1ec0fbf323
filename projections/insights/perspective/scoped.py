"""A perspective with a scope: the subjects and events that a request is about."""

from collections.abc import Collection, Iterable
from heapq import merge

from events.access.principal import Role
from events.vocabulary.stream import stream_of
from events.vocabulary.types import EventType
from events.vocabulary.types.iterations import IterationConcluded, IterationStarted
from events.vocabulary.values.text_folding import folded
from events.vocabulary.values.times import DAY_US
from projections.insights.index.indexed import IndexedEvent, IndexedSubject, Place, place_of
from projections.insights.measures.tally import by_creation
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scope import Scope


class ScopedPerspective:
    """The subjects and events that a viewer asks about, or those of them in one place (None for all)."""

    def __init__(self, perspective: Perspective, scope: Scope, place: Place | None = None) -> None:
        self.perspective = perspective
        self.scope = scope
        self.place = place
        self._cohorts = frozenset(
            key
            for key in scope.cohorts
            if perspective.knows(stream_of("cohort", key), perspective.as_of)
        )
        self._themes = frozenset(folded(theme) for theme in scope.themes)
        self._sectors = frozenset(folded(sector) for sector in scope.sectors)
        self._things: dict[str, list[IndexedSubject]] = {}
        self._wanted: dict[str, bool] = {}
        self._concluded: list[tuple[IndexedSubject, IndexedEvent]] | None = None

    def of_cohort(self, cohort: str) -> "ScopedPerspective":
        """Return the view of one cohort with the same other filters."""
        return ScopedPerspective(self.perspective, self.scope.of_cohort(cohort))

    # Filters

    def includes(self, iteration: IndexedSubject) -> bool:
        """Return whether the iteration is in scope, in any place."""
        return (
            self.perspective.has(iteration)
            and self.wants_cohort(iteration.cohort)
            and self.wants_themes(self.perspective.themes(iteration))
            and self.wants_time(iteration.time)
            and (not self._is_of_some or self.wants(self.perspective.owner(iteration)))
        )

    @property
    def _is_of_some(self) -> bool:
        """Whether only some organisations are in scope."""
        return bool(self.scope.organisations or self._sectors)

    def wants_cohort(self, cohort: str | None) -> bool:
        """Return whether the filter by cohorts selects this one. It never selects one that the viewer does not see."""
        return not self.scope.cohorts or cohort in self._cohorts

    def wants(self, organisation: str | None) -> bool:
        """Return whether the filters by organisation and sector select this one. None is selected only without them."""
        if not self._is_of_some:
            return True
        if organisation is None:
            return False
        found = self._wanted.get(organisation)
        if found is None:
            found = self._wanted[organisation] = self._is_wanted(organisation)
        return found

    def _is_wanted(self, organisation: str) -> bool:
        if self.scope.organisations and organisation not in self.scope.organisations:
            return False
        if not self._sectors:
            return True
        thing = self.perspective.organisation(organisation)
        return (
            thing is not None
            and folded(self.perspective.data(thing.born)["sector"]) in self._sectors
        )

    def wants_any(self, organisations: Iterable[str]) -> bool:
        """Return whether the filters select any of several organisations, to which something belongs."""
        if not self._is_of_some:
            return True
        return any(self.wants(organisation) for organisation in organisations)

    def as_written(self, theme: str) -> str:
        """Return a theme as first written in what the viewer may see."""
        things = filter(self.perspective.has, self.perspective.index.themed[theme])
        written = (self.perspective.themes(thing).get(theme) for thing in things)
        return next(filter(None, written), theme)

    def wants_themes(self, themes: Collection[str]) -> bool:
        """Return whether the filter by themes selects these. No themes are selected only without a filter."""
        return not self._themes or not self._themes.isdisjoint(themes)

    def wants_time(self, time_us: int) -> bool:
        """Return whether the time is in [from, to)."""
        scope = self.scope
        return (scope.from_us is None or scope.from_us <= time_us) and (
            scope.to_us is None or time_us < scope.to_us
        )

    def wants_entry(
        self, entry: IndexedEvent, organisation: str | None, themes: Collection[str]
    ) -> bool:
        """Return whether an event that is counted itself is in scope."""
        return (
            self.wants_cohort(entry.cohort)
            and self.wants(organisation)
            and self.wants_themes(themes)
            and self.wants_time(entry.time)
        )

    # Subjects and events in scope

    def placed(self, kind: str) -> list[IndexedSubject]:
        """Return the subjects of a kind in the cohorts in scope, in the order of creation. Ignores other filters."""
        index = self.perspective.index
        places = self._places
        if places is None:
            things: Iterable[IndexedSubject] = index.things[kind]
        else:
            lists = [index.placed.get((kind, place), []) for place in places]
            things = lists[0] if len(lists) == 1 else merge(*lists, key=by_creation)
        return self.perspective.those(things)

    @property
    def _places(self) -> list[Place] | None:
        """The places in view; None for all."""
        if self.place is not None:
            return [self.place]
        if not self.scope.cohorts:
            return None
        return [place_of(cohort, None) for cohort in self._cohorts]

    def at_any_time(self, kind: str) -> list[IndexedSubject]:
        """Return the subjects of a kind in scope at any time, in the order of creation, without shared questions."""
        found = self._things.get(kind)
        if found is None:
            found = self._things[kind] = self._wanted_of(kind)
        return found

    def _wanted_of(self, kind: str) -> list[IndexedSubject]:
        found = self.placed(kind)
        if kind == "question":
            found = [thing for thing in found if not thing.shared]
        if self._themes:
            found = [thing for thing in found if self.wants_themes(self.perspective.themes(thing))]
        if self._is_of_some:
            found = [thing for thing in found if self.wants(self.perspective.owner(thing))]
        return found

    def things(self, kind: str) -> list[IndexedSubject]:
        """Return the subjects of a kind in scope that were created in [from, to)."""
        found = self.at_any_time(kind)
        if self.scope.from_us is None and self.scope.to_us is None:
            return found
        return [thing for thing in found if self.wants_time(thing.time)]

    def shared_questions(self) -> list[IndexedSubject]:
        """Return the shared questions in scope, which belong to no organisation."""
        if self._is_of_some:
            return []
        return [
            question
            for question in self.placed("question")
            if question.shared
            and self.wants_themes(self.perspective.themes(question))
            and self.wants_time(question.time)
        ]

    @property
    def cohorts(self) -> list[IndexedSubject]:
        """The cohorts in scope, in the order of creation."""
        return self.placed("cohort")

    def organisations(self, keys: Iterable[str]) -> list[IndexedSubject]:
        """Return those of the organisations that are in scope, in the order of creation."""
        found = [self.perspective.organisation(key) for key in keys if self.wants(key)]
        return sorted((one for one in found if one is not None), key=by_creation)

    @property
    def memberships(self) -> list[tuple[IndexedSubject, IndexedSubject]]:
        """The pairs of an organisation in scope and a cohort in scope that it was ever in."""
        return [
            (organisation, cohort)
            for cohort in self.cohorts
            for organisation in self.perspective.members(cohort)
            if self.wants(organisation.key)
        ]

    def entries(self, type_: type[EventType]) -> list[IndexedEvent]:
        """Return the events of a type in the cohorts in scope, in the order of the log."""
        index = self.perspective.index
        places = self._places
        if places is None:
            entries: Iterable[IndexedEvent] = index.counted[type_.name]
        else:
            lists = [index.counted_in.get((type_.name, place), []) for place in places]
            entries = lists[0] if len(lists) == 1 else merge(*lists, key=lambda one: one.position)
        return [entry for entry in entries if self.perspective.shows(entry)]

    @property
    def concluded(self) -> list[tuple[IndexedSubject, IndexedEvent]]:
        """The iterations in scope that were concluded in [from, to), with their conclusions."""
        if self._concluded is None:
            self._concluded = self._ended(IterationConcluded)
        return self._concluded

    @property
    def started(self) -> list[tuple[IndexedSubject, IndexedEvent]]:
        """The iterations in scope that were started in [from, to), with their starts."""
        return self._ended(IterationStarted)

    def _ended(self, type_: type[EventType]) -> list[tuple[IndexedSubject, IndexedEvent]]:
        return [
            (thing, entry)
            for thing in self.at_any_time("iteration")
            if (entry := self.perspective.last(thing, type_)) is not None
            and self.wants_time(entry.time)
        ]

    @property
    def failures(self) -> list[IndexedSubject]:
        """The failures in scope."""
        return self.things("failure")

    @property
    def learnings(self) -> list[IndexedSubject]:
        """The learnings in scope."""
        return self.things("learning")

    @property
    def outcomes(self) -> list[IndexedSubject]:
        """The outcomes in scope."""
        return self.things("outcome")

    def is_old(self, time_us: int, days: int) -> bool:
        """Return whether the time is at least this number of days ago."""
        return self.perspective.is_past(time_us + days * DAY_US)

    def is_whole(self, organisation: str | None = None) -> bool:
        """Return whether the viewer may get figures that a partial view would distort.

        These are facilitators of everything, facilitators and evaluators of all cohorts in the filter, and
        organisations that ask only about themselves (`organisation` is the argument of the figure).
        """
        viewer = self.perspective.viewer
        if viewer.role is Role.ORGANISATION:
            alone = self.scope.organisations if organisation is None else {organisation}
            return alone == {viewer.organisation}
        return viewer.oversees(self.scope.cohorts)
