"""Commitments: what an organisation promises to do, and what becomes of it."""

from service.samples.generator.activities.corrections import slips, void
from service.samples.generator.activities.openness import reconsidered
from service.samples.generator.activities.work import Work
from service.samples.generator.participants.subject import SampleSubject
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.clock import DAY, local_day

_OUTCOMES = ("kept",) * 6 + ("changed",) * 2 + ("dropped",) * 2


def commit(work: Work, session: SampleSubject | None = None) -> Story:
    """Make a commitment, at the session if there is one; most are settled, and some of these late."""
    cohort, organisation, dice = work.cohort, work.organisation, work.dice
    if not work.may_begin():
        return
    level = work.level(public=0.2)
    commitment = SampleSubject(
        "commitment",
        cohort.new_key("m"),
        organisation.key,
        level or "cohort",
        cohort.now,
        work.inside,
    )
    days = dice.between(5, 60)
    due = cohort.now + days * DAY
    iteration = work.own_iteration() if dice.chance(0.3) else None
    work.record(
        "commitment.made",
        {
            "commitment": commitment.key,
            "organisation": organisation.key,
            "cohort": work.cohort_key if session is None or dice.chance(0.8) else None,
            "iteration": iteration.key if iteration else None,
            "session": session.key if session else None,
            "text": work.says("commitments"),
            "due_on": local_day(due, organisation.zone) if dice.chance(0.7) else None,
        },
        level=level,
    )
    cohort.commitments.append(commitment)
    if dice.chance(0.08):
        cohort.agenda.begin(reconsidered(work, commitment), cohort.after(5, 60))
    if dice.chance(0.25):
        return  # It is never settled, so that it becomes overdue if it has a day.
    yield cohort.after(0.5 * days, 1.3 * days)
    if work.may_settle():
        _settle(work, commitment)


def _settle(work: Work, commitment: SampleSubject) -> None:
    while True:
        position = work.record(
            "commitment.settled",
            {
                "commitment": commitment.key,
                "outcome": work.dice.pick(_OUTCOMES),
                "note": work.perhaps(0.5, "settlements"),
            },
        )
        if not slips(work.cohort):
            break
        void(work.cohort, position)
    commitment.since = work.cohort.now
