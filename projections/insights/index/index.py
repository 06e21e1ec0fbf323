"""The index over which figures are computed: every event and subject, and the memberships.

It is a function of the log, is updated with each event, and has no figures. Voided events are marked but not removed,
and corrected ones keep what was sent, so that figures can be computed at any position. An event takes about twenty
microseconds and 1.3 kilobytes.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from events.access.audience import audience_of_event, audiences_of_subject
from events.state.placement import cohort_from_fields
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, is_event_reference
from events.vocabulary.terms import FailureCause, Visibility
from events.vocabulary.types import Mark
from events.vocabulary.types.cohorts import (
    OrganisationJoined,
    OrganisationLeft,
    OrganisationsPaired,
)
from events.vocabulary.types.learnings import (
    FailureReclassified,
    FailureRecorded,
    LearningAdopted,
    LearningCaptured,
)
from events.vocabulary.types.record import VisibilityChanged
from events.vocabulary.values.times import moment_of
from projections.insights.index.indexed import IndexedEvent, IndexedSubject, Moment, Place
from projections.insights.index.kept_fields import FORMS, KeptFields
from projections.insights.index.lesson_index import LessonIndex

_NOWHERE: Final = ("organisation", "person")
"""The kinds that do not belong to a place."""

_SEEN_AS: Final = (FailureRecorded.name, FailureReclassified.name)


class Index:
    """The log as the figures need it, up to `position`. No event in it has a time after `latest_us`.

    - `things` by kind and `placed` by kind and place have subjects in the order of creation. So does `themed` by theme:
      by every theme that they ever had.
    - `places` is in the order of the first subject there.
    - `members` counts the joinings of each organisation by cohort.
    - `joinings` and `leavings` have the events by cohort and organisation.
    - `journeys` has the events in which an organisation acted, `adopted` those in which it adopted a learning.
    - `counted` has the events that are counted themselves, `counted_in` the same by place.
    - `followed` by type has the events that figures look for among those of a subject.
    - `naming` by type and field has the events that figures look for among those that name a subject.
    - `seen_as` has the failures by every facet and cause that they ever had.
    """

    def __init__(self) -> None:
        self.position = 0
        self.latest_us = 0
        self.entries: list[IndexedEvent] = []
        self.things: dict[str, list[IndexedSubject]] = defaultdict(list)
        self.places: dict[Place, None] = {}
        self.placed: dict[tuple[str, Place], list[IndexedSubject]] = defaultdict(list)
        self.owned: dict[tuple[str, str], list[IndexedSubject]] = defaultdict(list)
        self.timed: dict[str, list[tuple[Moment, IndexedSubject]]] = {
            "learning": [],
            "inspiration": [],
        }
        self.themed: dict[str, list[IndexedSubject]] = defaultdict(list)
        self.members: dict[str, dict[str, int]] = defaultdict(dict)
        self.homes: dict[str, dict[str, int]] = defaultdict(dict)
        self.joined: dict[str, dict[IndexedSubject, None]] = defaultdict(dict)
        self.joinings: dict[tuple[str, str], list[IndexedEvent]] = defaultdict(list)
        self.leavings: dict[tuple[str, str], list[IndexedEvent]] = defaultdict(list)
        self.pairings: dict[str, list[IndexedSubject]] = defaultdict(list)
        self.journeys: dict[str, list[IndexedEvent]] = defaultdict(list)
        self.counted: dict[str, list[IndexedEvent]] = defaultdict(list)
        self.followed: dict[str, dict[IndexedSubject, list[IndexedEvent]]] = {
            name: {} for name, form in FORMS.items() if form.is_followed
        }
        self.naming: dict[tuple[str, str], dict[IndexedSubject, list[IndexedEvent]]] = {
            (name, field): {} for name, form in FORMS.items() for field in form.naming
        }
        self.adopted: dict[str, list[IndexedEvent]] = defaultdict(list)
        self.counted_in: dict[tuple[str, Place], list[IndexedEvent]] = defaultdict(list)
        self.lessons = LessonIndex()
        self._current: dict[Stream, IndexedSubject] = {}
        self._former: dict[Stream, list[IndexedSubject]] = {}
        self._level_changes: dict[int, list[IndexedEvent]] = {}

    def find(self, name: Stream) -> IndexedSubject | None:
        """Return the subject that has this name now, or had it last."""
        return self._current.get(name)

    def known(self, name: Stream, position: int) -> Iterator[IndexedSubject]:
        """Yield the subjects that ever had this name up to a position, the latest first."""
        current = self._current.get(name)
        if current is None:
            return
        for thing in (current, *reversed(self._former.get(name, ()))):
            if thing.position <= position:
                yield thing

    def entry(self, position: int) -> IndexedEvent | None:
        """Return the event at a position."""
        place = bisect_left(self.entries, position, key=lambda entry: entry.position)
        found = self.entries[place] if place < len(self.entries) else None
        return found if found is not None and found.position == position else None

    def about(self, entry: IndexedEvent) -> IndexedEvent | None:
        """Return the event that an event is about in the end: itself, unless it is about another."""
        found: IndexedEvent | None = entry
        while found is not None and "about" in found.data:
            found = self.entry(found.data["about"])
        return found

    def take(self, event: Event) -> IndexedEvent:
        """Take in the next event of the log, and return it."""
        form = FORMS[event.kind.name]
        data, kept = event.data, form.data(event)
        about = None if form.kind.about_field is None else event.about_event
        if about is not None:
            kept["about"] = about
        entry = IndexedEvent(event.position, moment_of(event.time), form.kind.name, form.mark, kept)
        entry.sent_level = entry.level = event.content.get("visibility")
        entry.by = event.organisation
        self.entries.append(entry)
        self.position = event.position
        self.latest_us = max(self.latest_us, entry.time)
        if form.mark is Mark.VOIDS and about is not None:
            self._void(about, event.position)
            return entry
        if form.mark is Mark.CORRECTS and about is not None:
            kept["fields"] = data["fields"]
            self._correct(about, entry)
            return entry
        if event.version < form.kind.model.since:
            entry.earlier_version = event
        self._link(entry, form, event)
        _show_entry(entry)
        self._index(entry, form, data)
        return entry

    def _link(self, entry: IndexedEvent, form: KeptFields, event: Event) -> None:
        created, data = [], event.data
        for reference in form.references:
            value = data.get(reference.field)
            if not value:
                continue
            if reference.creates is not None:
                thing = IndexedSubject(reference.creates, value, entry)
                if (former := self._current.get(thing.name)) is not None:
                    self._former.setdefault(thing.name, []).append(former)
                self._current[thing.name] = thing
                created.append(thing)
                things: tuple[IndexedSubject, ...] = (thing,)
            elif reference.many:
                things = tuple([self._current[reference.stream(one)] for one in value])
            elif is_event_reference(value):
                continue
            else:
                things = (self._current[reference.stream(value)],)
            if entry.first is None:
                entry.first = things[0]
            entry.refs[reference.field] = things
        entry.cohort = cohort_from_fields(form.kind, data, self._cohort_in)
        for thing in created:
            self._bear(thing, event)
        first = entry.first
        for things in entry.refs.values():
            for thing in things:
                (thing.entries if thing is first else thing.named_by).append(entry)
        if form.is_followed and first is not None:
            self.followed[entry.type].setdefault(first, []).append(entry)
        for field in form.naming:
            named = self.naming[entry.type, field]
            for thing in entry.refs.get(field, ()):
                if thing is not first:
                    named.setdefault(thing, []).append(entry)

    def _cohort_in(self, stream: Stream) -> str | None:
        return self._current[stream].cohort

    def _bear(self, thing: IndexedSubject, event: Event) -> None:
        entry = thing.born
        thing.cohort = thing.key if thing.kind == "cohort" else entry.cohort
        if thing.kind == "pairing":
            thing.owners = tuple(event.data["organisations"])
        elif entry.by is not None:
            thing.owners = (entry.by,)
        thing.first_level = _first_level(thing, event)
        thing.level = thing.first_level
        _show(thing)
        self.things[thing.kind].append(thing)
        if thing.kind not in _NOWHERE:
            self.places[thing.place] = None
            self.placed[thing.kind, thing.place].append(thing)
        for owner in thing.owners:
            self.owned[thing.kind, owner].append(thing)
        for theme in entry.data.get("themes", ()):
            self.themed[theme].append(thing)
        if thing.kind in self.timed:
            insort(self.timed[thing.kind], (entry.moment, thing))

    def _index(self, entry: IndexedEvent, form: KeptFields, data: dict[str, Any]) -> None:
        first = entry.first
        match entry.type:
            case OrganisationJoined.name:
                self._count(data["cohort"], data["organisation"], 1)
                self.joinings[data["cohort"], data["organisation"]].append(entry)
                self.joined[data["organisation"]][entry.refs["cohort"][0]] = None
            case OrganisationLeft.name:
                self.leavings[data["cohort"], data["organisation"]].append(entry)
            case LearningAdopted.name if entry.by is not None:
                self.adopted[entry.by].append(entry)
            case OrganisationsPaired.name:
                for organisation in data["organisations"]:
                    self.pairings[organisation].append(entry.refs["pairing"][0])
            case FailureRecorded.name | FailureReclassified.name if first is not None:
                _show(first)
                self.lessons.see(first)
            case LearningCaptured.name if first is not None:
                self.lessons.learn(first)
            case VisibilityChanged.name:
                if "about" in entry.data:
                    self._level_changes.setdefault(entry.data["about"], []).append(entry)
                    self._relevel_entry(entry.data["about"])
                elif first is not None:
                    _relevel(first)
                    if first.kind == "learning":
                        self.lessons.learn(first)
        if form.is_journey and entry.acting is not None:
            self.journeys[entry.acting].append(entry)
        if form.is_counted:
            self.counted[entry.type].append(entry)
            self.places[entry.place] = None
            self.counted_in[entry.type, entry.place].append(entry)

    def _count(self, cohort: str, organisation: str, joinings: int) -> None:
        for counts, one, other in (
            (self.members, cohort, organisation),
            (self.homes, organisation, cohort),
        ):
            left = counts[one].get(other, 0) + joinings
            if left:
                counts[one][other] = left
            else:
                counts[one].pop(other, None)

    def _void(self, position: int, by: int) -> None:
        entry = self.entry(position)
        if entry is None or entry.voided_by is not None:
            return
        entry.voided_by = by
        if entry.type == OrganisationJoined.name and entry.by is not None:
            self._count(entry.refs["cohort"][0].key, entry.by, -1)
        elif entry.type == FailureReclassified.name and entry.first is not None:
            _show(entry.first)
        elif entry.type == VisibilityChanged.name:
            if entry.first is not None:
                _relevel(entry.first)
            else:
                self._relevel_entry(entry.data["about"])
        elif entry.mark is Mark.CORRECTS:
            self._read_anew(self.entry(entry.data["about"]))

    def _correct(self, position: int, correction: IndexedEvent) -> None:
        entry = self.entry(position)
        if entry is not None:
            entry.corrections = (*entry.corrections, correction)
            self._read_anew(entry)

    def _read_anew(self, entry: IndexedEvent | None) -> None:
        """Let the fields of an event be those of its present reading."""
        if entry is None:
            return
        entry.data = entry.data_at(float("inf"))
        thing = entry.first
        if thing is None or thing.born is not entry:
            return
        for theme in entry.data.get("themes", ()):
            if thing not in self.themed[theme]:
                insort(self.themed[theme], thing, key=lambda one: one.position)

    def _relevel_entry(self, position: int) -> None:
        entry = self.entry(position)
        if entry is not None:
            levels = [entry.sent_level] + [
                change.data["visibility"]
                for change in self._level_changes[position]
                if change.voided_by is None
            ]
            entry.level = levels[-1]
            _show_entry(entry)


def _first_level(thing: IndexedSubject, event: Event) -> str:
    if thing.kind == "person":
        return Visibility.PRIVATE.value
    return event.level.value


def _relevel(thing: IndexedSubject) -> None:
    if thing.kind == "person":
        return
    thing.level = thing.first_level
    for entry in thing.entries:
        if entry.type == VisibilityChanged.name and entry.voided_by is None:
            thing.level = entry.data["visibility"]
    _show(thing)


def _show(thing: IndexedSubject) -> None:
    """Set the audiences of a subject from its current level and the event that created it."""
    cause = None
    if thing.kind == "failure":
        seen = (entry for entry in thing.entries if entry.type in _SEEN_AS and not entry.voided_by)
        for entry in (thing.born, *seen):
            cause = entry.data.get("failure_cause") or cause
    thing.audience, thing.below = audiences_of_subject(
        thing.kind,
        Visibility(thing.level),
        thing.owners,
        thing.cohort,
        FailureCause(cause) if cause else None,
    )


def _show_entry(entry: IndexedEvent) -> None:
    """Set the audience of an event from its current level, if it has a level of its own."""
    first = entry.first
    entry.audience = audience_of_event(
        FORMS[entry.type].kind,
        Visibility(entry.level) if entry.level else None,
        Stream(first.name) if first is not None else None,
        entry.cohort,
    )
