"""Figures about participation, and about how organisations regard people."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from events.vocabulary.terms import Framing, ParticipationLevel
from events.vocabulary.types.iterations import ParticipationRecorded
from events.vocabulary.types.questions import MindsetAssessed
from events.vocabulary.values.times import DAY_US
from projections.insights.figures.definition import summed
from projections.insights.index.indexed import IndexedEvent, IndexedSubject
from projections.insights.measures.numbers import median, rounded, theil_sen
from projections.insights.measures.sums import Fields, Grouped, Part
from projections.insights.measures.tally import EventNames, Figure, Tally, names
from projections.insights.perspective.scoped import ScopedPerspective

_NUMBERS: Final = {level.value: number for number, level in enumerate(ParticipationLevel, 1)}
_FRAMINGS: Final = {framing.value: number for number, framing in enumerate(Framing)}
_DAYS_MIN = 3
_ASSESSMENTS_MIN = 2


def _takings_part(view: ScopedPerspective) -> list[tuple[IndexedEvent, str | None]]:
    """Return the records of participation in scope, with the organisation of the iteration."""
    perspective = view.perspective
    found = []
    for entry in view.entries(ParticipationRecorded):
        iteration = perspective.one(entry, "iteration")
        # If the recorded time of the planning is later, the iteration does not exist yet. The participation counts.
        owner = perspective.owner(iteration) if iteration is not None else None
        themes = view.perspective.themes(iteration) if iteration is not None else {}
        if view.wants_entry(entry, owner, themes):
            found.append((entry, owner))
    return found


@summed("reach")
def reach(view: ScopedPerspective) -> Part:
    """The number of times people took part, as recorded with iterations (a person counts each time): in total,
    by level and by mode (null if no mode was provided).

    n = records of participation, given as event/<position> in items. The organisation and themes of a record are those
    of its iteration.
    """
    by_level, by_mode = Tally("level"), Tally("mode")
    entries = [entry for entry, _ in _takings_part(view)]
    for entry in entries:
        people = view.perspective.data(entry)["people"]
        by_level.add((entry.data["level"],), entry.position, people)
        by_mode.add((entry.data.get("mode"),), entry.position, people)
    return {
        "n": len(entries),
        "items": EventNames(entries),
        "participations": sum(view.perspective.data(entry)["people"] for entry in entries),
        "byLevel": by_level,
        "byMode": by_mode,
    }


@summed("participationShift")
def participation_shift(view: ScopedPerspective) -> Part:
    """For each organisation with participation recorded on at least 3 UTC days (n): the Theil-Sen slope of the level
    (1-5; the median of each day) against months; medianSlope over the organisations; and counts of levels in the first
    and in the last third (⌊days ÷ 3⌋) of all recording days in scope.

    Levels are not a ranking: read the distribution first.
    """
    entries: dict[IndexedSubject | None, list[IndexedEvent]] = defaultdict(list)
    for entry, owner in _takings_part(view):
        entries[view.perspective.organisation(owner)].append(entry)
    return Courses({owner: [Course(own)] for owner, own in entries.items()})


class Course:
    """The records of participation of one organisation."""

    def __init__(self, entries: Sequence[IndexedEvent]) -> None:
        self.entries = entries
        self._joined: tuple[tuple[Course, ...], Course] | None = None

    def joined(self, others: tuple["Course", ...]) -> "Course":
        """Return this course joined with others of the same organisation. The result is cached."""
        if not others:
            return self
        if self._joined is None or self._joined[0] != others:
            entries = [entry for course in (self, *others) for entry in course.entries]
            self._joined = others, Course(entries)
        return self._joined[1]

    @cached_property
    def slope(self) -> float | None:
        """The change of the level per month, None if participation was recorded on too few days."""
        on: dict[int, list[int]] = defaultdict(list)
        for entry in self.entries:
            on[entry.time // DAY_US].append(_NUMBERS[entry.data["level"]])
        if len(on) < _DAYS_MIN:
            return None
        return theil_sen([(day, statistics.median(levels)) for day, levels in sorted(on.items())])


class Courses(Grouped[IndexedSubject | None, Course]):
    """The records of participation by organisation, None if the organisation is hidden."""

    def fields(self) -> Fields:
        """Return the slopes, and the levels in the first and in the last third of all recording days."""
        return {
            "n": lambda: len(self._slopes),
            "items": lambda: names(self._slopes),
            "medianSlope": lambda: median(self._slopes.values()),
            "firstThird": lambda: self._thirds[0].rows(),
            "lastThird": lambda: self._thirds[1].rows(),
            "list": self._list,
        }

    @cached_property
    def _slopes(self) -> dict[IndexedSubject, float]:
        return {
            organisation: slope
            for organisation, (first, *others) in self.groups.items()
            if organisation is not None and (slope := first.joined(tuple(others)).slope) is not None
        }

    def _list(self) -> list[Figure]:
        slopes = self._slopes
        ranked = sorted(slopes, key=lambda one: (-slopes[one], one.position))
        return [{"organisation": one.key, "slope": rounded(slopes[one])} for one in ranked]

    @cached_property
    def _thirds(self) -> tuple[Tally, Tally]:
        entries = [
            entry
            for courses in self.groups.values()
            for course in courses
            for entry in course.entries
        ]
        recording_days = sorted({entry.time // DAY_US for entry in entries})
        third = len(recording_days) // 3
        if not third:
            return _levels([]), _levels([])
        until_us = (recording_days[third - 1] + 1) * DAY_US
        from_us = recording_days[-third] * DAY_US
        return (
            _levels([entry for entry in entries if entry.time < until_us]),
            _levels([entry for entry in entries if entry.time >= from_us]),
        )


def _levels(entries: Sequence[IndexedEvent]) -> Tally:
    positions: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        positions[entry.data["level"]].append(entry.position)
    tally = Tally("level")
    for level, places in positions.items():
        tally.add((level,), min(places), len(places))
    return tally


@summed("framingShift", whole=True)
def framing_shift(view: ScopedPerspective) -> Part:
    """Over organisations with at least 2 assessments of their mindset (n): the last framing - the first (subject 0,
    consumer 1, citizen 2), counted as up, same and down.
    """
    assessed: dict[IndexedSubject, list[IndexedEvent]] = defaultdict(list)
    for entry in view.entries(MindsetAssessed):
        organisation = view.perspective.one(entry, "organisation")
        if organisation is not None and view.wants_entry(entry, organisation.key, frozenset()):
            assessed[organisation].append(entry)
    return MindsetFramings(assessed)


class MindsetFramings(Grouped[IndexedSubject, IndexedEvent]):
    """The assessments of their mindset, by organisation."""

    def fields(self) -> Fields:
        """Return the numbers of organisations that moved up, stayed the same, and moved down."""
        return {
            "n": lambda: len(self._shifts),
            "items": lambda: names(self._shifts),
            "up": lambda: sum(shift > 0 for shift in self._shifts.values()),
            "same": lambda: sum(shift == 0 for shift in self._shifts.values()),
            "down": lambda: sum(shift < 0 for shift in self._shifts.values()),
        }

    @cached_property
    def _shifts(self) -> dict[IndexedSubject, int]:
        found = {}
        for organisation, entries in self.groups.items():
            if len(entries) >= _ASSESSMENTS_MIN:
                first = min(entries, key=lambda entry: entry.moment)
                last = max(entries, key=lambda entry: entry.moment)
                found[organisation] = (
                    _FRAMINGS[last.data["framing"]] - _FRAMINGS[first.data["framing"]]
                )
        return found
