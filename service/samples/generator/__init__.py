"""Invented cohorts in any number, for demonstrations, tests and benchmarks.

Everything is random but depends only on the seed: the same arguments give the same events on any machine.
"""

from collections.abc import Iterator
from math import inf

from service.samples.generator.course.formation import formation
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.commons import Commons
from service.samples.generator.participants.sender import Event, SampleSender
from service.samples.generator.randomness.agenda import Agenda
from service.samples.generator.randomness.clock import DAY, FIRST, HOUR, LAST, moment, workday
from service.samples.generator.randomness.dice import Dice
from service.samples.generator.randomness.wording import lexicon

__all__ = ["generate"]

# Cohorts begin some months apart, so that a few of them span some years. After 19 cohorts, the next ones begin in the
# first year again. Check-ins two years after the close end before LAST.
_STEP = 137 * DAY
_SWEEP = 19
# One cohort in seven is still under way when the record ends.
_OPEN_EVERY, _OPEN_AT = 7, 2
_FIRST_OPEN = moment(2024, 8, 5, 9)
# Of the 300 events of a typical cohort, about this many do not grow with the scale.
_FIXED = 55
_ORDINARY = 300


def generate(
    *, cohorts: int, seed: int, scale: float = 1.0, positions: bool = True
) -> Iterator[dict[str, object]]:
    """Yield the events of this many cohorts, in the order in which they have to be recorded.

    Every event is valid if an unrestricted facilitator records them in this order. A cohort has about 300 events times
    `scale`. The first cohorts are the same for any number of cohorts.

    With `positions`, some events refer to earlier ones by position, counted from 1 (`event.voided`, `event.corrected`,
    and `visibility.changed` of an event); they are valid only in a log that was empty before. Without it, there are no
    such events, and all other events differ too.

    Raises ValueError if `cohorts` is negative, or `scale` is not positive and finite.
    """
    if cohorts < 0:
        raise ValueError(f"cohorts must not be negative, but is {cohorts}")
    if not 0 < scale < inf:
        raise ValueError(f"scale must be positive and finite, but is {scale}")
    return _events(cohorts, seed, scale, positions)


def _events(cohorts: int, seed: int, scale: float, positions: bool) -> Iterator[Event]:
    sender = SampleSender(f"urn:howcanwe:generated:{seed}", corrects=positions)
    commons = Commons()
    for index in range(cohorts):
        cohort = _cohort(index, Dice(seed, index), scale, commons, sender)
        cohort.agenda.begin(formation(cohort), cohort.now)
        for _ in cohort.agenda.turns():
            yield from sender.sent
            sender.sent.clear()
        cohort.hand_over()


def _cohort(
    index: int, dice: Dice, scale: float, commons: Commons, sender: SampleSender
) -> SampleCohort:
    still_open = index % _OPEN_EVERY == _OPEN_AT
    if still_open:
        begins = _FIRST_OPEN + dice.between(0, 130) * DAY
    else:
        begins = FIRST + 9 * HOUR + index % _SWEEP * _STEP + dice.between(4, 40) * DAY
    begins = workday(begins)
    closes = workday(begins // DAY * DAY + dice.between(200, 365) * DAY) + 17 * HOUR
    return SampleCohort(
        index,
        dice=dice,
        domains=lexicon().domains,
        agenda=Agenda(begins, LAST),
        commons=commons,
        sender=sender,
        closes_at=None if still_open else closes,
        bustle=max(0.0, (_ORDINARY * scale - _FIXED) / (_ORDINARY - _FIXED)),
    )
