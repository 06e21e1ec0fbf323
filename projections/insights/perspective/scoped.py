"""A lens with a scope: the things that a question is about."""

from collections.abc import Collection, Iterable, Mapping
from heapq import merge
from typing import Final

from events.access.principal import Role
from events.vocabulary.stream import stream_of
from events.vocabulary.text_folding import folded
from events.vocabulary.times import DAY_US
from events.vocabulary.types import EventType
from events.vocabulary.types.iterations import IterationConcluded, IterationStarted
from projections.insights.index.indexed import IndexedEvent, IndexedSubject, Place, place_of
from projections.insights.measures.tally import by_creation
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scope import Scope

_NO_THEMES: Final[Mapping[str, str]] = {}


class ScopedPerspective:
    """What a viewer asks about, or the part of it in one place (None: all of it).

    C, F, L and O are `concluded`, `failures`, `learnings` and `outcomes`.
    """

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

    # What is in scope

    def includes(self, iteration: IndexedSubject) -> bool:
        """Say whether the iteration is in scope, wherever it is."""
        return (
            self.perspective.has(iteration)
            and self.wants_cohort(iteration.cohort)
            and self.wants_themes(themes_of(iteration))
            and self.wants_time(iteration.time)
            and (not self._is_of_some or self.wants(self.perspective.owner(iteration)))
        )

    @property
    def _is_of_some(self) -> bool:
        """Whether only some organisations are in scope."""
        return bool(self.scope.organisations or self._sectors)

    def wants_cohort(self, cohort: str | None) -> bool:
        """Say whether the filter of cohorts lets this one pass; one that the viewer does not see, it never does."""
        return not self.scope.cohorts or cohort in self._cohorts

    def wants(self, organisation: str | None) -> bool:
        """Say whether the filters of organisations and sectors let this one pass; None passes only no filter."""
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
        return thing is not None and folded(thing.born.data["sector"]) in self._sectors

    def wants_any(self, organisations: Iterable[str]) -> bool:
        """Say whether one of several organisations passes: what belongs to several is in scope with any of them."""
        if not self._is_of_some:
            return True
        return any(self.wants(organisation) for organisation in organisations)

    def as_written(self, theme: str) -> str:
        """Return a theme as it was first written in what is there for the viewer."""
        things = filter(self.perspective.has, self.perspective.index.themed[theme])
        return next((themes_of(thing)[theme] for thing in things), theme)

    def wants_themes(self, themes: Collection[str]) -> bool:
        """Say whether the filter of themes lets these pass; none pass only no filter."""
        return not self._themes or not self._themes.isdisjoint(themes)

    def wants_time(self, time_us: int) -> bool:
        """Say whether the time lies in [from, to)."""
        scope = self.scope
        return (scope.from_us is None or scope.from_us <= time_us) and (
            scope.to_us is None or time_us < scope.to_us
        )

    def wants_entry(
        self, entry: IndexedEvent, organisation: str | None, themes: Collection[str]
    ) -> bool:
        """Say whether what an event says by itself is in scope."""
        return (
            self.wants_cohort(entry.cohort)
            and self.wants(organisation)
            and self.wants_themes(themes)
            and self.wants_time(entry.time)
        )

    # The things in scope

    def placed(self, kind: str) -> list[IndexedSubject]:
        """Return the things of a kind in the cohorts in scope, by creation, whatever the other filters say."""
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
        """Return the things of a kind in scope, by creation, whenever they were; of questions the organisations'
        own."""
        found = self._things.get(kind)
        if found is None:
            found = self._things[kind] = self._wanted_of(kind)
        return found

    def _wanted_of(self, kind: str) -> list[IndexedSubject]:
        found = self.placed(kind)
        if kind == "question":
            found = [thing for thing in found if not thing.shared]
        if self._themes:
            found = [thing for thing in found if self.wants_themes(themes_of(thing))]
        if self._is_of_some:
            found = [thing for thing in found if self.wants(self.perspective.owner(thing))]
        return found

    def things(self, kind: str) -> list[IndexedSubject]:
        """Return the things of a kind in scope that were created in [from, to)."""
        found = self.at_any_time(kind)
        if self.scope.from_us is None and self.scope.to_us is None:
            return found
        return [thing for thing in found if self.wants_time(thing.time)]

    def shared_questions(self) -> list[IndexedSubject]:
        """Return the shared questions in scope; they belong to no organisation."""
        if self._is_of_some:
            return []
        return [
            question
            for question in self.placed("question")
            if question.shared
            and self.wants_themes(themes_of(question))
            and self.wants_time(question.time)
        ]

    @property
    def cohorts(self) -> list[IndexedSubject]:
        """The cohorts in scope, by creation."""
        return self.placed("cohort")

    def organisations(self, keys: Iterable[str]) -> list[IndexedSubject]:
        """Return those of the organisations that are in scope, by creation."""
        found = [self.perspective.organisation(key) for key in keys if self.wants(key)]
        return sorted((one for one in found if one is not None), key=by_creation)

    @property
    def memberships(self) -> list[tuple[IndexedSubject, IndexedSubject]]:
        """Every organisation in scope with every cohort in scope that it was ever in."""
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
        """C, with their conclusions."""
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
        """F."""
        return self.things("failure")

    @property
    def learnings(self) -> list[IndexedSubject]:
        """L."""
        return self.things("learning")

    @property
    def outcomes(self) -> list[IndexedSubject]:
        """O."""
        return self.things("outcome")

    def is_old(self, time_us: int, days: int) -> bool:
        """Say whether the time was at least so many days ago."""
        return self.perspective.is_past(time_us + days * DAY_US)

    def is_whole(self, organisation: str | None = None) -> bool:
        """Say whether the viewer is given what a partial view would distort.

        That is a facilitator of everything, a facilitator or an evaluator of all cohorts that are filtered by, and an
        organisation that asks for itself alone (`organisation`: the one that the figure is asked of).
        """
        viewer = self.perspective.viewer
        if viewer.role is Role.ORGANISATION:
            alone = self.scope.organisations if organisation is None else {organisation}
            return alone == {viewer.organisation}
        return viewer.oversees(self.scope.cohorts)


def themes_of(thing: IndexedSubject) -> Mapping[str, str]:
    """Return the thing's own themes as they were written, by their folded form."""
    themes: Mapping[str, str] = thing.born.data.get("themes", _NO_THEMES)
    return themes
