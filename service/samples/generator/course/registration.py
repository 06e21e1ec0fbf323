"""Organisations that are new, or have a new name."""

from service.samples.generator.activities.corrections import correct
from service.samples.generator.participants.cohort import SampleCohort
from service.samples.generator.participants.organisation import SampleOrganisation
from service.samples.generator.participants.temperament import TEMPERAMENTS
from service.samples.generator.randomness.agenda import Story
from service.samples.generator.randomness.clock import UTC_ZONE

_ZONES = ("GB", "GB", "GB", "GB", "GB", "IE", "NL", "DE", "FR", "FI", "UTC")


def newcomer(cohort: SampleCohort) -> SampleOrganisation:
    """Return an organisation that is not registered yet."""
    dice = cohort.dice
    return SampleOrganisation(
        key=cohort.new_key("org"),
        domain=cohort.domain if dice.chance(0.6) else dice.pick(cohort.domains),
        zone=dice.pick(_ZONES),
        temperament=dice.pick(TEMPERAMENTS),
        level=dice.between(0, 9) / 4,
    )


def register(cohort: SampleCohort, organisation: SampleOrganisation) -> None:
    """Register the organisation."""
    dice, words, domain = cohort.dice, cohort.words, organisation.domain
    organisation.since = cohort.now
    organisation.name = _name(cohort, organisation)
    position = cohort.record(
        "organisation.registered",
        {
            "organisation": organisation.key,
            "name": organisation.name,
            "sector": dice.pick(domain.sectors),
            "purpose": words.say(domain, "purposes") if dice.chance(0.5) else None,
            "country": None if organisation.zone == UTC_ZONE else organisation.zone,
        },
        level="public" if dice.chance(0.8) else None,
    )
    if cohort.sender.corrects and dice.chance(0.08):
        cohort.agenda.begin(_respelt(cohort, position, organisation.name), cohort.after(1, 200))


def _respelt(cohort: SampleCohort, position: int, name: str) -> Story:
    correct(cohort, position, {"name": f"The {name}"})
    yield from ()


def rename(cohort: SampleCohort, organisation: SampleOrganisation) -> Story:
    """Give the organisation another name."""
    earlier = organisation.name
    while organisation.name == earlier:
        organisation.name = _name(cohort, organisation)
    reason = cohort.words.word("renamings") if cohort.dice.chance(0.6) else None
    cohort.record(
        "organisation.renamed",
        {"organisation": organisation.key, "name": organisation.name, "reason": reason},
    )
    yield from ()


def _name(cohort: SampleCohort, organisation: SampleOrganisation) -> str:
    abroad = organisation.zone not in (UTC_ZONE, "GB", "IE")
    town = cohort.words.word(f"towns_{organisation.zone}" if abroad else "towns")
    return f"{town} {cohort.dice.pick(organisation.domain.bodies)}"
