"""The hosts of a cohort: who they are, and what they learn themselves."""

from service.samples.generator.activities.learning import capture
from service.samples.generator.activities.work import Work
from service.samples.generator.course.registration import newcomer, register
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.randomness.agenda import Story


def find_host(cohort: SampleCohort) -> SampleOrganisation:
    """Return an organisation that is not in the cohort, to be its host; a new one is registered."""
    dice = cohort.dice
    host = cohort.commons.organisations.find(dice, cohort.now) if dice.chance(0.3) else None
    if host is None or host in cohort.invited or host in cohort.hosts_ever:
        host = newcomer(cohort)
        register(cohort, host)
    cohort.hosts_ever.append(host)
    return host


def begin_hosting(cohort: SampleCohort, host: SampleOrganisation) -> None:
    """Begin what the host does in the cohort from now on: some hosts record a learning of their own."""
    if cohort.dice.chance(0.5):
        cohort.agenda.begin(_learn(Work(cohort, host)), cohort.moment_between(0.3, 0.95))


def _learn(work: Work) -> Story:
    cohort = work.cohort
    if cohort.under_way():
        capture(work, [cohort.question.ref], work.words.themes(work.organisation.domain, 0, 2))
    yield from ()
