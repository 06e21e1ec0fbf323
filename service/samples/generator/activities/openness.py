"""Second thoughts about who may see something."""

from service.samples.generator.activities.work import Work
from service.samples.generator.participants.subject import LEVELS, SampleFailure, SampleSubject
from service.samples.generator.randomness.agenda import Story


def move_to(work: Work, subject: SampleSubject, level: str) -> None:
    """The subject has this level from now on."""
    subject.level = level
    subject.since = work.cohort.now
    work.tell("visibility.changed", {"of": subject.ref, "visibility": level})


def may_be(subject: SampleSubject, level: str) -> bool:
    """Whether the subject may have this level: a failure of deviance stays private or pair."""
    deviant = isinstance(subject, SampleFailure) and subject.cause == "deviance"
    return not deviant or level in ("private", "pair")


def reconsidered(work: Work, subject: SampleSubject) -> Story:
    """A turn in which the subject's visibility is widened or narrowed, and at times once more."""
    dice = work.dice
    for _ in range(2):
        if not work.may_settle():
            return
        place = LEVELS.index(subject.level)
        wider = dice.chance(0.25 + 0.8 * work.organisation.temperament.opens)
        choices = LEVELS[place + 1 :] if wider else LEVELS[:place]
        level = dice.pick(choices) if choices else None
        if wider and choices and dice.chance(0.7):
            level = choices[-1]
        if level is not None and may_be(subject, level):
            move_to(work, subject, level)
        if not dice.chance(0.15):
            return
        yield work.cohort.after(20, 120)
