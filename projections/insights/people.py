"""How people took part, and how organisations think of them."""

from collections import defaultdict
from statistics import median
from typing import Final

from events.moments import DAY_US
from events.terms import Framing, ParticipationLevel
from projections.insights.definition import Answer, figure
from projections.insights.numbers import median as median_of
from projections.insights.numbers import rounded, theil_sen
from projections.insights.tally import Tally, event_names, names
from projections.insights.things import Entry
from projections.insights.view import View, themes_of

_NUMBERS: Final = {level.value: number for number, level in enumerate(ParticipationLevel, 1)}
_FRAMINGS: Final = {framing.value: number for number, framing in enumerate(Framing)}
_DAYS_MIN = 3
_ASSESSMENTS_MIN = 2


def _takings_part(view: View) -> list[tuple[Entry, str | None]]:
    """Return what was recorded of participation in scope, with the iteration's organisation."""
    lens = view.lens
    found = []
    for entry in view.entries("participation.recorded"):
        iteration = lens.one(entry, "iteration")
        # Told to have been planned later, the iteration is not there yet; people took part all the same.
        owner = lens.owner(iteration) if iteration is not None else None
        themes = themes_of(iteration) if iteration is not None else {}
        if view.wants_entry(entry, owner, themes):
            found.append((entry, owner))
    return found


@figure("reach")
def reach(view: View) -> Answer:
    """The number of times people took part, as recorded with iterations (a person counts each time): in total,
    by level and by mode (null if no mode was provided).

    n = records of participation, given as event/<position> in items. The organisation and themes of a record are those
    of its iteration.
    """
    by_level, by_mode = Tally("level"), Tally("mode")
    entries = [entry for entry, _ in _takings_part(view)]
    for entry in entries:
        people = entry.data["people"]
        by_level.add((entry.data["level"],), entry.position, people)
        by_mode.add((entry.data.get("mode"),), entry.position, people)
    return {
        "n": len(entries),
        "items": event_names(entries),
        "participations": sum(entry.data["people"] for entry in entries),
        "byLevel": by_level.rows(),
        "byMode": by_mode.rows(),
    }


@figure("participationShift")
def participation_shift(view: View) -> Answer:
    """For each organisation with participation recorded on at least 3 UTC days (n): the Theil-Sen slope of the level
    (1-5; the median of each day) against months; medianSlope over the organisations; and counts of levels in the first
    and in the last third (⌊days ÷ 3⌋) of all recording days in scope.

    Levels are not a ranking: read the distribution first.
    """
    levels: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    by_day: dict[int, list[Entry]] = defaultdict(list)
    for entry, owner in _takings_part(view):
        day = entry.time // DAY_US
        by_day[day].append(entry)
        if owner is not None:
            levels[owner][day].append(_NUMBERS[entry.data["level"]])
    slopes = {
        organisation: theil_sen([(day, median(told)) for day, told in sorted(on.items())])
        for organisation, on in levels.items()
        if len(on) >= _DAYS_MIN
    }
    shifting = view.organisations(slopes)
    ranked = sorted(shifting, key=lambda one: (-slopes[one.key], one.position))
    recording_days = sorted(by_day)
    third = len(recording_days) // 3
    ends = []
    for part in (recording_days[:third], recording_days[len(recording_days) - third :]):
        tally = Tally("level")
        for day in part:
            for entry in by_day[day]:
                tally.add((entry.data["level"],), entry.position)
        ends.append(tally.rows())
    return {
        "n": len(shifting),
        "items": names(shifting),
        "medianSlope": median_of(slopes[one.key] for one in shifting),
        "firstThird": ends[0],
        "lastThird": ends[1],
        "list": [{"organisation": one.key, "slope": rounded(slopes[one.key])} for one in ranked],
    }


@figure("framingShift", whole=True)
def framing_shift(view: View) -> Answer:
    """Over organisations with at least 2 assessments of their mindset (n): the last framing - the first (subject 0,
    consumer 1, citizen 2), counted as up, same and down.
    """
    told: dict[str, list[Entry]] = defaultdict(list)
    for entry in view.entries("mindset.assessed"):
        organisation = view.lens.one(entry, "organisation")
        if organisation is not None and view.wants_entry(entry, organisation.key, frozenset()):
            told[organisation.key].append(entry)
    moved = view.organisations(key for key, own in told.items() if len(own) >= _ASSESSMENTS_MIN)
    shifts = []
    for organisation in moved:
        first, *_, last = sorted(told[organisation.key], key=lambda entry: entry.moment)
        shifts.append(_FRAMINGS[last.data["framing"]] - _FRAMINGS[first.data["framing"]])
    return {
        "n": len(moved),
        "items": names(moved),
        "up": sum(shift > 0 for shift in shifts),
        "same": sum(shift == 0 for shift in shifts),
        "down": sum(shift < 0 for shift in shifts),
    }
