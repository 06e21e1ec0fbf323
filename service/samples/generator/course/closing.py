"""The close of a cohort, and what organisations do afterwards."""

from service.samples.generator.activities.learning import adopt
from service.samples.generator.activities.outcome import harvest
from service.samples.generator.activities.publication import publish
from service.samples.generator.activities.question import strand
from service.samples.generator.activities.work import Work
from service.samples.generator.course.note import note
from service.samples.generator.course.pairing import end_all
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.clock import DAY, MONTH

_STATUSES = ("growing", "growing", "holding", "holding", "holding", "fading", "stopped")


def close(cohort: SampleCohort) -> Story:
    """Close the cohort, and begin the check-ins and other later stories."""
    dice, agenda = cohort.dice, cohort.agenda
    summarised = dice.chance(0.7)
    cohort.record(
        "cohort.closed",
        {
            "cohort": cohort.key,
            "summary": cohort.words.say(cohort.domain, "summaries") if summarised else None,
        },
    )
    cohort.closed_at = cohort.subject.since = cohort.now
    end_all(cohort.pairings, cohort.now)
    if dice.chance(0.8):
        agenda.begin(publish(cohort, None), cohort.after(3, 60))
    for organisation in cohort.organisations:
        # Organisations that left are asked too, but answer less often.
        share = 0.75 if organisation.present else 0.2
        for months in (6, 12, 24):
            if dice.chance(share):
                days = dice.between(-20, 75)
                agenda.begin(
                    _check_in(cohort, organisation), cohort.now + months * MONTH + days * DAY
                )
            share *= 0.85
        if organisation.present:
            _begin_aftermath(cohort, organisation)
    yield from ()


def _begin_aftermath(cohort: SampleCohort, organisation: SampleOrganisation) -> None:
    dice, agenda = cohort.dice, cohort.agenda
    work, habit = Work(cohort, organisation), organisation.temperament
    if dice.chance(0.3 * habit.attends):
        agenda.begin(_adopt_later(work), cohort.after(10, 300))
    if dice.chance(0.3):
        agenda.begin(_harvest_later(work), cohort.after(10, 400))
    if dice.chance(habit.opens):
        agenda.begin(publish(cohort, organisation), cohort.after(10, 200))
    if dice.chance(0.1):
        alone = Work(cohort, organisation, inside=False)
        agenda.begin(strand(alone), cohort.after(20, 300))
    if dice.chance(0.2):
        agenda.begin(note(cohort), cohort.after(5, 300))


def _check_in(cohort: SampleCohort, organisation: SampleOrganisation) -> Story:
    dice = cohort.dice
    work = Work(cohort, organisation)
    close = cohort.closed_at or cohort.now
    work.add(
        "journey.checked_in",
        {
            "organisation": organisation.key,
            "cohort": cohort.key,
            "months_after": (cohort.now - close) // MONTH,
            "status": dice.pick(_STATUSES),
            "narrative": work.perhaps(0.6, "narratives"),
        },
        None,
    )
    yield from ()


def _adopt_later(work: Work) -> Story:
    adopt(work, None)
    yield from ()


def _harvest_later(work: Work) -> Story:
    harvest(work)
    yield from ()
