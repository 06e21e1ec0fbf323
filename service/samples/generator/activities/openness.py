"""Changes of visibility."""

from service.samples.generator.activities.work import Work
from service.samples.generator.participants.subject import LEVELS, SampleFailure, SampleSubject
from service.samples.generator.randomness.agenda import Story


def move_to(work: Work, subject: SampleSubject, level: str) -> None:
    """Change the subject's visibility to this level."""
    subject.level = level
    subject.since = work.cohort.now
    work.record("visibility.changed", {"of": subject.ref, "visibility": level})


def may_be(subject: SampleSubject, level: str) -> bool:
    """Return whether the subject may have this level: a failure from deviance stays private or pair."""
    deviant = isinstance(subject, SampleFailure) and subject.cause == "deviance"
    return not deviant or level in ("private", "pair")


def reconsidered(work: Work, subject: SampleSubject) -> Story:
    """Widen or narrow the subject's visibility, sometimes twice."""
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
