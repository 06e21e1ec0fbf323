"""Revisions of a cohort: its title, its dates, and who facilitates it."""

from service.samples.generator.activities.corrections import slips, void
from service.samples.generator.course.hosts import begin_hosting, find_host
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.clock import DAY, local_day


def revise(cohort: SampleCohort) -> Story:
    """Revise the cohort, sometimes its hosts too; it may be a mistake, which is voided at once."""
    dice, words = cohort.dice, cohort.words
    hosts = _other_hosts(cohort) if dice.chance(0.6 if cohort.hosts else 0.2) else None
    change: dict[str, object] = {}
    if dice.chance(0.4):
        change["title"] = words.say(cohort.domain, "cohort_titles")
    if dice.chance(0.3):
        change["facilitator"] = words.word("facilitators")
    if dice.chance(0.4):
        change["planned_months"] = dice.between(6, 18)
    if dice.chance(0.2):
        change["starts_on"] = local_day(cohort.begins_at + dice.between(-14, 14) * DAY, "GB")
    if hosts is not None:
        change["hosts"] = [one.key for one in hosts]
    if not change:
        change["planned_months"] = dice.between(6, 18)
    change["reason"] = words.say(cohort.domain, "reasons")
    position = cohort.record("cohort.revised", {"cohort": cohort.key, **change})
    if slips(cohort):
        void(cohort, position)
        return
    cohort.subject.since = cohort.now
    if hosts is not None:
        for one in hosts:
            if one not in cohort.hosts:
                begin_hosting(cohort, one)
        cohort.hosts = hosts
    yield from ()


def _other_hosts(cohort: SampleCohort) -> list[SampleOrganisation]:
    """Return the present hosts with one more, or without one or all of them."""
    dice, hosts = cohort.dice, cohort.hosts
    if hosts and dice.chance(0.6):
        return dice.pick((hosts[1:], []))
    return [*hosts, find_host(cohort)]
