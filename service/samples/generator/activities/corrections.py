"""Events that are voided or corrected, and single events whose visibility changes."""

from service.samples.generator.activities.work import Work
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import LEVELS, SampleIteration
from service.samples.generator.randomness.agenda import Story

# Fields that an event which only adds may have, and that may be corrected.
_WORDS = ("text", "summary", "narrative", "comment", "reason", "adaptation", "how", "why")


def void(cohort: SampleCohort, position: int) -> None:
    """Void the event at this position, as the facilitator."""
    cohort.record("event.voided", {"event": position, "reason": cohort.words.word("mistakes")})


def correct(cohort: SampleCohort, position: int, fields: dict[str, object]) -> None:
    """Correct these fields of the event at this position, as the facilitator."""
    reason = cohort.words.word("misspellings") if cohort.dice.chance(0.6) else None
    cohort.record("event.corrected", {"event": position, "fields": fields, "reason": reason})


def slips(cohort: SampleCohort) -> bool:
    """Return whether the last event was a mistake, which has to be voided before the next event.

    An event that moves a subject can be voided only while no later event refers to that subject.
    """
    return cohort.sender.corrects and cohort.dice.chance(0.04)


def second_thoughts(cohort: SampleCohort) -> Story:
    """Void or correct an event that only added something, or change its own visibility."""
    dice = cohort.dice
    if not cohort.additions:
        return
    place = dice.below(len(cohort.additions))
    position, first, by, data = cohort.additions[place]
    if by is not None and not by.present:
        return
    if isinstance(first, SampleIteration) and first.concluded_at is None:
        return  # The conclusion may still need it as evidence.
    del cohort.additions[place]
    if dice.chance(0.4):
        void(cohort, position)
        return
    words = [field for field in _WORDS if data.get(field)]
    if words and dice.chance(0.5):
        field = dice.pick(words)
        correct(cohort, position, {field: f"{str(data[field]).rstrip('.')}, to be exact."})
        return
    # An event whose first subject is an organisation has a level of its own.
    levels = LEVELS if first is None else LEVELS[: LEVELS.index(first.level) + 1]
    level = dice.pick(levels)
    cohort.record("visibility.changed", {"of": f"event/{position}", "visibility": level})
    yield from ()


def entered_twice(cohort: SampleCohort, organisation: SampleOrganisation) -> Story:
    """Record a learning, a failure or an ask that nobody refers to, and void it days later."""
    work = Work(cohort, organisation)
    if not work.may_begin():
        return
    position = _entry(work)
    yield cohort.after(0.1, 12)
    void(cohort, position)


def _entry(work: Work) -> int:
    whose: dict[str, object] = {
        "organisation": work.organisation.key,
        "cohort": work.cohort.key,
    }
    kind = work.dice.below(3)
    if kind == 0:
        key = work.cohort.new_key("l")
        captured = {"statement": work.says("learnings"), "loop": "single", "evidence_level": 1}
        source = {"from": [work.cohort.question.ref]}
        return work.record("learning.captured", {"learning": key, **whose, **captured, **source})
    if kind == 1:
        key = work.cohort.new_key("f")
        meant = {kind: work.says(words) for kind, words in _FAILURE.items()}
        degree = {"degree": "tolerable_failure", "for_whom": ["organisation"]}
        return work.record("failure.recorded", {"failure": key, **whose, **meant, **degree})
    key = work.cohort.new_key("a")
    return work.record("help.asked", {"ask": key, **whose, "text": work.says("asks")})


_FAILURE = {"intended": "intended", "actual": "actual", "why": "whys"}
