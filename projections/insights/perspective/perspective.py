"""The view of the index for one viewer: events up to a position and a time that are not voided and are visible now."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from events.access.audience import ViewerTokens, organisation
from events.vocabulary.stream import Stream, stream_of
from events.vocabulary.terms import Visibility
from events.vocabulary.types import EventType, Mark
from events.vocabulary.types.cohorts import CohortClosed, OrganisationJoined, PairingEnded
from events.vocabulary.types.learnings import FailureRecorded, LearningAdopted, LearningCaptured
from projections.insights.index.index import Index
from projections.insights.index.indexed import NEVER, IndexedEvent, IndexedSubject, Moment
from projections.insights.index.kept_fields import SEEN_WITH_SUBJECT
from projections.insights.measures.spans import Span, common, united
from projections.insights.measures.tally import by_creation
from projections.insights.perspective.viewer import FigureViewer

_NO_THEMES: Final[Mapping[str, str]] = {}

K = TypeVar("K")
V = TypeVar("V")


class Remembered(dict[K, V]):
    """A cache that computes a missing value for a key with `[]`. Known values need no Python call."""

    def __init__(self, work_out: Callable[[K], V]) -> None:
        self._work_out = work_out

    def __missing__(self, asked: K) -> V:
        found = self[asked] = self._work_out(asked)
        return found


class Perspective:
    """The index as one viewer may see it, at a position (None for that of the index) and at a time in µs.

    `viewer_tokens` are the tokens that the viewer holds, None for those that follow from the index.

    A void takes effect at its position, no matter what its time is. Events that do not count or are hidden are treated
    as if they did not exist, except that a subject keeps its cohort. Answers are cached, so the index must not change
    while a perspective is in use. They are valid up to `until_us` (exclusive) if nothing is recorded. `is_after_all`:
    no recorded event has a later time.
    """

    def __init__(
        self,
        index: Index,
        viewer: FigureViewer,
        *,
        at_us: int,
        as_of: int | None = None,
        viewer_tokens: ViewerTokens | None = None,
    ) -> None:
        self.index = index
        self.viewer = viewer
        self.at_us = at_us
        self.is_live = as_of is None
        self.as_of = index.position if as_of is None else min(as_of, index.position)
        self.until_us: float = float("inf")
        self.viewer_tokens = viewer.viewer_tokens(index) if viewer_tokens is None else viewer_tokens
        self._sees_everything = self.viewer_tokens.sees_everything
        self.is_after_all = at_us >= index.latest_us
        self._shown = Remembered(self.viewer_tokens.sees)
        self._is_own = Remembered(self._holds)
        self._adoptions: dict[IndexedSubject, list[IndexedEvent]] = {}
        self._stays: dict[tuple[IndexedSubject, IndexedSubject], list[Span]] = {}
        self._members: dict[IndexedSubject, list[IndexedSubject]] = {}

    @property
    def now(self) -> Moment:
        """The moment of the request, after everything that counts."""
        return self.at_us, float("inf")

    def counts(self, entry: IndexedEvent) -> bool:
        """Return whether the event counts, visible or not."""
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
        """Note that the current answer may change at this time."""
        self.until_us = min(self.until_us, time_us)

    def flows(self) -> None:
        """Note that the current answer changes continuously with time."""
        self.changes_at(self.at_us)

    def is_past(self, time_us: float) -> bool:
        """Return whether the time of the request is at or after this time."""
        if self.at_us < time_us:
            self.changes_at(time_us)
            return False
        return True

    def data(self, entry: IndexedEvent) -> Mapping[str, Any]:
        """Return the data of an event as it read at the position. Fields that cannot be corrected are in its `data`."""
        if not entry.corrections or self.as_of >= self.index.position:
            return entry.data
        return entry.data_at(self.as_of)

    def themes(self, thing: IndexedSubject) -> Mapping[str, str]:
        """Return the themes of the subject as written, by their folded form."""
        themes: Mapping[str, str] = self.data(thing.born).get("themes", _NO_THEMES)
        return themes

    # What is visible now, for any position and time of the request

    def sees(self, thing: IndexedSubject) -> bool:
        """Return whether the viewer sees the subject."""
        return self._sees_everything or self._shown[thing.audience]

    def sees_entry(self, entry: IndexedEvent) -> bool:
        """Return whether the viewer sees the event. Other subjects that it names may be hidden."""
        first = entry.first
        if self._sees_everything or first is None:
            return self._sees_everything
        if entry.type in SEEN_WITH_SUBJECT:
            return self._shown[first.audience]
        if entry.by is not None and self._is_own[entry.by]:
            return True
        if entry.audience is not None:
            return self._shown[entry.audience]
        if entry.level and entry.mark is Mark.ADDS:
            return self.viewer_tokens.sees(first.below, Visibility(entry.level))
        return self._shown[first.below]

    def knows(self, name: Stream, as_of: int) -> bool:
        """Return whether a subject with this name exists at a position, at any time, and the viewer sees it.

        Otherwise its key is unknown to the viewer.
        """
        return any(
            self.sees(thing)
            for thing in self.index.known(name, as_of)
            if not thing.born.is_voided(as_of)
        )

    def shows(self, entry: IndexedEvent) -> bool:
        """Return whether the event counts and is visible."""
        return self.counts(entry) and (self._sees_everything or self.sees_entry(entry))

    def _holds(self, key: str) -> bool:
        return self.viewer_tokens.holds(organisation(key))

    def has(self, thing: IndexedSubject) -> bool:
        """Return whether the subject exists for the viewer."""
        return self.counts(thing.born) and (self._sees_everything or self._shown[thing.audience])

    def those(self, things: Iterable[IndexedSubject]) -> list[IndexedSubject]:
        """Return those of many subjects that exist for the viewer."""
        if not self.is_after_all or self.as_of != self.index.position:
            return [thing for thing in things if self.has(thing)]
        # The same as `has`, but without a Python call for most of them.
        shown = self._shown
        if self._sees_everything:
            return [thing for thing in things if thing.born.voided_by is None]
        return [thing for thing in things if thing.born.voided_by is None and shown[thing.audience]]

    def find(self, name: Stream) -> IndexedSubject | None:
        """Return the subject with this name, None if it does not exist for the viewer."""
        return next(filter(self.has, self.index.known(name, self.as_of)), None)

    def one(self, entry: IndexedEvent, field: str) -> IndexedSubject | None:
        """Return the subject that the event names in a field, None if it does not exist for the viewer."""
        thing = entry.one(field)
        return thing if thing is not None and self.has(thing) else None

    def many(self, entry: IndexedEvent, field: str) -> list[IndexedSubject]:
        """Return those subjects named in a field of the event that exist for the viewer."""
        return [thing for thing in entry.refs.get(field, ()) if self.has(thing)]

    def events_of(self, thing: IndexedSubject, type_: type[EventType]) -> list[IndexedEvent]:
        """Return the events of a type with this first subject, in the order of the log."""
        entries = self.index.followed[type_.name].get(thing)
        return list(filter(self.shows, entries)) if entries else []

    def last(self, thing: IndexedSubject, type_: type[EventType]) -> IndexedEvent | None:
        """Return the last event of a type with this first subject."""
        entries = self.index.followed[type_.name].get(thing)
        return next(filter(self.shows, reversed(entries)), None) if entries else None

    def naming(
        self, thing: IndexedSubject, type_: type[EventType], field: str
    ) -> list[IndexedEvent]:
        """Return the events of a type that name the subject in a field other than that of their first subject."""
        entries = self.index.naming[type_.name, field].get(thing)
        return list(filter(self.shows, entries)) if entries else []

    def born_naming(
        self, thing: IndexedSubject, type_: type[EventType], field: str
    ) -> list[IndexedSubject]:
        """Return the subjects created by an event of a type that names this subject in a field."""
        return [
            born
            for entry in self.naming(thing, type_, field)
            if (born := entry.first) is not None and self.has(born)
        ]

    def learnings_from(self, thing: IndexedSubject) -> list[IndexedSubject]:
        """Return the learnings that name the subject in `from`."""
        return self.born_naming(thing, LearningCaptured, "from")

    def failures_of(self, iteration: IndexedSubject) -> list[IndexedSubject]:
        """Return the failures of the iteration."""
        return self.born_naming(iteration, FailureRecorded, "iteration")

    # Owners

    def organisation(self, key: str | None) -> IndexedSubject | None:
        """Return the organisation, None if it does not exist for the viewer."""
        return None if key is None else self.find(stream_of("organisation", key))

    def owner(self, thing: IndexedSubject) -> str | None:
        """Return the key of the organisation that owns the subject. A pairing has no single owner."""
        field = "by" if thing.kind == "inspiration" else "organisation"
        owner = self.one(thing.born, field)
        return owner.key if owner is not None else None

    def adoptions(self, learning: IndexedSubject) -> list[IndexedEvent]:
        """Return the adoptions of a learning by other organisations, only the first by position of each."""
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

    # Memberships

    def close(self, cohort: IndexedSubject) -> Moment:
        """Return the moment at which the cohort closed, NEVER if it has not."""
        entry = self.last(cohort, CohortClosed)
        return entry.moment if entry is not None else NEVER

    def movements(
        self, entries: list[IndexedEvent], organisation: IndexedSubject, cohort: IndexedSubject
    ) -> list[IndexedEvent]:
        """Return those of the joinings or leavings that count and belong to the organisation."""
        return [
            entry
            for entry in entries
            if self.one(entry, "organisation") is organisation
            and self.one(entry, "cohort") is cohort
            and self.shows(entry)
        ]

    def joinings(self, organisation: IndexedSubject, cohort: IndexedSubject) -> list[IndexedEvent]:
        """Return the events by which the organisation joined the cohort, in the order of the log."""
        joinings = self.index.joinings.get((cohort.key, organisation.key), [])
        return self.movements(joinings, organisation, cohort)

    def leavings(self, organisation: IndexedSubject, cohort: IndexedSubject) -> list[IndexedEvent]:
        """Return the events by which the organisation left the cohort, in the order of the log."""
        leavings = self.index.leavings.get((cohort.key, organisation.key), [])
        return self.movements(leavings, organisation, cohort)

    def members(self, cohort: IndexedSubject) -> list[IndexedSubject]:
        """Return every organisation that was ever in the cohort, in the order of creation."""
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
        """Return the stays of the organisation in the cohort, from each joining to the next leaving or the close.

        They may overlap if the events were recorded out of order.
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
        """Return the spans in which both organisations were present in one of the cohorts."""
        return united(
            span
            for cohort in cohorts
            for span in common(self.stays(one, cohort), self.stays(other, cohort))
        )

    def pairing_span(self, pairing: IndexedSubject) -> Span:
        """Return the span of the pairing, up to its recorded end, the close, or the leaving of a member."""
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
