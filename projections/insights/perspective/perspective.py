"""What counts for a viewer: events up to a position and a moment, not taken back by then, and seen now."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from events.access.audience import ViewerTokens as Looking
from events.access.audience import organisation
from events.vocabulary.stream import Stream, stream_of
from events.vocabulary.terms import Visibility
from events.vocabulary.types import EventType, Mark
from events.vocabulary.types.cohorts import CohortClosed, OrganisationJoined, PairingEnded
from events.vocabulary.types.learnings import FailureRecorded, LearningAdopted, LearningCaptured
from projections.insights.index.index import Index
from projections.insights.index.indexed import NEVER, IndexedEvent, IndexedSubject, Moment
from projections.insights.measures.spans import Span, common, united
from projections.insights.measures.tally import by_creation
from projections.insights.perspective.viewer import FigureViewer

K = TypeVar("K")
V = TypeVar("V")


class Remembered(dict[K, V]):
    """Answers by what was asked, each worked out once; asked by `[]`, which takes what is known no call of ours."""

    def __init__(self, work_out: Callable[[K], V]) -> None:
        self._work_out = work_out

    def __missing__(self, asked: K) -> V:
        found = self[asked] = self._work_out(asked)
        return found


class Perspective:
    """The book as one viewer may see it, as of a position (None: the book's) and at a moment in µs.

    `looking` has the tokens that the viewer holds; None for those that the book gives them.

    A void holds from its position on, whatever its time. What does not count, or may not be seen, is as if it had not
    been given; a thing's cohort stays its own. Answers are remembered: a lens is for a book that stands still. They
    hold for moments up to `until_us` (exclusive), as long as nothing is recorded. `is_after_all`: nothing that is
    recorded happened later.
    """

    def __init__(
        self,
        index: Index,
        viewer: FigureViewer,
        *,
        at_us: int,
        as_of: int | None = None,
        looking: Looking | None = None,
    ) -> None:
        self.index = index
        self.viewer = viewer
        self.at_us = at_us
        self.is_live = as_of is None
        self.as_of = index.position if as_of is None else min(as_of, index.position)
        self.until_us: float = float("inf")
        self.looking = viewer.looking(index) if looking is None else looking
        self._sees_everything = self.looking.sees_everything
        self.is_after_all = at_us >= index.latest_us
        self._shown = Remembered(self.looking.sees)
        self._is_own = Remembered(self._holds)
        self._adoptions: dict[IndexedSubject, list[IndexedEvent]] = {}
        self._stays: dict[tuple[IndexedSubject, IndexedSubject], list[Span]] = {}
        self._members: dict[IndexedSubject, list[IndexedSubject]] = {}

    @property
    def now(self) -> Moment:
        """The moment of the question, after everything that counts."""
        return self.at_us, float("inf")

    def counts(self, entry: IndexedEvent) -> bool:
        """Say whether the event counts, seen or not."""
        if entry.voided_by is None and self.is_after_all and self.as_of == self.index.position:
            return True
        if entry.position > self.as_of or (
            entry.voided_by is not None and entry.voided_by <= self.as_of
        ):
            return False
        if entry.time > self.at_us:
            self.changes_at(entry.time)
            return False
        return True

    def changes_at(self, time_us: float) -> None:
        """Note that what was just asked may have another answer from this time on."""
        self.until_us = min(self.until_us, time_us)

    def flows(self) -> None:
        """Note that what was just asked has another answer at every moment."""
        self.changes_at(self.at_us)

    def is_past(self, time_us: float) -> bool:
        """Say whether it is so late, or later."""
        if self.at_us < time_us:
            self.changes_at(time_us)
            return False
        return True

    # What is seen now, whatever position and moment is asked about

    def sees(self, thing: IndexedSubject) -> bool:
        """Say whether the viewer sees the thing."""
        return self._sees_everything or self._shown[thing.audience]

    def sees_entry(self, entry: IndexedEvent) -> bool:
        """Say whether the event itself is shown; what it names besides its first subject may be hidden."""
        first = entry.first
        if self._sees_everything or first is None:
            return self._sees_everything
        if entry.mark is Mark.CREATES:
            return self._shown[first.audience]
        if entry.by is not None and self._is_own[entry.by]:
            return True
        if entry.audience is not None:
            return self._shown[entry.audience]
        if entry.level and entry.mark is Mark.ADDS:
            return self.looking.sees(first.below, Visibility(entry.level))
        return self._shown[first.below]

    def knows(self, name: Stream, as_of: int) -> bool:
        """Say whether something of this name stands as of a position, whatever its time, that the viewer sees.

        Anything else is an unknown key to them.
        """
        return any(
            self.sees(thing)
            for thing in self.index.known(name, as_of)
            if not thing.born.is_voided(as_of)
        )

    def shows(self, entry: IndexedEvent) -> bool:
        """Say whether the event counts and is seen."""
        return self.counts(entry) and (self._sees_everything or self.sees_entry(entry))

    def _holds(self, key: str) -> bool:
        return self.looking.holds(organisation(key))

    def has(self, thing: IndexedSubject) -> bool:
        """Say whether the thing is there for the viewer."""
        return self.counts(thing.born) and (self._sees_everything or self._shown[thing.audience])

    def those(self, things: Iterable[IndexedSubject]) -> list[IndexedSubject]:
        """Return those of many things that are there for the viewer."""
        if not self.is_after_all or self.as_of != self.index.position:
            return [thing for thing in things if self.has(thing)]
        # The same, without a call of ours for nearly each of them.
        shown = self._shown
        if self._sees_everything:
            return [thing for thing in things if thing.born.voided_by is None]
        return [thing for thing in things if thing.born.voided_by is None and shown[thing.audience]]

    def find(self, name: Stream) -> IndexedSubject | None:
        """Return the thing of this name, None where it is not there."""
        return next(filter(self.has, self.index.known(name, self.as_of)), None)

    def one(self, entry: IndexedEvent, field: str) -> IndexedSubject | None:
        """Return the thing that the event names in a single field, None where it is not there."""
        thing = entry.one(field)
        return thing if thing is not None and self.has(thing) else None

    def many(self, entry: IndexedEvent, field: str) -> list[IndexedSubject]:
        """Return those of the things that the event names in a field that are there."""
        return [thing for thing in entry.refs.get(field, ()) if self.has(thing)]

    def events_of(self, thing: IndexedSubject, type_: type[EventType]) -> list[IndexedEvent]:
        """Return the events of a type whose first subject is the thing, in the order of the log."""
        entries = self.index.followed[type_.name].get(thing)
        return list(filter(self.shows, entries)) if entries else []

    def last(self, thing: IndexedSubject, type_: type[EventType]) -> IndexedEvent | None:
        """Return the last of the events of a type whose first subject is the thing."""
        entries = self.index.followed[type_.name].get(thing)
        return next(filter(self.shows, reversed(entries)), None) if entries else None

    def naming(
        self, thing: IndexedSubject, type_: type[EventType], field: str
    ) -> list[IndexedEvent]:
        """Return the events of a type that name the thing in a field which is not that of their first subject."""
        entries = self.index.naming[type_.name, field].get(thing)
        return list(filter(self.shows, entries)) if entries else []

    def born_naming(
        self, thing: IndexedSubject, type_: type[EventType], field: str
    ) -> list[IndexedSubject]:
        """Return the things created by an event of a type that names the thing in a field."""
        return [
            born
            for entry in self.naming(thing, type_, field)
            if (born := entry.first) is not None and self.has(born)
        ]

    def learnings_from(self, thing: IndexedSubject) -> list[IndexedSubject]:
        """Return the learnings that name the thing in `from`."""
        return self.born_naming(thing, LearningCaptured, "from")

    def failures_of(self, iteration: IndexedSubject) -> list[IndexedSubject]:
        """Return the failures of the iteration."""
        return self.born_naming(iteration, FailureRecorded, "iteration")

    # Whose it is

    def organisation(self, key: str | None) -> IndexedSubject | None:
        """Return the organisation, None where it is not there."""
        return None if key is None else self.find(stream_of("organisation", key))

    def owner(self, thing: IndexedSubject) -> str | None:
        """Return the key of the organisation it belongs to; a pairing belongs to none in particular."""
        field = "by" if thing.kind == "inspiration" else "organisation"
        owner = self.one(thing.born, field)
        return owner.key if owner is not None else None

    def adoptions(self, learning: IndexedSubject) -> list[IndexedEvent]:
        """Return the adoptions of a learning by other organisations, each one's first by position."""
        found = self._adoptions.get(learning)
        if found is None:
            adopted = self.events_of(learning, LearningAdopted)
            found = self._adoptions[learning] = (
                self._first_of_others(learning, adopted) if adopted else []
            )
        return found

    def _first_of_others(
        self, learning: IndexedSubject, adoptions: list[IndexedEvent]
    ) -> list[IndexedEvent]:
        firsts: dict[IndexedSubject, IndexedEvent] = {}
        origin = self.owner(learning)
        for entry in adoptions:
            by = self.one(entry, "organisation")
            if by is not None and by.key != origin:
                firsts.setdefault(by, entry)
        return list(firsts.values())

    # Who is where

    def close(self, cohort: IndexedSubject) -> Moment:
        """Return when the cohort closed, NEVER where it did not."""
        entry = self.last(cohort, CohortClosed)
        return entry.moment if entry is not None else NEVER

    def movements(
        self, entries: list[IndexedEvent], organisation: IndexedSubject, cohort: IndexedSubject
    ) -> list[IndexedEvent]:
        """Return those joinings or leavings of the organisation that count."""
        return [
            entry
            for entry in entries
            if self.one(entry, "organisation") is organisation
            and self.one(entry, "cohort") is cohort
            and self.shows(entry)
        ]

    def joinings(self, organisation: IndexedSubject, cohort: IndexedSubject) -> list[IndexedEvent]:
        """Return when the organisation joined the cohort, in the order of the log."""
        joinings = self.index.joinings.get((cohort.key, organisation.key), [])
        return self.movements(joinings, organisation, cohort)

    def leavings(self, organisation: IndexedSubject, cohort: IndexedSubject) -> list[IndexedEvent]:
        """Return when the organisation left the cohort, in the order of the log."""
        leavings = self.index.leavings.get((cohort.key, organisation.key), [])
        return self.movements(leavings, organisation, cohort)

    def members(self, cohort: IndexedSubject) -> list[IndexedSubject]:
        """Return every organisation that was ever in the cohort, by creation."""
        found = self._members.get(cohort)
        if found is None:
            ever = {
                entry.refs["organisation"][0]
                for entry in cohort.named_by
                if entry.type == OrganisationJoined.name and self.shows(entry)
            }
            found = self._members[cohort] = sorted(filter(self.has, ever), key=by_creation)
        return found

    def stays(self, organisation: IndexedSubject, cohort: IndexedSubject) -> list[Span]:
        """Return when the organisation was in the cohort: from each joining to the next leaving, or to the close.

        Told out of order, stays may overlap.
        """
        found = self._stays.get((organisation, cohort))
        if found is None:
            leavings = self.leavings(organisation, cohort)
            close = self.close(cohort)
            found = self._stays[organisation, cohort] = []
            for joining in self.joinings(organisation, cohort):
                left = next((e for e in leavings if e.position > joining.position), None)
                end = min(left.moment, close) if left is not None else close
                if joining.moment < end:
                    found.append(Span(joining.moment, end))
        return found

    def common_cohorts(self, one: IndexedSubject, other: IndexedSubject) -> list[IndexedSubject]:
        """Return the cohorts in which both organisations may have been."""
        others = self.index.joined.get(other.key, {})
        return [
            cohort
            for cohort in self.index.joined.get(one.key, ())
            if cohort in others and self.has(cohort)
        ]

    def together(
        self, one: IndexedSubject, other: IndexedSubject, cohorts: list[IndexedSubject]
    ) -> list[Span]:
        """Return when both organisations were present in one of the cohorts."""
        return united(
            span
            for cohort in cohorts
            for span in common(self.stays(one, cohort), self.stays(other, cohort))
        )

    def pairing_span(self, pairing: IndexedSubject) -> Span:
        """Return from when to when the pairing lasted: to its end as told, the close or a member's leaving."""
        ends = [entry.moment for entry in self.events_of(pairing, PairingEnded)]
        cohort = self.one(pairing.born, "cohort")
        if cohort is not None:
            ends.append(self.close(cohort))
            for member in self.many(pairing.born, "organisations"):
                left = [
                    entry.moment
                    for entry in self.leavings(member, cohort)
                    if entry.position > pairing.position
                ]
                ends += left[:1]
        return Span(pairing.born.moment, min(ends, default=NEVER))
