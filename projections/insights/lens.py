"""What counts for a viewer: events up to a position and a moment, not taken back by then, and seen now."""

from events.access.audience import Viewer as Looking
from events.access.audience import organisation
from events.terms import Visibility
from events.types import Mark
from projections.insights.book import Book
from projections.insights.spans import Span, common, united
from projections.insights.tally import by_creation
from projections.insights.things import NEVER, Entry, Moment, Thing
from projections.insights.viewer import Viewer


class Lens:
    """The book as one viewer may see it, as of a position (None: the book's) and at a moment in µs.

    `looking` has the tokens that the viewer holds; None for those that the book gives them.

    A void holds from its position on, whatever its time. What does not count, or may not be seen, is as if it had not
    been given; a thing's cohort stays its own. Answers are remembered: a lens is for a book that stands still. They
    hold for moments up to `until_us` (exclusive), as long as nothing is recorded.
    """

    def __init__(
        self,
        book: Book,
        viewer: Viewer,
        *,
        at_us: int,
        as_of: int | None = None,
        looking: Looking | None = None,
    ) -> None:
        self.book = book
        self.viewer = viewer
        self.at_us = at_us
        self.is_live = as_of is None
        self.as_of = book.position if as_of is None else min(as_of, book.position)
        self.until_us: float = float("inf")
        self.looking = viewer.looking(book) if looking is None else looking
        self._has: dict[Thing, bool] = {}
        self._adoptions: dict[Thing, list[Entry]] = {}
        self._stays: dict[tuple[Thing, Thing], list[Span]] = {}
        self._members: dict[Thing, list[Thing]] = {}

    @property
    def now(self) -> Moment:
        """The moment of the question, after everything that counts."""
        return self.at_us, float("inf")

    def counts(self, entry: Entry) -> bool:
        """Say whether the event counts, seen or not."""
        if entry.position > self.as_of or entry.is_voided(self.as_of):
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

    def sees(self, thing: Thing) -> bool:
        """Say whether the viewer sees the thing."""
        return self.looking.sees(thing.audience)

    def sees_entry(self, entry: Entry) -> bool:
        """Say whether the event itself is shown; what it names besides its first subject may be hidden."""
        first = entry.first
        if first is None:
            return self.looking.sees_everything
        if entry.mark is Mark.CREATES:
            return self.sees(first)
        if entry.by is not None and self.looking.holds(organisation(entry.by)):
            return True
        if entry.audience is not None:
            return self.looking.sees(entry.audience)
        level = Visibility(entry.level) if entry.level and entry.mark is Mark.ADDS else None
        return self.looking.sees(first.below, level)

    def knows(self, name: str, as_of: int) -> bool:
        """Say whether something of this name stands as of a position, whatever its time, that the viewer sees.

        Anything else is an unknown key to them.
        """
        return any(
            self.sees(thing)
            for thing in self.book.known(name, as_of)
            if not thing.born.is_voided(as_of)
        )

    def tells(self, entry: Entry) -> bool:
        """Say whether the event counts and is seen."""
        return self.counts(entry) and self.sees_entry(entry)

    def has(self, thing: Thing) -> bool:
        """Say whether the thing is there for the viewer."""
        found = self._has.get(thing)
        if found is None:
            found = self._has[thing] = self.counts(thing.born) and self.sees(thing)
        return found

    def find(self, name: str) -> Thing | None:
        """Return the thing of this name, None where it is not there."""
        return next(filter(self.has, self.book.known(name, self.as_of)), None)

    def one(self, entry: Entry, field: str) -> Thing | None:
        """Return the thing that the event names in a single field, None where it is not there."""
        thing = entry.one(field)
        return thing if thing is not None and self.has(thing) else None

    def many(self, entry: Entry, field: str) -> list[Thing]:
        """Return those of the things that the event names in a field that are there."""
        return [thing for thing in entry.refs.get(field, ()) if self.has(thing)]

    def told(self, thing: Thing, *types: str) -> list[Entry]:
        """Return the events of these types whose first subject is the thing, in the order of the log."""
        return [entry for entry in thing.entries if entry.type in types and self.tells(entry)]

    def last(self, thing: Thing, type_: str) -> Entry | None:
        """Return the last of the events of a type whose first subject is the thing."""
        for entry in reversed(thing.entries):
            if entry.type == type_ and self.tells(entry):
                return entry
        return None

    def naming(self, thing: Thing, type_: str, field: str) -> list[Entry]:
        """Return the events of a type that name the thing in a field which is not that of their first subject."""
        return [
            entry
            for entry in thing.named_by
            if entry.type == type_ and thing in entry.refs.get(field, ()) and self.tells(entry)
        ]

    def born_naming(self, thing: Thing, type_: str, field: str) -> list[Thing]:
        """Return the things created by an event of a type that names the thing in a field."""
        return [
            born
            for entry in self.naming(thing, type_, field)
            if (born := entry.first) is not None and self.has(born)
        ]

    def learnings_from(self, thing: Thing) -> list[Thing]:
        """Return the learnings that name the thing in `from`."""
        return self.born_naming(thing, "learning.captured", "from")

    def failures_of(self, iteration: Thing) -> list[Thing]:
        """Return the failures of the iteration."""
        return self.born_naming(iteration, "failure.recorded", "iteration")

    # Whose it is

    def organisation(self, key: str | None) -> Thing | None:
        """Return the organisation, None where it is not there."""
        return None if key is None else self.find(f"organisation/{key}")

    def owner(self, thing: Thing) -> str | None:
        """Return the key of the organisation it belongs to; a pairing belongs to none in particular."""
        field = "by" if thing.kind == "inspiration" else "organisation"
        owner = self.one(thing.born, field)
        return owner.key if owner is not None else None

    def adoptions(self, learning: Thing) -> list[Entry]:
        """Return the adoptions of a learning by other organisations, each one's first by position."""
        found = self._adoptions.get(learning)
        if found is None:
            firsts: dict[Thing, Entry] = {}
            origin = self.owner(learning)
            for entry in self.told(learning, "learning.adopted"):
                by = self.one(entry, "organisation")
                if by is not None and by.key != origin:
                    firsts.setdefault(by, entry)
            found = self._adoptions[learning] = list(firsts.values())
        return found

    # Who is where

    def close(self, cohort: Thing) -> Moment:
        """Return when the cohort closed, NEVER where it did not."""
        entry = self.last(cohort, "cohort.closed")
        return entry.moment if entry is not None else NEVER

    def movements(self, entries: list[Entry], organisation: Thing, cohort: Thing) -> list[Entry]:
        """Return those joinings or leavings of the organisation that count."""
        return [
            entry
            for entry in entries
            if self.one(entry, "organisation") is organisation
            and self.one(entry, "cohort") is cohort
            and self.tells(entry)
        ]

    def joinings(self, organisation: Thing, cohort: Thing) -> list[Entry]:
        """Return when the organisation joined the cohort, in the order of the log."""
        told = self.book.joinings.get((cohort.key, organisation.key), [])
        return self.movements(told, organisation, cohort)

    def leavings(self, organisation: Thing, cohort: Thing) -> list[Entry]:
        """Return when the organisation left the cohort, in the order of the log."""
        told = self.book.leavings.get((cohort.key, organisation.key), [])
        return self.movements(told, organisation, cohort)

    def members(self, cohort: Thing) -> list[Thing]:
        """Return every organisation that was ever in the cohort, by creation."""
        found = self._members.get(cohort)
        if found is None:
            ever = {
                entry.refs["organisation"][0]
                for entry in cohort.named_by
                if entry.type == "organisation.joined" and self.tells(entry)
            }
            found = self._members[cohort] = sorted(filter(self.has, ever), key=by_creation)
        return found

    def stays(self, organisation: Thing, cohort: Thing) -> list[Span]:
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

    def common_cohorts(self, one: Thing, other: Thing) -> list[Thing]:
        """Return the cohorts in which both organisations may have been."""
        others = self.book.joined.get(other.key, {})
        return [
            cohort
            for cohort in self.book.joined.get(one.key, ())
            if cohort in others and self.has(cohort)
        ]

    def together(self, one: Thing, other: Thing, cohorts: list[Thing]) -> list[Span]:
        """Return when both organisations were present in one of the cohorts."""
        return united(
            span
            for cohort in cohorts
            for span in common(self.stays(one, cohort), self.stays(other, cohort))
        )

    def pairing_span(self, pairing: Thing) -> Span:
        """Return from when to when the pairing lasted: to its end as told, the close or a member's leaving."""
        ends = [entry.moment for entry in self.told(pairing, "pairing.ended")]
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
