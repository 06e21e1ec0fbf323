"""Mistakes put right: events voided, and single events hidden or shown."""

from service.samples.generator.activities.work import Work
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.subject import LEVELS, SampleIteration
from service.samples.generator.randomness.agenda import Story


def void(cohort: SampleCohort, position: int) -> None:
    """The event at this position is voided by the facilitator."""
    cohort.tell("event.voided", {"event": position, "reason": cohort.words.word("mistakes")})


def slips(cohort: SampleCohort) -> bool:
    """Whether what was just told was a slip, to be voided before anything else is told.

    What moves a subject can be voided only while nothing later names that subject.
    """
    return cohort.sender.corrects and cohort.dice.chance(0.04)


def second_thoughts(cohort: SampleCohort) -> Story:
    """A turn in which an event that only added is voided, or its own visibility changed."""
    dice = cohort.dice
    if not cohort.additions:
        return
    place = dice.below(len(cohort.additions))
    position, first, by = cohort.additions[place]
    if by is not None and not by.present:
        return
    if isinstance(first, SampleIteration) and first.concluded_at is None:
        return  # Its conclusion may yet need this as evidence.
    del cohort.additions[place]
    if dice.chance(0.5):
        void(cohort, position)
        return
    # An event whose first subject is an organisation has a level of its own.
    levels = LEVELS if first is None else LEVELS[: LEVELS.index(first.level) + 1]
    data: dict[str, object] = {"of": f"event/{position}", "visibility": dice.pick(levels)}
    cohort.tell("visibility.changed", data)
    yield from ()


def entered_twice(cohort: SampleCohort, organisation: SampleOrganisation) -> Story:
    """A learning, a failure or an ask that nobody comes to hear of, voided days later."""
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
        told = {"statement": work.says("learnings"), "loop": "single", "evidence_level": 1}
        source = {"from": [work.cohort.question.ref]}
        return work.tell("learning.captured", {"learning": key, **whose, **told, **source})
    if kind == 1:
        key = work.cohort.new_key("f")
        meant = {kind: work.says(words) for kind, words in _FAILURE.items()}
        degree = {"degree": "tolerable_failure", "for_whom": ["organisation"]}
        return work.tell("failure.recorded", {"failure": key, **whose, **meant, **degree})
    key = work.cohort.new_key("a")
    return work.tell("help.asked", {"ask": key, **whose, "text": work.says("asks")})


_FAILURE = {"intended": "intended", "actual": "actual", "why": "whys"}
